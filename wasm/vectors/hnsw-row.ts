// What an index knows of a vector beside the vector: its row, the probe that rows are compared with, and the distance that
// comes of it.

import {
  dot,
  dotCodes,
  dotSteady,
  probeBytesPerCode,
  squareCodes,
  squaredL2,
  squareProbe,
  sumCodes,
  writeCodes,
  writeProbe,
} from './distance'
import { formCosine, formDot, indexAt } from './hnsw-index'

/** What stands behind the codes of a row, in bytes from their end. */
const biasAt: usize = 0
const scaleAt: usize = 4
const termAt: usize = 8
const lengthAt: usize = 12

/** Where in `near` stand the rows of its ids, and their distances. */
export const nearRows: usize = 1088
export const nearOrders: usize = 2176

/** Fills in the row of a vector, whether of the index or a query. */
export function writeRow(head: usize, row: usize, vector: usize): void {
  const index = indexAt(head)
  const shifted = index.shifted
  const centre = index.centre
  for (let at: usize = 0; at < index.vectorBytes; at += 16)
    v128.store(shifted + at, f32x4.sub(v128.load(vector + at), v128.load(centre + at)))
  const square = dotSteady(shifted, shifted, index.vectorBytes)
  const tail = row + index.codeBytes
  const scale = writeCodes(row, shifted, index.codeBytes)
  const term =
    index.form == formDot
      ? -dotSteady(centre, shifted, index.vectorBytes)
      : (<f32>squareCodes(row, index.codeBytes) * scale * scale) / 2
  store<i32>(tail, -64 * sumCodes(row, index.codeBytes), biasAt)
  store<f32>(tail, scale, scaleAt)
  store<f32>(tail, term, termAt)
  store<f32>(tail, sqrt<f32>(square), lengthAt)
}

/** Makes a probe of a row, with what `measure` wants to know of it behind: its scale and its term. */
export function prepareProbe(head: usize, probe: usize, row: usize): void {
  const index = indexAt(head)
  writeProbe(probe, row, index.codeBytes)
  const tail = probe + index.codeBytes * probeBytesPerCode
  const scale: f32 = 2 * load<f32>(row + index.codeBytes, scaleAt)
  const term =
    index.form == formDot
      ? load<f32>(row + index.codeBytes, termAt)
      : (<f32>squareProbe(probe, index.codeBytes) * scale * scale) / 2
  store<f32>(tail, scale, scaleAt)
  store<f32>(tail, term, termAt)
}

/** Makes the row and the probe of what is looked for. */
export function prepareQuery(head: usize): void {
  const index = indexAt(head)
  writeRow(head, index.queryRow, index.query)
  prepareProbe(head, index.queryProbe, index.queryRow)
  index.queryError = queryErrorOf(head)
  index.constant = index.form == formDot ? dotSteady(index.centre, index.centre, index.vectorBytes) : 0
}

/** |q' − q̂|: how far the query is from what its probe stands for. `shifted` still holds q'. */
function queryErrorOf(head: usize): f32 {
  const index = indexAt(head)
  const scale = load<f32>(index.queryProbe + index.codeBytes * probeBytesPerCode, scaleAt)
  let square: f64 = 0
  for (let i: usize = 0; i < index.dim; i++) {
    const code = <i32>load<u8>(index.queryProbe + i * probeBytesPerCode) - 64
    const error = <f64>load<f32>(index.shifted + (i << 2)) - <f64>code * <f64>scale
    square += error * error
  }
  return <f32>sqrt<f64>(square)
}

/** What the graph distance of a row to the query is at least, if its codes say `distance`. */
export function leastDistance(head: usize, row: usize, distance: f32): f32 {
  const index = indexAt(head)
  const tail = row + index.codeBytes
  const length = load<f32>(tail, lengthAt)
  const queryLength = load<f32>(index.queryRow + index.codeBytes, lengthAt)
  // half a step for each component
  const rowError = load<f32>(tail, scaleAt) * sqrt<f32>(<f32>index.dim) * 0.5
  const rounding = (length + queryLength) * (length + queryLength) * 1e-5
  if (index.form == formDot) {
    const error = index.queryError * (length + rowError) + queryLength * rowError
    return distance - error - rounding - abs<f32>(load<f32>(tail, termAt)) * 1e-5
  }
  const reached = sqrt<f32>(max<f32>(0, 2 * distance - rounding)) - rowError - index.queryError
  return reached > 0 ? reached * reached * 0.49999 : 0
}

/** The graph distance of a row to the query as it is, not to its probe: a few times as sure, and as much slower. */
export function refinedDistance(head: usize, row: usize): f32 {
  const index = indexAt(head)
  const tail = row + index.codeBytes
  const queryTail = index.queryRow + index.codeBytes
  const product = load<f32>(tail, scaleAt) * dotCodes(row, index.shifted, index.codeBytes)
  if (index.form == formDot) return load<f32>(tail, termAt) + load<f32>(queryTail, termAt) - product
  const length = load<f32>(tail, lengthAt)
  const queryLength = load<f32>(queryTail, lengthAt)
  return (length * length + queryLength * queryLength) / 2 - product
}

/**
 * What the graph compares (see the head of hnsw-index.ts), for rows in fours: a part of the probe is loaded once for four
 * rows, and what follows the sums is done for all four at once.
 *
 * @param near   where rows are, from `nearRows` on, with room to repeat the last up to a four; their distances, as orders,
 *               are written from `nearOrders` on
 */
