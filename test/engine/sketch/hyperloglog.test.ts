import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { BadInput } from '../../../src/engine/checks.ts'
import { HyperLogLog, type HyperLogLogOptions } from '../../../src/engine/sketch/hyperloglog.ts'
import { expectBytes, expectMergeable, forged, itemsOf } from './streams.ts'

const golden: { seed: number; hyperloglog: { precision: number; items: number; registers: string }[] } =
  JSON.parse(readFileSync(new URL('../../golden/sketches.json', import.meta.url), 'utf8'))
const seeds = Array.from({ length: 30 }, (_, seed) => seed)

function sketchOf(items: Uint8Array[], options?: HyperLogLogOptions): HyperLogLog {
  const sketch = new HyperLogLog(options)
  for (const item of items) sketch.add(item)
  return sketch
}

describe('HyperLogLog', () => {
  it.each(golden.hyperloglog)(
    'has the registers of datasketch: $items items at precision $precision',
    each => {
      const { precision, registers } = each
      const sketch = sketchOf(itemsOf(each.items), { precision, seed: golden.seed })
      expect(sketch.toBytes().subarray(24)).toEqual(new Uint8Array(Buffer.from(registers, 'base64')))
    },
  )

  it.each([10, 100, 1000, 3000, 10_000, 40_000])(
    'keeps to its standard error without bias at %i items',
    count => {
      const precision = 10
      const items = itemsOf(count)
      const errors = seeds.map(seed => sketchOf(items, { precision, seed }).estimate() / count - 1)
      const { standardError } = new HyperLogLog({ precision })
      expect(standardError).toBeCloseTo(0.0325, 4)
      const rms = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length)
      const bias = errors.reduce((sum, error) => sum + error, 0) / errors.length
      // of 30 draws: the rms is within 1.45 of the standard error, the mean within 3.3 of its own, but for one in a thousand
      expect(rms).toBeLessThan(1.45 * standardError)
      expect(Math.abs(bias)).toBeLessThan((3.3 * standardError) / Math.sqrt(errors.length))
    },
  )

  it('counts few items nearly exactly by default, and nothing as 0', () => {
    expect(new HyperLogLog().estimate()).toBe(0)
    expect(sketchOf(itemsOf(1)).estimate()).toBeCloseTo(1, 3)
    expect(Math.round(sketchOf(itemsOf(50)).estimate())).toBe(50)
  })

  it('counts an item once, however often it comes', () => {
    const items = itemsOf(700)
    expect(sketchOf([...items, ...items.toReversed(), ...items]).toBytes()).toEqual(sketchOf(items).toBytes())
  })

  it.each(seeds.slice(0, 5))('merges to the sketch of both streams, seed %i', seed => {
    const streams = [itemsOf(500), itemsOf(800, 'other'), itemsOf(900).slice(300)]
    expectMergeable((...parts) =>
      sketchOf(
        parts.flatMap(part => streams[part]!),
        { precision: 8, seed },
      ),
    )
  })

  it('does not merge what was made otherwise', () => {
    const sketch = new HyperLogLog({ precision: 8 })
    expect(() => sketch.merge(new HyperLogLog({ precision: 9 }))).toThrow(BadInput)
    expect(() => sketch.merge(new HyperLogLog({ precision: 8, seed: 1 }))).toThrow(
      /different precision or seed/,
    )
  })

  it('goes to bytes and back', () => {
    expectBytes(sketchOf(itemsOf(300), { precision: 6, seed: 9 }), HyperLogLog.fromBytes)
    expectBytes(new HyperLogLog({ precision: 4 }), HyperLogLog.fromBytes)
    const bytes = sketchOf(itemsOf(300), { precision: 6 }).toBytes()
    expect(() => HyperLogLog.fromBytes(forged(bytes, payload => payload.setUint8(8, 60)))).toThrow(
      /no hash can fill/,
    )
    expect(() => HyperLogLog.fromBytes(forged(bytes, payload => payload.setUint32(0, 31, true)))).toThrow(
      BadInput,
    )
    expect(() => HyperLogLog.fromBytes(forged(bytes, payload => payload.setUint32(0, 7, true)))).toThrow(
      /cut short/,
    )
  })

  it('says what it can not take', () => {
    for (const options of [
      { precision: 3 },
      { precision: 19 },
      { precision: 8.5 },
      { seed: -1 },
      { seed: Number.NaN },
    ])
      expect(() => new HyperLogLog(options)).toThrow(BadInput)
  })
})
