// The memory of a clustering around centroids: what lies where, the face writes into a header. Centroids are met eight at a
// time, as panels.

import { panelRows } from './panel'

/** What a call works on. Pointers are to rows of `rowBytes` or to one number a row, a cluster or a panel. */
@unmanaged
export class Clusters {
  rowBytes: u32
  rowCount: u32
  clusterCount: u32
  /** 1: centroids have length 1 (Dhillon & Modha 2001), and a row's nearest is the one with the greatest x·c */
  isSpherical: u32
  points: usize
  centroids: usize
  /** the centroids turned, and −|c|²/2 of each; a lane without a centroid can't win */
  panels: usize
  minusHalves: usize
  /** u32[rowCount], NONE at first */
  assignments: usize
  /** f64 rows and u32: sums and counts of the rows that were assigned */
  totals: usize
  counts: usize
  /** f32[rowCount], squared */
  distances: usize
  /** f32[rowCount], |x|² */
  norms: usize
  /** f32[rowCount], above the distance to the own centroid */
  reaches: usize
  /** f32[rowCount × panels], below the distances to a panel's other centroids; 0 where bounds are not kept */
  bounds: usize
  /** f32[clusterCount] and f32[panels]: how far centroids went at the last update, and the farthest of each panel */
  moves: usize
  panelMoves: usize
  /** scratch: a record for each row of a block, and then a list of rows */
  block: usize
}

export function panelCountOf(it: Clusters): u32 {
  return (it.clusterCount + panelRows - 1) / panelRows
}
