// The answer to a batch: what became of each event, in body order.

import { fromUtf8 } from '../base/bytes.ts'
import { formatTime } from '../base/rfc3339.ts'
import type { BatchAnswer, Receipt } from '../contract/receipt.ts'
import type { Segment } from '../contract/segment.ts'
import { eventIdBytes } from '../segment/envelope-columns.ts'
import { refusalId } from '../segment/refusal-id.ts'
import { flagLate, type Rows } from '../segment/rows.ts'
import { docId } from '../segment/slice.ts'
import { type Accepted, outcome } from './accept.ts'

/** Receipts that one answer lists at most; the counts are always whole. */
export const receiptsMax = 100_000

export function answerOf(accepted: Accepted, writer: string, list: 'problems' | 'all'): BatchAnswer {
  const { checked, outcomes, late } = accepted
  const counts = [0, 0, 0]
  for (const found of outcomes) counts[found]!++
  const wanted = list === 'all' ? outcomes.length : outcomes.length - counts[outcome.accepted]! + late
  return {
    batch_id: checked.batch.batchId,
    sent: outcomes.length,
    accepted: counts[outcome.accepted]!,
    duplicate: counts[outcome.duplicate]!,
    late,
    masked: 0,
    quarantined: counts[outcome.quarantined]!,
    receipts: receiptsOf(accepted, writer, list),
    ...(wanted > receiptsMax && { receipts_omitted: wanted - receiptsMax }),
  }
}

function receiptsOf(
  { checked, outcomes, duplicateIds }: Accepted,
  writer: string,
  list: 'problems' | 'all',
): Receipt[] {
  const receipts: Receipt[] = []
  const { accepted: rows, refused } = checked
  let nextRow = 0
  let nextRefused = 0
  let nextDuplicate = 0
  for (let position = 0; position < outcomes.length && receipts.length < receiptsMax; position++) {
    if (outcomes[position] === outcome.quarantined) {
      const { stage, code, path, message, segmentId, sequence } = refused[nextRefused++]!
      receipts.push({
        position,
        outcome: 'quarantined',
        stage,
        code,
        path,
        message,
        refusal_id: refusalId(segmentId, writer, sequence),
      })
    } else if (outcomes[position] === outcome.duplicate) {
      receipts.push({ position, outcome: 'duplicate', event_id: duplicateIds[nextDuplicate++]! })
    } else {
      const row = nextRow++
      const isLate = (rows.flags[row]! & flagLate) !== 0
      if (list === 'all' || isLate) receipts.push(acceptedReceipt(checked, rows, row, position, writer))
    }
  }
  return receipts
}

function acceptedReceipt(
  checked: Accepted['checked'],
  rows: Rows,
  row: number,
  position: number,
  writer: string,
): Receipt {
  return {
    position,
    outcome: 'accepted',
    event_id: fromUtf8(eventIdBytes(rows, checked.blocks, row)),
    ...((rows.flags[row]! & flagLate) !== 0 && { late: true as const }),
    segment_id: checked.segmentIds[rows.segment[row]!]!,
    doc_id: docId(writer, rows.doc[row]!),
    event_time: formatTime(rows.timeMs[row]!),
  }
}

/** An answer that is told again does not show the segments that went meanwhile. @param segments  those that live */
export function withoutGone(answer: BatchAnswer, segments: readonly Segment[]): BatchAnswer {
  const live = new Set(segments.map(({ segment_id }) => segment_id))
  const receipts = answer.receipts.map(receipt => {
    const { segment_id, doc_id, event_time, ...told } = receipt
    return segment_id === undefined || live.has(segment_id) ? receipt : told
  })
  return { ...answer, receipts }
}
