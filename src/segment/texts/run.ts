// What is asked of the texts of a run, sealed or open. Text ids are those of the run; docs are those of the segment.
// Questions and answers are plain data, so that they travel between threads.

import { type Bits, hasBit } from '../../base/bits.ts'
import type { TextColumn } from '../../base/text-column.ts'
import type { TextClusters } from './clusters.ts'

/** Which docs of a run count. */
export interface DocScope {
  /** event times in ms, `untilMs` exclusive */
  fromMs: number
  untilMs: number
  /** docs below it are visible; Infinity for a sealed run */
  docUntil: number
  /** what a filter lets through; without it all */
  allow?: DocBits
}

/** A set of docs; doc `first` is bit 0. */
export interface DocBits {
  first: number
  words: Bits
}

export interface TextsShape {
  docFirst: number
  /** exclusive */
  docUntil: number
  textCount: number
  /** event times of its docs in ms, inclusive */
  firstMs: number
  lastMs: number
}

/** Docs of some texts, newest first: text i of the question has docs[starts[i], starts[i + 1]). */
export interface TextDocs {
  starts: Uint32Array
  docs: Uint32Array
  /** f64: event times in ms */
  timesMs: Float64Array
  /** u32[texts]: how many docs in the scope the text has, also those that were not asked for */
  counts: Uint32Array
}

export interface TextsRun {
  shape(): Promise<TextsShape>
  texts(ids: Uint32Array): Promise<TextColumn>
  /** u64[ids]: equal texts have equal ones, in whatever run */
  hashes(ids: Uint32Array): Promise<BigUint64Array>
  /** What cluster each text was given. */
  clusters(ids: Uint32Array): Promise<TextClusters>
  /** u32[clusters]: docs below `docUntil` whose text has the cluster. */
  clusterSizes(docUntil: number): Promise<Uint32Array>
  /** The newest docs of texts that are in the scope, at most `docsMax` of each; 0 only counts them. */
  docs(ids: Uint32Array, scope: DocScope, docsMax: number): Promise<TextDocs>
  /** i32[docs]: the text of each, -1 for none */
  textsOf(docs: Uint32Array): Promise<Int32Array>
  /** Bits of the texts that have a doc in the scope; undefined where all have. */
  allowed(scope: DocScope): Promise<Uint32Array | undefined>
  /** How many docs are in the scope, with a text or without. */
  countDocs(scope: DocScope): Promise<number>
  /** The newest docs of the scope with their texts, -1 for none. */
  newest(scope: DocScope, docsMax: number): Promise<NewestDocs>
}

export interface NewestDocs {
  docs: Uint32Array
  timesMs: Float64Array
  /** i32 */
  texts: Int32Array
}

/** Whether every doc of a run is in the scope. */
export function coversRun(shape: TextsShape, { fromMs, untilMs, docUntil, allow }: DocScope): boolean {
  return !allow && shape.docUntil <= docUntil && shape.firstMs >= fromMs && shape.lastMs < untilMs
}

/** A test of one doc by its number and time. */
export function scopeTest({
  fromMs,
  untilMs,
  docUntil,
  allow,
}: DocScope): (doc: number, timeMs: number) => boolean {
  if (!allow) return (doc, timeMs) => doc < docUntil && timeMs >= fromMs && timeMs < untilMs
  return (doc, timeMs) =>
    doc < docUntil && timeMs >= fromMs && timeMs < untilMs && hasBit(allow.words, doc - allow.first)
}
