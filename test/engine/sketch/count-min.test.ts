import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../bench/measure/random.ts'
import { BadInput } from '../../../src/engine/checks.ts'
import { CountMin, type CountMinOptions } from '../../../src/engine/sketch/count-min.ts'
import { expectBytes, expectMergeable, forged, itemsOf } from './streams.ts'

const golden: { seed: number; count_min: { width: number; depth: number; counts: number[] } } = JSON.parse(
  readFileSync(new URL('../../golden/sketches.json', import.meta.url), 'utf8'),
)
const seeds = [1, 2, 3, 4, 5]

/** Item `i` as often as it was drawn from a Zipf-like stream. */
function zipf(length: number, seed: number): number[] {
  const random = seededRandom(seed)
  return Array.from({ length }, () => Math.floor((1 - random()) ** -1.2))
}

function sketchOf(items: Uint8Array[], options?: CountMinOptions): CountMin {
  const sketch = new CountMin(options)
  for (const item of items) sketch.add(item)
  return sketch
}

describe('CountMin', () => {
  it('has the counts of an implementation that is not ours', () => {
    const { width, depth, counts } = golden.count_min
    const sketch = new CountMin({ width, depth, seed: golden.seed })
    for (const [number, item] of itemsOf(500).entries()) sketch.add(item, 1 + (number % 9))
    const bytes = sketch.toBytes().slice(16 + 12 + 8)
    expect([...new Float64Array(bytes.buffer)]).toEqual(counts)
  })

  it.each(seeds)('never says too few, and rarely much too many, seed %i', seed => {
    const names = itemsOf(30_000)
    const stream = zipf(30_000, seed).map(item => Math.min(item, names.length - 1))
    const exact = new Map<number, number>()
    const sketch = new CountMin({ width: 544, depth: 5, seed })
    for (const item of stream) {
      sketch.add(names[item]!)
      exact.set(item, (exact.get(item) ?? 0) + 1)
    }
    expect(sketch.total).toBe(30_000)
    const errors = [...exact].map(([item, count]) => sketch.estimate(names[item]!) - count)
    expect(Math.min(...errors)).toBeGreaterThanOrEqual(0)
    const bound = (Math.E / 544) * 30_000
    const beyond = errors.filter(error => error > bound).length / errors.length
    expect(beyond).toBeLessThanOrEqual(Math.exp(-5))
  })

  it('knows what never came as 0 while there is room', () => {
    expect(sketchOf(itemsOf(10)).estimate(itemsOf(1, 'other')[0]!)).toBe(0)
    expect(new CountMin().estimate(itemsOf(1)[0]!)).toBe(0)
  })

  it.each(seeds)('merges to the sketch of both streams, seed %i', seed => {
    const streams = [itemsOf(300), itemsOf(200, 'other'), itemsOf(100)]
    expectMergeable((...parts) =>
      sketchOf(
        parts.flatMap(part => streams[part]!),
        { width: 64, depth: 3, seed },
      ),
    )
  })

  it('does not merge what was made otherwise', () => {
    const sketch = new CountMin({ width: 64 })
    for (const options of [{ width: 65 }, { width: 64, depth: 4 }, { width: 64, seed: 1 }])
      expect(() => sketch.merge(new CountMin(options))).toThrow(/different width, depth or seed/)
  })

  it('goes to bytes and back', () => {
    expectBytes(sketchOf(itemsOf(100), { width: 20, depth: 2, seed: 3 }), CountMin.fromBytes)
    const bytes = sketchOf(itemsOf(100), { width: 20, depth: 2 }).toBytes()
    for (const change of [
      (payload: DataView) => payload.setUint32(0, 1, true),
      (payload: DataView) => payload.setUint32(0, 0xffff_ffff, true),
      (payload: DataView) => payload.setUint32(4, 3, true),
      (payload: DataView) => payload.setFloat64(12, -1, true),
      (payload: DataView) => payload.setFloat64(20, Number.NaN, true),
      (payload: DataView) => payload.setFloat64(20, 0.5, true),
      (payload: DataView) => payload.setFloat64(20, 101, true),
    ])
      expect(() => CountMin.fromBytes(forged(bytes, change))).toThrow(BadInput)
  })

  it('says what it can not take', () => {
    for (const options of [{ width: 1 }, { width: 2 ** 21 }, { depth: 0 }, { depth: 17 }, { seed: 0.5 }])
      expect(() => new CountMin(options)).toThrow(BadInput)
    const sketch = new CountMin()
    for (const count of [0, -1, 0.5, Number.NaN])
      expect(() => sketch.add(Uint8Array.of(1), count)).toThrow(BadInput)
    expect(sketch.total).toBe(0)
  })
})
