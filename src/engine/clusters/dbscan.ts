// Clusters of rows that lie densely, of any shape; what lies alone is noise (Ester, Kriegel, Sander, Xu 1996).

import type { Region } from '../arena.ts'
import { demand, demandBelow, demandWhole } from '../checks.ts'
import type { Kernels } from '../kernels.ts'
import type { Work } from '../work.ts'
import {
  type ClusterMetric,
  chunksOf,
  demandMetric,
  demandPoints,
  layRows,
  type Points,
  rowBytesOf,
} from './points.ts'

export interface DbscanExports {
  panelTurn(panel: number, lane: number, row: number, rowBytes: number): void
  panelTurnRows(panel: number, rows: number, rowBytes: number, count: number): void
  densityCount(
    points: number,
    rowBytes: number,
    panel: number,
    first: number,
    count: number,
    from: number,
    until: number,
    squaredRadius: number,
    counts: number,
  ): void
  densityReach(
    points: number,
    rowBytes: number,
    panel: number,
    count: number,
    squaredRadius: number,
    candidates: number,
    from: number,
    until: number,
    kept: number,
    found: number,
  ): number
}

export interface DbscanOptions {
  /** how far a neighbour may be, inclusive; above 0 */
  radius: number
  /** a row with so many neighbours, itself included, is a core; default 5 */
  neighboursMin?: number
}

export interface DbscanScanOptions extends DbscanOptions {
  /** `cosine`: distances are 1 − cosine, and the radius is at most 2; default `l2` */
  metric?: ClusterMetric
}

export interface Density {
  clusterCount: number
  /** i32[rowCount]: clusters numbered by their first core, −1 for noise */
  labels: Int32Array
  /** u8[rowCount]: 1 for a core */
  isCore: Uint8Array
}

/** What finds neighbours without looking at every row, such as an index of vectors. */
export interface Neighbourhood {
  rowCount: number
  /** @returns rows within `radius` of `row`, each once, in any order, with or without `row` itself */
  neighbours(row: number, radius: number): Uint32Array
}

export const noise = -1
/** Past this, looking at every pair takes longer than anyone waits. */
const scanRowsMax = 1 << 18
const panelRows = 8
/** Components that meet a panel in five to ten milliseconds. */
const chunkComponents = 8e6

/**
 * DBSCAN by an exact scan of all pairs. A border row, near cores of several clusters, belongs to the first of them.
 * Time O(rows² × dim); memory is a copy of the rows and 12 bytes a row.
 *
 * @param points  at most 262,144 rows
 * @throws BadInput for shapes that don't fit, components that aren't finite, rows of zeros under cosine
 * @throws OutOfMemory before anything is computed
 */
export function* dbscan(
  kernels: Kernels<DbscanExports>,
  points: Points,
  options: DbscanScanOptions,
): Work<Density> {
  const rowCount = demandPoints('points', points)
  demandWhole('the number of rows', rowCount, { min: 1, max: scanRowsMax })
  const { radius, neighboursMin = 5, metric = 'l2' } = options
  demandDensity({ radius, neighboursMin })
  demandMetric(metric)
  const { arena } = kernels
  const rowBytes = rowBytesOf(points.dim)
  const rows = arena.take('DBSCAN points', rowCount * rowBytes)
  try {
    const counts = arena.take('DBSCAN counts', rowCount * 4)
    const candidates = arena.take('DBSCAN candidates', rowCount * 4)
    const found = arena.take('DBSCAN found', rowCount * 4)
    const panel = arena.take('DBSCAN panel', (rowBytes + 4) * panelRows)
    const isSpherical = metric === 'cosine'
    // of rows of length 1, 1 − cosine is half the squared distance
    const squaredRadius = isSpherical ? 2 * radius : radius * radius
    yield* layRows(arena, rows, points, { isUnit: isSpherical })
    const scan = { rows, rowBytes, rowCount, squaredRadius, counts, candidates, found, panel }
    const isCore = yield* findCores(kernels, scan, neighboursMin)
    return yield* joinCores(kernels, scan, isCore)
  } finally {
    arena.release(rows)
  }
}

function chunkRows(rowBytes: number): number {
  return Math.ceil((chunkComponents * 4) / rowBytes)
}

/** @throws BadInput */
function demandDensity({ radius, neighboursMin }: Required<DbscanOptions>): void {
  demand(radius > 0 && radius <= 1e15, `radius is ${radius}: expected more than 0 and at most 1e15`)
  demandWhole('neighboursMin', neighboursMin, { min: 1, max: 1e6 })
}

