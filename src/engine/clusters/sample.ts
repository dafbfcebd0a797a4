// A seeded sample of rows, each set of its size as likely as any other.

import type { Kernels } from '../kernels.ts'

export interface SampleExports {
  randomSeed(random: number, seed: number, stream: number): void
  randomBelow(random: number, count: number): number
}

/** Generators of one seed that serve different ends must not run in step. */
const sampleStream = 1

/**
 * Selection sampling (Fan, Muller, Rezucha 1962; Knuth's algorithm S).
 *
 * @returns rising row indexes, `sampleCount` of them or all rows
 * @throws OutOfMemory
 */
export function sampleRows(
  { arena, call }: Kernels<SampleExports>,
  { rowCount, sampleCount, seed }: { rowCount: number; sampleCount: number; seed: number },
): Uint32Array {
  if (sampleCount >= rowCount) return Uint32Array.from({ length: rowCount }, (_, row) => row)
  return arena.scratch(() => {
    const random = arena.take('sample random', 16).at
    call.randomSeed(random, seed, sampleStream)
    const rows = new Uint32Array(sampleCount)
    let taken = 0
    for (let row = 0; taken < sampleCount; row++) {
      if (call.randomBelow(random, rowCount - row) >>> 0 < sampleCount - taken) rows[taken++] = row
    }
    return rows
  })
}
