// Clusters of any shape and of different densities, without a radius to choose (Campello, Moulavi, Sander 2013).

import type { Region } from '../arena.ts'
import { demandWhole } from '../checks.ts'
import type { Kernels } from '../kernels.ts'
import type { Work } from '../work.ts'
import { assignRows, beginAssigning, type KmeansExports, layClusters, measureRows } from './clusters.ts'
import { noise } from './dbscan.ts'
import { type Extracted, extractClusters, type SpanningTree } from './hdbscan-tree.ts'
import {
  type ClusterMetric,
  chunksOf,
  demandMetric,
  demandPoints,
  layRows,
  type Points,
  pickRows,
  rowBytesOf,
  spreadOf,
} from './points.ts'
import { type SampleExports, sampleRows } from './sample.ts'

export interface HdbscanExports extends SampleExports, KmeansExports {
  panelTurnRows(panel: number, rows: number, rowBytes: number, count: number): void
  densityNearest(
    points: number,
    rowBytes: number,
    panel: number,
    from: number,
    until: number,
    order: number,
    nearest: number,
  ): void
  densityGrowTree(tree: number, steps: number): void
}

export interface HdbscanOptions {
  /** the fewest rows that make a cluster, 2 or more; default 5 */
  clusterRowsMin?: number
  /** a row is as dense as its distance to the row that is so many-th nearest, itself included; default clusterRowsMin */
  neighboursMin?: number
  /** `cosine`: distances are 1 − cosine; default `l2` */
  metric?: ClusterMetric
  /** rows that are clustered exactly, at most 65,536; default 20,000 */
  sampleRowsMax?: number
  /** u32, of the sample; default 0 */
  seed?: number
}

export interface DensityClustering {
  clusterCount: number
  /** i32[rowCount]: −1 for noise; clusters numbered by their first row that was clustered exactly */
  labels: Int32Array
  /** f32[rowCount], 0..1: how near to its cluster's densest part a row is; 0 for noise */
  strengths: Float32Array
  /** rising; which rows were clustered exactly when not all were: the others follow their nearest of these */
  sample?: Uint32Array
}

const sampleRowsLimit = 1 << 16
const neighboursLimit = 4096
const panelRows = 8
const treeWords = 13
/** Components that meet a panel in five to ten milliseconds. */
const chunkComponents = 8e6
const largest = 3.4028234663852886e38

/**
 * HDBSCAN, exact up to `sampleRowsMax` rows. Of more rows a seeded sample is clustered, sizes then counting sampled rows;
 * every other row joins the cluster of its nearest sampled row if it lies dense enough for that cluster, else it is noise.
 * All rows together are never one cluster. Time O(sample² × dim); memory is a copy of the rows and 28 bytes a row.
 *
 * @throws BadInput for shapes that don't fit, components that aren't finite, rows of zeros under cosine
 * @throws OutOfMemory
 */
export function* hdbscan(
  kernels: Kernels<HdbscanExports>,
  points: Points,
  options: HdbscanOptions = {},
): Work<DensityClustering> {
  const rowCount = demandPoints('points', points)
  const { clusterRowsMin = 5, metric = 'l2', sampleRowsMax = 20_000, seed = 0 } = options
  const { neighboursMin = Math.min(clusterRowsMin, neighboursLimit) } = options
  demandWhole('clusterRowsMin', clusterRowsMin, { min: 2, max: 1e9 })
  demandWhole('neighboursMin', neighboursMin, { min: 1, max: neighboursLimit })
  demandWhole('sampleRowsMax', sampleRowsMax, { min: 2, max: sampleRowsLimit })
  demandWhole('seed', seed, { min: 0, max: 0xffff_ffff })
  demandMetric(metric)
  const exact = { clusterRowsMin, neighboursMin, metric }
  if (rowCount <= sampleRowsMax) {
    const { clusterCount, labels, strengths } = (yield* clusterAll(kernels, points, exact)).extracted
    return { clusterCount, labels, strengths: Float32Array.from(strengths) }
  }
  const sample = sampleRows(kernels, { rowCount, sampleCount: sampleRowsMax, seed })
  const sampled = pickRows(points, sample)
  const exactly = yield* clusterAll(kernels, sampled, exact)
  return yield* followNearest(kernels, { points, sampled, sample, metric }, exactly)
}

interface Exactly {
  extracted: Extracted
  /** f64[], the core distance of each row */
  cores: Float64Array
}

function* clusterAll(
  kernels: Kernels<HdbscanExports>,
  points: Points,
  {
    clusterRowsMin,
    neighboursMin,
    metric,
  }: Required<Pick<HdbscanOptions, 'clusterRowsMin' | 'neighboursMin' | 'metric'>>,
): Work<Exactly> {
  const { arena } = kernels
  const rowBytes = rowBytesOf(points.dim)
  const rowCount = points.values.length / points.dim
  const rows = arena.take('HDBSCAN points', rowCount * rowBytes)
  try {
    yield* layRows(arena, rows, points, { isUnit: metric === 'cosine' })
    const laid = { rows, rowBytes, rowCount }
    const squares = yield* findCores(kernels, laid, Math.min(neighboursMin, rowCount))
    const tree = yield* spanTree(kernels, laid, squares)
    const lengths = Float64Array.from(tree.lengths, square => toDistance(square, metric))
    return {
      extracted: extractClusters({ ...tree, lengths }, clusterRowsMin),
      cores: Float64Array.from(squares, square => toDistance(square, metric)),
    }
  } finally {
    arena.release(rows)
  }
}

