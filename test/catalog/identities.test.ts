import { describe, expect, it } from 'vitest'
import { AssertionError } from '../../src/base/assert.ts'
import { concat } from '../../src/base/bytes.ts'
import { seededRandom } from '../../src/base/random.ts'
import { Identities, IdTable } from '../../src/catalog/identities.ts'
import { StoreError } from '../../src/ports/object-store.ts'
import { entryWords, type IdsIndex, openIds, type ReadRange, writeIds } from '../../src/segment/ids.ts'

const identity = (...words: number[]) => Uint32Array.from([0, 0, 0, 0].map((_, i) => words[i] ?? 0))

describe('the table of open ids', () => {
  it('takes an identity once', () => {
    const table = new IdTable()
    expect(table.has(identity(1, 2, 3, 4), 0)).toBe(false)
    expect(table.add(identity(1, 2, 3, 4), 0, 5, 6)).toBe(true)
    expect(table.add(identity(1, 2, 3, 4), 0, 7, 8)).toBe(false)
    expect(table.has(identity(1, 2, 3, 4), 0)).toBe(true)
    expect(table.places(1, 2)).toEqual([{ batch: 5, row: 6 }])
  })

  it('tells apart what differs in one word, and takes words of all bits and of none', () => {
    const table = new IdTable()
    const words = [0, 1, 0x80000000, 0xffffffff]
    const all = words.flatMap(a => words.flatMap(b => words.map(c => identity(a, b, c, 0xffffffff))))
    for (const one of all) expect(table.add(one, 0, 0, 0)).toBe(true)
    for (const one of all) expect(table.add(one, 0, 0, 0)).toBe(false)
    expect(table.has(identity(0, 0, 0, 0), 0)).toBe(false)
  })

  it('reads an identity from where it lies among others', () => {
    const table = new IdTable()
    const many = Uint32Array.of(9, 9, 9, 9, 1, 2, 3, 4)
    table.add(many, 4, 0, 0)
    expect(table.has(identity(1, 2, 3, 4), 0)).toBe(true)
    expect(table.has(many, 0)).toBe(false)
  })

  it('finds all sources of an id, also where they wrap around the end', () => {
    const table = new IdTable(8)
    for (let source = 0; source < 3; source++) table.add(identity(7, 1, source), 0, source, 0)
    table.add(identity(7, 2, 0), 0, 99, 0)
    expect(table.places(7, 1).map(({ batch }) => batch)).toEqual([0, 1, 2])
    expect(table.places(7, 3)).toEqual([])
  })

  it('grows and forgets nothing, at most half full', () => {
    const seed = Date.now() % 1e9
    const random = seededRandom(seed)
    const table = new IdTable(2)
    const known = new Map<string, { batch: number; row: number }>()
    for (let row = 0; row < 20_000; row++) {
      const one = identity(
        ...Array.from({ length: 4 }, () => Math.floor(random() * 2 ** (row % 3 === 0 ? 3 : 32))),
      )
      const name = one.join()
      expect(table.add(one, 0, 1, row), `seed ${seed}, row ${row}`).toBe(!known.has(name))
      if (!known.has(name)) known.set(name, { batch: 1, row })
      if (table.slotCount < 2 * (known.size - 1))
        expect.fail(`seed ${seed}: ${known.size} in ${table.slotCount}`)
    }
    for (const [name, place] of known) {
      const [h0, h1, ...rest] = name.split(',').map(Number)
      expect(table.has(identity(h0!, h1!, ...rest), 0)).toBe(true)
      expect(table.places(h0!, h1!)).toContainEqual(place)
    }
  })

  it('goes on without the rows that are gone', () => {
    const table = new IdTable()
    for (let row = 0; row < 1000; row++) table.add(identity(row, row), 0, row % 2, row)
    const kept = table.without(batch => batch === 1)
    for (let row = 0; row < 1000; row++) {
      expect(kept.has(identity(row, row), 0)).toBe(row % 2 === 0)
      expect(table.has(identity(row, row), 0)).toBe(true)
    }
  })
})

