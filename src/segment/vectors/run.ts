// What is asked of the vectors of a run, sealed or open: which of its texts are near? Text ids are those of the run. Where
// an event brings its own vector, what is said here of texts holds for those vectors. Questions and answers are plain data.

import { demandWhole } from '../../engine/checks.ts'
import type { Hits, Metric } from '../../engine/vectors/vector-index.ts'

/** What vectors can be compared with each other. */
export interface Space {
  /** the embedder's id, or the name of the field that brings its own vectors */
  id: string
  /** 1..4,096 */
  dims: number
  metric: Metric
}

export interface NearestOptions {
  /** 1..2,048; 10 unless told */
  k?: number
  /** candidates that are looked at by their codes, at most 4,096; 128 unless told */
  breadth?: number
  /** what comparing with every vector finds, to the last bit */
  exact?: boolean
  /** bits of the texts that may be hits */
  allow?: Uint32Array
  /** texts from here on are no hits */
  textUntil?: number
}

/** Nearest first; of equal distances the lower text first. */
export interface TextHits {
  texts: Uint32Array
  distances: Float32Array
}

export interface VectorsRun {
  readonly space: Space
  /** texts, those without a vector counted in */
  readonly count: number
  /**
   * The nearest k of what may be hits, or all where there are fewer; distances are told by the vectors themselves.
   *
   * @param query  under `cosine` of length 1
   */
  nearest(query: Float32Array, options?: NearestOptions): Promise<TextHits>
  /**
   * What may be the nearest: many, found quickly, with distances as near as codes tell. Whoever asks several runs measures
   * only the best of all of them.
   */
  candidates(query: Float32Array, options?: NearestOptions): Promise<TextHits>
  /** f32[texts]: told distances; Infinity for a text without a vector. */
  measure(query: Float32Array, texts: Uint32Array): Promise<Float32Array>
  /** f32[texts × dims]; zeros for a text without a vector. */
  vectorsOf(texts: Uint32Array): Promise<Float32Array>
}

const nearestMax = 2048
export const kUsual = 10
export const breadthUsual = 128
const spareMin = 8

/** How many candidates are measured where k are wanted: each may cost a block of a file. */
export function measuredOf(k: number): number {
  return k + Math.max(spareMin, k >>> 1)
}

export function textHits({ ids, distances }: Hits, textOf: (id: number) => number): TextHits {
  return { texts: ids.map(textOf), distances }
}

/** @throws BadInput */
export function demandNearest({ k, breadth }: { k: number; breadth: number }): void {
  demandWhole('k', k, { min: 1, max: nearestMax })
  demandWhole('breadth', breadth, { min: 1, max: 2 * nearestMax })
}
