// Which rows make up a page, and which of them hold a value. A page is what is read and decompressed at once, so a row
// of a wide column must not cost a megabyte; and it is what its bounds let a reader skip.

import { assert } from '../../base/assert.ts'
import { type Column, isPresent } from '../column.ts'

/** Raw payloads are read one at a time. */
const binaryPageBytes = 128 * 1024
const pageBytes = 256 * 1024
const pageRowsMax = 2048

export interface PageRows {
  /** rows [from, until) of the column */
  from: number
  until: number
  presentCount: number
  /** the rows that hold a value, rising; undefined when all do, so that they can be copied in bulk */
  present: Int32Array | undefined
}

export interface RowRange {
  from: number
  until: number
}

/** Cuts rows [from, until) into pages: at least a row each, then as many as fit. */
export function planPages(column: Column, { from, until }: RowRange): RowRange[] {
  assert(until > from, 'a page needs a row')
  const pages: RowRange[] = []
  while (from < until) {
    const end = Math.min(until, from + pageRowsMax, pageEnd(column, from))
    pages.push({ from, until: end })
    from = end
  }
  return pages
}

/** @returns the row before which the page that begins at `from` is full */
function pageEnd(column: Column, from: number): number {
  if (!('offsets' in column)) return from + pageRowsMax
  const { offsets, rowCount } = column
  const bytesMax = column.type === 'binary' ? binaryPageBytes : pageBytes
  const rowsMax = Math.min(rowCount, from + pageRowsMax)
  let row = from + 1
  while (row < rowsMax && offsets[row + 1]! - offsets[from]! + 4 * (row + 1 - from) <= bytesMax) row++
  return row
}

export function pageRows(validity: Uint8Array | undefined, { from, until }: RowRange): PageRows {
  const all: PageRows = { from, until, presentCount: until - from, present: undefined }
  if (validity === undefined) return all
  const present = new Int32Array(until - from)
  let presentCount = 0
  for (let row = from; row < until; row++) {
    // a byte of the bitmap at once where it has no value at all
    if ((row & 7) === 0 && validity[row >> 3] === 0) row += 7
    else if (isPresent(validity, row)) present[presentCount++] = row
  }
  return presentCount === until - from
    ? all
    : { from, until, presentCount, present: present.subarray(0, presentCount) }
}
