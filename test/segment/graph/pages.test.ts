import { expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import { PageCache, PagedSection } from '../../../src/segment/graph/pages.ts'
import { Sections, writeSections } from '../../../src/segment/sections.ts'
import { fileOf } from './streams.ts'

const numbers = Uint32Array.from({ length: 100_003 }, (_, i) => i * 7)
const pageBytes = 16 * 1024

async function opened(cache: PageCache) {
  const pieces = writeSections({}, [{ name: 'numbers', element: 'u32', numbers }])
  const file = fileOf(pieces)
  let readCount = 0
  const counted = {
    ...file,
    slice: (start: number, end?: number) => {
      readCount++
      return file.slice(start, end)
    },
  }
  const section = new PagedSection(await Sections.open(counted), 'numbers', 'u32', cache)
  return { section, reads: () => readCount }
}

it('holds no more than its budget, and lets go of a file that is dropped', async () => {
  const cache = new PageCache(3 * pageBytes)
  const { section } = await opened(cache)
  await section.stretches({ from: [0], until: [numbers.length] })
  expect(cache.heldBytes).toBeLessThanOrEqual(3 * pageBytes)
  expect(cache.heldBytes).toBeGreaterThan(0)
  section.drop()
  expect(cache.heldBytes).toBe(0)
})

it('reads what is kept no second time, and neighbouring pages together', async () => {
  const { section, reads } = await opened(new PageCache(1 << 20))
  const before = reads()
  await section.stretches({ from: [0], until: [20_000] })
  expect(reads()).toBe(before + 1)
  await section.at([3, 19_999])
  expect(reads()).toBe(before + 1)
})

it('gives the numbers of any stretches, whatever is kept of them', async () => {
  for (const budget of [0, pageBytes, 1 << 20]) {
    const { section } = await opened(new PageCache(budget))
    const random = seededRandom(budget + 1)
    const asks = Array.from({ length: 30 }, async () => {
      const from = Array.from({ length: 20 }, () => Math.floor(random() * numbers.length))
      const until = from.map(start => Math.min(numbers.length, start + Math.floor(random() ** 4 * 9000)))
      const expected = from.flatMap((start, i) => [...numbers.subarray(start, until[i])])
      expect([...(await section.stretches({ from, until }))]).toEqual(expected)
      expect([...(await section.at(from))]).toEqual(from.map(i => numbers[i]))
    })
    await Promise.all(asks)
  }
})
