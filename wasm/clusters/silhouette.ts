// Sums of the distances from eight rows to the rows of each cluster, from which silhouettes are made (Rousseeuw 1987).

import { panelRows, squaredDistances } from './panel'

/**
 * @param panel        eight rows, turned
 * @param points       the rows, rowBytes each; `clusters` u32[rowCount] says whose each is
 * @param isSpherical  distances are 1 − cosine of rows of length 1, else Euclidean
 * @param sums         f64[clusters × 8], added to
 * @param eight        scratch, f32[8]
 */
export function sumDistances(
  panel: usize,
  points: usize,
  rowBytes: usize,
  rowCount: u32,
  clusters: usize,
  isSpherical: bool,
  sums: usize,
  eight: usize,
): void {
  for (let row: u32 = 0; row < rowCount; row++) {
    squaredDistances(panel, points + <usize>row * rowBytes, rowBytes, eight)
    const sum = sums + ((<usize>load<u32>(clusters + ((<usize>row) << 2)) * panelRows) << 3)
    addFour(sum, distancesOf(v128.load(eight), isSpherical))
    addFour(sum + 32, distancesOf(v128.load(eight, 16), isSpherical))
  }
}

function distancesOf(squares: v128, isSpherical: bool): v128 {
  return isSpherical ? f32x4.mul(squares, f32x4.splat(0.5)) : f32x4.sqrt(squares)
}

function addFour(sum: usize, distances: v128): void {
  const upper = i32x4.shuffle(distances, distances, 2, 3, 0, 1)
  v128.store(sum, f64x2.add(v128.load(sum), f64x2.promote_low_f32x4(distances)))
  v128.store(sum, f64x2.add(v128.load(sum, 16), f64x2.promote_low_f32x4(upper)), 16)
}
