// Reading events that are not sealed yet, straight off their tapes.

import { fromUtf8, toUtf8 } from '../base/bytes.ts'
import type { CheckedBatch } from './checked-batch.ts'
import { eventIdBytes } from './envelope-columns.ts'
import type { EventMatch, FoundEvent } from './event.ts'
import { flagLate, flagMasked, noToken } from './rows.ts'
import { rawBytes, tokenBytes, tokenText } from './token.ts'

export interface OpenRow {
  batch: CheckedBatch
  row: number
}

/**
 * Rows of one segment that match, in doc order or against it.
 * @param batches  in log order, or against it
 * @param docs     [from, until) of the docs asked for
 */
export function* scanOpen(
  batches: Iterable<CheckedBatch>,
  segmentId: string,
  match: EventMatch,
  docs: { from: number; until: number },
  order: 'asc' | 'desc',
): Generator<OpenRow> {
  const matches = matcher(match)
  for (const batch of batches) {
    const segment = batch.segmentIds.indexOf(segmentId)
    if (segment < 0 || batch.batch.seq > match.seqMax) continue
    const { accepted } = batch
    for (let i = 0; i < accepted.count; i++) {
      const row = order === 'asc' ? i : accepted.count - 1 - i
      const doc = accepted.doc[row]!
      if (accepted.segment[row] === segment && doc >= docs.from && doc < docs.until && matches(batch, row))
        yield { batch, row }
    }
  }
}

export function readOpen({ batch, row }: OpenRow): FoundEvent {
  const { accepted: rows, blocks, segmentIds } = batch
  const block = blocks[rows.block[row]!]!
  return {
    segmentId: segmentIds[rows.segment[row]!]!,
    doc: rows.doc[row]!,
    batchId: block.batch.batchId,
    position: block.positionFirst + rows.row[row]!,
    ingestSeq: block.batch.seq,
    eventId: fromUtf8(eventIdBytes(rows, blocks, row)),
    eventTimeMs: rows.timeMs[row]!,
    ingestTimeMs: block.batch.ingestTimeMs,
    source: tokenText(block, rows.sourceToken[row]!) ?? block.batch.source,
    type: tokenText(block, rows.typeToken[row]!),
    schemaVersion: tokenText(block, rows.versionToken[row]!),
    entityId: tokenText(block, rows.entityToken[row]!),
    late: (rows.flags[row]! & flagLate) !== 0,
    masked: (rows.flags[row]! & flagMasked) !== 0,
    payload: rawBytes(block, rows.row[row]!).slice(),
  }
}

function matcher({
  type,
  entityId,
  source,
  fromMs,
  untilMs,
}: EventMatch): (batch: CheckedBatch, row: number) => boolean {
  const isType = tokenMatcher(type)
  const isEntity = tokenMatcher(entityId)
  const isSource = tokenMatcher(source)
  return (batch, row) => {
    const { accepted: rows } = batch
    const timeMs = rows.timeMs[row]!
    if ((fromMs !== undefined && timeMs < fromMs) || (untilMs !== undefined && timeMs >= untilMs))
      return false
    const block = batch.blocks[rows.block[row]!]!
    if (
      !isType(block, rows.typeToken[row]!, undefined) ||
      !isEntity(block, rows.entityToken[row]!, undefined)
    )
      return false
    return isSource(block, rows.sourceToken[row]!, block.batch.source)
  }
}

function tokenMatcher(
  wanted: string | undefined,
): (block: CheckedBatch['blocks'][number], token: number, otherwise: string | undefined) => boolean {
  if (wanted === undefined) return () => true
  const bytes = toUtf8(wanted)
  return (block, token, otherwise) => {
    if (token === noToken) return otherwise === wanted
    const value = tokenBytes(block, token)
    return value.length === bytes.length && value.every((byte, i) => byte === bytes[i])
  }
}
