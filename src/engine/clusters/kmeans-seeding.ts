// k-means++ (Arthur & Vassilvitskii 2007), greedy as its authors' own program was: each next centroid is the best of eight
// rows that are drawn by their squared distance to the centroids before. Eight cost what one does, since they share a panel.

import type { Kernels } from '../kernels.ts'
import type { Work } from '../work.ts'
import { type Clusters, type KmeansExports, panelRows, rowChunks } from './clusters.ts'

/**
 * Centroids from `known` on, drawn from the rows. With `known` of 0 the first is any row.
 *
 * @returns how many centroids there are now: fewer than `wanted` where there are no more distinct rows
 */
export function* seedCentroids(
  { call, arena }: Kernels<KmeansExports>,
  clusters: Clusters,
  { known, wanted }: { known: number; wanted: number },
): Work<number> {
  const { centroids, points, distances, random, rowBytes, rowCount } = clusters
  arena.f32(distances).fill(farthest)
  let sum = 0
  for (let cluster = 0; cluster < wanted; cluster++) {
    const share = cluster / wanted
    if (cluster >= known) {
      if (cluster > 0 && sum === 0) return cluster
      const row =
        cluster === 0
          ? call.randomBelow(random.at, rowCount) >>> 0
          : yield* bestCandidate({ call, arena }, clusters, { sum, share })
      const rows = arena.u8(points)
      arena.u8(centroids).set(rows.subarray(row * rowBytes, (row + 1) * rowBytes), cluster * rowBytes)
    }
    sum = 0
    for (const { from, until } of rowChunks(clusters, 1)) {
      sum += call.kmeansLower(clusters.header.at, from, until, centroids.at + cluster * rowBytes)
      yield { step: 'seed', share }
    }
  }
  return wanted
}

/** The largest f32. */
const farthest = 3.4028234663852886e38

/** @returns the drawn row that would lower the distances of all rows most, the first drawn on a tie */
function* bestCandidate(
  { call, arena }: Kernels<KmeansExports>,
  clusters: Clusters,
  { sum, share }: { sum: number; share: number },
): Work<number> {
  const { header, points, random, candidates, rowBytes } = clusters
  const leftBytes = panelRows * rowBytes
  const eightBytes = leftBytes + panelRows * 8
  const rows = Array.from({ length: panelRows }, () => call.kmeansDraw(header.at, random.at, sum) >>> 0)
  for (const [lane, row] of rows.entries())
    call.panelTurn(candidates.at, lane, points.at + row * rowBytes, rowBytes)
  arena.f64(candidates).fill(0, leftBytes / 8, leftBytes / 8 + panelRows)
  for (const { from, until } of rowChunks(clusters, panelRows)) {
    const [left, eight] = [candidates.at + leftBytes, candidates.at + eightBytes]
    call.kmeansWeigh(header.at, from, until, candidates.at, left, eight)
    yield { step: 'seed', share }
  }
  const left = arena.f64(candidates).subarray(leftBytes / 8, leftBytes / 8 + panelRows)
  return rows[left.indexOf(Math.min(...left))]!
}
