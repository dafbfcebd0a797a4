import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../../src/base/bytes.ts'
import { TextBuilder, type TextValues } from '../../src/segment/text-builder.ts'

function built(texts: readonly (string | null)[]): TextValues {
  const builder = new TextBuilder(texts.length)
  texts.forEach((text, row) => {
    if (text === null) return
    const around = toUtf8(`<${text}>`)
    builder.add(row, around, 1, around.length - 1)
  })
  return builder.finish()
}

/** The text of each row; a row without a value reads as empty, or as whatever value 0 is. */
function read(values: TextValues, rows: number): string[] {
  const { offsets, data } = 'indices' in values ? values.dictionary : values
  return Array.from({ length: rows }, (_, row) => {
    const at = 'indices' in values ? values.indices[row]! : row
    return Buffer.from(data.subarray(offsets[at], offsets[at + 1])).toString()
  })
}

function expectKept(texts: readonly (string | null)[]): TextValues {
  const values = built(texts)
  const kept = read(values, texts.length)
  texts.forEach((text, row) => {
    if (text !== null) expect(kept[row]).toBe(text)
  })
  return values
}

describe('a text builder', () => {
  it('numbers values that repeat', () => {
    const values = expectKept(['a', 'b', null, 'a', 'a'])
    expect(values).toMatchObject({ indices: Int32Array.of(0, 1, 0, 0, 0) })
  })

  it('leaves plain what does not repeat', () => {
    expect(expectKept(Array.from({ length: 100 }, (_, i) => `v${i}`))).not.toHaveProperty('indices')
    expect(expectKept(Array.from({ length: 5000 }, (_, i) => `v${i}`))).not.toHaveProperty('indices')
  })

  it('goes over to plain when there are more distinct values than a dictionary may have', () => {
    const texts = Array.from({ length: 40_000 }, (_, i) => (i % 4 === 0 ? `v${i}` : 'same'))
    expect(expectKept(texts)).not.toHaveProperty('indices')
    expect(expectKept(texts.slice(0, 30_000))).toHaveProperty('indices')
  })

  it('keeps every text, whether it repeats or not', () => {
    const repeating = fc.constantFrom('', 'a', 'b', 'ü', 'x'.repeat(100), 'x'.repeat(101))
    const value = fc.oneof(fc.constant(null), repeating, fc.string({ unit: 'grapheme' }))
    fc.assert(
      fc.property(fc.array(value, { maxLength: 300 }), texts => {
        expectKept(texts)
      }),
    )
  })

  it('tells values apart that agree at both ends', () => {
    const texts = Array.from({ length: 64 }, (_, i) => `${'a'.repeat(20)}${i % 8}${'b'.repeat(20)}`)
    expect(expectKept(texts)).toMatchObject({ dictionary: { offsets: { length: 9 } } })
  })

  it('of nothing but nulls is plain and empty', () => {
    expect(built([null, null])).toEqual({ offsets: Int32Array.of(0, 0, 0), data: new Uint8Array(0) })
    expect(built([])).toEqual({ offsets: Int32Array.of(0), data: new Uint8Array(0) })
  })

  it('needs memory for what it holds, not for what every row might have held', () => {
    const texts = [
      ...Array.from({ length: 20 }, (_, i) => `${i}`.repeat(50_000)),
      ...Array(500_000).fill(null),
    ]
    const values = expectKept(texts)
    const { data } = values as Extract<TextValues, { data: Uint8Array }>
    expect(data.buffer.byteLength).toBeLessThan(8 * data.length)
  })
})
