// The columns that every event has, whatever its payload: the envelope, and where it came from.

import { toUtf8 } from '../base/bytes.ts'
import type { RowSpan } from '../engine/columns/cells.ts'
import type { Selection } from '../engine/columns/columns.ts'
import { columnOfBatches } from './batch-texts.ts'
import { columnOfTexts } from './build.ts'
import type { Column, PhysicalType } from './column.ts'
import { full, longs } from './column-of-values.ts'
import type { ColumnSource } from './column-source.ts'
import { type BatchInfo, type Block, flagLate, flagMasked, noToken, type Rows } from './rows.ts'
import { tokenBytes } from './token.ts'

/** Names that no payload column takes; a payload field of such a name becomes `payload.<name>`. */
export const envelopeNames: ReadonlySet<string> = new Set([
  'doc',
  'ingest_seq',
  'position',
  'batch_id',
  'event_id',
  'event_time',
  'ingest_time',
  'source',
  'type',
  'schema_version',
  'entity_id',
  'late',
  'masked',
  'pack',
  'pack_version',
  'contract_version',
  'subject_ref',
  'payload',
])

/** Columns of the events part without nulls. */
export const requiredNames: ReadonlySet<string> = new Set([
  'doc',
  'ingest_seq',
  'position',
  'batch_id',
  'event_id',
  'event_time',
  'ingest_time',
  'source',
  'late',
  'masked',
])

/** Columns of the raw part, all without nulls. */
export const requiredRawNames: ReadonlySet<string> = new Set(['doc', 'raw'])

/** @param selection  of these rows */
export function envelopeColumns(rows: Rows, blocks: readonly Block[], selection: Selection): ColumnSource[] {
  const batch = (i: number) => blocks[rows.block[i]!]!.batch
  const text = (name: string, tokens: Uint32Array, instead?: (row: number) => Uint8Array) =>
    columnOfTexts(name, 'string', selection, span => selection.pick(tokens, span, instead))
  const numbers = (name: string, type: 'int64' | 'timestamp', valueAt: (row: number) => number) =>
    made(name, type, ({ from, until }) => longs(name, type, until - from, i => valueAt(from + i)))
  const sources = new Map(blocks.map(({ batch: { source } }) => [source, toUtf8(source)]))
  return [
    docColumn(rows),
    numbers('ingest_seq', 'int64', i => batch(i).seq),
    made('position', 'int32', ({ from, until }) => ({
      name: 'position',
      type: 'int32',
      ...full(until - from),
      values: rowPositions(rows, blocks, { from, until }),
    })),
    columnOfBatches('batch_id', rows, blocks, ({ batchId }) => batchId),
    text('event_id', rows.idToken, i => derivedId(blocks[rows.block[i]!]!, rows.row[i]!)),
    numbers('event_time', 'timestamp', i => rows.timeMs[i]!),
    numbers('ingest_time', 'timestamp', i => batch(i).ingestTimeMs),
    text('source', rows.sourceToken, i => sources.get(batch(i).source)!),
    text('type', rows.typeToken),
    text('schema_version', rows.versionToken),
    text('entity_id', rows.entityToken),
    flagColumn('late', rows, flagLate),
    flagColumn('masked', rows, flagMasked),
    columnOfBatches('pack', rows, blocks, ({ pack }) => pack?.name),
    columnOfBatches('pack_version', rows, blocks, ({ pack }) => pack && String(pack.version)),
    ...['contract_version', 'subject_ref'].map(name => columnOfBatches(name, rows, blocks, () => undefined)),
  ]
}

export function docColumn(rows: Rows): ColumnSource {
  return made('doc', 'int32', ({ from, until }) => ({
    name: 'doc',
    type: 'int32',
    ...full(until - from),
    values: Int32Array.from(rows.doc.subarray(from, until)),
  }))
}

function rowPositions(rows: Rows, blocks: readonly Block[], { from, until }: RowSpan): Int32Array {
  const positions = new Int32Array(until - from)
  for (let i = from; i < until; i++)
    positions[i - from] = blocks[rows.block[i]!]!.positionFirst + rows.row[i]!
  return positions
}

function flagColumn(name: string, rows: Rows, flag: number): ColumnSource {
  return made(name, 'boolean', ({ from, until }) => {
    const values = new Uint8Array((until - from + 7) >> 3)
    for (let i = 0; i < until - from; i++) if (rows.flags[from + i]! & flag) values[i >> 3]! |= 1 << (i & 7)
    return { name, type: 'boolean', ...full(until - from), values }
  })
}

function made(name: string, type: PhysicalType, make: (span: RowSpan) => Column): ColumnSource {
  return { name, type, withRows: (span, use) => use(make(span)) }
}

/** The event's own id, or the one derived from its batch or file and its position. */
export function eventIdBytes(rows: Rows, blocks: readonly Block[], i: number): Uint8Array {
  const block = blocks[rows.block[i]!]!
  return rows.idToken[i] === noToken ? derivedId(block, rows.row[i]!) : tokenBytes(block, rows.idToken[i]!)
}

export function derivedId({ batch, positionFirst }: Block, row: number): Uint8Array {
  const prefix = prefixOf(batch)
  let number = batch.derivedIdFirst + positionFirst + row
  let digitCount = 1
  for (let power = 10; power <= number; power *= 10) digitCount++
  const id = new Uint8Array(prefix.length + digitCount)
  id.set(prefix)
  for (let at = id.length - 1; at >= prefix.length; at--) {
    id[at] = 48 + (number % 10)
    number = Math.floor(number / 10)
  }
  return id
}

const prefixes = new WeakMap<BatchInfo, Uint8Array>()

function prefixOf(batch: BatchInfo): Uint8Array {
  let prefix = prefixes.get(batch)
  if (!prefix) prefixes.set(batch, (prefix = toUtf8(`${batch.derivedIdPrefix}-`)))
  return prefix
}
