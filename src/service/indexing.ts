// The indexer as the writer sees it, wherever it runs.

import type { Part } from '../contract/segment.ts'
import type { CheckedBatch } from '../segment/checked-batch.ts'

export interface IndexRequest {
  chunk: number
  /** log sequences covered, inclusive */
  seqFirst: number
  seqLast: number
  /** segments that were evicted meanwhile: what they have is let go */
  skip: string[]
}

export interface IndexedSegment {
  segmentId: string
  parts: Part[]
}

/** Since the start. */
export interface IndexStats {
  /** events of which a pack made a text */
  texts: number
  /** texts that were new in their run: those that were embedded and indexed */
  distinctTexts: number
}

export interface Indexing {
  /** Before the first batch. @param appliedSeq  what is published covers the log up to here */
  begin(appliedSeq: number): void
  /** Resolves when the batch can be found. Batches come in log order. */
  add(chunk: number, batch: CheckedBatch): Promise<void>
  /** Resolves when every part is durable; the chunk can be asked until it is dropped. */
  seal(request: IndexRequest): Promise<IndexedSegment[]>
  stats(): Promise<IndexStats>
  /** Nobody asks for the chunk any more. */
  drop(chunk: number): void
}
