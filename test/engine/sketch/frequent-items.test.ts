import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../bench/measure/random.ts'
import { BadInput } from '../../../src/engine/checks.ts'
import { FrequentItems } from '../../../src/engine/sketch/frequent-items.ts'
import { expectBytes, expectMergeable, forged } from './streams.ts'

const seeds = [1, 2, 3, 4, 5, 6, 7, 8]

function zipf(length: number, seed: number): string[] {
  const random = seededRandom(seed)
  return Array.from({ length }, () => `item ${Math.floor((1 - random()) ** -1.1)}`)
}

function sketchOf(stream: string[], capacity: number): FrequentItems {
  const sketch = new FrequentItems(capacity)
  for (const item of stream) sketch.add(item)
  return sketch
}

function expectBounds(sketch: FrequentItems, stream: string[]): void {
  const exact = new Map<string, number>()
  for (const item of stream) exact.set(item, (exact.get(item) ?? 0) + 1)
  expect(sketch.total).toBe(stream.length)
  expect(sketch.countError).toBeLessThanOrEqual(stream.length / (sketch.capacity + 1))
  for (const [item, count] of exact) {
    const { countMin, countMax } = sketch.count(item)
    expect(countMin).toBeLessThanOrEqual(count)
    expect(countMax).toBeGreaterThanOrEqual(count)
  }
  const share = 2 / (sketch.capacity + 1)
  const heavy = [...exact].filter(([, count]) => count >= share * stream.length).map(([item]) => item)
  const found = sketch.above(share).map(({ item }) => item)
  for (const item of heavy) expect(found).toContain(item)
}

describe('FrequentItems', () => {
  it.each(seeds)('misses no heavy item and bounds every count, seed %i', seed => {
    const stream = zipf(8000, seed)
    for (const capacity of [1, 9, 40]) expectBounds(sketchOf(stream, capacity), stream)
  })

  it.each(seeds)('keeps its bounds through any tree of merges, seed %i', seed => {
    const stream = zipf(8000, seed)
    const random = seededRandom(seed)
    const parts = Array.from({ length: 13 }, (_, part) =>
      sketchOf(
        stream.filter((_, i) => i % 13 === part),
        9,
      ),
    )
    while (parts.length > 1) {
      const [into] = parts.splice(Math.floor(random() * parts.length), 1)
      parts[Math.floor(random() * parts.length)]!.merge(into!)
    }
    expectBounds(parts[0]!, stream)
  })

  it('keeps its bounds against a stream that is meant to break them', () => {
    const rounds = Array.from({ length: 100 }, (_, round) => [
      'heavy',
      ...Array.from({ length: 30 }, (_, i) => `light ${round} ${i}`),
    ]).flat()
    expectBounds(sketchOf(rounds, 40), rounds)
    expect(sketchOf(rounds, 40).top(1)[0]!.item).toBe('heavy')
  })

  it('is exact, and merges to the sketch of both streams, while all items have room', () => {
    const streams = [zipf(200, 1), zipf(100, 2), ['a', 'b', 'a']]
    expectMergeable((...parts) =>
      sketchOf(
        parts.flatMap(part => streams[part]!),
        200,
      ),
    )
    expect(sketchOf(['a', 'b', 'a'], 4).top(9)).toEqual([
      { item: 'a', countMin: 2, countMax: 2 },
      { item: 'b', countMin: 1, countMax: 1 },
    ])
  })

  it.each(seeds)('merges either way round to the same, seed %i', seed => {
    const [left, right] = [zipf(3000, seed), zipf(2000, seed + 50)]
    const one = sketchOf(left, 9)
    one.merge(sketchOf(right, 9))
    const other = sketchOf(right, 9)
    other.merge(sketchOf(left, 9))
    expect(one.toBytes()).toEqual(other.toBytes())
  })

  it('counts an item as often as it is told', () => {
    const sketch = new FrequentItems(3)
    sketch.add('a', 1000)
    for (let i = 0; i < 50; i++) sketch.add(`light ${i}`)
    expect(sketch.top(1)[0]!.item).toBe('a')
    expect(sketch.above(0.5).map(({ item }) => item)).toEqual(['a'])
  })

  it('goes to bytes and back', () => {
    expectBytes(sketchOf(['a', 'ä', '日本', '', 'a'], 4), FrequentItems.fromBytes)
    expectBytes(sketchOf(zipf(500, 3), 4), FrequentItems.fromBytes)
    const bytes = sketchOf(['a', 'b'], 4).toBytes()
    for (const change of [
      (payload: DataView) => payload.setUint32(0, 0, true),
      (payload: DataView) => payload.setFloat64(4, -1, true),
      (payload: DataView) => payload.setFloat64(12, 0.5, true),
      (payload: DataView) => payload.setUint32(20, 9, true),
      (payload: DataView) => payload.setFloat64(24, 0, true),
      (payload: DataView) => payload.setUint32(32, 0xffff_ffff, true),
      (payload: DataView) => payload.setUint8(36, 0xff),
      (payload: DataView) => payload.setUint8(36, 98),
    ])
      expect(() => FrequentItems.fromBytes(forged(bytes, change))).toThrow(BadInput)
  })

  it('says what it can not take', () => {
    for (const capacity of [0, 1.5, 2 ** 21, Number.NaN])
      expect(() => new FrequentItems(capacity)).toThrow(BadInput)
    const sketch = new FrequentItems(9)
    expect(() => sketch.add('a', 0)).toThrow(BadInput)
    expect(() => sketch.add('\ud800')).toThrow(/well-formed/)
    for (const share of [0.1, 0, 1.1, Number.NaN]) expect(() => sketch.above(share)).toThrow(/share/)
    expect(() => sketch.top(-1)).toThrow(BadInput)
    expect(() => sketch.merge(new FrequentItems(8))).toThrow(/different capacity/)
    expect(sketch.total).toBe(0)
  })
})
