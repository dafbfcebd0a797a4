// K-means of a stream that never ends, one mini-batch at a time (Sculley 2010), each batch as one step. Old rows count for
// less and less, so that centroids follow what comes. Its state is small and lives outside the kernels' memory: any
// instance can take the next batch, and bytes can carry it from one process to the next.

import { demand, demandFinite, demandWhole } from '../checks.ts'
import { FrameReader, FrameWriter } from '../frame.ts'
import type { Kernels } from '../kernels.ts'
import { finish } from '../work.ts'
import {
  assignRows,
  beginAssigning,
  type Clusters,
  type KmeansExports,
  keepClusters,
  layClusters,
  measureRows,
} from './clusters.ts'
import { clusterCountMax } from './kmeans.ts'
import { seedCentroids } from './kmeans-seeding.ts'
import {
  type ClusterMetric,
  demandMetric,
  demandPoints,
  dimMax,
  layRows,
  type Points,
  spreadOf,
  takeRows,
} from './points.ts'

export interface StreamOptions {
  /** 1..65,536 */
  clusterCount: number
  /** 1..4096 */
  dim: number
  /** `cosine` compares directions alone; default `l2` */
  metric?: ClusterMetric
  /** after so many rows a row counts half; default: always in full */
  halfLifeRows?: number
  /** u32, default 0 */
  seed?: number
}

const kind = { name: 'ALLUKMS', version: 1 }
/** A batch is done at once, so it has to be short. */
const batchRowsMax = 65_536
/** 256 MiB of centroids. */
const centroidValuesMax = 1 << 26
/** A cluster that has been without rows for ten half-lives while the others kept their weight. */
const forgottenShare = 1 / 1024

export class KmeansStream {
  readonly options: Readonly<Required<StreamOptions>>
  /** f64[clusterCount]: rows of each cluster, decayed */
  readonly weights: Float64Array
  readonly #centroids: Float32Array
  #found = 0
  #batchCount = 0
  #rowCount = 0

  /** @throws BadInput for options out of range */
  constructor(options: StreamOptions) {
    const { clusterCount, dim, metric = 'l2', seed = 0 } = options
    const { halfLifeRows = Number.POSITIVE_INFINITY } = options
    demandWhole('clusterCount', clusterCount, { min: 1, max: clusterCountMax })
    demandWhole('dim', dim, { min: 1, max: dimMax })
    demandWhole('seed', seed, { min: 0, max: 0xffff_ffff })
    demandWhole('clusterCount × dim', clusterCount * dim, { min: 1, max: centroidValuesMax })
    demandMetric(metric)
    demand(halfLifeRows > 0, `halfLifeRows is ${halfLifeRows}: expected more than 0`)
    this.options = { clusterCount, dim, metric, halfLifeRows, seed }
    this.weights = new Float64Array(clusterCount)
    this.#centroids = new Float32Array(clusterCount * dim)
  }

  /** Centroids that there are: fewer than asked for until so many distinct rows have come. */
  get clusterCount(): number {
    return this.#found
  }

  /** f32[clusterCount × dim], a copy */
  get centroids(): Float32Array {
    return this.#centroids.slice(0, this.#found * this.options.dim)
  }

  /** Rows that have come so far. */
  get rowCount(): number {
    return this.#rowCount
  }

