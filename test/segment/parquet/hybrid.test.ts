import fc from 'fast-check'
import { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js'
import { describe, expect, it } from 'vitest'
import {
  copyBits,
  hybridBytesMax,
  writeLevels,
  writePacked,
  writeRun,
} from '../../../src/segment/parquet/hybrid.ts'
import { pageRows } from '../../../src/segment/parquet/page-rows.ts'

function decode(bytes: Uint8Array, width: number, count: number): number[] {
  const values: number[] = new Array(count)
  readRleBitPackedHybrid(
    { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), offset: 0 },
    width,
    values,
    bytes.length,
  )
  return values
}

const bitAt = (bitmap: Uint8Array, row: number) => (bitmap[row >> 3]! >> (row & 7)) & 1

describe('the hybrid encoding', () => {
  it('packs values of every width, within the bytes it promised', () => {
    for (let width = 1; width <= 24; width++) {
      for (const count of [1, 7, 8, 9, 1000]) {
        const values = Int32Array.from(
          { length: count },
          (_, i) => Math.imul(i + 1, 2654435761) >>> (32 - width),
        )
        const out = new Uint8Array(hybridBytesMax(count, width)).fill(0xee)
        const end = writePacked(values, width, out, 0)
        expect(decode(out.subarray(0, end), width, count), `width ${width}, ${count} values`).toEqual([
          ...values,
        ])
      }
    }
  })

  it('writes runs of every width', () => {
    for (let width = 1; width <= 24; width++) {
      const value = 2 ** width - 1
      const out = new Uint8Array(hybridBytesMax(100_000, width))
      const end = writeRun({ value, count: 100_000, width }, out, 0)
      expect(new Set(decode(out.subarray(0, end), width, 100_000))).toEqual(new Set([value]))
    }
  })

  it('copies any stretch of a bitmap and nothing behind it', () => {
    const seed = Date.now()
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 20 }), fc.nat(), fc.nat(), (bitmap, a, b) => {
        const [from, until] = [a % (bitmap.length * 8), b % (bitmap.length * 8)].sort((a, b) => a - b) as [
          number,
          number,
        ]
        const out = new Uint8Array(bitmap.length + 1).fill(0xee)
        const end = copyBits(bitmap, { from, until }, out, 0)
        const bits = Array.from({ length: end * 8 }, (_, bit) => bitAt(out, bit))
        const expected = Array.from({ length: end * 8 }, (_, bit) =>
          from + bit < until ? bitAt(bitmap, from + bit) : 0,
        )
        expect(bits).toEqual(expected)
      }),
      { seed },
    )
  })

  it('writes levels that say which rows hold a value', () => {
    const bitmap = Uint8Array.of(0b10110101, 0b11111111, 0b00000000, 0b01010101)
    for (const [from, until] of [
      [0, 32],
      [3, 29],
      [8, 16],
      [9, 15],
      [16, 24],
      [17, 18],
    ] as const) {
      const rows = pageRows(bitmap, { from, until })
      const out = new Uint8Array(4 + hybridBytesMax(until - from, 1))
      const end = writeLevels(bitmap, rows, out, 0)
      expect(new DataView(out.buffer).getUint32(0, true)).toBe(end - 4)
      const expected = Array.from({ length: until - from }, (_, i) => bitAt(bitmap, from + i))
      expect(decode(out.subarray(4, end), 1, until - from), `rows ${from} to ${until}`).toEqual(expected)
      expect(rows.presentCount).toBe(expected.filter(bit => bit === 1).length)
    }
  })
})
