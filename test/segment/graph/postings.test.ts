import { expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import { PostingReader, PostingWriter, postingBytesMax } from '../../../src/segment/graph/postings.ts'

interface Posting {
  doc: number
  timeMs: number
}

function listOf(postings: readonly Posting[]): Uint8Array {
  const writer = new PostingWriter()
  writer.begin()
  for (const { doc, timeMs } of postings) writer.add(doc, timeMs)
  return writer.bytes.take()
}

function read(list: Uint8Array): Posting[] {
  const reader = new PostingReader()
  reader.open(list, 0, list.length)
  const postings: Posting[] = []
  while (reader.next()) postings.push({ doc: reader.doc, timeMs: reader.timeMs })
  return postings
}

function randomList(random: () => number): Posting[] {
  const docs = new Set(
    Array.from({ length: Math.floor(random() * 20) }, () => Math.floor(2 ** (random() * 32))),
  )
  return [...docs]
    .sort((left, right) => right - left)
    .map(doc => ({ doc, timeMs: Math.floor((random() - 0.5) * 2 ** (1 + random() * 51)) }))
}

it('keeps docs and times to their bounds', () => {
  const postings = [
    { doc: 2 ** 32 - 1, timeMs: 2 ** 51 },
    { doc: 2 ** 31, timeMs: -(2 ** 51) },
    { doc: 0, timeMs: 2 ** 51 },
  ]
  const list = listOf(postings)
  expect(read(list)).toEqual(postings)
  expect(list.length).toBeLessThanOrEqual(3 * postingBytesMax)
})

it('joins lists to the very bytes of one', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const postings = randomList(seededRandom(seed))
    expect(read(listOf(postings)), `seed ${seed}`).toEqual(postings)
    const writer = new PostingWriter()
    writer.begin()
    for (let at = 0; at < postings.length; at += 1 + (seed % 4))
      writer.join(listOf(postings.slice(at, at + 1 + (seed % 4))))
    expect(writer.bytes.take(), `seed ${seed}`).toEqual(listOf(postings))
  }
})
