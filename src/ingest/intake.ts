// Log frames become intakes: what `accept` needs to know of a batch.

import { type BatchHeader, defaultSource, type IntakePolicy, type PackVersion } from '../contract/frames.ts'
import { Refused } from '../contract/refused.ts'
import type { Scanner } from '../engine/tape/scan.ts'
import type { BatchInfo, Block } from '../segment/rows.ts'
import type { Intake } from './accept.ts'
import { decode } from './decode.ts'

/** @throws Refused when the body holds more events than one may; the frame then counts for nothing */
export function intakeOfBatch(
  writer: string,
  seq: number,
  header: BatchHeader,
  body: Uint8Array,
  scanner: Scanner,
): Intake {
  const batch = batchInfo(writer, seq, header.ingest_time_ms, header.source, header.pack)
  if (header.file) {
    batch.derivedIdPrefix = header.file.hash
    batch.derivedIdFirst = header.file.first_row
  }
  const { tenant, stream, fields, reopen, policy } = header
  const blocks = bounded(decode(batch, body, header.format, scanner), policy)
  return { tenant, stream, batch, fields, reopen, policy, blocks, bytes: body.length, keepsRefusals: true }
}

export function batchInfo(
  writer: string,
  seq: number,
  ingestTimeMs: number,
  source: string | undefined,
  pack: PackVersion | undefined,
): BatchInfo {
  const batchId = `b${writer}-${seq}`
  return {
    seq,
    batchId,
    ingestTimeMs,
    source: source ?? defaultSource,
    pack,
    derivedIdPrefix: batchId,
    derivedIdFirst: 0,
  }
}

function bounded(blocks: Iterable<Block>, policy: IntakePolicy): Block[] {
  const kept: Block[] = []
  for (const block of blocks) {
    kept.push(block)
    if (block.positionFirst + block.tape.rowCount > policy.batch_events_max) {
      throw new Refused(
        'too_many_events',
        `a body holds at most ${policy.batch_events_max} events; send it in several`,
      )
    }
  }
  return kept
}