/** Of rows of length 1, 1 − cosine is half the squared distance. */
function toDistance(square: number, metric: ClusterMetric): number {
  return metric === 'cosine' ? square / 2 : Math.sqrt(square)
}

interface Laid {
  rows: Region
  rowBytes: number
  rowCount: number
}

/** @returns f32[rowCount], squared */
function* findCores(
  { arena, call }: Kernels<HdbscanExports>,
  { rows, rowBytes, rowCount }: Laid,
  order: number,
): Work<Float32Array> {
  const squares = new Float32Array(rowCount)
  const panel = arena.take('HDBSCAN panel', (rowBytes + 4) * panelRows)
  const nearest = arena.take('HDBSCAN nearest', panelRows * order * 4)
  for (let first = 0; first < rowCount; first += panelRows) {
    const count = Math.min(panelRows, rowCount - first)
    call.panelTurnRows(panel.at, rows.at + first * rowBytes, rowBytes, count)
    arena.f32(nearest).fill(largest)
    for (const { from, until } of chunksOf(rowCount, (chunkComponents * 4) / rowBytes)) {
      call.densityNearest(rows.at, rowBytes, panel.at, from, until, order, nearest.at)
      yield { step: 'find cores', share: first / rowCount }
    }
    const kept = arena.f32(nearest)
    for (let lane = 0; lane < count; lane++) squares[first + lane] = kept[(lane + 1) * order - 1]!
  }
  arena.release(panel)
  return squares
}

/** The tree grows from the last row; the kernel moves the rows that it has not reached together. */
function* spanTree(
  { arena, call }: Kernels<HdbscanExports>,
  { rows, rowBytes, rowCount }: Laid,
  squares: Float32Array,
): Work<SpanningTree> {
  const restCount = rowCount - 1
  const take = (name: string, byteCount: number) => arena.take(`HDBSCAN ${name}`, byteCount)
  const header = take('tree', treeWords * 4)
  const cores = take('cores', rowCount * 4)
  const names = take('names', restCount * 4)
  const ways = take('ways', restCount * 4)
  const sources = take('sources', restCount * 4)
  const last = take('last row', rowBytes)
  const edges = take('edges', restCount * 8)
  const lengths = take('lengths', restCount * 4)
  arena.f32(cores).set(squares)
  arena.u32(names).set(Uint32Array.from({ length: restCount }, (_, row) => row))
  arena.f32(ways).fill(largest)
  arena.u8(last).set(arena.u8(rows).subarray(restCount * rowBytes))
  const pointers = [rows, cores, names, ways, sources, last].map(({ at }) => at)
  arena.u32(header).set([rowBytes, restCount, ...pointers, restCount, 0, edges.at, lengths.at, 0])
  arena.f32(header)[9] = squares[restCount]!
  for (let grown = 0; grown < restCount; ) {
    const steps = Math.ceil((chunkComponents * 8) / (rowBytes * (restCount - grown)))
    call.densityGrowTree(header.at, steps)
    grown = Math.min(grown + steps, restCount)
    yield { step: 'span tree', share: grown / restCount }
  }
  const pairs = arena.u32(edges)
  const tree = {
    pointCount: rowCount,
    sources: Uint32Array.from({ length: restCount }, (_, edge) => pairs[2 * edge]!),
    targets: Uint32Array.from({ length: restCount }, (_, edge) => pairs[2 * edge + 1]!),
    lengths: Float64Array.from(arena.f32(lengths).subarray(0, restCount)),
  }
  arena.release(header)
  return tree
}

/** What each row's nearest sampled row says of it. */
function* followNearest(
  kernels: Kernels<HdbscanExports>,
  {
    points,
    sampled,
    sample,
    metric,
  }: { points: Points; sampled: Points; sample: Uint32Array; metric: ClusterMetric },
  { extracted, cores }: Exactly,
): Work<DensityClustering> {
  const { dim } = points
  const rowCount = points.values.length / dim
  const isSpherical = metric === 'cosine'
  const clusters = layClusters(kernels, {
    rowCount,
    dim,
    clusterCount: cores.length,
    isSpherical,
    keepsBounds: false,
    seed: 0,
  })
  try {
    const { mean } = yield* spreadOf(sampled)
    const place = { origin: mean, isUnit: isSpherical }
    yield* layRows(kernels.arena, clusters.points, points, place)
    yield* layRows(kernels.arena, clusters.centroids, sampled, place)
    yield* beginAssigning(kernels, clusters)
    yield* assignRows(kernels, clusters, { gathers: false })
    yield* measureRows(kernels, clusters)
    const nearest = kernels.arena.u32(clusters.assignments)
    const squares = kernels.arena.f32(clusters.distances)
    const labels = new Int32Array(rowCount).fill(noise)
    const strengths = new Float32Array(rowCount)
    for (let row = 0; row < rowCount; row++) {
      const label = extracted.labels[nearest[row]!]!
      if (label === noise) continue
      const distance = Math.max(toDistance(squares[row]!, metric), cores[nearest[row]!]!)
      if (1 / distance < extracted.births[label]!) continue
      labels[row] = label
      strengths[row] = Math.min(1, 1 / distance / extracted.deaths[label]!)
    }
    for (const [i, row] of sample.entries()) {
      labels[row] = extracted.labels[i]!
      strengths[row] = extracted.strengths[i]!
    }
    return { clusterCount: extracted.clusterCount, labels, strengths, sample }
  } finally {
    kernels.arena.release(clusters.header)
  }
}
