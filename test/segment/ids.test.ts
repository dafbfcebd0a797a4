import { describe, expect, it } from 'vitest'
import { concat, toUtf8 } from '../../src/base/bytes.ts'
import { seededRandom } from '../../src/base/random.ts'
import {
  CorruptIds,
  entriesPerPage,
  entryWords,
  findDocs,
  hashIdentity,
  hashSource,
  maybeHas,
  openIds,
  type ReadRange,
  readEntries,
  writeIds,
} from '../../src/segment/ids.ts'
import { mergeIds, stretchPages } from '../../src/segment/ids-merge.ts'
import { sortEntries } from '../../src/segment/ids-sort.ts'

type Entry = readonly [h0: number, h1: number, h2: number, h3: number, doc: number]

function entriesOf(entries: readonly Entry[]): Uint32Array {
  return Uint32Array.from(entries.flat())
}

/** @param wordMax  a small one makes many ties */
function randomEntries(count: number, random: () => number, wordMax = 2 ** 32): Uint32Array {
  return Uint32Array.from({ length: count * entryWords }, (_, i) =>
    i % entryWords === 4 ? (i - 4) / entryWords : random() * wordMax,
  )
}

function reading(file: Uint8Array): ReadRange {
  return async (_key, start, end) => file.slice(start, end)
}

/** The plain way: entries as lists, sorted by comparing. */
function sortedPlainly(entries: Uint32Array): number[] {
  const list = Array.from({ length: entries.length / entryWords }, (_, i) => [
    ...entries.subarray(i * entryWords, (i + 1) * entryWords),
  ])
  list.sort((a, b) => {
    const at = a.findIndex((word, i) => word !== b[i])
    return at < 0 ? 0 : a[at]! - b[at]!
  })
  return list.flat()
}

async function allEntries(file: Uint8Array): Promise<Uint32Array> {
  const index = await openIds('ids', reading(file))
  return readEntries(index, { first: 0, until: index.fences.length }, reading(file))
}

describe('an identity', () => {
  const identityOf = (id: string, source: string, seed = 1) => {
    const out = new Uint32Array(6)
    const bytes = toUtf8(`<${id}>`)
    hashIdentity({ bytes, start: 1, end: bytes.length - 1 }, seed, hashSource(toUtf8(source), seed), out, 1)
    return [...out.subarray(1, 5)]
  }

  it('is the same for the same id and source, wherever its bytes lie', () => {
    expect(identityOf('a', 's')).toEqual(identityOf('a', 's'))
    const long = toUtf8('....a')
    const out = new Uint32Array(4)
    hashIdentity({ bytes: long, start: 4, end: 5 }, 1, hashSource(toUtf8('s'), 1), out, 0)
    expect([...out]).toEqual(identityOf('a', 's'))
  })

  it('differs by id in all words, by source in the last two alone, and by seed', () => {
    const one = identityOf('a', 's')
    expect(identityOf('b', 's').filter((word, i) => word === one[i])).toEqual([])
    const other = identityOf('a', 't')
    expect(other.slice(0, 2)).toEqual(one.slice(0, 2))
    expect(other[2]).not.toBe(one[2])
    expect(other[3]).not.toBe(one[3])
    expect(identityOf('a', 's', 2).filter((word, i) => word === one[i])).toEqual([])
  })
})

describe('sorting entries', () => {
  it('is what comparing them gives, with many ties and with none', () => {
    const seed = Date.now() % 1e9
    const random = seededRandom(seed)
    for (const wordMax of [1, 2, 3, 2000, 2 ** 31 + 5, 2 ** 32]) {
      const entries = randomEntries(500, random, wordMax)
      expect([...sortEntries(entries)], `seed ${seed}`).toEqual(sortedPlainly(entries))
    }
  })

  it('is quick where one id is shared by very many sources', () => {
    const random = seededRandom(1)
    const entries = randomEntries(100_000, random)
    for (let at = 0; at < entries.length; at += entryWords) entries.fill(7, at, at + 2)
    const sorted = sortEntries(entries)
    for (let at = entryWords; at < sorted.length; at += entryWords) {
      if (sorted[at + 2]! < sorted[at + 2 - entryWords]!) expect.fail(`out of order at ${at / entryWords}`)
    }
  }, 5000)
})