export function measure(near: usize, count: u32, probe: usize, codeBytes: usize): void {
  const tail = probe + codeBytes * probeBytesPerCode
  const probeScale = v128.load32_splat(tail, scaleAt)
  const probeTerm = v128.load32_splat(tail, termAt)
  const sign = i32x4.splat(0x80000000)
  const end = near + ((<usize>count) << 2)
  v128.store(end, v128.load32_splat(end - 4, nearRows), nearRows)
  for (; near < end; near += 16) {
    const row0 = <usize>load<u32>(near, nearRows)
    const row1 = <usize>load<u32>(near, nearRows + 4)
    const row2 = <usize>load<u32>(near, nearRows + 8)
    const row3 = <usize>load<u32>(near, nearRows + 12)
    let sum0 = i32x4.splat(0)
    let sum1 = sum0
    let sum2 = sum0
    let sum3 = sum0
    for (let at: usize = 0; at < codeBytes; at += 16) {
      if (ASC_FEATURE_RELAXED_SIMD) {
        const part = v128.load(probe + at)
        sum0 = i32x4.relaxed_dot_i8x16_i7x16_add_s(v128.load(row0 + at), part, sum0)
        sum1 = i32x4.relaxed_dot_i8x16_i7x16_add_s(v128.load(row1 + at), part, sum1)
        sum2 = i32x4.relaxed_dot_i8x16_i7x16_add_s(v128.load(row2 + at), part, sum2)
        sum3 = i32x4.relaxed_dot_i8x16_i7x16_add_s(v128.load(row3 + at), part, sum3)
      } else {
        const low = v128.load(probe + (at << 1))
        const high = v128.load(probe + (at << 1), 16)
        sum0 = i32x4.add(sum0, i32x4.dot_i16x8_s(v128.load8x8_s(row0 + at), low))
        sum1 = i32x4.add(sum1, i32x4.dot_i16x8_s(v128.load8x8_s(row1 + at), low))
        sum2 = i32x4.add(sum2, i32x4.dot_i16x8_s(v128.load8x8_s(row2 + at), low))
        sum3 = i32x4.add(sum3, i32x4.dot_i16x8_s(v128.load8x8_s(row3 + at), low))
        sum0 = i32x4.add(sum0, i32x4.dot_i16x8_s(v128.load8x8_s(row0 + at, 8), high))
        sum1 = i32x4.add(sum1, i32x4.dot_i16x8_s(v128.load8x8_s(row1 + at, 8), high))
        sum2 = i32x4.add(sum2, i32x4.dot_i16x8_s(v128.load8x8_s(row2 + at, 8), high))
        sum3 = i32x4.add(sum3, i32x4.dot_i16x8_s(v128.load8x8_s(row3 + at, 8), high))
      }
    }
    // lanes a b of two, then of all four: turned so that each lane is about one row
    const sums01 = i32x4.add(firstHalves(sum0, sum1), secondHalves(sum0, sum1))
    const sums23 = i32x4.add(firstHalves(sum2, sum3), secondHalves(sum2, sum3))
    const sums = i32x4.add(lowPairs(sums01, sums23), highPairs(sums01, sums23))
    const tail0 = v128.load(row0 + codeBytes)
    const tail1 = v128.load(row1 + codeBytes)
    const tail2 = v128.load(row2 + codeBytes)
    const tail3 = v128.load(row3 + codeBytes)
    const first01 = firstHalves(tail0, tail1)
    const first23 = firstHalves(tail2, tail3)
    const bias = lowPairs(first01, first23)
    const scale = highPairs(first01, first23)
    const term = lowPairs(secondHalves(tail0, tail1), secondHalves(tail2, tail3))
    const product = f32x4.mul(f32x4.convert_i32x4_s(i32x4.add(sums, bias)), f32x4.mul(scale, probeScale))
    const distance = f32x4.sub(f32x4.add(term, probeTerm), product)
    v128.store(near, v128.xor(distance, v128.or(i32x4.shr_s(distance, 31), sign)), nearOrders)
  }
}

/** a₀ b₀ a₁ b₁ */
function firstHalves(a: v128, b: v128): v128 {
  return i32x4.shuffle(a, b, 0, 4, 1, 5)
}

/** a₂ b₂ a₃ b₃ */
function secondHalves(a: v128, b: v128): v128 {
  return i32x4.shuffle(a, b, 2, 6, 3, 7)
}

function lowPairs(a: v128, b: v128): v128 {
  return i32x4.shuffle(a, b, 0, 1, 4, 5)
}

function highPairs(a: v128, b: v128): v128 {
  return i32x4.shuffle(a, b, 2, 3, 6, 7)
}

/** By which hits are ranked: −a·b, the squared L2 distance, or half of it for unit vectors, which is 1 − cos but keeps its digits where vectors are near. */
export function rankDistance(head: usize, a: usize, b: usize): f32 {
  const index = indexAt(head)
  if (index.form == formDot) return -dot(a, b, index.vectorBytes)
  const square = squaredL2(a, b, index.vectorBytes)
  return index.form == formCosine ? square / 2 : square
}

/** The graph distance that stands for a rank distance. */
export function graphDistanceOf(head: usize, rankDistance: f32): f32 {
  const index = indexAt(head)
  if (index.form == formDot) return rankDistance + index.constant
  return index.form == formCosine ? rankDistance : rankDistance / 2
}
