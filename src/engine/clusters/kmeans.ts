// K-means: rows to the nearest of k centroids, centroids to the mean of their rows, until nothing moves (Lloyd 1957, 1982).

import { demand, demandWhole } from '../checks.ts'
import type { Kernels } from '../kernels.ts'
import type { Work } from '../work.ts'
import {
  assignRows,
  beginAssigning,
  type Clusters,
  type KmeansExports,
  keepClusters,
  layClusters,
  measureRows,
  panelCountOf,
} from './clusters.ts'
import { seedCentroids } from './kmeans-seeding.ts'
import {
  type ClusterMetric,
  demandMetric,
  demandPoints,
  layRows,
  type Points,
  spreadOf,
  takeRows,
} from './points.ts'

export interface KmeansOptions {
  /** 1..65,536, at most one a row */
  clusterCount: number
  /** `cosine` compares directions alone (Dhillon & Modha 2001); default `l2` */
  metric?: ClusterMetric
  /** u32, default 0 */
  seed?: number
  /** f32[clusterCount × dim] to start from; default k-means++ */
  starts?: Float32Array
  /** default 300 */
  iterationsMax?: number
  /** ends when the squared ways of the centroids sum to less than this share of the variance, or of 1 / dim; default 1e-4 */
  tolerance?: number
}

export interface Clustering {
  /** fewer than asked for where k-means++ found no more distinct rows */
  clusterCount: number
  /** f32[clusterCount × dim]; of length 1 under cosine */
  centroids: Float32Array
  /** u32[rowCount] */
  assignments: Uint32Array
  /** u32[clusterCount], rows of each */
  counts: Uint32Array
  /** the sum of squared distances to the rows' own centroids; under cosine, of 1 − cosine */
  inertia: number
  iterationCount: number
  /** false when `iterationsMax` ran out */
  converged: boolean
}

/** As many as a call may ask for. */
export const clusterCountMax = 65_536

/**
 * Cluster rows by Lloyd's iterations from k-means++ seeds (Arthur & Vassilvitskii 2007). A cluster that lost its rows takes
 * the row that is farthest from its own centroid. Time O(rows × clusters × dim) an iteration, less as bounds (Ding et al.
 * 2015) come to hold. Memory is a copy of the rows, 16 bytes a row, and bounds of at most as much as the rows.
 *
 * @throws BadInput for shapes that don't fit, components that aren't finite, rows of zeros under cosine
 * @throws OutOfMemory before anything is computed
 */
export function* kmeans(
  kernels: Kernels<KmeansExports>,
  points: Points,
  options: KmeansOptions,
): Work<Clustering> {
  const { rowCount, starts, ...settings } = check(points, options)
  const { clusterCount, iterationsMax, tolerance, seed } = settings
  const { arena } = kernels
  const { dim } = points
  const isSpherical = settings.metric === 'cosine'
  const keepsBounds = iterationsMax > 1
  const shape = { rowCount, dim, clusterCount, isSpherical, keepsBounds, seed }
  const clusters = layClusters(kernels, shape)
  try {
    const spread = isSpherical ? undefined : yield* spreadOf(points)
    const place = { origin: spread?.mean, isUnit: isSpherical }
    yield* layRows(arena, clusters.points, points, place)
    if (starts) yield* layRows(arena, clusters.centroids, starts, place)
    else {
      const found = yield* seedCentroids(kernels, clusters, { known: 0, wanted: clusterCount })
      keepClusters(kernels, clusters, found)
    }
    // of rows of length 1 the mean square of a component is 1 / dim
    const shiftMax = tolerance * (spread?.variance ?? 1 / dim)
    const done = yield* iterate(kernels, clusters, { iterationsMax, shiftMax })
    const squares = yield* measureRows(kernels, clusters)
    return {
      ...done,
      ...take(kernels, clusters, { dim, origin: place.origin }),
      inertia: isSpherical ? squares / 2 : squares,
    }
  } finally {
    arena.release(clusters.header)
  }
}

