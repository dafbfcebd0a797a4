// The two indexes of a column chunk: where each page lies and which row it begins with (offset index), and what values
// each page can hold (column index). With them one row is read without its whole chunk.

import type { EncodedBound } from './footer.ts'
import { readStruct } from './thrift-read.ts'
import { ThriftWriter } from './thrift-write.ts'

interface PageInfo {
  /** offset in the file, and bytes with the header */
  at: number
  bytes: number
  /** first row, counted in the row group */
  firstRow: number
  rowCount: number
  nullCount: number
  min: EncodedBound | undefined
  max: EncodedBound | undefined
}

type PageLocation = Pick<PageInfo, 'at' | 'bytes' | 'firstRow'>

/** How the bounds of successive pages run; a reader may then search them by halving. */
export const boundaryOrders = { unordered: 0, ascending: 1, descending: 2 } as const
export type BoundaryOrder = (typeof boundaryOrders)[keyof typeof boundaryOrders]

export function encodeOffsetIndex(pages: readonly PageLocation[]): Uint8Array {
  const out = new ThriftWriter()
  out.structs(1, pages, page => {
    out.i64(1, page.at)
    out.i32(2, page.bytes)
    out.i64(3, page.firstRow)
  })
  return out.finish()
}

/** @returns the same index for pages that lie `shift` bytes further on */
export function shiftOffsetIndex(index: Uint8Array, shift: number): Uint8Array {
  const pages = readStruct(index).structs(1)
  return encodeOffsetIndex(
    pages.map(page => ({ at: page.number(1) + shift, bytes: page.number(2), firstRow: page.number(3) })),
  )
}

/**
 * @returns undefined when a page holds values without bounds (binary, NaN alone): the format has no way to say so of
 *          one page
 */
export function encodeColumnIndex(pages: readonly PageInfo[], order: BoundaryOrder): Uint8Array | undefined {
  const none = new Uint8Array(0)
  const isNull = pages.map(page => page.nullCount === page.rowCount)
  if (pages.some((page, index) => !isNull[index] && (page.min === undefined || page.max === undefined)))
    return undefined
  const out = new ThriftWriter()
  out.bools(1, isNull)
  out.binaries(
    2,
    pages.map(page => page.min?.bytes ?? none),
  )
  out.binaries(
    3,
    pages.map(page => page.max?.bytes ?? none),
  )
  out.i32(4, order)
  out.i64s(
    5,
    pages.map(page => page.nullCount),
  )
  return out.finish()
}