interface Scan {
  rows: Region
  rowBytes: number
  rowCount: number
  squaredRadius: number
  counts: Region
  candidates: Region
  found: Region
  panel: Region
}

function* findCores(
  { arena, call }: Kernels<DbscanExports>,
  { rows, rowBytes, rowCount, squaredRadius, counts, panel }: Scan,
  neighboursMin: number,
): Work<Uint8Array> {
  arena.u32(counts).fill(0)
  for (let first = 0; first < rowCount; first += panelRows) {
    const count = Math.min(panelRows, rowCount - first)
    call.panelTurnRows(panel.at, rows.at + first * rowBytes, rowBytes, count)
    for (let from = first; from < rowCount; from += chunkRows(rowBytes)) {
      const until = Math.min(from + chunkRows(rowBytes), rowCount)
      call.densityCount(rows.at, rowBytes, panel.at, first, count, from, until, squaredRadius, counts.at)
      yield { step: 'count neighbours', share: first / rowCount }
    }
  }
  return Uint8Array.from(arena.u32(counts), count => Number(count >= neighboursMin))
}

/** Spreads each cluster from its first core, eight cores at a time, over the rows that have no cluster yet. */
function* joinCores(
  { arena, call }: Kernels<DbscanExports>,
  { rows, rowBytes, rowCount, squaredRadius, candidates, found, panel }: Scan,
  isCore: Uint8Array,
): Work<Density> {
  const labels = new Int32Array(rowCount).fill(noise)
  const pending = new Uint32Array(rowCount)
  let candidateCount = rowCount
  arena.u32(candidates).forEach((_, row, all) => {
    all[row] = row
  })
  let clusterCount = 0
  for (let start = 0; start < rowCount; start++) {
    if (labels[start] !== noise || isCore[start] === 0) continue
    let [head, tail] = [0, 1]
    pending[0] = start
    while (head < tail) {
      const count = Math.min(panelRows, tail - head)
      for (let lane = 0; lane < count; lane++)
        call.panelTurn(panel.at, lane, rows.at + pending[head++]! * rowBytes, rowBytes)
      let kept = 0
      for (const { from, until } of chunksOf(candidateCount, chunkRows(rowBytes))) {
        const list = candidates.at
        const taken =
          call.densityReach(
            rows.at,
            rowBytes,
            panel.at,
            count,
            squaredRadius,
            list,
            from,
            until,
            kept,
            found.at,
          ) >>> 0
        kept += until - from - taken
        const reached = arena.u32(found)
        for (let i = 0; i < taken; i++) {
          const row = reached[i]!
          labels[row] = clusterCount
          if (isCore[row] === 1 && row !== start) pending[tail++] = row
        }
        yield { step: 'join cores', share: 1 - candidateCount / rowCount }
      }
      candidateCount = kept
    }
    clusterCount++
  }
  return { clusterCount, labels, isCore }
}

/**
 * DBSCAN through whatever finds neighbours; each row is asked for once. Where the neighbourhood is approximate, so is the
 * clustering.
 *
 * @throws BadInput for a radius or count out of range, and for neighbours that are no rows
 */
export function* dbscanThrough(neighbourhood: Neighbourhood, options: DbscanOptions): Work<Density> {
  const { rowCount } = neighbourhood
  const { radius, neighboursMin = 5 } = options
  demandWhole('rowCount', rowCount, { min: 1, max: 0xffff_ffff })
  demandDensity({ radius, neighboursMin })
  const labels = new Int32Array(rowCount).fill(noise)
  const isCore = new Uint8Array(rowCount)
  const isAsked = new Uint8Array(rowCount)
  const pending = new Uint32Array(rowCount)
  let askedCount = 0
  let clusterCount = 0
  for (let start = 0; start < rowCount; start++) {
    if (isAsked[start] === 1) continue
    let [head, tail] = [0, 1]
    pending[0] = start
    while (head < tail) {
      const row = pending[head++]!
      const near = neighbourhood.neighbours(row, radius)
      demandBelow(`neighbours of ${row}`, near, rowCount)
      isAsked[row] = 1
      if (++askedCount % askedPerTurn === 0) yield { step: 'join cores', share: askedCount / rowCount }
      const others = near.includes(row) ? near.length - 1 : near.length
      if (others + 1 < neighboursMin) continue
      isCore[row] = 1
      labels[row] = clusterCount
      for (const next of near) {
        if (labels[next] !== noise) continue
        labels[next] = clusterCount
        if (isAsked[next] === 0) pending[tail++] = next
      }
    }
    if (isCore[start] === 1) clusterCount++
  }
  return { clusterCount, labels, isCore }
}

const askedPerTurn = 64
