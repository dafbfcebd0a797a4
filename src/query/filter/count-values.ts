// How often each value of a field occurs among some events.

import { hasBit } from '../../base/bits.ts'
import type { Segment } from '../../contract/segment.ts'
import { type PartFiles, windows } from '../../segment/part-files.ts'
import type { DocBits } from '../../segment/texts/run.ts'
import { columnNames, firstOf, readColumns } from './sealed-filter.ts'
import { type FieldValue, textOf } from './value.ts'

const windowRows = 8192

/** Of the published events of a segment: what none of them touches is not read. @throws CorruptPart */
export async function countSegmentValues(
  files: PartFiles,
  segment: Segment,
  path: string,
  bits: DocBits,
): Promise<[string, number][]> {
  const names = columnNames(segment, path)
  const values: FieldValue[] = []
  for (const part of segment.parts.filter(({ role }) => role === 'events')) {
    const isIn = (row: number) => hasBit(bits.words, part.doc_first + row - bits.first)
    if (names.length === 0 || !someRow(0, part.rows, isIn)) continue
    const there = await files.columnsOf(part)
    const columns = names.filter(name => there.has(name))
    const scan = await files.scan(part, columns)
    for (const window of windows(scan, 0, part.rows, 'asc', windowRows)) {
      if (!someRow(window.rowStart, window.rowEnd, isIn)) continue
      const read = await readColumns(scan, columns, window)
      for (let row = window.rowStart; row < window.rowEnd; row++)
        if (isIn(row)) values.push(firstOf(read, row - window.rowStart))
    }
  }
  return countValues(values)
}

function someRow(from: number, until: number, isIn: (row: number) => boolean): boolean {
  for (let row = from; row < until; row++) if (isIn(row)) return true
  return false
}

/** A value that is not there is not counted. */
export function countValues(values: Iterable<FieldValue>): [string, number][] {
  const counts = new Map<string, number>()
  for (const value of values) {
    const text = textOf(value)
    if (text !== null) counts.set(text, (counts.get(text) ?? 0) + 1)
  }
  return [...counts]
}
