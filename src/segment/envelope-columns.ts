// The columns that every event has, whatever its payload: the envelope, and where it came from.

import { toUtf8 } from '../base/bytes.ts'
import { putExact } from './build.ts'
import type { Column } from './column.ts'
import { type BatchInfo, type Block, flagLate, flagMasked, noToken, type Rows } from './rows.ts'
import { TextBuilder } from './text-builder.ts'
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

export function envelopeColumns(rows: Rows, blocks: readonly Block[]): Column[] {
  const batch = (i: number) => blocks[rows.block[i]!]!.batch
  const token = (tokens: Uint32Array) => (i: number) =>
    tokens[i] === noToken ? undefined : tokenBytes(blocks[rows.block[i]!]!, tokens[i]!)
  const utf8 = remembered(toUtf8)
  const source = token(rows.sourceToken)
  return [
    docColumn(rows),
    longs('ingest_seq', 'int64', rows.count, i => batch(i).seq),
    {
      name: 'position',
      type: 'int32',
      ...full(rows.count),
      values: Int32Array.from(
        rows.row.subarray(0, rows.count),
        (row, i) => blocks[rows.block[i]!]!.positionFirst + row,
      ),
    },
    texts('batch_id', rows.count, i => utf8(batch(i).batchId)),
    texts('event_id', rows.count, i => eventIdBytes(rows, blocks, i)),
    longs('event_time', 'timestamp', rows.count, i => rows.timeMs[i]!),
    longs('ingest_time', 'timestamp', rows.count, i => batch(i).ingestTimeMs),
    texts('source', rows.count, i => source(i) ?? utf8(batch(i).source)),
    texts('type', rows.count, token(rows.typeToken)),
    texts('schema_version', rows.count, token(rows.versionToken)),
    texts('entity_id', rows.count, token(rows.entityToken)),
    bits('late', rows, flagLate),
    bits('masked', rows, flagMasked),
    texts('pack', rows.count, i => {
      const { pack } = batch(i)
      return pack === undefined ? undefined : utf8(pack)
    }),
    ...['pack_version', 'contract_version', 'subject_ref'].map(name =>
      texts(name, rows.count, () => undefined),
    ),
  ]
}

export function docColumn(rows: Rows): Column {
  return {
    name: 'doc',
    type: 'int32',
    ...full(rows.count),
    values: Int32Array.from(rows.doc.subarray(0, rows.count)),
  }
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

/** A column of texts, null where there is none. */
export function texts(
  name: string,
  rowCount: number,
  valueAt: (row: number) => Uint8Array | undefined,
): Column {
  const builder = new TextBuilder(rowCount)
  const validity = new Uint8Array((rowCount + 7) >> 3)
  let nullCount = 0
  for (let i = 0; i < rowCount; i++) {
    const value = valueAt(i)
    if (value === undefined) nullCount++
    else {
      validity[i >> 3]! |= 1 << (i & 7)
      builder.add(i, value, 0, value.length)
    }
  }
  return {
    name,
    type: 'string',
    rowCount,
    nullCount,
    validity: nullCount === 0 ? undefined : validity,
    ...builder.finish(),
  }
}

/** A column of bytes as they are, back to back, null where there are none. */
export function binaries(name: string, values: readonly (Uint8Array | undefined)[]): Column {
  const rowCount = values.length
  const offsets = new Int32Array(rowCount + 1)
  const validity = new Uint8Array((rowCount + 7) >> 3)
  values.forEach((value, i) => {
    offsets[i + 1] = offsets[i]! + (value?.length ?? 0)
    if (value) validity[i >> 3]! |= 1 << (i & 7)
  })
  const data = new Uint8Array(offsets[rowCount]!)
  values.forEach((value, i) => {
    if (value) data.set(value, offsets[i])
  })
  const nullCount = values.filter(value => value === undefined).length
  return {
    name,
    type: 'binary',
    rowCount,
    nullCount,
    validity: nullCount === 0 ? undefined : validity,
    offsets,
    data,
  }
}

export function longs(
  name: string,
  type: 'int64' | 'timestamp',
  rowCount: number,
  valueAt: (row: number) => number,
): Column {
  const values = new BigInt64Array(rowCount)
  const words = new Int32Array(values.buffer)
  for (let i = 0; i < rowCount; i++) putExact(words, i, valueAt(i))
  return { name, type, ...full(rowCount), values }
}

function bits(name: string, rows: Rows, flag: number): Column {
  const values = new Uint8Array((rows.count + 7) >> 3)
  for (let i = 0; i < rows.count; i++) if (rows.flags[i]! & flag) values[i >> 3]! |= 1 << (i & 7)
  return { name, type: 'boolean', ...full(rows.count), values }
}

function full(rowCount: number) {
  return { rowCount, nullCount: 0, validity: undefined }
}

/** Batches repeat their texts for every row. */
function remembered(make: (text: string) => Uint8Array): (text: string) => Uint8Array {
  const made = new Map<string, Uint8Array>()
  return text => {
    let bytes = made.get(text)
    if (!bytes) made.set(text, (bytes = make(text)))
    return bytes
  }
}
