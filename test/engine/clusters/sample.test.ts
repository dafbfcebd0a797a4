import { describe, expect, it } from 'vitest'
import type { SampleExports } from '../../../src/engine/clusters/sample.ts'
import { sampleRows } from '../../../src/engine/clusters/sample.ts'
import { startKernels } from '../../../src/engine/kernels.ts'
import { binaries } from '../binaries.ts'

/** PCG32 as its author wrote it (pcg-random.org, the minimal C implementation), in big integers. */
function pcg32(seed: number, stream: number): () => number {
  const increment = (BigInt(stream) << 1n) | 1n
  let state = 0n
  const next = () => {
    const old = state
    state = BigInt.asUintN(64, old * 6364136223846793005n + increment)
    const shifted = Number(BigInt.asUintN(32, ((old >> 18n) ^ old) >> 27n))
    const turn = Number(old >> 59n)
    return ((shifted >>> turn) | (shifted << (-turn & 31))) >>> 0
  }
  next()
  state = BigInt.asUintN(64, state + BigInt(seed))
  next()
  return next
}

describe.each(binaries)('randomness by $name', ({ module }) => {
  const kernels = startKernels<SampleExports>(module)
  const random = kernels.arena.take('random', 16).at

  it('is that of the reference', () => {
    // what the author's demonstration prints for seed 42 and stream 54
    const reference = pcg32(42, 54)
    expect(Array.from({ length: 6 }, () => reference().toString(16))).toEqual(
      'a15c02b7 7b47f409 ba1d3330 83d2f293 bfa4784b cbed606e'.split(' '),
    )
    for (const [seed, stream] of [
      [42, 54],
      [0, 0],
      [0xffff_ffff, 0xffff_ffff],
    ] as const) {
      kernels.call.randomSeed(random, seed, stream)
      const next = pcg32(seed, stream)
      // of a power of two the highest bits are taken, and none is ever turned down
      for (let i = 0; i < 1000; i++)
        expect(kernels.call.randomBelow(random, 2 ** 31) >>> 0).toBe(next() >>> 1)
    }
  })

  it('draws each number below a count as often', () => {
    kernels.call.randomSeed(random, 7, 0)
    const counts = new Array(7).fill(0)
    for (let i = 0; i < 70_000; i++) counts[kernels.call.randomBelow(random, 7)]++
    // χ² of 6 degrees is below 22.5 but for one in a thousand
    expect(counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)).toBeLessThan(22.5)
    // three quarters of all u32: an uneven draw would favour the lower third of these
    const count = 3 * 2 ** 30
    let low = 0
    for (let i = 0; i < 30_000; i++) low += Number(kernels.call.randomBelow(random, count) >>> 0 < 2 ** 30)
    expect(Math.abs(low - 10_000)).toBeLessThan(3.3 * Math.sqrt((30_000 * 2) / 9))
  })

  it('samples every row as often, in rising order, the same for the same seed', () => {
    const often = new Array(10).fill(0)
    for (let seed = 0; seed < 5000; seed++) {
      const rows = sampleRows(kernels, { rowCount: 10, sampleCount: 3, seed })
      expect([...rows]).toEqual([...new Set(rows)].sort((left, right) => left - right))
      for (const row of rows) often[row]++
    }
    expect(often.reduce((sum, count) => sum + (count - 1500) ** 2 / 1500, 0)).toBeLessThan(27.9)
    const asked = { rowCount: 1000, sampleCount: 50, seed: 3 }
    expect(sampleRows(kernels, asked)).toEqual(sampleRows(kernels, asked))
    expect([...sampleRows(kernels, { rowCount: 3, sampleCount: 9, seed: 1 })]).toEqual([0, 1, 2])
  })
})
