// A filter over the published events of a segment: only the columns that it names are read, of parts that the window
// touches.

import type { ParquetScan } from 'hyparquet'
import { addBit, type Bits, createBits } from '../../base/bits.ts'
import type { Part, Segment } from '../../contract/segment.ts'
import { envelopeNames } from '../../segment/envelope-columns.ts'
import { type PartFiles, windows } from '../../segment/part-files.ts'
import type { DocBits, DocScope } from '../../segment/texts/run.ts'
import type { Predicate } from './predicate.ts'
import type { FieldValue } from './value.ts'

const windowRows = 8192

/** @returns the docs that the filter lets through. @throws CorruptPart */
export async function filterSegment(
  files: PartFiles,
  segment: Segment,
  predicate: Predicate,
  { fromMs, untilMs }: Pick<DocScope, 'fromMs' | 'untilMs'>,
): Promise<DocBits> {
  const words = createBits(segment.doc_next)
  const names = predicate.paths.map(path => columnNames(segment, path))
  for (const part of segment.parts)
    if (part.role === 'events' && part.time_max >= fromMs && part.time_min < untilMs)
      await filterPart(files, part, { names, predicate, words })
  return { first: 0, words }
}

interface Task {
  /** by path, the columns that have its values */
  names: string[][]
  predicate: Predicate
  words: Bits
}

async function filterPart(files: PartFiles, part: Part, { names, predicate, words }: Task): Promise<void> {
  const there = await files.columnsOf(part)
  const columns = names.map(names => names.filter(name => there.has(name)))
  const scan = await files.scan(part, [...new Set(columns.flat())])
  for (const window of windows(scan, 0, part.rows, 'asc', windowRows)) {
    const read = await Promise.all(columns.map(names => readColumns(scan, names, window)))
    for (let row = window.rowStart; row < window.rowEnd; row++)
      if (predicate.test(read.map(columns => firstOf(columns, row - window.rowStart))))
        addBit(words, part.doc_first + row)
  }
}

type Values = ArrayLike<unknown>

/** @returns the rows of a window, column by column */
export function readColumns(
  scan: ParquetScan,
  columns: readonly string[],
  window: { rowStart: number; rowEnd: number },
): Promise<Values[]> {
  return Promise.all(columns.map(column => scan.readColumn({ column, ...window })))
}

/** The value of the first column that has one. */
export function firstOf(columns: readonly Values[], i: number): FieldValue {
  for (const values of columns) {
    const value = values[i] as FieldValue
    if (value !== undefined && value !== null) return value
  }
  return undefined
}

/** An envelope field goes before a payload field of its name; `payload.type` names the latter, or `type` of its `payload`. */
export function columnNames({ columns }: Segment, path: string): string[] {
  if (envelopeNames.has(path)) return [path]
  const own = path.startsWith('payload.') ? path.slice('payload.'.length) : path
  const nameOf = (wanted: string) => columns.filter(column => column.path === wanted).map(({ name }) => name)
  return own === path ? nameOf(path) : [...nameOf(path), ...nameOf(own)]
}
