import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../bench/measure/random.ts'
import { BadInput } from '../../../src/engine/checks.ts'
import { DdSketch, type DdSketchOptions } from '../../../src/engine/sketch/ddsketch.ts'
import { expectBytes, expectMergeable, forged } from './streams.ts'

interface Golden {
  mapping: { accuracy: number; values: number[]; bins: number[] }[]
  quantiles: { name: string; values: number[]; shares: number[]; quantiles: number[] }[]
}

const golden: Golden = JSON.parse(
  readFileSync(new URL('../../golden/sketches.json', import.meta.url), 'utf8'),
)
const seeds = [1, 2, 3, 4, 5]
const shares = [0, 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1]

const streams: Record<string, (random: () => number) => number> = {
  uniform: random => random(),
  'either sign': random => random() * 2000 - 1000,
  pareto: random => (1 - random()) ** -1.5,
  'log-normal': random => Math.exp(4 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(6.283 * random())),
  'whole numbers with zeros': random => Math.floor(random() * 7) - 3,
  'one value': () => 42.42,
}

function sketchOf(values: number[], options?: DdSketchOptions): DdSketch {
  const sketch = new DdSketch(options)
  for (const value of values) sketch.add(value)
  return sketch
}

function expectWithin(found: number, exact: number, accuracy: number): void {
  expect(Math.abs(found - exact), `${found} for ${exact}`).toBeLessThanOrEqual(
    Math.abs(exact) * accuracy * (1 + 1e-9),
  )
}

describe('DdSketch', () => {
  it.each(golden.mapping)('puts values into the bins of its authors, accuracy $accuracy', each => {
    const { accuracy, values, bins } = each
    for (const [i, value] of values.entries()) {
      // the top bin is written after the accuracy, the bound, the zeros and the range
      const bytes = sketchOf([value], { accuracy }).toBytes()
      expect(new DataView(bytes.buffer).getFloat64(16 + 8 + 4 + 24, true), String(value)).toBe(bins[i])
    }
  })

  it.each(golden.quantiles)('is within its accuracy of what numpy finds: $name', each => {
    const sketch = sketchOf(each.values)
    for (const [i, share] of each.shares.entries())
      expectWithin(sketch.quantile(share)!, each.quantiles[i]!, 0.01)
  })

  it.each(Object.keys(streams).flatMap(name => seeds.map(seed => ({ name, seed }))))(
    'bounds the relative error of every quantile: $name, seed $seed',
    ({ name, seed }) => {
      const random = seededRandom(seed)
      const values = Array.from({ length: 2000 }, () => streams[name]!(random))
      const sorted = values.toSorted((left, right) => left - right)
      for (const accuracy of [0.002, 0.01, 0.2]) {
        const sketch = sketchOf(values, { accuracy, binsMax: 65_536 })
        for (const share of shares)
          expectWithin(sketch.quantile(share)!, sorted[Math.floor(share * 1999)]!, accuracy)
        expect([sketch.count, sketch.min, sketch.max]).toEqual([2000, sorted[0], sorted[1999]])
      }
    },
  )

  it('bounds the error over all magnitudes, one value at a time', () => {
    const random = seededRandom(3)
    for (let i = 0; i < 3000; i++) {
      const value = (1 + random()) * 2 ** Math.floor(random() * 2040 - 1020)
      const sketch = sketchOf([value / 1.5, value, value * 1.5])
      expectWithin(sketch.quantile(0.5)!, value, 0.01)
    }
    for (const value of [Number.MAX_VALUE, -Number.MAX_VALUE, 2 ** -1022, 1, 2, 4])
      expect(sketchOf([value]).quantile(0.5)).toBe(value)
    expect(sketchOf([5e-324, -5e-324, 0]).quantile(0.5)).toBe(0)
  })

  it('gives up the bins nearest 0 first, and keeps to its accuracy in the others', () => {
    const values = Array.from({ length: 1000 }, (_, i) => 1.1 ** i)
    const sketch = sketchOf(values, { binsMax: 1024 })
    for (const share of [0.8, 0.9, 0.99, 1])
      expectWithin(sketch.quantile(share)!, values[Math.floor(share * 999)]!, 0.01)
    expect(sketch.quantile(0)).toBeGreaterThan(1.1)
  })

  it.each(seeds)('merges to the sketch of both streams, collapsed bins included, seed %i', seed => {
    const random = seededRandom(seed)
    const parts = [3, 1, 6].map(power =>
      Array.from({ length: 300 }, () => (random() - 0.3) ** 3 * 10 ** power),
    )
    for (const binsMax of [2, 40, 400, 2048])
      expectMergeable((...which) =>
        sketchOf(
          which.flatMap(part => parts[part]!),
          { binsMax },
        ),
      )
  })

  it('counts a value as often as it is told', () => {
    const sketch = new DdSketch()
    sketch.add(1, 98)
    sketch.add(100)
    sketch.add(1000)
    expect(sketch.toBytes()).toEqual(sketchOf([...new Array(98).fill(1), 100, 1000]).toBytes())
    expect(sketch.quantile(0.97)).toBeCloseTo(1, 1)
  })

  it('knows nothing before the first value', () => {
    const sketch = new DdSketch()
    expect([sketch.count, sketch.min, sketch.max, sketch.quantile(0.5)]).toEqual([
      0,
      undefined,
      undefined,
      undefined,
    ])
  })

  it('goes to bytes and back', () => {
    expectBytes(sketchOf([1, 2, 3, -4, 0, 1e9], { accuracy: 0.05 }), DdSketch.fromBytes)
    expectBytes(new DdSketch(), DdSketch.fromBytes)
    const bytes = sketchOf([1, 2, 3]).toBytes()
    const back = DdSketch.fromBytes(bytes)
    back.add(7)
    expect(back.toBytes()).toEqual(sketchOf([1, 2, 3, 7]).toBytes())
    for (const change of [
      (payload: DataView) => payload.setFloat64(0, Number.NaN, true),
      (payload: DataView) => payload.setFloat64(0, 0.02, true) ?? payload.setUint32(8, 1, true),
      (payload: DataView) => payload.setFloat64(12, -1, true),
      (payload: DataView) => payload.setFloat64(20, Number.NaN, true),
      (payload: DataView) => payload.setFloat64(36, 1.5, true),
      (payload: DataView) => payload.setUint32(44, 1e9, true),
      (payload: DataView) => payload.setFloat64(48, -3, true),
    ])
      expect(() => DdSketch.fromBytes(forged(bytes, change))).toThrow(BadInput)
  })

  it('says what it can not take, and stays as it was', () => {
    for (const options of [
      { accuracy: 0 },
      { accuracy: 0.6 },
      { accuracy: Number.NaN },
      { binsMax: 1 },
      { binsMax: 1e6 },
    ])
      expect(() => new DdSketch(options)).toThrow(BadInput)
    const sketch = sketchOf([1, 2])
    const before = sketch.toBytes()
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      expect(() => sketch.add(value)).toThrow(BadInput)
    for (const count of [0, -1, 0.5, Number.NaN, 2 ** 60])
      expect(() => sketch.add(1, count)).toThrow(BadInput)
    for (const share of [-0.1, 1.1, Number.NaN]) expect(() => sketch.quantile(share)).toThrow(BadInput)
    expect(() => sketch.merge(new DdSketch({ accuracy: 0.02 }))).toThrow(/different accuracy or binsMax/)
    expect(() => sketch.merge(new DdSketch({ binsMax: 4 }))).toThrow(BadInput)
    expect(sketch.toBytes()).toEqual(before)
  })
})