describe('the ids part', () => {
  it('finds docs by four words, and by the two of the id alone', async () => {
    const file = concat(
      writeIds(
        entriesOf([
          [5, 6, 7, 8, 100],
          [5, 6, 9, 9, 200],
          [5, 7, 7, 8, 300],
          [1, 2, 3, 4, 400],
        ]),
      ),
    )
    const read = reading(file)
    const index = await openIds('ids', read)
    expect(index.entryCount).toBe(4)
    expect(await findDocs(index, Uint32Array.of(5, 6, 7, 8), read)).toEqual([100])
    expect(await findDocs(index, Uint32Array.of(5, 6, 9, 9), read)).toEqual([200])
    expect(await findDocs(index, Uint32Array.of(5, 6), read)).toEqual([100, 200])
    expect(await findDocs(index, Uint32Array.of(5, 6, 7, 9), read)).toEqual([])
    expect(await findDocs(index, Uint32Array.of(5, 8), read)).toEqual([])
    expect(await findDocs(index, Uint32Array.of(0xffffffff, 0), read)).toEqual([])
    expect(await findDocs(index, Uint32Array.of(0, 0), read)).toEqual([])
  })

  it('may hold nothing', async () => {
    const file = concat(writeIds(new Uint32Array(0)))
    const index = await openIds('ids', reading(file))
    expect(index.entryCount).toBe(0)
    expect(maybeHas(index, 0, 0)).toBe(false)
    expect(await findDocs(index, Uint32Array.of(0, 0, 0, 0), reading(file))).toEqual([])
    expect(await allEntries(file)).toEqual(new Uint32Array(0))
  })

  it('may hold one entry, at either end of the range', async () => {
    for (const word of [0, 1, 0x7fffffff, 0x80000000, 0xffffffff]) {
      const entries = entriesOf([[word, word, word, word, word]])
      const file = concat(writeIds(entries))
      const index = await openIds('ids', reading(file))
      expect(maybeHas(index, word, word)).toBe(true)
      expect(await findDocs(index, Uint32Array.of(word, word, word, word), reading(file))).toEqual([word])
      expect(await allEntries(file)).toEqual(entries)
    }
  })

  it('finds every doc of an id that fills more than a page, and those beside it', async () => {
    const count = 3 * entriesPerPage
    const entries = entriesOf([
      [6, 0, 0, 0, 1],
      ...Array.from({ length: count }, (_, i): Entry => [7, 1, i, 0, 1000 + i]),
      [7, 2, 0, 0, 2],
      [8, 0, 0, 0, 3],
    ])
    const file = concat(writeIds(entries))
    const index = await openIds('ids', reading(file))
    const find = (...words: number[]) => findDocs(index, Uint32Array.from(words), reading(file))
    expect(index.fences.length).toBe(4)
    expect(await find(7, 1)).toEqual(Array.from({ length: count }, (_, i) => 1000 + i))
    for (const i of [0, entriesPerPage - 2, entriesPerPage - 1, entriesPerPage, count - 1]) {
      expect(await find(7, 1, i, 0)).toEqual([1000 + i])
    }
    expect(await find(6, 0)).toEqual([1])
    expect(await find(7, 2)).toEqual([2])
    expect(await find(8, 0, 0, 0)).toEqual([3])
  })

  it('finds what is there and nothing else, around every edge of a page', async () => {
    const seed = Date.now() % 1e9
    const random = seededRandom(seed)
    for (const count of [1, 2, entriesPerPage - 1, entriesPerPage, entriesPerPage + 1, 5 * entriesPerPage]) {
      const entries = randomEntries(count, random)
      const file = concat(writeIds(entries))
      const index = await openIds('ids', reading(file))
      expect(index.fences.length).toBe(Math.ceil(count / entriesPerPage))
      for (let i = 0; i < count; i++) {
        const identity = entries.subarray(i * entryWords, i * entryWords + 4)
        if (!maybeHas(index, identity[0]!, identity[1]!))
          expect.fail(`seed ${seed}: the filter denies entry ${i}`)
        const docs = await findDocs(index, identity, reading(file))
        if (docs.length !== 1 || docs[0] !== i)
          expect.fail(`seed ${seed}: entry ${i} of ${count} gives ${docs}`)
        const absent = Uint32Array.of(identity[0]!, identity[1]!, identity[2]!, identity[3]! ^ 1)
        expect(await findDocs(index, absent, reading(file)), `seed ${seed}: entry ${i}`).toEqual([])
      }
    }
  })

  it('reads one page for a lookup, and its head once', async () => {
    const entries = randomEntries(20 * entriesPerPage, seededRandom(3))
    const file = concat(writeIds(entries))
    const reads: number[] = []
    const read: ReadRange = async (_key, start, end) => {
      reads.push(end - start)
      return file.slice(start, end)
    }
    const index = await openIds('ids', read)
    expect(reads).toHaveLength(2)
    reads.length = 0
    await findDocs(index, entries.subarray(50, 54), read)
    expect(reads).toEqual([4096])
  })

  it('takes less than 2 bytes of memory an event, and finds all of more than 2^21', async () => {
    const count = 2 ** 21 + 12_345
    const entries = randomEntries(count, seededRandom(4))
    const file = concat(writeIds(entries))
    const index = await openIds('ids', reading(file))
    expect(index.entryCount).toBe(count)
    expect((index.filter.byteLength + index.fences.byteLength) / count).toBeLessThan(2)
    for (let i = 0; i < count; i += 99_991) {
      const identity = entries.subarray(i * entryWords, i * entryWords + 4)
      expect(await findDocs(index, identity, reading(file))).toEqual([i])
    }
  })

  it('is the same file whatever the order of its entries', () => {
    const random = seededRandom(5)
    const entries = randomEntries(1000, random, 50)
    const reversed = new Uint32Array(entries.length)
    for (let i = 0; i < 1000; i++)
      reversed.set(entries.subarray(i * entryWords, (i + 1) * entryWords), (999 - i) * entryWords)
    expect(Buffer.compare(concat(writeIds(entries)), concat(writeIds(reversed)))).toBe(0)
  })

  it('finds every turned bit', async () => {
    const file = concat(writeIds(randomEntries(entriesPerPage + 3, seededRandom(6))))
    for (let at = 0; at < file.length; at++) {
      const turned = Uint8Array.from(file)
      turned[at]! ^= 1 << (at % 8)
      await expect(allEntries(turned), `byte ${at}`).rejects.toThrow(CorruptIds)
    }
  })

  it('finds that it was cut, at any byte', async () => {
    const file = concat(writeIds(randomEntries(entriesPerPage + 3, seededRandom(7))))
    for (let bytes = 0; bytes < file.length; bytes += bytes < 100 ? 1 : 37) {
      await expect(allEntries(file.subarray(0, bytes)), `${bytes} bytes`).rejects.toThrow(CorruptIds)
    }
  })
})

