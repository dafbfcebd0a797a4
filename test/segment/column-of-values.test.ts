import { describe, expect, it } from 'vitest'
import { binaries, longs, texts } from '../../src/segment/column-of-values.ts'
import { valuesOf } from './column-values.ts'

describe('whole numbers', () => {
  it('hold times on both sides of 1970 to the millisecond', () => {
    const times = [-62_135_596_800_000, -1, 0, 1, 253_402_300_799_999]
    expect(valuesOf(longs('t', 'timestamp', times.length, i => times[i]!))).toEqual(times.map(BigInt))
  })
})

describe('texts and binaries', () => {
  const bytes = [Uint8Array.of(1, 255), undefined, Uint8Array.of()]

  it('tell what is empty from what is not there', () => {
    expect(valuesOf(binaries('b', bytes))).toEqual(['\u0001\u00ff', null, ''])
    expect(valuesOf(texts('t', 3, i => bytes[i]?.subarray(0, 1)))).toEqual(['\u0001', null, ''])
  })

  it('have no bitmap when nothing is null', () => {
    expect(binaries('b', [Uint8Array.of(1)]).validity).toBeUndefined()
    expect(texts('t', 0, () => undefined)).toMatchObject({ rowCount: 0, nullCount: 0 })
  })
})