/** Ids parts in memory. */
function partsOf(files: Record<string, number[][]>) {
  const bytes = new Map(
    Object.entries(files).map(([key, entries]) => [key, concat(writeIds(Uint32Array.from(entries.flat())))]),
  )
  const reads: string[] = []
  const read: ReadRange = async (key, start, end) => {
    reads.push(key)
    const file = bytes.get(key)
    if (!file) throw new StoreError('memory', 'getRange', key, { reason: 'no such key' })
    return file.slice(start, end)
  }
  const index = async (key: string): Promise<IdsIndex> => {
    const opened = await openIds(key, read)
    reads.length = 0
    return opened
  }
  return { bytes, reads, read, index }
}

/** Which of these identities are sealed. */
async function held(all: Identities, asked: number[][], read: ReadRange): Promise<number[]> {
  const words = Uint32Array.from(asked.flat())
  return all.whenSealedAreKnown(words, new Uint8Array(asked.length).fill(1), read, found => [...found])
}

const entry = (id: number, doc: number, source = 0) => [id, id, source, source, doc]

describe('identities of a tenant', () => {
  it('are in one open chunk or another', () => {
    const all = new Identities()
    expect(all.addOpen(1, identity(1), 0, 0, 0)).toBe(true)
    expect(all.addOpen(2, identity(1), 0, 0, 0)).toBe(false)
    expect(all.addOpen(2, identity(2), 0, 3, 4)).toBe(true)
    expect(all.findOpen(2, 0)).toEqual([{ chunk: 2, batch: 3, row: 4 }])
    all.dropChunk(1)
    expect(all.addOpen(2, identity(1), 0, 0, 0)).toBe(true)
  })

  it('are in sealed parts, in whichever segment', async () => {
    const { index, read } = partsOf({ a: [entry(1, 10), entry(2, 20, 5)], b: [entry(3, 30)] })
    const all = new Identities()
    all.addSealed('A', await index('a'))
    all.addSealed('B', await index('b'))
    const asked = [1, 2, 3, 4].map(id => entry(id, 0).slice(0, 4))
    expect(await held(all, asked, read), 'of 2 there is another source').toEqual([1, 0, 1, 0])
    expect(await all.findSealed(2, 2, read)).toEqual([{ segmentId: 'A', doc: 20 }])
    expect(await all.findSealed(4, 4, read)).toEqual([])
  })

  it('are asked about only where the question stands', async () => {
    const { index, read, reads } = partsOf({ a: [entry(1, 10)] })
    const all = new Identities()
    all.addSealed('A', await index('a'))
    const words = Uint32Array.from([...identity(1, 1), ...identity(1, 1)])
    expect(await all.whenSealedAreKnown(words, Uint8Array.of(0, 0), read, found => [...found])).toEqual([
      0, 0,
    ])
    expect(reads).toEqual([])
    expect(await all.whenSealedAreKnown(words, Uint8Array.of(0, 1), read, found => [...found])).toEqual([
      0, 1,
    ])
  })

  it('are those of the merged part once it is in the place of its inputs', async () => {
    const { index, read, reads, bytes } = partsOf({
      a: [entry(1, 10)],
      b: [entry(2, 20)],
      c: [entry(3, 30)],
      ab: [entry(1, 10), entry(2, 20)],
    })
    const all = new Identities()
    for (const key of ['a', 'b', 'c']) all.addSealed('A', await index(key))
    all.replaceSealed('A', new Set(['a', 'b']), await index('ab'))
    for (const key of ['a', 'b']) bytes.delete(key)
    expect(
      await held(
        all,
        [1, 2, 3].map(id => entry(id, 0).slice(0, 4)),
        read,
      ),
    ).toEqual([1, 1, 1])
    expect(new Set(reads)).toEqual(new Set(['ab', 'c']))
    expect(all.sealedSize.events).toBe(3)
    expect(() => all.replaceSealed('B', new Set(), {} as IdsIndex)).toThrow(AssertionError)
  })

  it('are found although a merge takes the part away while it is read', async () => {
    const { index, read, bytes } = partsOf({ a: [entry(1, 10)], b: [], ab: [entry(1, 10)] })
    const all = new Identities()
    for (const key of ['a', 'b']) all.addSealed('A', await index(key))
    const merged = await index('ab')
    let mergeCount = 0
    const meetingMerge: ReadRange = async (...range) => {
      if (mergeCount++ === 0) {
        all.replaceSealed('A', new Set(['a', 'b']), merged)
        bytes.delete('a')
      }
      return read(...range)
    }
    expect(await held(all, [entry(1, 0).slice(0, 4)], meetingMerge)).toEqual([1])
  })

  it('that are sealed while others are looked up are looked up as well', async () => {
    const { index, read } = partsOf({ a: [entry(1, 10)], b: [entry(2, 20)] })
    const all = new Identities()
    all.addSealed('A', await index('a'))
    const later = await index('b')
    let sealedYet = false
    const meetingSeal: ReadRange = async (...range) => {
      if (!sealedYet) all.addSealed('B', later)
      sealedYet = true
      return read(...range)
    }
    expect(
      await held(
        all,
        [1, 2].map(id => entry(id, 0).slice(0, 4)),
        meetingSeal,
      ),
    ).toEqual([1, 1])
  })

  it('go with their segment: the sealed ones and the open rows', async () => {
    const { index, read } = partsOf({ a: [entry(1, 10)], b: [entry(2, 20)] })
    const all = new Identities()
    all.addSealed('A', await index('a'))
    all.addSealed('B', await index('b'))
    all.addOpen(1, identity(3, 3), 0, 0, 0)
    all.addOpen(1, identity(4, 4), 0, 0, 1)
    all.addOpen(2, identity(5, 5), 0, 0, 0)
    all.dropSegment('A', ({ chunk, row }) => chunk === 1 && row === 0)
    expect(
      await held(
        all,
        [1, 2].map(id => entry(id, 0).slice(0, 4)),
        read,
      ),
    ).toEqual([0, 1])
    expect(all.addOpen(2, identity(3, 3), 0, 0, 1), 'gone').toBe(true)
    expect(all.addOpen(2, identity(4, 4), 0, 0, 1), 'of another segment').toBe(false)
    expect(all.addOpen(2, identity(5, 5), 0, 0, 1), 'of another chunk').toBe(false)
  })

  it('say that they are no longer exact when a part is damaged, and go on without it', async () => {
    const { index, read, bytes } = partsOf({ a: [entry(1, 10)], b: [entry(2, 20)] })
    const all = new Identities()
    all.addSealed('A', await index('a'))
    all.addSealed('B', await index('b'))
    expect(all.exact).toBe(true)
    const damaged = bytes.get('a')!
    damaged[damaged.length - 1]! ^= 1
    expect(
      await held(
        all,
        [1, 2].map(id => entry(id, 0).slice(0, 4)),
        read,
      ),
    ).toEqual([0, 1])
    expect(all.exact).toBe(false)
    expect(await all.findSealed(1, 1, read)).toEqual([])
    expect(await all.findSealed(2, 2, read)).toEqual([{ segmentId: 'B', doc: 20 }])
  })

  it('hand on what the store could not read', async () => {
    const { index, read, bytes } = partsOf({ a: [entry(1, 10)] })
    const all = new Identities()
    all.addSealed('A', await index('a'))
    bytes.delete('a')
    await expect(held(all, [entry(1, 0).slice(0, 4)], read)).rejects.toThrow(StoreError)
    expect(all.exact).toBe(true)
  })

  it('take less than 2 bytes of memory an event behind filters', async () => {
    const random = seededRandom(1)
    const count = 50_000
    const entries = Uint32Array.from({ length: count * entryWords }, () => random() * 2 ** 32)
    const file = concat(writeIds(entries))
    const all = new Identities()
    all.addSealed('A', await openIds('a', async (_key, start, end) => file.slice(start, end)))
    expect(all.sealedSize.events).toBe(count)
    expect(all.sealedSize.bytes / count).toBeLessThan(2)
  })
})