  /**
   * Assigns a batch, and moves the centroids towards it. The first batch also seeds them (k-means++), so it should have
   * several rows for each cluster.
   *
   * @param points  1..65,536 rows
   * @returns u32[rowCount], the cluster of each row
   * @throws BadInput for shapes that don't fit, components that aren't finite, rows of zeros under cosine
   * @throws OutOfMemory; the stream is then as it was
   */
  add(kernels: Kernels<KmeansExports>, points: Points): Uint32Array {
    const rowCount = demandPoints('points', points)
    const { dim, clusterCount, metric, seed } = this.options
    demand(points.dim === dim, `points dim is ${points.dim}: expected ${dim}`)
    demandWhole('the number of rows', rowCount, { min: 1, max: batchRowsMax })
    const isSpherical = metric === 'cosine'
    const batchSeed = (seed + this.#batchCount) >>> 0
    const clusters = layClusters(kernels, {
      rowCount,
      dim,
      clusterCount,
      isSpherical,
      seed: batchSeed,
      keepsBounds: false,
    })
    try {
      const origin = isSpherical ? new Float64Array(dim) : finish(spreadOf(points)).mean
      finish(layRows(kernels.arena, clusters.points, points, { origin, isUnit: isSpherical }))
      this.#layCentroids(kernels, clusters, origin)
      if (this.#found < clusterCount) this.#seed(kernels, clusters, origin)
      keepClusters(kernels, clusters, this.#found)
      finish(beginAssigning(kernels, clusters))
      finish(assignRows(kernels, clusters, { gathers: true }))
      this.#move(kernels, clusters, origin)
      this.#replaceForgotten(kernels, clusters, points)
      this.#batchCount++
      this.#rowCount += rowCount
      return kernels.arena.u32(clusters.assignments).slice()
    } finally {
      kernels.arena.release(clusters.header)
    }
  }

  #layCentroids({ arena }: Kernels<KmeansExports>, clusters: Clusters, origin: Float64Array): void {
    if (this.#found === 0) return
    const { dim } = this.options
    const values = this.#centroids.subarray(0, this.#found * dim)
    // a centroid is of length 1 already where that is asked for
    finish(layRows(arena, clusters.centroids, { values, dim }, { origin, isUnit: false }))
  }

  #seed(kernels: Kernels<KmeansExports>, clusters: Clusters, origin: Float64Array): void {
    const { dim, clusterCount: wanted } = this.options
    const rowCount = finish(seedCentroids(kernels, clusters, { known: this.#found, wanted }))
    const values = takeRows(kernels.arena.f32(clusters.centroids), { rowCount, dim, origin })
    this.#centroids.set(values.subarray(this.#found * dim), this.#found * dim)
    this.#found = rowCount
  }

  /** Every centroid becomes the mean of what it stood for, decayed, and of the batch's rows. */
  #move({ arena }: Kernels<KmeansExports>, clusters: Clusters, origin: Float64Array): void {
    const { dim, halfLifeRows, metric } = this.options
    const totals = arena.f64(clusters.totals)
    const counts = arena.u32(clusters.counts)
    const kept = 2 ** (-clusters.rowCount / halfLifeRows)
    for (let cluster = 0; cluster < this.#found; cluster++) {
      const count = counts[cluster]!
      const weight = this.weights[cluster]! * kept + count
      this.weights[cluster] = weight
      if (count === 0) continue
      const total = (cluster * clusters.rowBytes) / 4
      const centroid = this.#centroids.subarray(cluster * dim, (cluster + 1) * dim)
      for (let i = 0; i < dim; i++) {
        // Σ(x − c) / weight, both from the same origin
        const way = totals[total + i]! - count * (centroid[i]! - origin[i]!)
        centroid[i]! += way / weight
      }
      if (metric === 'cosine') toUnit(centroid)
    }
  }

  /** Clusters that nothing falls into any more take the rows that are farthest from their centroids. */
  #replaceForgotten(kernels: Kernels<KmeansExports>, clusters: Clusters, { values, dim }: Points): void {
    const weights = this.weights.subarray(0, this.#found)
    const least = (forgottenShare * weights.reduce((sum, weight) => sum + weight, 0)) / this.#found
    if (!weights.some(weight => weight < least)) return
    finish(measureRows(kernels, clusters))
    const distances = kernels.arena.f32(clusters.distances)
    const assignments = kernels.arena.u32(clusters.assignments)
    for (let cluster = 0; cluster < this.#found; cluster++) {
      if (weights[cluster]! >= least) continue
      const row = distances.reduce((far, distance, at) => (distance > distances[far]! ? at : far), 0)
      // every row lies on its centroid: there is nothing to take
      if (distances[row] === 0) return
      const centroid = this.#centroids.subarray(cluster * dim, (cluster + 1) * dim)
      centroid.set(values.subarray(row * dim, (row + 1) * dim))
      if (this.options.metric === 'cosine') toUnit(centroid)
      weights[cluster] = 1
      distances[row] = 0
      assignments[row] = cluster
    }
  }

  toBytes(): Uint8Array {
    const { clusterCount, dim, metric, halfLifeRows, seed } = this.options
    return new FrameWriter(kind)
      .u32(clusterCount)
      .u32(dim)
      .u32(Number(metric === 'cosine'))
      .u32(seed)
      .f64(halfLifeRows)
      .u32(this.#found)
      .f64(this.#batchCount)
      .f64(this.#rowCount)
      .array(this.weights.subarray(0, this.#found))
      .array(this.#centroids.subarray(0, this.#found * dim))
      .finish()
  }

  /** @throws BadInput when the bytes are not what `toBytes` wrote */
  static fromBytes(bytes: Uint8Array): KmeansStream {
    const read = new FrameReader(kind, bytes)
    const [clusterCount, dim] = [read.u32(), read.u32()]
    const metric = read.u32() === 1 ? 'cosine' : 'l2'
    const [seed, halfLifeRows] = [read.u32(), read.f64()]
    const found = read.u32()
    demandWhole('clusters found', found, { min: 0, max: Math.min(clusterCount, clusterCountMax) })
    const [batchCount, rowCount] = [read.f64(), read.f64()]
    const [weights, centroids] = [read.f64s(found), read.f32s(found * dim)]
    read.end()
    demandFinite('weights', weights)
    demandFinite('centroids', centroids)
    const stream = new KmeansStream({ clusterCount, dim, metric, halfLifeRows, seed })
    stream.weights.set(weights)
    stream.#centroids.set(centroids)
    stream.#found = found
    stream.#batchCount = batchCount
    stream.#rowCount = rowCount
    return stream
  }
}

/** Opposite rows may leave no direction: the centroid then stays at the origin, as far from all rows as from none. */
function toUnit(centroid: Float32Array): void {
  // not hypot, which every JavaScript engine rounds its own way
  const length = Math.sqrt(centroid.reduce((sum, value) => sum + value * value, 0))
  if (length > 0) for (let i = 0; i < centroid.length; i++) centroid[i]! /= length
}
