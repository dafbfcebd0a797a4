// How the vectors of a text's tokens become one. Tokens that only fill up a run play no part.

/** `own`: as the model does where it does, else the mean */
export type Pooling = 'own' | 'mean' | 'cls'

export interface TokenVectors {
  /** tokens of each text, special ones counted in */
  lengths: readonly number[]
  /** tokens of each text as padded */
  width: number
  dims: number
}

/**
 * The mean of all tokens (Reimers, Gurevych 2019), special ones counted in.
 *
 * @param vectors  f32[texts × width × dims]
 * @returns f32[texts × dims]
 */
export function poolMean(vectors: Float32Array, { lengths, width, dims }: TokenVectors): Float32Array {
  const pooled = new Float32Array(lengths.length * dims)
  const sums = new Float64Array(dims)
  for (const [text, length] of lengths.entries()) {
    sums.fill(0)
    const first = text * width * dims
    for (let at = first; at < first + length * dims; at += dims)
      for (let i = 0; i < dims; i++) sums[i]! += vectors[at + i]!
    for (let i = 0; i < dims; i++) pooled[text * dims + i] = sums[i]! / length
  }
  return pooled
}

/** The first token, which some models are trained to say it all with. */
export function poolCls(vectors: Float32Array, { lengths, width, dims }: TokenVectors): Float32Array {
  const pooled = new Float32Array(lengths.length * dims)
  for (const text of lengths.keys()) {
    const first = text * width * dims
    pooled.set(vectors.subarray(first, first + dims), text * dims)
  }
  return pooled
}
