// The values of a column in Arrow's layout, a slot for every row from `rowFirst` on; slots of nulls are left as they are.

import { TRUE } from '../tape/tape'
import { bytesOf, CELL_BYTES, cellAt, kindOf, rowOf, startOf } from './cells'
import { parseInteger, parsePlain } from './number-text'
import { parseTime } from './time-text'

/** @param bits  bitmap of zeros */
export function columnsBooleans(cells: usize, count: u32, rowFirst: u32, bits: usize): void {
  const end = cellAt(cells, count)
  for (let cell = cells; cell < end; cell += CELL_BYTES) {
    if (kindOf(cell) !== TRUE) continue
    const row = rowOf(cell) - rowFirst
    const at = bits + (row >>> 3)
    store<u8>(at, <u32>load<u8>(at) | (1 << (row & 7)))
  }
}

/** @param longs  i64 a row */
export function columnsIntegers(cells: usize, count: u32, rowFirst: u32, longs: usize): void {
  const end = cellAt(cells, count)
  for (let cell = cells; cell < end; cell += CELL_BYTES) {
    const at = startOf(cell)
    store<i64>(longs + ((<usize>(rowOf(cell) - rowFirst)) << 3), parseInteger(at, at + bytesOf(cell)))
  }
}

/** @param longs  i64 a row: ms since 1970 UTC */
export function columnsTimes(cells: usize, count: u32, rowFirst: u32, longs: usize): void {
  const end = cellAt(cells, count)
  for (let cell = cells; cell < end; cell += CELL_BYTES) {
    const at = startOf(cell)
    store<i64>(longs + ((<usize>(rowOf(cell) - rowFirst)) << 3), parseTime(at, at + bytesOf(cell)))
  }
}

/**
 * @param doubles  f64 a row
 * @param left     room for count u32: the cells whose text is left to a parser that reads any number
 * @returns how many are left
 */
export function columnsDoubles(cells: usize, count: u32, rowFirst: u32, doubles: usize, left: usize): u32 {
  let leftCount: u32 = 0
  for (let i: u32 = 0; i < count; i++) {
    const cell = cellAt(cells, i)
    const at = startOf(cell)
    const value = parsePlain(at, at + bytesOf(cell))
    if (isNaN(value)) {
      store<u32>(left + ((<usize>leftCount) << 2), i)
      leftCount++
    } else store<f64>(doubles + ((<usize>(rowOf(cell) - rowFirst)) << 3), value)
  }
  return leftCount
}
