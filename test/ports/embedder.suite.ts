// What every embedder keeps to, run by each adapter with one line.

import { beforeAll, describe, expect, it } from 'vitest'
import { AssertionError } from '../../src/base/assert.ts'
import { textColumn } from '../../src/base/text-column.ts'
import type { Embedded, Embedder } from '../../src/ports/embedder.ts'

export function describeEmbedder(name: string, makeEmbedder: () => Promise<Embedder>): void {
  describe(`the embedder: ${name}`, () => {
    let embedder: Embedder
    const embed = (...texts: string[]) => embedder.embed(textColumn(texts))
    const rowOf = ({ vectors }: Embedded, text: number) =>
      vectors.subarray(text * embedder.dims, (text + 1) * embedder.dims)
    const likeness = (embedded: Embedded, one: number, other: number) =>
      dot(rowOf(embedded, one), rowOf(embedded, other))

    beforeAll(async () => {
      embedder = await makeEmbedder()
    })

    it('says what it is', () => {
      expect(embedder.id).toMatch(/^\S+$/)
      expect(embedder.dims).toBeGreaterThan(0)
      expect(embedder.batchTextsMax).toBeGreaterThan(0)
    })

    it('gives a vector of length 1 for each text, in their order', async () => {
      const texts = ['a man plays the guitar', 'the market fell', 'gold']
      const embedded = await embed(...texts)
      expect(embedded.vectors.length).toBe(3 * embedder.dims)
      expect([...embedded.empty]).toEqual([0, 0, 0])
      expect(embedded.tokenCount).toBeGreaterThanOrEqual(9)
      for (const [i, text] of texts.entries()) {
        expect(likeness(embedded, i, i)).toBeCloseTo(1, 5)
        expect(dot(rowOf(embedded, i), rowOf(await embed(text), 0))).toBeCloseTo(1, 4)
      }
    })

    it('puts what means the same closer than what does not', async () => {
      const embedded = await embed(
        'the payment was declined by the bank',
        'credit card transaction rejected',
        'a cat sleeps on the sofa',
      )
      expect(likeness(embedded, 0, 1)).toBeGreaterThan(likeness(embedded, 0, 2) + 0.1)
    })

    it('gives zeros for a text of nothing, and says so', async () => {
      const embedded = await embed('gold', '', ' \n\t')
      expect([...embedded.empty]).toEqual([0, 1, 1])
      expect(rowOf(embedded, 1).every(value => value === 0)).toBe(true)
      expect(rowOf(embedded, 2).every(value => value === 0)).toBe(true)
    })

    it('answers for no texts at all', async () => {
      const embedded = await embed()
      expect([embedded.vectors.length, embedded.empty.length, embedded.tokenCount]).toEqual([0, 0, 0])
    })

    it.each([
      ['a megabyte', 'layers of gold and sand. '.repeat(42_000)],
      ['a word of a megabyte', 'x'.repeat(1_000_000)],
      ['emoji', '👩‍👩‍👧 🇩🇪 👍🏽'],
      ['right to left', 'שלום עולם مرحبا \u202eevil\u202c'],
      ['NUL', '\0gold\0'],
      ['unpaired surrogates', '\ud83d gold \udc00'],
      ['marks without letters', '\u0301\u0302\u0303'],
      ['Chinese, Japanese and Korean', '日本語のテキスト 中文 한국어'],
      ['control characters', '\x01\x02\x7f\x85\u2028'],
    ])('gives a sound answer for %s', async (_, text) => {
      const embedded = await embed(text, 'gold')
      const length = Math.sqrt(likeness(embedded, 0, 0))
      expect(length).toBeCloseTo(embedded.empty[0] ? 0 : 1, 5)
      expect(likeness(embedded, 1, 1)).toBeCloseTo(1, 5)
    })

    it('takes bytes that are no UTF-8', async () => {
      const data = Uint8Array.of(0x67, 0x6f, 0x6c, 0x64, 0xff, 0xc0, 0x20, 0xe2, 0x82)
      const embedded = await embedder.embed({ data, offsets: Int32Array.of(0, 9) })
      expect(likeness(embedded, 0, 0)).toBeCloseTo(1, 5)
    })

    it('reads a part of a larger column', async () => {
      const { data } = textColumn(['sand', 'gold', 'clay'])
      const part = await embedder.embed({ data, offsets: Int32Array.of(4, 8) })
      expect(dot(rowOf(part, 0), rowOf(await embed('gold'), 0))).toBeCloseTo(1, 4)
    })

    it('answers calls that overlap', async () => {
      const words = ['gold', 'sand', 'clay', 'silt', 'loam']
      const all = await Promise.all(words.map(word => embed(word)))
      const once = await embed(...words)
      all.forEach((one, i) => {
        expect(dot(rowOf(one, 0), rowOf(once, i))).toBeCloseTo(1, 4)
      })
    })

    it('takes a full batch, and not a text more', async () => {
      const texts = Array.from({ length: embedder.batchTextsMax }, (_, i) => `event ${i}`)
      expect((await embed(...texts)).empty.length).toBe(texts.length)
      await expect(embed(...texts, 'one more')).rejects.toThrow(AssertionError)
    })

    it('leaves what it was given as it was', async () => {
      const texts = textColumn(['Gold', 'Sand'])
      const before = structuredClone(texts)
      await embedder.embed(texts)
      expect(texts).toEqual(before)
    })

    it('does not begin for a caller who is gone', async () => {
      const signal = AbortSignal.abort(new Error('gone'))
      await expect(embedder.embed(textColumn(['gold']), { signal })).rejects.toThrow('gone')
    })
  })
}

function dot(left: Float32Array, right: Float32Array): number {
  return left.reduce((sum, value, i) => sum + value * right[i]!, 0)
}
