// What is found by words and by meaning, against the definitions written out over the raw events.

import { expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import { textColumn } from '../../../src/base/text-column.ts'
import { testEmbedder } from '../../service/knowing.ts'
import { ask, idsOf, type LogEvent, pick, randomEvents, seen } from './world.ts'

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 30))

/** Okapi BM25 over events; texts are plain words. @returns the score of each text that holds a word of the query */
function bm25(events: readonly LogEvent[], query: readonly string[]): Map<string, number> {
  const texts = events.flatMap(({ message }) => message ?? [])
  const average = texts.reduce((sum, text) => sum + text.split(' ').length, 0) / texts.length
  const scores = new Map<string, number>()
  for (const word of new Set(query)) {
    const holding = texts.filter(text => text.split(' ').includes(word)).length
    const idf = Math.log(1 + (texts.length - holding + 0.5) / (holding + 0.5))
    for (const text of new Set(texts)) {
      const count = text.split(' ').filter(one => one === word).length
      const least = 1.2 * (0.25 + (0.75 * text.split(' ').length) / average)
      if (count > 0) scores.set(text, (scores.get(text) ?? 0) + (idf * count) / (count + least))
    }
  }
  return scores
}

it(`scores words as BM25 over all events does [seed ${seed}]`, async () => {
  const random = seededRandom(seed)
  const events = randomEvents(random, 400)
  for (const written of [await seen(events), await seen(events, { random, batchEvents: 30 })]) {
    for (let i = 0; i < 20; i++) {
      const text = pick(
        random,
        events.filter(({ message }) => message),
      ).message!
      const scores = bm25(events, text.split(' '))
      const answer = await ask(written, { text, mode: 'words', explain: true })
      const expected = events.filter(({ message }) => message !== undefined && scores.has(message))
      expect(idsOf(answer).sort()).toEqual(expected.map(({ id }) => id).sort())
      expect(answer.count).toBe(expected.length)
      let before = Number.POSITIVE_INFINITY
      for (const { text: said, explanation, sameText, highlights } of answer.hits) {
        expect(explanation!.words!.score).toBeCloseTo(scores.get(said)!, 5)
        expect(explanation!.words!.score).toBeLessThanOrEqual(before)
        before = explanation!.words!.score
        expect(sameText).toBe(events.filter(({ message }) => message === said).length)
        for (const [start, end] of highlights!) expect(text.split(' ')).toContain(said.slice(start, end))
      }
    }
  }
}, 20_000)

it(`finds by exact meaning what comparing with every text finds [seed ${seed}]`, async () => {
  const random = seededRandom(seed)
  const events = randomEvents(random, 400)
  const embedder = await testEmbedder()
  const texts = [...new Set(events.flatMap(({ message }) => message ?? []))]
  const { vectors } = await embedder.embed(textColumn(texts))
  for (const written of [await seen(events), await seen(events, { random, batchEvents: 30 })]) {
    for (const text of ['the customer could not pay', 'cannot sign in', pick(random, texts)]) {
      const query = (await embedder.embed(textColumn([text]))).vectors
      const cosines = texts.map((_, row) =>
        query.reduce((sum, x, i) => sum + x * vectors[row * embedder.dims + i]!, 0),
      )
      const expected = [...cosines].sort((left, right) => right - left).slice(0, 50)
      const { hits } = await ask(written, { text, mode: 'vector', groupBy: 'text', k: 50, explain: true })
      expect(hits.length).toBe(Math.min(50, texts.length))
      for (const [i, { text: said, explanation }] of hits.entries()) {
        const { similarity } = explanation!.vector!
        expect(similarity).toBeCloseTo(cosines[texts.indexOf(said)]!, 5)
        expect(similarity).toBeCloseTo(expected[i]!, 5)
      }
    }
  }
}, 20_000)