describe('mergeIds', () => {
  async function merged(parts: readonly Uint32Array[]): Promise<Uint8Array> {
    const files = new Map(parts.map((entries, i) => [`ids ${i}`, concat(writeIds(entries))]))
    const chunks: Uint8Array[] = []
    for await (const chunk of mergeIds([...files.keys()], async (key, start, end) =>
      files.get(key)!.slice(start, end),
    ))
      chunks.push(chunk)
    return concat(chunks)
  }

  function joined(parts: readonly Uint32Array[]): Uint32Array {
    return Uint32Array.from(parts.flatMap(entries => [...entries]))
  }

  it('gives the bytes of all entries written at once, whatever the parts', async () => {
    const seed = Date.now() % 1e9
    const random = seededRandom(seed)
    for (let round = 0; round < 30; round++) {
      const wordMax = [3, 1000, 2 ** 32][round % 3]!
      const parts = Array.from({ length: 1 + Math.floor(random() * 9) }, () =>
        randomEntries(Math.floor(random() ** 3 * 3000), random, wordMax),
      )
      const expected = concat(writeIds(joined(parts)))
      expect(Buffer.compare(await merged(parts), expected), `seed ${seed}, round ${round}`).toBe(0)
    }
  })

  it('does so around the edges of pages and of stretches', async () => {
    const stretch = stretchPages * entriesPerPage
    const random = seededRandom(9)
    for (const counts of [
      [0, 0],
      [0, 1],
      [entriesPerPage, entriesPerPage],
      [stretch, 1],
      [stretch - 1, 1],
      [stretch + 1, stretch, 0],
    ]) {
      const parts = counts.map(count => randomEntries(count, random))
      expect(Buffer.compare(await merged(parts), concat(writeIds(joined(parts)))), String(counts)).toBe(0)
    }
  })

  it('finds a damaged input before it has written a page of it', async () => {
    const files = [1, 2].map(seed => concat(writeIds(randomEntries(1000, seededRandom(seed)))))
    files[1]![files[1]!.length - 10]! ^= 4
    const body = mergeIds(['0', '1'], async (key, start, end) => files[Number(key)]!.slice(start, end))
    await expect(body.next()).rejects.toThrow(CorruptIds)
  })
})
