// Reading a refusals part.

import type { RefusalCode, RefusalRecord, Stage } from '../contract/refusal.ts'
import type { Part } from '../contract/segment.ts'
import type { PartFiles } from './part-files.ts'
import type { RefusalRow } from './refusal-columns.ts'

/** A row of a refusals part without the refused bytes: a refusal, which has a code, or the resolution of one. */
export interface LightRefusal {
  segmentId: string
  sequence: number
  /** log sequence of the batch */
  seq: number
  batchId: string
  position: number
  ingestTimeMs: number
  source: string
  stage: Stage | undefined
  code: RefusalCode | undefined
  path: string | undefined
  message: string | undefined
  fields: string | undefined
  resolution: NonNullable<RefusalRecord['resolution']> | undefined
  /** where the bytes are, for a sealed one */
  place?: { part: Part; row: number }
}

const columns = [
  'sequence',
  'ingest_seq',
  'position',
  'batch_id',
  'ingest_time',
  'source',
  'stage',
  'code',
  'path',
  'message',
  'fields',
  'outcome',
  'resolved_event_id',
]

export function lightOf(
  { sequence, batch, position, refusal, fields, resolution }: RefusalRow,
  segmentId: string,
): LightRefusal {
  return {
    segmentId,
    sequence,
    seq: batch.seq,
    position,
    fields,
    batchId: batch.batchId,
    ingestTimeMs: batch.ingestTimeMs,
    source: batch.source,
    stage: refusal?.stage,
    code: refusal?.code,
    path: refusal?.path,
    message: refusal?.message,
    resolution: resolution && {
      outcome: resolution.outcome as 'accepted',
      batch_id: batch.batchId,
      event_id: resolution.eventId,
    },
  }
}

/** @throws CorruptPart */
export async function readRefusals(files: PartFiles, segmentId: string, part: Part): Promise<LightRefusal[]> {
  const scan = await files.scan(part, columns)
  const rows: LightRefusal[] = []
  for (const range of scan.ranges) {
    const read = await Promise.all(columns.map(column => scan.readColumn({ column, ...range })))
    for (let i = 0; i < range.rowEnd - range.rowStart; i++) {
      const [
        sequence,
        seq,
        position,
        batchId,
        time,
        source,
        stage,
        code,
        path,
        message,
        fields,
        outcome,
        eventId,
      ] = read.map(column => column[i]) as unknown[]
      const text = (value: unknown) => (value as string | null | undefined) ?? undefined
      rows.push({
        segmentId,
        sequence: Number(sequence),
        seq: Number(seq),
        position: Number(position),
        batchId: batchId as string,
        ingestTimeMs: (time as Date).getTime(),
        source: source as string,
        stage: text(stage) as Stage | undefined,
        code: text(code) as RefusalCode | undefined,
        path: text(path),
        message: text(message),
        fields: text(fields),
        resolution: outcome
          ? { outcome: outcome as 'accepted', batch_id: batchId as string, event_id: eventId as string }
          : undefined,
        place: { part, row: range.rowStart + i },
      })
    }
  }
  return rows
}

/** The refused bytes of sealed refusals. @throws CorruptPart */
export async function readRaws<Row extends LightRefusal>(
  files: PartFiles,
  rows: readonly Row[],
): Promise<Map<Row, Uint8Array>> {
  const raws = new Map<Row, Uint8Array>()
  for (const row of rows) {
    if (!row.place) continue
    const scan = await files.scan(row.place.part, ['raw'])
    const [raw] = await scan.readColumn({ column: 'raw', rowStart: row.place.row, rowEnd: row.place.row + 1 })
    raws.set(row, (raw as Uint8Array).slice())
  }
  return raws
}
