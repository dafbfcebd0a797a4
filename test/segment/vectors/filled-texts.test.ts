import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import { FilledTexts, hasBit, spreadRows } from '../../../src/segment/vectors/filled-texts.ts'
import { randomBits } from './vectors-twin.ts'

describe('which texts have a vector', () => {
  it('is nothing where there are no texts', () => {
    const filled = new FilledTexts()
    expect(filled.rowCount).toBe(0)
    expect(filled.words()).toEqual(new Uint32Array(0))
    expect(filled.allowedRows(undefined)).toBeUndefined()
    expect(filled.rowsBefore(5)).toBe(0)
  })

  it('wants a bit for each text', () => {
    expect(() => FilledTexts.of(Uint32Array.of(1, 0), 40).allowedRows(Uint32Array.of(1))).toThrow(
      'a bit for each text',
    )
  })

  it('is as counting says, text by text and row by row', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = seededRandom(seed)
      const count = Math.floor(random() * 700)
      const words = randomBits(count, [0.02, 0.5, 0.97, 1][seed % 4]!, seed)
      const filled = FilledTexts.of(words, count)
      const texts = Array.from({ length: count }, (_, text) => text).filter(text => hasBit(words, text))
      expect(filled.rowCount, `seed ${seed}`).toBe(texts.length)
      expect(filled.words()).toEqual(words)
      for (const [row, text] of texts.entries()) {
        expect(filled.textOf(row)).toBe(text)
        expect(filled.rowOf(text)).toBe(row)
      }
      const asked = Uint32Array.from({ length: 50 }, () => random() * count)
      const { rows, at } = filled.rowsOf(count > 0 ? asked : new Uint32Array(0))
      expect([...at].map(i => asked[i])).toEqual([...asked].filter(text => texts.includes(text)))
      expect([...rows].map(row => texts[row])).toEqual([...at].map(i => asked[i]))

      const allow = randomBits(count, 0.5, seed + 1)
      const textUntil = Math.floor(random() * 1.2 * count)
      const isAllowed = (text: number) => hasBit(allow, text) && text < textUntil
      const bits = filled.allowedRows(allow, textUntil)!
      for (const [row, text] of texts.entries())
        expect(hasBit(bits, row), `seed ${seed}, text ${text}`).toBe(isAllowed(text))
      expect(filled.rowsBefore(textUntil)).toBe(texts.filter(text => text < textUntil).length)
    }
  })

  it('puts what is known of rows where their texts stand', () => {
    const found = Float32Array.of(1, 2, 3, 4)
    expect(spreadRows(found, { at: Uint32Array.of(2, 0), count: 3, width: 2, rest: 9 })).toEqual(
      Float32Array.of(3, 4, 9, 9, 1, 2),
    )
  })
})
