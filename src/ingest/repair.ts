// Refused events tried again. They pass the same way as new ones; what is accepted now settles its refusal, and what is
// refused again leaves it as it was, so that each counts once.

import { fromUtf8 } from '../base/bytes.ts'
import type { RepairHeader } from '../contract/frames.ts'
import type { ReplayAnswer } from '../contract/service.ts'
import type { Scanner } from '../engine/tape/scan.ts'
import type { CheckedBatch } from '../segment/checked-batch.ts'
import { eventIdBytes } from '../segment/envelope-columns.ts'
import { refusalId } from '../segment/refusal-id.ts'
import type { Block } from '../segment/rows.ts'
import { type Accepted, accept, type IntakeState, outcome } from './accept.ts'
import { decode } from './decode.ts'
import { batchInfo } from './intake.ts'

export interface Repair {
  writer: string
  seq: number
  header: RepairHeader
  body: Uint8Array
  scanner: Scanner
}

export async function repair(
  task: Repair,
  state: IntakeState,
): Promise<{ checked: CheckedBatch; answer: ReplayAnswer }> {
  const { header, body } = task
  const { tenant, stream, fields, reopen, policy } = header
  const batch = batchInfo(task.writer, task.seq, header.ingest_time_ms, undefined, header.pack)
  const intake = {
    tenant,
    stream,
    batch,
    fields,
    blockFields: header.items.map(item => item.fields ?? fields),
    reopen,
    policy,
    blocks: itemBlocks(task),
    bytes: body.length,
    keepsRefusals: false,
  }
  const accepted = await accept(intake, state)
  const outcomes = outcomesOf(accepted, task)
  const { checked } = accepted
  checked.resolved = outcomes.flatMap(({ outcome, event_id }, position) => {
    const { segment_id, sequence } = header.items[position]!
    return outcome === 'quarantined' ? [] : [{ segmentId: segment_id, sequence, outcome, eventId: event_id! }]
  })
  checked.refused = []
  const count = (name: string) => outcomes.filter(({ outcome }) => outcome === name).length
  const answer: ReplayAnswer = {
    batch_id: batch.batchId,
    replayed: outcomes.length,
    accepted: count('accepted'),
    duplicate: count('duplicate'),
    quarantined: count('quarantined'),
    outcomes,
  }
  return { checked, answer }
}

/** One block an item, so that each keeps the source with which it came. */
function itemBlocks({ writer, seq, header, body, scanner }: Repair): Block[] {
  let at = 0
  return header.items.flatMap(({ bytes, source }, position) => {
    const item = body.subarray(at, (at += bytes))
    const batch = batchInfo(writer, seq, header.ingest_time_ms, source, header.pack)
    return [...decode(batch, item, 'one', scanner)].map(block => ({ ...block, positionFirst: position }))
  })
}

function outcomesOf(
  { checked, outcomes, duplicateIds }: Accepted,
  { header, writer }: Repair,
): ReplayAnswer['outcomes'] {
  let nextRow = 0
  let nextDuplicate = 0
  let nextRefused = 0
  return header.items.map(({ segment_id, sequence }, position) => {
    const refusal_id = refusalId(segment_id, writer, sequence)
    if (outcomes[position] === outcome.duplicate)
      return { refusal_id, outcome: 'duplicate', event_id: duplicateIds[nextDuplicate++]! }
    if (outcomes[position] === outcome.accepted) {
      return {
        refusal_id,
        outcome: 'accepted',
        event_id: fromUtf8(eventIdBytes(checked.accepted, checked.blocks, nextRow++)),
      }
    }
    const { code, message } = checked.refused[nextRefused++]!
    return { refusal_id, outcome: 'quarantined', code, message }
  })
}
