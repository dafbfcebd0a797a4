import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as canonical from '../../../src/ingest/columnar/canonical.ts'
import { type Format, sourceOf } from '../../../src/ingest/columnar/canonical.ts'
import {
  date32,
  date64,
  duration,
  int96,
  intervalText,
  parquetInterval,
  time,
  timestamp,
} from '../../../src/ingest/columnar/canonical-time.ts'
import { Malformed } from '../../../src/ingest/columnar/malformed.ts'
import { NdjsonWriter } from '../../../src/ingest/columnar/ndjson-writer.ts'

function textOf(format: Format, byteCount: number, fill: (view: DataView) => void): string {
  const source = sourceOf(new Uint8Array(byteCount))
  fill(source.view)
  const out = new NdjsonWriter(1024)
  format(out, source, 0, byteCount)
  return new TextDecoder().decode(out.finish())
}
const ofInt64 = (format: Format, value: bigint) => textOf(format, 8, view => view.setBigInt64(0, value, true))
const ofDouble = (value: number) => textOf(canonical.float64, 8, view => view.setFloat64(0, value, true))
const ofSingle = (value: number) => textOf(canonical.float32, 4, view => view.setFloat32(0, value, true))
const ofHalf = (bits: number) => textOf(canonical.float16, 2, view => view.setUint16(0, bits, true))

describe('integers', () => {
  it('keep all their digits', () => {
    for (const value of [
      0n,
      -1n,
      2n ** 53n,
      2n ** 53n + 1n,
      -(2n ** 53n) - 1n,
      2n ** 63n - 1n,
      -(2n ** 63n),
    ]) {
      expect(ofInt64(canonical.int64, value)).toBe(String(value))
    }
    expect(ofInt64(canonical.uint64, -1n)).toBe('18446744073709551615')
  })

  it('are the same text as BigInt makes, signed and unsigned', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), value => {
        expect(ofInt64(canonical.int64, value)).toBe(String(value))
        expect(ofInt64(canonical.uint64, value)).toBe(String(BigInt.asUintN(64, value)))
      }),
    )
  })
})

describe('floats', () => {
  it('write what JSON has no word for as null, and keep the sign of zero', () => {
    expect([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map(ofDouble)).toEqual([
      'null',
      'null',
      'null',
    ])
    expect([0, -0].map(ofDouble)).toEqual(['0', '-0'])
    expect([0, -0].map(ofSingle)).toEqual(['0', '-0'])
  })

  it('read back as the same float of their own width', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), value => {
        expect(Object.is(JSON.parse(ofDouble(value)), value)).toBe(true)
      }),
    )
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), value => {
        expect(Object.is(Math.fround(JSON.parse(ofSingle(value))), value)).toBe(true)
      }),
    )
  })

  it('are the shortest text of a single, not of the double it would become', () => {
    expect([0.1, 1 / 3, 16777216, 1e-45, 3.4028234663852886e38].map(ofSingle)).toEqual([
      '0.1',
      '0.33333334',
      '16777216',
      '1e-45',
      '3.4028235e+38',
    ])
  })

  it('read halves: smallest, largest, one, and the numbers that are none', () => {
    expect([0x0001, 0x7bff, 0x3c00, 0xc000, 0x7c00, 0x7e00, 0x8000].map(ofHalf)).toEqual([
      '5.9604645e-8',
      '65504',
      '1',
      '-2',
      'null',
      'null',
      '-0',
    ])
  })
})

describe('decimals', () => {
  it('are exact, with the scale of their column', () => {
    expect(canonical.decimalText(1234500n, 4)).toBe('123.4500')
    expect(canonical.decimalText(-5n, 2)).toBe('-0.05')
    expect(canonical.decimalText(0n, 2)).toBe('0.00')
    expect(canonical.decimalText(12n, 0)).toBe('12')
    expect(canonical.decimalText(12n, -3)).toBe('12000')
    expect(canonical.decimalText(0n, -3)).toBe('0')
  })

  it('read two’s complement of any width in both byte orders', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 127n), max: 2n ** 127n - 1n }), value => {
        const bits = BigInt.asUintN(128, value)
        const little = textOf(canonical.decimal(0, 'little'), 16, view => {
          view.setBigUint64(0, BigInt.asUintN(64, bits), true)
          view.setBigUint64(8, bits >> 64n, true)
        })
        const big = textOf(canonical.decimal(0, 'big'), 16, view => {
          view.setBigUint64(0, bits >> 64n)
          view.setBigUint64(8, BigInt.asUintN(64, bits))
        })
        expect([little, big]).toEqual([String(value), String(value)])
      }),
    )
    const odd = textOf(canonical.decimal(1, 'big'), 3, view => view.setUint8(0, 0xff))
    expect(odd).toBe('-6553.6')
    expect(textOf(canonical.decimal(2, 'big'), 0, () => {})).toBe('0.00')
  })

  it('refuse scales and widths past their bounds', () => {
    expect(() => canonical.decimal(256, 'big')).toThrow(Malformed)
    expect(() => canonical.decimal(Number.NaN, 'big')).toThrow(Malformed)
    expect(() => textOf(canonical.decimal(0, 'big'), 33, () => {})).toThrow(
      'a decimal of 33 bytes is past 32',
    )
  })
})

