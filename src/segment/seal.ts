// Sealing: the open rows of a segment become immutable parts. A pure function of its input, to the byte.

import { byteLength, toUtf8 } from '../base/bytes.ts'
import { crc32c } from '../base/crc32c.ts'
import { type ColumnInfo, formatVersion, type Part, type PartRole } from '../contract/segment.ts'
import type { Codec } from '../ports/codec.ts'
import { buildColumn, inferType } from './build.ts'
import { checksumBlocks } from './checked.ts'
import type { Column } from './column.ts'
import {
  binaries,
  docColumn,
  envelopeColumns,
  envelopeNames,
  requiredNames,
  requiredRawNames,
} from './envelope-columns.ts'
import { gather } from './gather.ts'
import { entryWords, writeIds } from './ids.ts'
import { writeParquet } from './parquet/write.ts'
import { type RefusalRow, refusalColumns, requiredRefusalNames } from './refusal-columns.ts'
import type { Block, Rows } from './rows.ts'
import { rawBytes } from './token.ts'

/** Everything of one segment that is not sealed yet. */
export interface Unsealed {
  segmentId: string
  blocks: readonly Block[]
  rows: Rows
  refusals: readonly RefusalRow[]
  /** log sequences covered, inclusive */
  seqFirst: number
  seqLast: number
  /** the segment's columns so far; types only widen */
  columns: readonly ColumnInfo[]
  columnsMax: number
}

export interface SealedPart {
  part: Part
  chunks: Uint8Array[]
}

export interface Sealed {
  parts: SealedPart[]
  columns: ColumnInfo[]
  columnsCapped: boolean
}

const rowGroupRowsMax = 65_536

export function seal(unsealed: Unsealed, codec: Codec): Sealed {
  const { rows, blocks, refusals, columns: known } = unsealed
  const { columns, infos, capped } =
    rows.count === 0 ? { columns: [], infos: [...known], capped: false } : payloadColumns(unsealed)
  const parts: SealedPart[] = []
  const parquet = (role: PartRole, contents: readonly Column[], required = requiredNames) =>
    parts.push(
      describe(unsealed, role, writeParquet({ columns: contents, rowGroupRowsMax, codec, required })),
    )
  if (rows.count > 0) {
    parquet('events', [...envelopeColumns(rows, blocks), ...columns])
    parquet('raw', [docColumn(rows), rawColumn(rows, blocks)], requiredRawNames)
    parts.push(describe(unsealed, 'ids', writeIds(idEntries(rows))))
  }
  if (refusals.length > 0) parquet('refusals', refusalColumns(refusals), requiredRefusalNames)
  return { parts, columns: infos, columnsCapped: capped }
}

function payloadColumns({ rows, blocks, columns: known, columnsMax }: Unsealed) {
  const gathered = gather(rows, blocks, known, columnsMax)
  const infos: ColumnInfo[] = []
  const taken = new Set([...envelopeNames, ...known.map(({ name }) => name.toLowerCase())])
  const columns: Column[] = []
  for (const values of gathered.columns) {
    const before = known.find(({ path }) => path === values.path)
    const type = values.count === 0 ? before?.type : inferType(values, rows, blocks, before?.type)
    if (!type) continue
    const name = before?.name ?? nameColumn(values.path, taken)
    infos.push({ name, path: values.path, type })
    columns.push(buildColumn(name, type, values, rows, blocks))
  }
  return { columns, infos, capped: gathered.capped }
}

/**
 * The name of a new column: its path, unless the envelope or another column has that name. Upper and lower case count as
 * the same, as they do in SQL.
 */
function nameColumn(path: string, taken: Set<string>): string {
  let name = envelopeNames.has(path) ? `payload.${path}` : path
  while (taken.has(name.toLowerCase())) name += '_'
  taken.add(name.toLowerCase())
  return name
}

function rawColumn(rows: Rows, blocks: readonly Block[]): Column {
  return binaries(
    'raw',
    Array.from({ length: rows.count }, (_, i) => rawBytes(blocks[rows.block[i]!]!, rows.row[i]!)),
  )
}

function idEntries(rows: Rows): Uint32Array {
  const entries = new Uint32Array(rows.count * entryWords)
  for (let i = 0; i < rows.count; i++) {
    entries.set(rows.identity.subarray(i * 4, i * 4 + 4), i * entryWords)
    entries[i * entryWords + 4] = rows.doc[i]!
  }
  return entries
}

/** The key ends in the content's checksum: sealing again after a crash finds the very same part, or makes another. */
function describe(
  { segmentId, rows, blocks, refusals, seqFirst, seqLast }: Unsealed,
  role: PartRole,
  chunks: Uint8Array[],
): SealedPart {
  const isRefusals = role === 'refusals'
  const times = isRefusals
    ? refusals.map(({ batch }) => batch.ingestTimeMs)
    : rows.timeMs.subarray(0, rows.count)
  const [timeMin, timeMax] = bounds(times)
  const [docFirst, docLast] = isRefusals
    ? bounds(refusals.map(({ sequence }) => sequence))
    : bounds(rows.doc.subarray(0, rows.count))
  const checksums = checksumBlocks(chunks)
  const content = crc32c(toUtf8(checksums)).toString(16).padStart(8, '0')
  const suffix = role === 'ids' ? 'ids' : 'parquet'
  return {
    chunks,
    part: {
      role,
      key: `${segmentId}/${role}-${digits(seqFirst)}-${digits(seqLast)}-${content}.${suffix}`,
      format_version: formatVersion,
      bytes: byteLength(chunks),
      crc32c: checksums,
      rows: isRefusals ? refusals.length : rows.count,
      doc_first: docFirst,
      doc_last: docLast,
      seq_first: seqFirst,
      seq_last: seqLast,
      time_min: timeMin,
      time_max: timeMax,
      raw_bytes: isRefusals
        ? refusals.reduce((sum, { raw }) => sum + (raw?.length ?? 0), 0)
        : rawTotal(rows, blocks),
      inputs: [],
    },
  }
}

function rawTotal(rows: Rows, blocks: readonly Block[]): number {
  let total = 0
  for (let i = 0; i < rows.count; i++) total += rawBytes(blocks[rows.block[i]!]!, rows.row[i]!).length
  return total
}

function bounds(values: Iterable<number>): [number, number] {
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  for (const value of values) {
    if (value < least) least = value
    if (value > most) most = value
  }
  return [least, most]
}

function digits(seq: number): string {
  return String(seq).padStart(12, '0')
}
