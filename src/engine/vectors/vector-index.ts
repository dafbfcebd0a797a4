// What a vector index is to whoever uses it: one graph in one instance (hnsw.ts), or several that share the ids out
// (hnsw-sharded.ts).

import type { Work } from '../work.ts'

/**
 * `cosine`: 1 − cos, 0..2. Vectors are kept with length 1; a zero vector has no direction and is refused.
 * `dot`: −a·b, any number. `l2`: the Euclidean distance, ≥ 0.
 */
export type Metric = 'cosine' | 'dot' | 'l2'

/** Nearest first; of equal distances the lower id first. Owned by whoever asked. */
export interface Hits {
  ids: Uint32Array
  distances: Float32Array
}

export interface HitsWithin extends Hits {
  /** whether there were more than `hitsMax`: these are the nearest */
  capped: boolean
}

export interface SearchOptions {
  /** hits that are wanted, 0..4,096; 10 unless told */
  k?: number
  /** candidates that the search keeps, 1..4,096, at least k: more find more and take longer; 128 unless told */
  breadth?: number
  /** bits of the ids that may be hits: id 33 is bit 1 of word 1. u32[⌈count / 32⌉] or more */
  allow?: Uint32Array
  /** looks at every vector, or at every allowed one */
  exact?: boolean
}

export interface WithinOptions {
  /** in the metric's own measure */
  radius: number
  /** 1..65,536, which it is unless told */
  hitsMax?: number
  allow?: Uint32Array
  /** exact unless told `false`: then only what a search as broad as can be comes to */
  exact?: boolean
}

export interface VectorIndex {
  readonly dim: number
  readonly metric: Metric
  /** vectors that are in: their ids are 0 … count − 1, in the order in which they came */
  readonly count: number
  /** what it takes of memory */
  readonly memoryBytes: number

  /**
   * Takes vectors in. It can be searched between two steps, and holds then what its `count` says.
   *
   * @param vectors  f32[n × dim], row by row; finite, |component| ≤ 1e17. Not to be changed until the work is done
   * @returns the id of the first
   * @throws BadInput before anything is taken in
   * @throws OutOfMemory when no more fit; those that were taken in stay
   */
  insert(vectors: Float32Array): Work<number>

  /**
   * @param query  f32[dim]
   * @returns min(k, count) hits, or with `allow` min(k, allowed ids)
   */
  search(query: Float32Array, options?: SearchOptions): Hits

  /** All that is no farther than `radius` from `query`. */
  within(query: Float32Array, options: WithinOptions): HitsWithin

  /** All that is no farther than `radius` from a vector of the index, itself among it. */
  neighbours(id: number, options: WithinOptions): HitsWithin

  /** f32[dim], as it is kept: under `cosine` with length 1. */
  vector(id: number): Float32Array

  /** The index as bytes, piece by piece; each piece is the caller's. Nothing may be inserted meanwhile. */
  save(): Generator<Uint8Array>
}
