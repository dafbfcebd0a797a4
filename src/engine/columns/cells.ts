// A cell is one value of a column: the row it stands in, and where its bytes lie in the kernels' memory. See wasm/columns/cells.ts.

import type { Arena } from '../arena.ts'

/** Values of one column in rising order of their rows. */
export interface Cells {
  /** where the first lies */
  at: number
  count: number
}

/** Rows [from, until). */
export interface RowSpan {
  from: number
  until: number
}

/** Words of a cell in memory. `size` is bytes << 3 | kind. */
export const cellWord = { row: 0, at: 1, size: 2 } as const
export const cellWords = 3
export const cellBytes = 4 * cellWords

/** Kernels load and copy words of eight bytes: behind every text there is room for one. */
export const spareBytes = 8

/** @returns u32[cells × cellWords], a view */
export function cellTable(arena: Arena, { at, count }: Cells): Uint32Array {
  return arena.u32({ name: 'cells', at, byteCount: cellBytes * count })
}

/** The cells of the rows of a span. */
export function cellsWithin(arena: Arena, cells: Cells, { from, until }: RowSpan): Cells {
  const table = cellTable(arena, cells)
  const first = firstFrom(table, from)
  const last = firstFrom(table, until)
  return { at: cells.at + cellBytes * first, count: last - first }
}

/** The bytes of one value, a view. */
export function cellText(arena: Arena, cells: Cells, index: number): Uint8Array {
  const table = cellTable(arena, cells)
  const at = table[cellWords * index + cellWord.at]!
  return arena.u8({ name: 'text', at, byteCount: table[cellWords * index + cellWord.size]! >>> 3 })
}

/** @returns the first cell whose row is not below `row` */
function firstFrom(table: Uint32Array, row: number): number {
  let low = 0
  let high = table.length / cellWords
  while (low < high) {
    const middle = (low + high) >>> 1
    if (table[cellWords * middle + cellWord.row]! < row) low = middle + 1
    else high = middle
  }
  return low
}
