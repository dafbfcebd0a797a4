// What ingest hands to the pipeline: a batch whose every event has its outcome. The accepted ones have their segment and
// doc already, so that what follows only has to follow. Plain data.

import type { Refusal } from '../contract/refusal.ts'
import type { BatchInfo, Block, Rows } from './rows.ts'

/** A refused event. Its raw bytes are the row of its block. */
export interface RefusedRow extends Refusal {
  segmentId: string
  /** sequence among the refusals of its segment */
  sequence: number
  block: number
  row: number
  position: number
}

/** How a refusal was settled; it lies in the refusal's own segment and goes with it. */
export interface Resolution {
  segmentId: string
  /** of the refusal */
  sequence: number
  outcome: 'accepted' | 'duplicate'
  eventId: string
}

export interface CheckedBatch {
  batch: BatchInfo
  tenant: string
  stream: string
  /** envelope fields told with the batch, as JSON, kept with its refusals */
  fields: string | undefined
  blocks: Block[]
  segmentIds: string[]
  accepted: Rows
  refused: RefusedRow[]
  resolved: Resolution[]
  /** of the body, counted against the queue and the flush */
  bytes: number
}