/** @throws BadInput */
function check(points: Points, options: KmeansOptions) {
  const rowCount = demandPoints('points', points)
  const { clusterCount, metric = 'l2', seed = 0, iterationsMax = 300, tolerance = 1e-4 } = options
  demandWhole('clusterCount', clusterCount, { min: 1, max: Math.min(rowCount, clusterCountMax) })
  demandWhole('iterationsMax', iterationsMax, { min: 1, max: 1e6 })
  demandWhole('seed', seed, { min: 0, max: 0xffff_ffff })
  demand(tolerance >= 0 && tolerance < 1, `tolerance is ${tolerance}: expected 0 or more, below 1`)
  demandMetric(metric)
  const starts = options.starts && { values: options.starts, dim: points.dim }
  const startCount = starts ? demandPoints('starts', starts) : clusterCount
  demand(startCount === clusterCount, `starts has ${startCount} rows: expected ${clusterCount}`)
  return { rowCount, clusterCount, metric, seed, iterationsMax, tolerance, starts }
}

function take(
  { arena }: Kernels<KmeansExports>,
  { centroids, assignments, rowCount, clusterCount }: Clusters,
  place: { dim: number; origin: Float64Array | undefined },
) {
  const taken = arena.u32(assignments).slice(0, rowCount)
  return {
    clusterCount,
    centroids: takeRows(arena.f32(centroids), { rowCount: clusterCount, ...place }),
    assignments: taken,
    counts: countsOf(taken, clusterCount),
  }
}

/** @returns how often `assignments` name each cluster */
function countsOf(assignments: Uint32Array, clusterCount: number): Uint32Array {
  const counts = new Uint32Array(clusterCount)
  for (let row = 0; row < assignments.length; row++) counts[assignments[row]!]!++
  return counts
}

function* iterate(
  kernels: Kernels<KmeansExports>,
  clusters: Clusters,
  { iterationsMax, shiftMax }: { iterationsMax: number; shiftMax: number },
): Work<{ iterationCount: number; converged: boolean }> {
  yield* beginAssigning(kernels, clusters)
  for (let iterationCount = 1; iterationCount <= iterationsMax; iterationCount++) {
    const changed = yield* assignRows(kernels, clusters, { gathers: true })
    // centroids are then the means of these very rows already
    if (changed === 0) return { iterationCount, converged: true }
    yield* fillEmpty(kernels, clusters)
    const shift = kernels.call.kmeansUpdate(clusters.header.at)
    if (shift <= shiftMax) {
      yield* assignRows(kernels, clusters, { gathers: false })
      return { iterationCount, converged: true }
    }
  }
  yield* assignRows(kernels, clusters, { gathers: false })
  return { iterationCount: iterationsMax, converged: false }
}

/** Each cluster without rows takes the one that is farthest from its centroid, the first of equals. */
function* fillEmpty(kernels: Kernels<KmeansExports>, clusters: Clusters): Work<void> {
  const { arena } = kernels
  const counts = arena.u32(clusters.counts).subarray(0, clusters.clusterCount)
  if (!counts.includes(0)) return
  yield* measureRows(kernels, clusters)
  const distances = arena.f32(clusters.distances)
  const assignments = arena.u32(clusters.assignments)
  for (let cluster = counts.indexOf(0); cluster >= 0; cluster = counts.indexOf(0, cluster + 1)) {
    let farthest = -1
    for (let row = 0; row < clusters.rowCount; row++) {
      if (distances[row]! > (distances[farthest] ?? 0) && counts[assignments[row]!]! > 1) farthest = row
    }
    // every row lies on its centroid: there is nothing to take
    if (farthest < 0) return
    moveRow(kernels, clusters, { row: farthest, to: cluster })
  }
}

function moveRow(
  { arena }: Kernels<KmeansExports>,
  clusters: Clusters,
  { row, to }: { row: number; to: number },
): void {
  const stride = clusters.rowBytes / 4
  const totals = arena.f64(clusters.totals)
  const points = arena.f32(clusters.points)
  const assignments = arena.u32(clusters.assignments)
  const counts = arena.u32(clusters.counts)
  const from = assignments[row]!
  for (let i = 0; i < stride; i++) {
    const value = points[row * stride + i]!
    totals[from * stride + i]! -= value
    totals[to * stride + i]! += value
  }
  counts[from]!--
  counts[to]!++
  assignments[row] = to
  // what was known of the row held for its old centroid
  const panelCount = panelCountOf(clusters.clusterCount)
  arena.f32(clusters.bounds).fill(0, row * panelCount, (row + 1) * panelCount)
  arena.f32(clusters.distances)[row] = 0
}
