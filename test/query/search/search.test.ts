// What a search tells besides its hits, and what it does about damage.

import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import { Refused } from '../../../src/contract/refused.ts'
import { damage, Written } from '../../service/written.ts'
import { ask, idsOf, type LogEvent, randomEvents, seen } from './world.ts'

const at = (hour: number) => `2026-01-08T${String(hour).padStart(2, '0')}:00:00Z`
const said = (id: string, message: string, more: object = {}): LogEvent => ({
  ...{ id, message, time: at(9), type: 'info', user: 'u1' },
  ...more,
})

describe('like', () => {
  const events = [
    said('a', 'payment declined by the bank'),
    said('b', 'payment declined by the bank', { time: at(10) }),
    said('c', 'the bank declined a payment'),
    said('d', 'disk full'),
  ]

  it('leaves out the event itself, in hits, counts and facets, and no other of its text', async () => {
    const written = await seen(events)
    for (const lie of ['open', 'sealed']) {
      const answer = await ask(written, { like: 'a', mode: 'words', facets: ['user'] })
      expect(idsOf(answer), lie).toEqual(['b', 'c'])
      expect([answer.count, answer.facets]).toEqual([2, { user: [{ value: 'u1', count: 2 }] }])
      expect(answer.hits[0]!.sameText).toBe(1)
      await written.flush()
    }
  })

  it('is refused for an event that is not there, or that says nothing', async () => {
    const written = await seen([{ id: 'mute', time: at(9), type: 'info', user: 'u1' }])
    await expect(ask(written, { like: 'x' })).rejects.toThrow(Refused)
    await expect(ask(written, { like: 'mute' })).rejects.toThrow('says nothing that others could be like')
  })
})

describe('why_not', () => {
  it('tells each case from the others', async () => {
    const written = await seen([
      ...Array.from({ length: 5 }, (_, i) => said(`login${i}`, `login failed ${'again '.repeat(i)}`.trim())),
      said('same', 'login failed', { time: at(1) }),
      said('early', 'login failed', { time: '2026-01-07T00:00:00Z' }),
      said('other', 'disk full'),
      said('audit', 'login failed', { type: 'audit' }),
      { id: 'mute', time: at(9), type: 'info', user: 'u1' },
    ])
    const question = {
      text: 'login',
      mode: 'words' as const,
      k: 2,
      fromMs: Date.parse('2026-01-08T00:00:00Z'),
      filter: { must: [{ key: 'type', match: 'info' }] },
    }
    const reasons: [string, RegExp][] = [
      ['nobody', /^there is no event nobody in the stream events$/],
      ['login0', /is hit 1$/],
      ['early', /outside of the window/],
      ['audit', /left out by the filter/],
      ['mute', /its pack makes no text of it/],
      ['other', /“disk full”: it holds none of the words, and other texts are nearer/],
      ['login4', /its text is the 5th best and scores 0\.0\d+; the last of 2 hits scores/],
    ]
    for (const [whyNot, reason] of reasons)
      expect((await ask(written, { ...question, whyNot })).whyNot).toMatch(reason)
    expect((await ask(written, { ...question, k: 1, whyNot: 'same' })).whyNot).toContain(
      'newer events have the same text',
    )
    expect((await ask(written, { like: 'login0', whyNot: 'login0' })).whyNot).toContain('the others are like')
    const near = { node: { type: 'user', key: 'u9' }, hops: 1 }
    expect((await ask(written, { ...question, near, whyNot: 'login0' })).whyNot).toBeDefined()
    expect((await ask(written, { k: 1, whyNot: 'early' })).whyNot).toBe('early is older than the 1 newest')
  })
})

describe('near', () => {
  it('says that nothing mentions the node', async () => {
    const written = await seen([said('a', 'disk full')])
    const answer = await ask(written, { near: { node: { type: 'user', key: 'nobody' }, hops: 2 } })
    expect(idsOf(answer)).toEqual([])
    expect(answer.notes).toEqual(['no event of the window mentions the user nobody'])
  })

  it('reaches as many hops as it is told', async () => {
    const written = await seen([
      said('a', 'disk full', { user: 'u1', type: 'x' }),
      said('b', 'disk full', { user: 'u2', type: 'x' }),
      said('c', 'disk full', { user: 'u3', type: 'y' }),
    ])
    const found = async (hops: number) =>
      idsOf(await ask(written, { text: 'disk', near: { node: { type: 'user', key: 'u1' }, hops } })).sort()
    expect(await found(0)).toEqual(['a'])
    expect(await found(1)).toEqual(['a', 'b'])
    expect(await found(4)).toEqual(['a', 'b'])
  })
})

describe('a damaged part', () => {
  it.each(['events', 'raw', 'texts', 'words', 'vectors', 'graph'] as const)(
    'of %s is left out, told of, and the rest is answered',
    async role => {
      const events = randomEvents(seededRandom(3), 200)
      const written = await seen(events)
      await written.flush()
      const keys: string[] = []
      for await (const { key } of written.store.list('t/')) if (key.includes(`/${role}-`)) keys.push(key)
      await damage(written.store, keys[0]!, -20)
      await damage(written.store, keys[0]!, 100)
      const again = await Written.open({ store: written.store })
      const question = {
        text: 'login',
        mode: 'hybrid',
        k: 1000,
        near: { node: { type: 'user', key: 'u1' }, hops: 2 },
      } as const
      const whole = await ask(written, { ...question, k: 1 })
      expect(whole.count).toBeGreaterThan(0)
      const answer = await ask(again, { ...question, facets: ['type'] })
      expect(answer.partial).toBe(true)
      expect(again.corrupt.length).toBe(1)
      expect(answer.hits.length).toBeGreaterThan(50)
      expect(answer.hits.length).toBeLessThanOrEqual(events.length)
      expect(answer.facets.type!.reduce((sum, { count }) => sum + count, 0)).toBe(answer.count)
    },
  )
})
