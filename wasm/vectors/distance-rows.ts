// One vector against many, row after row: what a face calls where no index is.

import { dot, squaredL2, sumOfIntegers } from './distance'

// forms of distance, as the face numbers them
const cosine: u32 = 0
const product: u32 = 1

/**
 * @param query  f32, padded with zeros to rowBytes, as the rows are
 * @param to     f32[count]: 1 − cos, or 1 where a row or the query is zero; −a·b; or the Euclidean distance
 */
export function measureRows(
  form: u32,
  query: usize,
  rows: usize,
  rowBytes: usize,
  count: u32,
  to: usize,
): void {
  const length = sqrt<f32>(dot(query, query, rowBytes))
  for (const end = rows + <usize>count * rowBytes; rows < end; rows += rowBytes, to += 4) {
    if (form == product) store<f32>(to, -dot(rows, query, rowBytes))
    else if (form == cosine) store<f32>(to, angular(rows, query, rowBytes, length))
    else store<f32>(to, sqrt<f32>(squaredL2(rows, query, rowBytes)))
  }
}

function angular(row: usize, query: usize, rowBytes: usize, length: f32): f32 {
  const lengths = length * sqrt<f32>(dot(row, row, rowBytes))
  return lengths > 0 ? max<f32>(0, 1 - dot(row, query, rowBytes) / lengths) : 1
}

/** How many bits differ (Hamming 1950). @param to  u32[count] */
export function countBits(query: usize, rows: usize, rowBytes: usize, count: u32, to: usize): void {
  for (const end = rows + <usize>count * rowBytes; rows < end; rows += rowBytes, to += 4) {
    let sum = i32x4.splat(0)
    for (let at: usize = 0; at < rowBytes; at += 16) {
      const bits = i8x16.popcnt(v128.xor(v128.load(rows + at), v128.load(query + at)))
      sum = i32x4.add(sum, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(bits)))
    }
    store<u32>(to, sumOfIntegers(sum))
  }
}