describe('times', () => {
  it('have as many digits as their unit', () => {
    expect(ofInt64(timestamp(0), 1n)).toBe('"1970-01-01T00:00:01Z"')
    expect(ofInt64(timestamp(3), 1n)).toBe('"1970-01-01T00:00:00.001Z"')
    expect(ofInt64(timestamp(6), -1n)).toBe('"1969-12-31T23:59:59.999999Z"')
    expect(ofInt64(timestamp(9), 1_700_000_000_123_456_789n)).toBe('"2023-11-14T22:13:20.123456789Z"')
  })

  it('agree with Date over its whole range', () => {
    fc.assert(
      fc.property(fc.integer({ min: -8.64e15, max: 8.64e15 }), millis => {
        expect(ofInt64(timestamp(3), BigInt(millis))).toBe(`"${new Date(millis).toISOString()}"`)
        expect(ofInt64(timestamp(6), BigInt(millis) * 1000n)).toBe(
          `"${new Date(millis).toISOString().replace('Z', '000Z')}"`,
        )
      }),
    )
  })

  it('write every int64 of every unit without failing', () => {
    for (const unit of [0, 3, 6, 9] as const) {
      for (const value of [2n ** 63n - 1n, -(2n ** 63n)]) {
        expect(ofInt64(timestamp(unit), value)).toMatch(/^"[+-]?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"$/)
      }
    }
  })

  it('write dates, and a time where a writer put one into a date', () => {
    const day = (value: number) => textOf(date32, 4, view => view.setInt32(0, value, true))
    expect([0, 19_848, -719_528, 2_932_896, 2_932_897].map(day)).toEqual([
      '"1970-01-01"',
      '"2024-05-05"',
      '"0000-01-01"',
      '"9999-12-31"',
      '"+010000-01-01"',
    ])
    expect(ofInt64(date64, 86_400_000n)).toBe('"1970-01-02"')
    expect(ofInt64(date64, 86_400_001n)).toBe('"1970-01-02T00:00:00.001Z"')
  })

  it('write times of day, and refuse what lies outside a day', () => {
    expect(textOf(time(3, 32), 4, view => view.setInt32(0, 86_399_999, true))).toBe('"23:59:59.999"')
    expect(ofInt64(time(9, 64), 3_600_000_000_001n)).toBe('"01:00:00.000000001"')
    expect(() => ofInt64(time(6, 64), -1n)).toThrow('a time of day of -1 is not within a day')
    expect(() => ofInt64(time(6, 64), 90_000_000_000n)).toThrow(Malformed)
  })

  it('write INT96 from the Julian day', () => {
    const spark = textOf(int96, 12, view => {
      view.setBigInt64(0, 45_296_123_456_000n, true)
      view.setInt32(8, 2_460_311, true)
    })
    expect(spark).toBe('"2024-01-01T12:34:56.123456000Z"')
  })

  it('write spans of time as ISO 8601 durations', () => {
    expect(ofInt64(duration(3), 1500n)).toBe('"PT1.500S"')
    expect(ofInt64(duration(0), -2n)).toBe('"-PT2S"')
    expect(intervalText(14, 3, 0n, 9)).toBe('"P14M3D"')
    expect(intervalText(0, -1, -5n, 9)).toBe('"P-1DT-0.000000005S"')
    expect(intervalText(0, 0, 0n, 9)).toBe('"PT0S"')
    expect(textOf(parquetInterval, 12, view => view.setUint32(8, 250, true))).toBe('"PT0.250S"')
  })
})

it('writes a UUID as text', () => {
  const text = textOf(canonical.uuid, 16, view => {
    for (let i = 0; i < 16; i++) view.setUint8(i, i * 17)
  })
  expect(text).toBe('"00112233-4455-6677-8899-aabbccddeeff"')
})
