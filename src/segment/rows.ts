// Accepted events as rows of columns: where each lies on its block's tape, and what the check found out about it.
// Nothing of the payload is copied. Plain data, so that it travels between threads as it is.

import type { PackVersion } from '../contract/frames.ts'
import type { Tape } from '../engine/tape/scan.ts'

/** What all events of a batch share; it comes from the log frame. */
export interface BatchInfo {
  seq: number
  batchId: string
  ingestTimeMs: number
  /** source of events that name none */
  source: string
  pack: PackVersion | undefined
  /** ids that the events lack are `<prefix>-<first + position>` */
  derivedIdPrefix: string
  derivedIdFirst: number
}

/** One tape with the body it points into. */
export interface Block {
  batch: BatchInfo
  /** position in the batch of the tape's first row */
  positionFirst: number
  body: Uint8Array
  tape: Tape
}

/** Token number of an envelope field that the event does not carry. */
export const noToken = 0xffffffff
export const flagLate = 1
export const flagMasked = 2

/** u32[≥ count] each, but where said otherwise */
export interface Rows {
  count: number
  /** index of the block among those that the rows are held with */
  block: Uint32Array
  /** row of that block's tape */
  row: Uint32Array
  /** index into the segment ids that the rows are held with */
  segment: Uint32Array
  doc: Uint32Array
  /** tokens of the envelope, or noToken */
  idToken: Uint32Array
  typeToken: Uint32Array
  entityToken: Uint32Array
  sourceToken: Uint32Array
  versionToken: Uint32Array
  /** f64: event time */
  timeMs: Float64Array
  /** u8: flagLate | flagMasked */
  flags: Uint8Array
  /** 4 words a row, see ids.ts */
  identity: Uint32Array
}

export function createRows(capacity: number): Rows {
  const column = () => new Uint32Array(capacity)
  return {
    count: 0,
    block: column(),
    row: column(),
    segment: column(),
    doc: column(),
    idToken: column(),
    typeToken: column(),
    entityToken: column(),
    sourceToken: column(),
    versionToken: column(),
    timeMs: new Float64Array(capacity),
    flags: new Uint8Array(capacity),
    identity: new Uint32Array(capacity * 4),
  }
}

/** Appends row i of `from`, whose blocks are numbered from `blockFirst` on in `to`. */
export function appendRow(to: Rows, from: Rows, i: number, blockFirst: number): void {
  const at = to.count++
  to.block[at] = from.block[i]! + blockFirst
  to.row[at] = from.row[i]!
  to.segment[at] = from.segment[i]!
  to.doc[at] = from.doc[i]!
  to.idToken[at] = from.idToken[i]!
  to.typeToken[at] = from.typeToken[i]!
  to.entityToken[at] = from.entityToken[i]!
  to.sourceToken[at] = from.sourceToken[i]!
  to.versionToken[at] = from.versionToken[i]!
  to.timeMs[at] = from.timeMs[i]!
  to.flags[at] = from.flags[i]!
  for (let word = 0; word < 4; word++) to.identity[at * 4 + word] = from.identity[i * 4 + word]!
}
