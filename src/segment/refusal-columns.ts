// The refusals part: a row for each refused event, and a later row for its resolution, so that nothing is ever changed.

import { toUtf8 } from '../base/bytes.ts'
import type { Refusal } from '../contract/refusal.ts'
import type { Column } from './column.ts'
import { binaries, longs, texts } from './column-of-values.ts'
import type { BatchInfo } from './rows.ts'

/** A refusal, or with `resolution` the settling of the refusal of that sequence. */
export interface RefusalRow {
  sequence: number
  batch: BatchInfo
  position: number
  refusal: Refusal | undefined
  /** bytes as they came; owns nothing */
  raw: Uint8Array | undefined
  /** envelope fields told with the batch, as JSON */
  fields: string | undefined
  resolution: { outcome: string; eventId: string } | undefined
}

/** Columns without nulls. The row of a resolution has no bytes and no fault. */
export const requiredRefusalNames: ReadonlySet<string> = new Set([
  'sequence',
  'ingest_seq',
  'position',
  'batch_id',
  'ingest_time',
  'source',
])

export function refusalColumns(rows: readonly RefusalRow[]): Column[] {
  const text = (name: string, valueAt: (row: RefusalRow) => string | undefined) =>
    texts(name, rows.length, i => {
      const value = valueAt(rows[i]!)
      return value === undefined ? undefined : toUtf8(value)
    })
  const long = (name: string, type: 'int64' | 'timestamp', valueAt: (row: RefusalRow) => number) =>
    longs(name, type, rows.length, i => valueAt(rows[i]!))
  return [
    long('sequence', 'int64', row => row.sequence),
    long('ingest_seq', 'int64', row => row.batch.seq),
    long('position', 'int64', row => row.position),
    text('batch_id', row => row.batch.batchId),
    long('ingest_time', 'timestamp', row => row.batch.ingestTimeMs),
    text('source', row => row.batch.source),
    text('stage', row => row.refusal?.stage),
    text('code', row => row.refusal?.code),
    text('path', row => row.refusal?.path),
    text('message', row => row.refusal?.message),
    text('fields', row => row.fields),
    text('outcome', row => row.resolution?.outcome),
    text('resolved_event_id', row => row.resolution?.eventId),
    binaries(
      'raw',
      rows.map(({ raw }) => raw),
    ),
  ]
}
