// Sealing: the open rows of a segment become immutable parts. A pure function of its input, to the byte.

import type { ColumnInfo, PartRole } from '../contract/segment.ts'
import type { LoadedTapes, Selection } from '../engine/columns/columns.ts'
import type { Codec } from '../ports/codec.ts'
import { columnOfCells, columnOfTexts } from './build.ts'
import type { ColumnSource } from './column-source.ts'
import {
  docColumn,
  envelopeColumns,
  envelopeNames,
  requiredNames,
  requiredRawNames,
} from './envelope-columns.ts'
import { gather } from './gather.ts'
import { entryWords, writeIds } from './ids.ts'
import { inferType } from './infer.ts'
import { writeParquet, writeSources } from './parquet/write.ts'
import { bounds, makePart, type SealedPart } from './part.ts'
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

export interface Sealed {
  parts: SealedPart[]
  columns: ColumnInfo[]
  columnsCapped: boolean
}

const rowGroupRowsMax = 65_536

/** What sealing works with. @property tapes  the unsealed blocks, loaded */
export interface SealTools {
  tapes: LoadedTapes
  codec: Codec
}

export function seal(unsealed: Unsealed, { tapes, codec }: SealTools): Sealed {
  const { rows, blocks, refusals, columns: known } = unsealed
  const parts: SealedPart[] = []
  let columns = { infos: [...known], capped: false }
  if (rows.count > 0) {
    const write = (role: PartRole, sources: readonly ColumnSource[], required: ReadonlySet<string>) => {
      const request = { sources, rowCount: rows.count, rowGroupRowsMax, codec, required }
      parts.push(describe(unsealed, role, writeSources(request)))
    }
    tapes.select(rows, selection => {
      const payload = payloadColumns(unsealed, selection)
      columns = payload
      write('events', [...envelopeColumns(rows, blocks, selection), ...payload.sources], requiredNames)
      const raw = columnOfTexts('raw', 'binary', selection, span => selection.raws(span))
      write('raw', [docColumn(rows), raw], requiredRawNames)
    })
    parts.push(describe(unsealed, 'ids', writeIds(idEntries(rows))))
  }
  if (refusals.length > 0) {
    const columns = refusalColumns(refusals)
    const chunks = writeParquet({ columns, rowGroupRowsMax, codec, required: requiredRefusalNames })
    parts.push(describe(unsealed, 'refusals', chunks))
  }
  return { parts, columns: columns.infos, columnsCapped: columns.capped }
}

function payloadColumns({ blocks, columns: known, columnsMax }: Unsealed, selection: Selection) {
  const gathered = gather(selection, blocks, known, columnsMax)
  const infos: ColumnInfo[] = []
  const taken = new Set([...envelopeNames, ...known.map(({ name }) => name.toLowerCase())])
  const sources: ColumnSource[] = []
  for (const { path, cells } of gathered.columns) {
    const before = known.find(column => column.path === path)
    const type = inferType(selection.values.inferTypes(cells), before?.type)
    if (!type) continue
    const name = before?.name ?? nameColumn(path, taken)
    infos.push({ name, path, type })
    sources.push(columnOfCells(name, type, cells, selection))
  }
  return { sources, infos, capped: gathered.capped }
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

function idEntries(rows: Rows): Uint32Array {
  const entries = new Uint32Array(rows.count * entryWords)
  for (let i = 0; i < rows.count; i++) {
    entries.set(rows.identity.subarray(i * 4, i * 4 + 4), i * entryWords)
    entries[i * entryWords + 4] = rows.doc[i]!
  }
  return entries
}

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
  const facts = {
    segmentId,
    role,
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
  }
  return makePart(facts, chunks)
}

function rawTotal(rows: Rows, blocks: readonly Block[]): number {
  let total = 0
  for (let i = 0; i < rows.count; i++) total += rawBytes(blocks[rows.block[i]!]!, rows.row[i]!).length
  return total
}
