// The memory of a clustering around centroids, as wasm/clusters/kmeans-clusters.ts wants it, and the passes over its rows in chunks of a few
// milliseconds. Lloyd's iterations and the mini-batches of a stream share it.

import type { Region } from '../arena.ts'
import type { Kernels } from '../kernels.ts'
import type { Work } from '../work.ts'
import { chunksOf, rowBytesOf } from './points.ts'

export interface KmeansExports {
  panelTurn(panel: number, lane: number, row: number, rowBytes: number): void
  randomSeed(random: number, seed: number, stream: number): void
  randomBelow(random: number, count: number): number
  kmeansPrepare(clusters: number): void
  kmeansAssign(clusters: number, from: number, until: number, gathers: number): number
  kmeansNorms(clusters: number, from: number, until: number): void
  kmeansUpdate(clusters: number): number
  kmeansDistances(clusters: number, from: number, until: number): number
  kmeansWeigh(clusters: number, from: number, until: number, panel: number, left: number, eight: number): void
  kmeansLower(clusters: number, from: number, until: number, centroid: number): number
  kmeansDraw(clusters: number, random: number, sum: number): number
}

export interface Clusters {
  header: Region
  points: Region
  centroids: Region
  assignments: Region
  totals: Region
  counts: Region
  distances: Region
  /** f32[rowCount × panels], or nothing where bounds are not kept */
  bounds: Region
  random: Region
  /** a panel of rows that may become centroids, f64[8] and f32[8] */
  candidates: Region
  rowCount: number
  rowBytes: number
  clusterCount: number
}

const headerWords = 18
/** Rows that one sweep compares with a row. */
export const panelRows = 8
const blockRows = 120
const meetingBytes = 64
/** Multiplications that take five to ten milliseconds. */
const chunkProducts = 1e8

export interface ClustersShape {
  rowCount: number
  dim: number
  clusterCount: number
  isSpherical: boolean
  /** worth it only where rows are assigned again and again */
  keepsBounds: boolean
  seed: number
}

/** Takes the regions of a clustering; all of them go when `header` is released. @throws OutOfMemory */
export function layClusters({ arena, call }: Kernels<KmeansExports>, shape: ClustersShape): Clusters {
  const { rowCount, clusterCount, isSpherical } = shape
  const rowBytes = rowBytesOf(shape.dim)
  const panelCount = panelCountOf(clusterCount)
  // never more than the rows themselves take
  const boundBytes = shape.keepsBounds && panelCount * 4 <= rowBytes ? panelCount * 4 : 0
  const header = arena.take('k-means header', headerWords * 4)
  try {
    const take = (name: string, byteCount: number) => arena.take(`k-means ${name}`, byteCount)
    const points = take('points', rowCount * rowBytes)
    const centroids = take('centroids', clusterCount * rowBytes)
    const panels = take('panels', panelCount * panelRows * rowBytes)
    const halfNorms = take('half norms', panelCount * panelRows * 4)
    const assignments = take('assignments', rowCount * 4)
    const totals = take('totals', clusterCount * rowBytes * 2)
    const counts = take('counts', clusterCount * 4)
    const distances = take('distances', rowCount * 4)
    const norms = take('norms', rowCount * 4)
    const reaches = take('reaches', rowCount * 4)
    const bounds = take('bounds', rowCount * boundBytes)
    const moves = take('moves', clusterCount * 4)
    const panelMoves = take('panel moves', panelCount * 4)
    const block = take('block', blockRows * (meetingBytes + 4) + panelRows * 4)
    const random = take('random', 16)
    const candidates = take('candidates', panelRows * rowBytes + 96)
    arena
      .u32(header)
      .set([
        ...[rowBytes, rowCount, clusterCount, Number(isSpherical), points.at, centroids.at, panels.at],
        ...[halfNorms.at, assignments.at, totals.at, counts.at, distances.at, norms.at, reaches.at],
        ...[boundBytes > 0 ? bounds.at : 0, moves.at, panelMoves.at, block.at],
      ])
    call.randomSeed(random.at, shape.seed, 0)
    const shown = { header, points, centroids, assignments, totals, counts, distances, bounds, random }
    return { ...shown, candidates, rowCount, rowBytes, clusterCount }
  } catch (error) {
    arena.release(header)
    throw error
  }
}

export function panelCountOf(clusterCount: number): number {
  return Math.ceil(clusterCount / panelRows)
}

/** Goes on with the first `clusterCount` centroids alone. */
export function keepClusters(
  { arena }: Kernels<KmeansExports>,
  clusters: Clusters,
  clusterCount: number,
): void {
  clusters.clusterCount = clusterCount
  arena.u32(clusters.header)[2] = clusterCount
}

/** No row has a cluster yet. Called once the rows are laid. */
export function* beginAssigning({ call, arena }: Kernels<KmeansExports>, clusters: Clusters): Work<void> {
  arena.u32(clusters.assignments).fill(0xffff_ffff)
  arena.f64(clusters.totals).fill(0)
  arena.u32(clusters.counts).fill(0)
  for (const { from, until } of rowChunks(clusters, 1)) {
    call.kmeansNorms(clusters.header.at, from, until)
    yield { step: 'measure', share: until / clusters.rowCount }
  }
}

/**
 * The nearest centroid of each row. Between two calls centroids move by `kmeansUpdate` alone.
 *
 * @param gathers  whether totals and counts follow
 * @returns how many rows went to another than before
 */
export function* assignRows(
  { call }: Kernels<KmeansExports>,
  clusters: Clusters,
  { gathers }: { gathers: boolean },
): Work<number> {
  call.kmeansPrepare(clusters.header.at)
  let changed = 0
  for (const { from, until } of rowChunks(clusters, clusters.clusterCount)) {
    changed += call.kmeansAssign(clusters.header.at, from, until, Number(gathers)) >>> 0
    yield { step: 'assign', share: until / clusters.rowCount }
  }
  return changed
}

/** The squared distance of each row to its centroid. @returns their sum */
export function* measureRows({ call }: Kernels<KmeansExports>, clusters: Clusters): Work<number> {
  let sum = 0
  for (const { from, until } of rowChunks(clusters, 1)) {
    sum += call.kmeansDistances(clusters.header.at, from, until)
    yield { step: 'measure', share: until / clusters.rowCount }
  }
  return sum
}

/** Ranges of rows, each to meet `perRow` others. */
export function rowChunks({ rowCount, rowBytes }: Clusters, perRow: number): ReturnType<typeof chunksOf> {
  return chunksOf(rowCount, blockRows * Math.ceil(chunkProducts / ((rowBytes / 4) * perRow * blockRows)))
}
