// Whether rows are open, sealed, merged or read after a restart makes no difference to any answer, and what was evicted
// might as well never have come.

import { expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import type { SearchRequest } from '../../../src/contract/knowledge.ts'
import { ask, type LogEvent, pick, type Random, randomEvents, seen, segmentOf, told } from './world.ts'

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 30))

function randomQuestion(random: Random, events: readonly LogEvent[]): Partial<SearchRequest> {
  const some = () => pick(random, events)
  const said = () =>
    pick(
      random,
      events.filter(({ message }) => message),
    ).message!
  const maybe = (share: number, more: () => Partial<SearchRequest>) => (random() < share ? more() : {})
  return {
    mode: pick(random, ['hybrid', 'words', 'vector'] as const),
    k: pick(random, [1, 5, 20, 200]),
    exact: random() < 0.5,
    ...pick(random, [
      {},
      { text: said() },
      { text: `${said()} +login` },
      { like: events.find(event => event.message)!.id },
    ]),
    ...maybe(0.3, () => ({ filter: { must: [{ key: 'type', match: some().type }] } })),
    ...maybe(0.3, () => ({
      filter: {
        should: [
          { key: 'amount', range: { gte: 5 } },
          { key: 'tags', match: 'a' },
        ],
      },
    })),
    ...maybe(0.3, () => ({ fromMs: Date.parse(some().time) })),
    ...maybe(0.3, () => ({ untilMs: Date.parse(some().time) })),
    ...maybe(0.3, () => ({
      near: { node: { type: 'user', key: some().user }, hops: pick(random, [0, 1, 2]) },
    })),
    ...maybe(0.5, () => ({
      facets: ['type', 'level', 'tags', 'due', 'payload.type', 'amount', 'ok', 'meta.depth.n', 'note'],
    })),
    ...maybe(0.5, () => ({
      groupBy: pick(random, ['type', 'text', 'payload.type', 'level', 'meta.region', 'tags', 'due']),
    })),
    ...maybe(0.5, () => ({ whyNot: some().id })),
    fuzzy: random() < 0.5,
    explain: random() < 0.5,
  }
}

it(`answers alike however its rows lie [seed ${seed}]`, async () => {
  const random = seededRandom(seed)
  const events = randomEvents(random, 400)
  const open = await seen(events)
  const sealed = await seen(events, { random, batchEvents: 30 })
  for (let i = 0; i < 60; i++) {
    const question = randomQuestion(random, events)
    expect(told(await ask(sealed, question)), JSON.stringify(question)).toEqual(
      told(await ask(open, question)),
    )
  }
  await open.flush()
  for (let i = 0; i < 20; i++) {
    const question = randomQuestion(random, events)
    expect(told(await ask(sealed, question)), JSON.stringify(question)).toEqual(
      told(await ask(open, question)),
    )
  }
}, 30_000)

it(`answers after an eviction as if the segment had never been [seed ${seed}]`, async () => {
  const random = seededRandom(seed)
  const events = randomEvents(random, 400)
  const gone = segmentOf(pick(random, events))
  const left = events.filter(event => segmentOf(event) !== gone)
  const never = await seen(left)
  for (const options of [{}, { random, batchEvents: 30 }]) {
    const evicted = await seen(events, options)
    for (let i = 0; i < 5; i++) await ask(evicted, randomQuestion(random, left))
    expect(await evicted.evict(gone)).toEqual([gone])
    for (let i = 0; i < 30; i++) {
      const question = {
        ...randomQuestion(random, left),
        ...(i % 5 === 0 && { whyNot: events.find(event => segmentOf(event) === gone)!.id }),
      }
      expect(told(await ask(evicted, question)), JSON.stringify(question)).toEqual(
        told(await ask(never, question)),
      )
    }
  }
}, 30_000)
