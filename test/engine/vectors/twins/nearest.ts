// Nearest neighbours as plainly as they can be had: every distance in f64, then a sort.

import type { Metric } from '../../../../src/engine/vectors/vector-index.ts'

export interface Found {
  ids: number[]
  distances: number[]
}

export interface Rows {
  /** f32[n × dim] */
  vectors: Float32Array
  dim: number
  metric: Metric
}

/** All rows that `isAllowed`, nearest first; of equal distances the lower id first. */
export function ranked(
  query: Float32Array,
  { vectors, dim, metric }: Rows,
  isAllowed: (id: number) => boolean = () => true,
): Found {
  const found = []
  for (let id = 0; id * dim < vectors.length; id++) {
    if (!isAllowed(id)) continue
    found.push({ id, distance: distanceOf(metric, query, vectors.subarray(id * dim, (id + 1) * dim)) })
  }
  found.sort((left, right) => left.distance - right.distance || left.id - right.id)
  return { ids: found.map(({ id }) => id), distances: found.map(({ distance }) => distance) }
}

export function distanceOf(metric: Metric, a: Float32Array, b: Float32Array): number {
  if (metric === 'dot') return -dot(a, b)
  if (metric === 'cosine') return 1 - dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2
  return Math.sqrt(sum)
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

/** The share of `wanted` that is among `found`. */
export function recall(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  const among = new Set(Array.from(found))
  return wanted.length === 0 ? 1 : Array.from(wanted).filter(id => among.has(id)).length / wanted.length
}
