// Rows of components as a caller hands them over, and as the kernels want them: padded with zeros to whole vector registers,
// moved to their mean or onto the unit sphere. Distances between rows near the origin lose the least to f32.

import type { Arena, Region } from '../arena.ts'
import { BadInput, demand, demandWhole } from '../checks.ts'
import type { Metric } from '../vectors/vector-index.ts'
import type { Work } from '../work.ts'

export interface Points {
  /** f32[rowCount × dim], row after row, each component within ±1e15 */
  values: Float32Array
  /** 1..4096 */
  dim: number
}

/**
 * `l2`: Euclidean distances. `cosine`: directions alone, 1 − cos; a row of zeros has none and is refused. Of rows of length
 * 1 it is half the squared distance, so that one kernel does for both.
 */
export type ClusterMetric = Exclude<Metric, 'dot'>

export const dimMax = 4096
/** Squared distances of anything larger would leave f32. */
const componentMax = 1e15
/** A few milliseconds of copying. */
const chunkValues = 1 << 19

/** @returns how many rows there are, at least `rowsMin` @throws BadInput */
export function demandPoints(name: string, { values, dim }: Points, rowsMin = 1): number {
  demand(values instanceof Float32Array, `${name} is no Float32Array`)
  demandWhole(`${name} dim`, dim, { min: 1, max: dimMax })
  demand(values.length % dim === 0, `${name} has ${values.length} values: no whole rows of ${dim}`)
  const rowCount = values.length / dim
  demand(rowCount >= rowsMin, `${name} has ${rowCount} rows: expected at least ${rowsMin}`)
  for (let at = 0; at < values.length; at++) {
    // NaN is within nothing
    if (Math.abs(values[at]!) <= componentMax) continue
    throw new BadInput(`${name}[${at}] is ${values[at]}: expected a number within ±${componentMax}`)
  }
  return rowCount
}

/** @throws BadInput unless `metric` is one that we know */
export function demandMetric(metric: ClusterMetric): void {
  demand(metric === 'l2' || metric === 'cosine', `metric is ${metric}: expected l2 or cosine`)
}

export function rowBytesOf(dim: number): number {
  return Math.ceil(dim / 4) * 16
}

export interface Spread {
  /** f64[dim] */
  mean: Float64Array
  /** the mean of the components' variances */
  variance: number
}

/** Where the rows lie, on average, and how far apart. */
export function* spreadOf({ values, dim }: Points): Work<Spread> {
  const mean = new Float64Array(dim)
  const rowCount = values.length / dim
  let squares = 0
  for (const { from, until } of chunksOf(rowCount, chunkValues / dim)) {
    let at = from * dim
    for (let row = from; row < until; row++) {
      for (let i = 0; i < dim; i++) {
        const value = values[at++]!
        mean[i]! += value
        squares += value * value
      }
    }
    yield { step: 'read points', share: until / rowCount }
  }
  let squaredMean = 0
  for (let i = 0; i < dim; i++) {
    mean[i]! /= rowCount
    squaredMean += mean[i]! ** 2
  }
  return { mean, variance: Math.max(0, squares / rowCount - squaredMean) / dim }
}

/**
 * Copies rows into `region`, which has room for them.
 *
 * @param place.origin  f64[dim] that is subtracted from each row
 * @param place.isUnit  scales each row to length 1
 * @throws BadInput for a row of zeros that has no direction
 */
export function* layRows(
  arena: Arena,
  region: Region,
  { values, dim }: Points,
  place: { origin?: Float64Array | undefined; isUnit: boolean },
): Work<void> {
  const rowCount = values.length / dim
  const stride = rowBytesOf(dim) / 4
  arena.f32(region).fill(0, 0, rowCount * stride)
  for (const { from, until } of chunksOf(rowCount, chunkValues / dim)) {
    const laid = arena.f32(region)
    for (let row = from; row < until; row++) {
      if (place.isUnit) layUnit(laid, row * stride, values, row * dim, dim)
      else layMoved(laid, row * stride, values.subarray(row * dim, (row + 1) * dim), place.origin)
    }
    yield { step: 'lay points', share: until / rowCount }
  }
}

function layMoved(laid: Float32Array, at: number, row: Float32Array, origin: Float64Array | undefined): void {
  if (!origin) laid.set(row, at)
  else for (let i = 0; i < row.length; i++) laid[at + i] = row[i]! - origin[i]!
}

function layUnit(laid: Float32Array, at: number, values: Float32Array, from: number, dim: number): void {
  let squares = 0
  for (let i = from; i < from + dim; i++) squares += values[i]! ** 2
  demand(squares > 0, `row ${from / dim} is zero: it has no direction`)
  const scale = 1 / Math.sqrt(squares)
  for (let i = 0; i < dim; i++) laid[at + i] = values[from + i]! * scale
}

/** The rows as their caller knows them, without padding and back where they were. */
export function takeRows(
  laid: Float32Array,
  { rowCount, dim, origin }: { rowCount: number; dim: number; origin?: Float64Array | undefined },
): Float32Array {
  const stride = rowBytesOf(dim) / 4
  const values = new Float32Array(rowCount * dim)
  for (let row = 0; row < rowCount; row++) {
    for (let i = 0; i < dim; i++) values[row * dim + i] = laid[row * stride + i]! + (origin?.[i] ?? 0)
  }
  return values
}

/** Rows of their own, in the order of `rows`. */
export function pickRows({ values, dim }: Points, rows: Uint32Array): Points {
  const picked = new Float32Array(rows.length * dim)
  for (const [i, row] of rows.entries()) picked.set(values.subarray(row * dim, (row + 1) * dim), i * dim)
  return { values: picked, dim }
}

/** Ranges of `rowCount` rows, none much longer than asked. */
export function* chunksOf(rowCount: number, rows: number): Generator<{ from: number; until: number }> {
  const step = Math.max(1, Math.floor(rows))
  for (let from = 0; from < rowCount; from += step) yield { from, until: Math.min(from + step, rowCount) }
}
