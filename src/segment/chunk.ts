// What is open: the checked batches between two seals, in log order, from which parts will be made.

import type { CheckedBatch } from './checked-batch.ts'
import type { RefusalRow } from './refusal-columns.ts'
import { appendRow, type Block, createRows, type Rows } from './rows.ts'
import { rawBytes } from './token.ts'

export interface Chunk {
  /** 1, 2, 3 … since the process began */
  number: number
  /** accepted, in log order */
  batches: CheckedBatch[]
  /** how many of the batches have passed the pipeline; readers see no more */
  visible: number
  /** log sequences covered, inclusive; none yet when the last is below the first */
  seqFirst: number
  seqLast: number
}

export function openChunk(number: number, seqFirst: number): Chunk {
  return { number, batches: [], visible: 0, seqFirst, seqLast: seqFirst - 1 }
}

/** The rows and refusals of one segment, out of all batches of a chunk. */
export interface SegmentRows {
  blocks: Block[]
  rows: Rows
  refusals: RefusalRow[]
}

/** @returns by segment id, in the order of first appearance */
export function partition(batches: readonly CheckedBatch[]): Map<string, SegmentRows> {
  const blocks = batches.flatMap(batch => batch.blocks)
  const counts = countRows(batches)
  const parted = new Map<string, SegmentRows>()
  const of = (segmentId: string) => {
    let rows = parted.get(segmentId)
    if (!rows)
      parted.set(segmentId, (rows = { blocks, rows: createRows(counts.get(segmentId) ?? 0), refusals: [] }))
    return rows
  }
  let blockFirst = 0
  for (const batch of batches) {
    const { accepted, segmentIds } = batch
    const targets = segmentIds.map(of)
    for (let i = 0; i < accepted.count; i++)
      appendRow(targets[accepted.segment[i]!]!.rows, accepted, i, blockFirst)
    for (const row of refusalRows(batch)) of(row.segmentId).refusals.push(row)
    blockFirst += batch.blocks.length
  }
  return parted
}

/** The refusals of a batch and the resolutions that it brought, each with its segment. */
export function refusalRows({
  batch,
  blocks,
  refused,
  resolved,
  fields,
}: CheckedBatch): (RefusalRow & { segmentId: string })[] {
  const refusals = refused.map(({ segmentId, sequence, block, row, position, ...refusal }) => ({
    segmentId,
    sequence,
    batch,
    position,
    refusal,
    raw: rawBytes(blocks[block]!, row),
    fields,
    resolution: undefined,
  }))
  const resolutions = resolved.map(({ segmentId, sequence, outcome, eventId }, position) => ({
    segmentId,
    sequence,
    batch,
    position,
    refusal: undefined,
    raw: undefined,
    fields: undefined,
    resolution: { outcome, eventId },
  }))
  return [...refusals, ...resolutions]
}

function countRows(batches: readonly CheckedBatch[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { accepted, segmentIds } of batches) {
    for (let i = 0; i < accepted.count; i++) {
      const id = segmentIds[accepted.segment[i]!]!
      counts.set(id, (counts.get(id) ?? 0) + 1)
    }
  }
  return counts
}
