// The passes of k-means++ over the rows (Arthur & Vassilvitskii 2007).

import { unit } from '../base/random'
import { squaredL2 } from '../vectors/distance'
import { Clusters } from './kmeans-clusters'
import { panelRows, squaredDistances } from './panel'

/**
 * What would be left of the distances of rows [from, until) with each of eight candidates as one more centroid.
 *
 * @param panel  the candidates, turned
 * @param left   f64[8], added to
 * @param eight  scratch, f32[8]
 */
export function weigh(pointer: usize, from: u32, until: u32, panel: usize, left: usize, eight: usize): void {
  const it = changetype<Clusters>(pointer)
  for (let row = from; row < until; row++) {
    squaredDistances(panel, it.points + <usize>row * <usize>it.rowBytes, it.rowBytes, eight)
    const nearest = load<f32>(it.distances + ((<usize>row) << 2))
    for (let lane: usize = 0; lane < panelRows; lane++) {
      const slot = left + (lane << 3)
      store<f64>(slot, load<f64>(slot) + <f64>min(nearest, load<f32>(eight + (lane << 2))))
    }
  }
}

/** Lowers the distances of rows [from, until) to what `centroid` makes of them. @returns their sum */
export function lower(pointer: usize, from: u32, until: u32, centroid: usize): f64 {
  const it = changetype<Clusters>(pointer)
  let sum: f64 = 0
  for (let row = from; row < until; row++) {
    const slot = it.distances + ((<usize>row) << 2)
    const distance = squaredL2(it.points + <usize>row * <usize>it.rowBytes, centroid, it.rowBytes)
    const nearest = min(distance, load<f32>(slot))
    store<f32>(slot, nearest)
    sum += <f64>nearest
  }
  return sum
}

/** Draws a row, each as likely as its distance's share of `sum`. */
export function draw(pointer: usize, random: usize, sum: f64): u32 {
  const it = changetype<Clusters>(pointer)
  let rest = unit(random) * sum
  let last: u32 = 0
  for (let row: u32 = 0; row < it.rowCount; row++) {
    const distance = <f64>load<f32>(it.distances + ((<usize>row) << 2))
    if (distance == 0) continue
    last = row
    rest -= distance
    if (rest < 0) break
  }
  return last
}
