// Seeded points for the tests of clusters: blobs around centres, or no structure at all.

import { seededRandom } from '../../../bench/measure/random.ts'
import type { Points } from '../../../src/engine/clusters/points.ts'

export interface Blobs {
  rowCount: number
  dim: number
  blobCount: number
  /** the standard deviation around a centre; centres are within ±10 */
  spread: number
  seed: number
}

export interface DrawnPoints extends Points {
  rows: number[][]
  /** the blob of each row */
  blobs: number[]
}

export function drawBlobs({ rowCount, dim, blobCount, spread, seed }: Blobs): DrawnPoints {
  const random = seededRandom(seed)
  const centres = Array.from({ length: blobCount }, () =>
    Array.from({ length: dim }, () => random() * 20 - 10),
  )
  const blobs = Array.from({ length: rowCount }, () => Math.floor(random() * blobCount))
  const values = Float32Array.from({ length: rowCount * dim }, (_, at) => {
    const centre = centres[blobs[Math.floor(at / dim)]!]![at % dim]!
    return centre + spread * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  })
  return { values, dim, blobs, rows: rowsOf({ values, dim }) }
}

export function rowsOf({ values, dim }: Points): number[][] {
  return Array.from({ length: values.length / dim }, (_, row) => [
    ...values.subarray(row * dim, (row + 1) * dim),
  ])
}

/** Names clusters by their first row, so that two clusterings can be compared whatever they call theirs; −1 is noise. */
export function renamed(labels: Iterable<number>): number[] {
  const names = new Map<number, number>([[-1, -1]])
  return Array.from(labels, label => {
    if (!names.has(label)) names.set(label, names.size - 1)
    return names.get(label)!
  })
}
