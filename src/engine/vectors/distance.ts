// How far one vector is from many, where there is no index of them: rows of f32 by any metric, and bits by how many differ.

import type { Region } from '../arena.ts'
import { demand, demandFinite, demandWhole } from '../checks.ts'
import type { Kernels } from '../kernels.ts'
import type { Metric } from './vector-index.ts'

export interface DistanceExports {
  distanceRows(form: number, query: number, rows: number, rowBytes: number, count: number, to: number): void
  distanceBits(query: number, rows: number, rowBytes: number, count: number, to: number): void
}

const forms: readonly Metric[] = ['cosine', 'dot', 'l2']
/** What is copied in for one call of a kernel. */
const chunkBytes = 1 << 20

/**
 * @param query  f32[dim], dim ≥ 1
 * @param rows   f32[n × dim]
 * @returns f32[n] as `metric` says; a zero vector is at cosine distance 1 from all
 * @throws BadInput when a row is not whole or a component not finite
 * @throws OutOfMemory when there is no room for a chunk of rows
 */
export function distances(
  kernels: Kernels<DistanceExports>,
  metric: Metric,
  { query, rows }: { query: Float32Array; rows: Float32Array },
): Float32Array {
  demand(forms.includes(metric), `metric is ${metric}: expected ${forms.join(', ')}`)
  demandRows(query, rows)
  demandFinite('query', query)
  demandFinite('rows', rows)
  const found = new Float32Array(rows.length / query.length)
  inChunks(kernels, { query, rows }, (laid, from) => {
    const { queryAt, rowsAt, rowBytes, count, to } = laid
    kernels.call.distanceRows(forms.indexOf(metric), queryAt, rowsAt, rowBytes, count, to.at)
    found.set(kernels.arena.f32(to).subarray(0, count), from)
  })
  return found
}

/**
 * @param query  u32[words] of bits, words ≥ 1
 * @param rows   u32[n × words]
 * @returns u32[n], how many bits of each differ from the query's (Hamming 1950)
 * @throws BadInput when a row is not whole
 * @throws OutOfMemory when there is no room for a chunk of rows
 */
export function hammingDistances(
  kernels: Kernels<DistanceExports>,
  { query, rows }: { query: Uint32Array; rows: Uint32Array },
): Uint32Array {
  demandRows(query, rows)
  const found = new Uint32Array(rows.length / query.length)
  inChunks(kernels, { query, rows }, (laid, from) => {
    const { queryAt, rowsAt, rowBytes, count, to } = laid
    kernels.call.distanceBits(queryAt, rowsAt, rowBytes, count, to.at)
    found.set(kernels.arena.u32(to).subarray(0, count), from)
  })
  return found
}

interface Laid {
  queryAt: number
  rowsAt: number
  rowBytes: number
  count: number
  to: Region
}

function demandRows(query: ArrayLike<number>, rows: ArrayLike<number>): void {
  demandWhole('the length of the query', query.length, { min: 1, max: 1 << 20 })
  demand(
    rows.length % query.length === 0,
    `rows have ${rows.length} components: expected a multiple of ${query.length}`,
  )
}

/** Lays rows down chunk by chunk, each padded with zeros to a multiple of 16 bytes. */
function inChunks<Words extends Float32Array | Uint32Array>(
  { arena }: Kernels<DistanceExports>,
  { query, rows }: { query: Words; rows: Words },
  measure: (laid: Laid, from: number) => void,
): void {
  const width = query.length
  const padded = Math.ceil(width / 4) * 4
  const rowBytes = padded * 4
  const countMax = Math.max(1, Math.floor(chunkBytes / rowBytes))
  arena.scratch(() => {
    const queryRegion = arena.take('query', rowBytes)
    const rowsRegion = arena.take('rows', countMax * rowBytes)
    const to = arena.take('distances', countMax * 4)
    const lay = (region: Region, source: Words, count: number) => {
      const view = query instanceof Float32Array ? arena.f32(region) : arena.u32(region)
      view.fill(0)
      for (let row = 0; row < count; row++)
        view.set(source.subarray(row * width, (row + 1) * width), row * padded)
    }
    lay(queryRegion, query, 1)
    for (let from = 0; from * width < rows.length; from += countMax) {
      const count = Math.min(countMax, rows.length / width - from)
      lay(rowsRegion, rows.subarray(from * width) as Words, count)
      measure({ queryAt: queryRegion.at, rowsAt: rowsRegion.at, rowBytes, count, to }, from)
    }
  })
}
