import { describe, expect, it } from 'vitest'
import { ByteTable } from '../../../src/base/byte-table.ts'
import { toUtf8 } from '../../../src/base/bytes.ts'
import { seededRandom } from '../../../src/base/random.ts'
import type { CheckedFile } from '../../../src/segment/checked.ts'
import { WordsBuilder } from '../../../src/segment/words/builder.ts'
import { ByteSink, decodePostings, encodePostings } from '../../../src/segment/words/postings.ts'
import { openWords } from '../../../src/segment/words/sealed.ts'
import { sortedTerms } from '../../../src/segment/words/sorted-terms.ts'
import { fileOf, partOf, planOver, saidBy } from './runs.ts'

describe('WordsBuilder', () => {
  it('takes texts in the order of their ids alone', () => {
    const builder = new WordsBuilder()
    expect(() => builder.add(1, toUtf8('a'))).toThrow('texts in the order of their ids')
  })

  it('knows the postings of each term and the length of each text', () => {
    const builder = new WordsBuilder()
    for (const [text, content] of ['a b a', '', 'b', 'A'].entries()) builder.add(text, toUtf8(content))
    expect([...builder.texts().lengths]).toEqual([3, 0, 1, 1])
    const a = builder.terms.find(toUtf8('a'))
    expect(builder.postings(a)).toEqual({ texts: Uint32Array.of(0, 3), counts: Uint16Array.of(2, 1) })
    expect(builder.postings(a, 3)).toEqual({ texts: Uint32Array.of(0), counts: Uint16Array.of(2) })
    expect(builder.postings(a, 0)).toEqual({ texts: new Uint32Array(0), counts: new Uint16Array(0) })
  })

  it('writes the same texts as the same bytes', () => {
    const said = saidBy(['red apple', 'green apple', 'red apple'])
    expect(partOf(said)).toEqual(partOf(said))
  })
})

describe('sortedTerms', () => {
  it('is the order of bytes', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const random = seededRandom(seed)
      const table = new ByteTable()
      for (let i = 0; i < 500; i++)
        table.add(
          Uint8Array.from({ length: 1 + Math.floor(random() * 12) }, () => (random() < 0.8 ? 97 : 255)),
        )
      const ids = Array.from({ length: table.count }, (_, id) => id)
      const expected = ids.sort((x, y) => Buffer.compare(table.at(x), table.at(y)))
      expect([...sortedTerms(table)], `seed ${seed}`).toEqual(expected)
    }
  })
})

describe('postings', () => {
  it('come back as they were, with the largest ids and counts', () => {
    const postings = {
      texts: Uint32Array.of(0, 1, 64, 127, 128, 20_000, 2 ** 30, 2 ** 31 - 1),
      counts: Uint16Array.of(1, 2, 1, 127, 128, 65_535, 1, 300),
    }
    const sink = new ByteSink(1)
    encodePostings(sink, postings)
    expect(decodePostings(sink.take(), 8)).toEqual(postings)
  })
})

describe('openWords', () => {
  const said = saidBy(Array.from({ length: 20_000 }, (_, i) => `common word${i % 9000} rare${i}`))
  const part = partOf(said)

  /** Counts what is read. */
  function counting(file: CheckedFile) {
    const read = { bytes: 0 }
    const slice = (start: number, end = file.byteLength) => {
      read.bytes += end - start
      return file.slice(start, end)
    }
    return { file: { byteLength: file.byteLength, slice }, read }
  }

  it('reads a block of terms and a few postings to find a rare word, once it knows its texts', async () => {
    const { file, read } = counting(fileOf(part))
    const words = await openWords(file)
    await words.score(await planOver([words], 'rare1'), { limit: 5 })
    read.bytes = 0
    const plan = await planOver([words], 'rare777')
    expect([...(await words.score(plan, { limit: 5 })).texts]).toEqual([777])
    expect(read.bytes).toBeLessThan(2048)
  })

  it('takes six bytes of memory a text, and less than one a term', async () => {
    const { head, byteCount } = await openWords(fileOf(part))
    expect(head).toMatchObject({ texts: 20_000, terms: 29_001, docs: 20_000, docs_length: 60_000 })
    expect(byteCount - 6 * head.texts).toBeLessThan(head.terms)
  })

  it('refuses what is no words part', async () => {
    await expect(openWords(fileOf(new Uint8Array(100)))).rejects.toThrow('a file of sections')
  })
})
