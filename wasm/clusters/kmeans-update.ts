// The second of Lloyd's two steps (Lloyd 1957, 1982): each centroid moves to the mean of its rows.

import { squaredL2 } from '../vectors/distance'
import { Clusters, panelCountOf } from './kmeans-clusters'
import { panelRows } from './panel'

/**
 * Moves every centroid to the mean of its rows, or onto the sphere through it; one without rows stays.
 *
 * @returns the sum of the squared ways
 */
export function update(pointer: usize): f64 {
  const it = changetype<Clusters>(pointer)
  memory.fill(it.panelMoves, 0, (<usize>panelCountOf(it)) << 2)
  let sum: f64 = 0
  for (let cluster: u32 = 0; cluster < it.clusterCount; cluster++) {
    const squared = moveCentroid(it, cluster)
    const move = <f32>(Math.sqrt(squared) * 1.000001)
    const panelMove = it.panelMoves + ((<usize>(cluster / panelRows)) << 2)
    store<f32>(it.moves + ((<usize>cluster) << 2), move)
    store<f32>(panelMove, max(move, load<f32>(panelMove)))
    sum += squared
  }
  return sum
}

function moveCentroid(it: Clusters, cluster: u32): f64 {
  const count = load<u32>(it.counts + ((<usize>cluster) << 2))
  const total = it.totals + <usize>cluster * <usize>it.rowBytes * 2
  const scale = it.isSpherical ? 1 / lengthOf(total, it.rowBytes >>> 2) : 1 / <f64>count
  if (count == 0 || scale > f64.MAX_VALUE) return 0
  const centroid = it.centroids + <usize>cluster * <usize>it.rowBytes
  let moved: f64 = 0
  for (let at: usize = 0; at < it.rowBytes; at += 4) {
    const mean = <f32>(load<f64>(total + at * 2) * scale)
    const way = <f64>mean - <f64>load<f32>(centroid + at)
    moved += way * way
    store<f32>(centroid + at, mean)
  }
  return moved
}

function lengthOf(total: usize, count: u32): f64 {
  let sum: f64 = 0
  for (let i: usize = 0; i < count; i++) sum += load<f64>(total + (i << 3)) * load<f64>(total + (i << 3))
  return Math.sqrt(sum)
}

/** Squared distances of rows [from, until) to their own centroids. @returns their sum */
export function distances(pointer: usize, from: u32, until: u32): f64 {
  const it = changetype<Clusters>(pointer)
  const rowBytes = <usize>it.rowBytes
  let sum: f64 = 0
  for (let row = from; row < until; row++) {
    const cluster = load<u32>(it.assignments + ((<usize>row) << 2))
    const x = it.points + <usize>row * rowBytes
    const distance = squaredL2(x, it.centroids + <usize>cluster * rowBytes, rowBytes)
    store<f32>(it.distances + ((<usize>row) << 2), distance)
    sum += <f64>distance
  }
  return sum
}
