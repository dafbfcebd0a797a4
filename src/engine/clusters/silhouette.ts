// How well rows lie within their clusters, from −1 (in the wrong one) to 1 (Rousseeuw 1987).

import { demand, demandWhole } from '../checks.ts'
import type { Kernels } from '../kernels.ts'
import type { Work } from '../work.ts'
import {
  type ClusterMetric,
  chunksOf,
  demandMetric,
  demandPoints,
  layRows,
  type Points,
  pickRows,
  rowBytesOf,
} from './points.ts'
import { type SampleExports, sampleRows } from './sample.ts'

export interface SilhouetteExports extends SampleExports {
  panelTurn(panel: number, lane: number, row: number, rowBytes: number): void
  silhouetteSum(
    panel: number,
    points: number,
    rowBytes: number,
    rowCount: number,
    clusters: number,
    isSpherical: number,
    sums: number,
    eight: number,
  ): void
}

export interface SilhouetteOptions {
  /** `cosine`: distances are 1 − cosine; default `l2` */
  metric?: ClusterMetric
  /** rows that are compared with one another, at most 65,536; default 2,000 */
  sampleRowsMax?: number
  /** u32, of the sample; default 0 */
  seed?: number
}

export interface Silhouette {
  /** of the sample's widths; 0 where it has one cluster alone */
  mean: number
  /** the rows of the sample, rising */
  rows: Uint32Array
  /** f64[rows.length], −1..1; 0 for a row that is alone in its cluster */
  widths: Float64Array
}

const panelRows = 8
/** Past this a call's sums would take longer than a request should wait, or too much memory. */
const clustersMax = 65_536
const sampleRowsLimit = 65_536
const rowsMin = 2

/**
 * Silhouettes of a seeded sample, exact as those of the sample by itself. Time O(sample² × dim).
 *
 * @param assignments  u32[rowCount], cluster ids below 65,536
 * @throws BadInput for shapes that don't fit
 * @throws OutOfMemory before anything is computed
 */
export function* silhouette(
  kernels: Kernels<SilhouetteExports>,
  points: Points,
  assignments: Uint32Array,
  options: SilhouetteOptions = {},
): Work<Silhouette> {
  const rowCount = demandPoints('points', points, rowsMin)
  const { metric = 'l2', sampleRowsMax = 2000, seed = 0 } = options
  demand(
    assignments.length === rowCount,
    `assignments has ${assignments.length} entries: expected ${rowCount}, one a row`,
  )
  demandMetric(metric)
  demandWhole('sampleRowsMax', sampleRowsMax, { min: rowsMin, max: sampleRowsLimit })
  demandWhole('seed', seed, { min: 0, max: 0xffff_ffff })
  const rows = sampleRows(kernels, { rowCount, sampleCount: sampleRowsMax, seed })
  const clusters = rows.map(row => assignments[row]!)
  const clusterCount = clusters.reduce((most, cluster) => Math.max(most, cluster), 0) + 1
  demandWhole('the largest cluster id', clusterCount - 1, { min: 0, max: clustersMax - 1 })
  const widths = yield* widthsOf(kernels, pickRows(points, rows), { clusters, clusterCount, metric })
  return { mean: widths.reduce((sum, width) => sum + width, 0) / rows.length, rows, widths }
}

interface Grouped {
  clusters: Uint32Array
  clusterCount: number
  metric: ClusterMetric
}

function* widthsOf(
  { arena, call }: Kernels<SilhouetteExports>,
  sample: Points,
  { clusters, clusterCount, metric }: Grouped,
): Work<Float64Array> {
  const rowCount = clusters.length
  const rowBytes = rowBytesOf(sample.dim)
  const isSpherical = metric === 'cosine'
  const widths = new Float64Array(rowCount)
  const sizes = new Uint32Array(clusterCount)
  for (const cluster of clusters) sizes[cluster]!++
  const rows = arena.take('silhouette points', rowCount * rowBytes)
  try {
    const panel = arena.take('silhouette panel', panelRows * rowBytes)
    const eight = arena.take('silhouette distances', panelRows * 4)
    const sums = arena.take('silhouette sums', clusterCount * panelRows * 8)
    const names = arena.take('silhouette clusters', rowCount * 4)
    arena.u32(names).set(clusters)
    yield* layRows(arena, rows, sample, { isUnit: isSpherical })
    for (const { from, until } of chunksOf(rowCount, panelRows)) {
      arena.f64(sums).fill(0)
      for (let row = from; row < until; row++)
        call.panelTurn(panel.at, row - from, rows.at + row * rowBytes, rowBytes)
      const flag = Number(isSpherical)
      call.silhouetteSum(panel.at, rows.at, rowBytes, rowCount, names.at, flag, sums.at, eight.at)
      const table = arena.f64(sums)
      for (let row = from; row < until; row++)
        widths[row] = widthOf(table, row - from, { own: clusters[row]!, sizes })
      yield { step: 'compare', share: until / rowCount }
    }
    return widths
  } finally {
    arena.release(rows)
  }
}

/** @param table  f64[clusters × 8]: the sums of a lane's distances to each cluster */
function widthOf(
  table: Float64Array,
  lane: number,
  { own, sizes }: { own: number; sizes: Uint32Array },
): number {
  if (sizes[own]! < 2) return 0
  const within = table[own * panelRows + lane]! / (sizes[own]! - 1)
  let nearest = Number.POSITIVE_INFINITY
  for (let cluster = 0; cluster < sizes.length; cluster++) {
    if (cluster === own || sizes[cluster] === 0) continue
    nearest = Math.min(nearest, table[cluster * panelRows + lane]! / sizes[cluster]!)
  }
  // one cluster alone, or rows that all lie on one spot
  if (nearest === Number.POSITIVE_INFINITY || Math.max(within, nearest) === 0) return 0
  return (nearest - within) / Math.max(within, nearest)
}
