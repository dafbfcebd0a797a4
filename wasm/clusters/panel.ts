// Eight rows turned on their side, so that one vector register holds the same component of four of them: a row meets all
// eight in one sweep, and no register is ever summed across its lanes.
//
//   panel   component 0 of rows 0..7 | component 1 of rows 0..7 | …        f32[components × 8]
//
// Rows everywhere are f32, padded with zeros to a multiple of 16 bytes.

import { multiplyAdd } from '../vectors/distance'

/** How many rows a panel holds. */
export const panelRows: u32 = 8

/** Writes row `lane` of a panel. */
export function turn(panel: usize, lane: u32, row: usize, rowBytes: usize): void {
  let to = panel + ((<usize>lane) << 2)
  for (let at: usize = 0; at < rowBytes; at += 4) {
    store<f32>(to, load<f32>(row + at))
    to += panelRows << 2
  }
}

/** Turns `count` ≤ 8 rows that lie one after the other; lanes past them are zero. */
export function turnRows(panel: usize, rows: usize, rowBytes: usize, count: u32): void {
  if (count < panelRows) memory.fill(panel, 0, rowBytes * panelRows)
  for (let lane: u32 = 0; lane < count; lane++) turn(panel, lane, rows + <usize>lane * rowBytes, rowBytes)
}

/**
 * Squared Euclidean distances of a row to the eight of a panel, from the differences themselves, so that equal rows are at
 * exactly 0. The long loop that everything below rests on.
 *
 * @param to  f32[8]
 */
export function squaredDistances(panel: usize, row: usize, rowBytes: usize, to: usize): void {
  let low0 = f32x4.splat(0)
  let high0 = low0
  let low1 = low0
  let high1 = low0
  const end = row + rowBytes
  while (row < end) {
    const x0 = v128.load32_splat(row)
    const x1 = v128.load32_splat(row, 4)
    const l0 = f32x4.sub(v128.load(panel), x0)
    const h0 = f32x4.sub(v128.load(panel, 16), x0)
    const l1 = f32x4.sub(v128.load(panel, 32), x1)
    const h1 = f32x4.sub(v128.load(panel, 48), x1)
    low0 = multiplyAdd(l0, l0, low0)
    high0 = multiplyAdd(h0, h0, high0)
    low1 = multiplyAdd(l1, l1, low1)
    high1 = multiplyAdd(h1, h1, high1)
    row += 8
    panel += 64
  }
  v128.store(to, f32x4.add(low0, low1))
  v128.store(to, f32x4.add(high0, high1), 16)
}
