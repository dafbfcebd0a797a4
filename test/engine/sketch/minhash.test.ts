import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { BadInput } from '../../../src/engine/checks.ts'
import { MinHash, type MinHashOptions } from '../../../src/engine/sketch/minhash.ts'
import { expectBytes, expectMergeable, forged, itemsOf } from './streams.ts'

const golden: {
  seed: number
  minhash: { bins: number; left: number; right: number; least: number[]; similarity: number }[]
} = JSON.parse(readFileSync(new URL('../../golden/sketches.json', import.meta.url), 'utf8'))
const seeds = Array.from({ length: 40 }, (_, seed) => seed)

function sketchOf(items: Uint8Array[], options?: MinHashOptions): MinHash {
  const sketch = new MinHash(options)
  for (const item of items) sketch.add(item)
  return sketch
}

describe('MinHash', () => {
  it.each(golden.minhash)('has the bins of an implementation that is not ours: $bins', each => {
    const options = { bins: each.bins, seed: golden.seed }
    const left = sketchOf(itemsOf(each.left), options)
    expect([...new Uint32Array(left.toBytes().slice(16 + 8).buffer)]).toEqual(each.least)
    expect(left.similarity(sketchOf(itemsOf(each.right), options))).toBe(each.similarity)
  })

  it.each([
    { left: 1000, shared: 900 },
    { left: 1000, shared: 500 },
    { left: 1000, shared: 100 },
    { left: 100, shared: 60 },
    { left: 12, shared: 6 },
  ])('keeps to its standard error without bias: $shared of $left items shared', ({ left, shared }) => {
    const [ours, theirs] = [itemsOf(left), [...itemsOf(shared), ...itemsOf(left - shared, 'other')]]
    const exact = shared / (2 * left - shared)
    const errors = seeds.map(
      seed => sketchOf(ours, { bins: 128, seed }).similarity(sketchOf(theirs, { bins: 128, seed })) - exact,
    )
    const standardError = Math.sqrt((exact * (1 - exact)) / 128)
    const rms = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length)
    const bias = errors.reduce((sum, error) => sum + error, 0) / errors.length
    expect(rms).toBeLessThan(1.4 * standardError)
    expect(Math.abs(bias)).toBeLessThan((3.3 * standardError) / Math.sqrt(errors.length))
  })

  it('is certain of equal, disjoint and empty sets', () => {
    const some = sketchOf(itemsOf(30))
    expect(some.similarity(sketchOf(itemsOf(30).reverse()))).toBe(1)
    expect(some.similarity(sketchOf(itemsOf(30, 'other')))).toBe(0)
    expect(some.similarity(new MinHash())).toBe(0)
    expect(new MinHash().similarity(new MinHash())).toBe(1)
  })

  it.each(seeds.slice(0, 5))('merges to the sketch of the union, seed %i', seed => {
    const streams = [itemsOf(50), itemsOf(20, 'other'), itemsOf(300).slice(40)]
    expectMergeable((...parts) =>
      sketchOf(
        parts.flatMap(part => streams[part]!),
        { bins: 64, seed },
      ),
    )
  })

  it('does not compare or merge what was made otherwise', () => {
    const sketch = new MinHash()
    for (const options of [{ bins: 128 }, { seed: 1 }]) {
      expect(() => sketch.merge(new MinHash(options))).toThrow(/different bins or seed/)
      expect(() => sketch.similarity(new MinHash(options))).toThrow(BadInput)
    }
  })

  it('goes to bytes and back', () => {
    expectBytes(sketchOf(itemsOf(30), { bins: 32, seed: 5 }), MinHash.fromBytes)
    const bytes = sketchOf(itemsOf(30), { bins: 32 }).toBytes()
    expect(() => MinHash.fromBytes(forged(bytes, payload => payload.setUint32(0, 33, true)))).toThrow(
      BadInput,
    )
    expect(() => MinHash.fromBytes(forged(bytes, payload => payload.setUint32(0, 64, true)))).toThrow(
      /cut short/,
    )
    expect(() => MinHash.fromBytes(forged(bytes, payload => payload.setUint32(0, 16, true)))).toThrow(
      /past its end/,
    )
  })

  it('says what it can not take', () => {
    for (const options of [{ bins: 8 }, { bins: 100 }, { bins: 2 ** 17 }, { bins: Number.NaN }, { seed: -1 }])
      expect(() => new MinHash(options)).toThrow(BadInput)
  })
})
