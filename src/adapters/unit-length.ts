// Vectors of length 1, which is what embedders promise whatever a model gives.

/** Makes it of length 1 in its place. @returns the length that it had; 0, NaN and infinite ones are left as they are */
export function toUnitLength(vector: Float32Array): number {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0))
  if (length > 0 && length < Infinity) for (let i = 0; i < vector.length; i++) vector[i]! /= length
  return length
}
