import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/base/random.ts'
import { addToFilter, createFilter, maybeInFilter } from '../../src/segment/filter.ts'

/** Pairs of independent u32. */
function randomKeys(count: number, random: () => number): Uint32Array {
  return Uint32Array.from({ length: count * 2 }, () => random() * 2 ** 32)
}

describe('the filter', () => {
  it('never denies a key that was added', () => {
    const seed = Date.now() % 1e9
    const random = seededRandom(seed)
    for (const count of [1, 2, 17, 1000, 100_000]) {
      const keys = randomKeys(count, random)
      const filter = createFilter(count)
      for (let i = 0; i < keys.length; i += 2) addToFilter(filter, keys[i]!, keys[i + 1]!)
      for (let i = 0; i < keys.length; i += 2) {
        if (!maybeInFilter(filter, keys[i]!, keys[i + 1]!))
          expect.fail(`seed ${seed}: key ${i / 2} of ${count}`)
      }
    }
  })

  it('takes about 1 of 500 absent keys for present', () => {
    const seed = Date.now() % 1e9
    const random = seededRandom(seed)
    const count = 200_000
    const filter = createFilter(count)
    const keys = randomKeys(count, random)
    for (let i = 0; i < keys.length; i += 2) addToFilter(filter, keys[i]!, keys[i + 1]!)
    const asked = 1_000_000
    const absent = randomKeys(asked, random)
    let taken = 0
    for (let i = 0; i < absent.length; i += 2) if (maybeInFilter(filter, absent[i]!, absent[i + 1]!)) taken++
    console.log(`seed ${seed}: 1 of ${Math.round(asked / taken)} absent keys is taken for present`)
    expect(taken, `seed ${seed}`).toBeLessThan(asked / 400)
    expect(taken, `seed ${seed}`).toBeGreaterThan(asked / 800)
  })

  it('takes 15 bits a key, in whole blocks', () => {
    expect(createFilter(0).length).toBe(8)
    expect(createFilter(1).length).toBe(8)
    expect(createFilter(17).length).toBe(8)
    expect(createFilter(18).length).toBe(16)
    expect((createFilter(1_000_000).byteLength * 8) / 1_000_000).toBeCloseTo(15, 2)
  })

  it('answers at the ends of the range of words', () => {
    const filter = createFilter(100_000)
    for (const [high, low] of [
      [0, 0],
      [0xffffffff, 0xffffffff],
      [0, 0xffffffff],
      [0xffffffff, 0],
      [0x80000000, 0x80000000],
    ] as const) {
      expect(maybeInFilter(filter, high, low)).toBe(false)
      addToFilter(filter, high, low)
      expect(maybeInFilter(filter, high, low)).toBe(true)
    }
  })

  it('holds nothing when it is empty', () => {
    const filter = createFilter(0)
    expect(maybeInFilter(filter, 1, 2)).toBe(false)
  })
})
