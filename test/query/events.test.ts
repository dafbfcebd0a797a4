import { describe, expect, it } from 'vitest'
import { fromUtf8, toUtf8 } from '../../src/base/bytes.ts'
import { seededRandom } from '../../src/base/random.ts'
import type { EventsRequest } from '../../src/contract/service.ts'
import { CorruptPart } from '../../src/segment/checked.ts'
import { dayMs, nowMs, today } from '../ingest/gate.ts'
import { keysOf } from '../ports/store.suite.ts'
import { damage, gate, Written } from '../service/written.ts'

const event = (id: string, more: object = {}) => ({ id, ...more })
const at = (daysAgo: number) => ({ time: new Date(nowMs - daysAgo * dayMs).toISOString() })

/** All pages, as a client reads them. */
async function pages(written: Written, request: Partial<EventsRequest> = {}): Promise<string[][]> {
  const found: string[][] = []
  let cursor: string | undefined
  do {
    const page = await written.page({ ...request, ...(cursor !== undefined && { cursor }) })
    found.push(page.events.map(({ eventId }) => eventId))
    cursor = page.nextCursor
  } while (cursor !== undefined && found.length < 1000)
  return found
}

/** Three days: sealed, being sealed, and open rows of each. */
async function threeLayers(): Promise<{ written: Written; open: () => void }> {
  const { opened, open } = gate()
  let isHeld = false
  const written = await Written.open({
    wrapSealing: sealing => ({
      add: (chunk, batch) => sealing.add(chunk, batch),
      async seal(request) {
        if (isHeld) await opened
        return sealing.seal(request)
      },
    }),
  })
  const layer = (name: string) => [2, 0, 1].map(day => event(`${day}${name}`, at(day)))
  await written.send(layer('a'))
  await written.flush()
  isHeld = true
  await written.send(layer('b'))
  await written.seal()
  await written.send(layer('c'))
  await written.writer.indexed()
  return { written, open }
}

const inOrder = ['2a', '2b', '2c', '1a', '1b', '1c', '0a', '0b', '0c']

describe('pages of events', () => {
  it('of nothing are one empty page', async () => {
    const written = await Written.open()
    expect(await written.page()).toEqual({
      events: [],
      nextCursor: undefined,
      partial: false,
      asOf: { catalog: 1, writers: { '0': 0 }, exact: true },
    })
  })

  it('are in order of slices and docs over what is sealed, being sealed, and open, and backwards too', async () => {
    const { written, open } = await threeLayers()
    for (const limit of [1, 2, 3, 4, 8, 9, 10]) {
      expect((await pages(written, { limit })).flat(), `${limit} a page`).toEqual(inOrder)
      const backwards = (await pages(written, { limit, order: 'desc' })).flat()
      expect(backwards, `${limit} a page, backwards`).toEqual([...inOrder].reverse())
    }
    open()
    await written.writer.settled()
    expect((await pages(written, { limit: 2 })).flat()).toEqual(inOrder)
  })

  it('hold no more events than asked for, and no fewer while there are more', async () => {
    const { written } = await threeLayers()
    expect((await pages(written, { limit: 4 })).map(({ length }) => length)).toEqual([4, 4, 1])
  })

  it('end when their bytes are enough, with at least one event each', async () => {
    for (const flushes of [false, true]) {
      const written = await Written.open({ pageBytesMax: 250 })
      const text = 'x'.repeat(100)
      await written.send(['a', 'b', 'c', 'd', 'e'].map(id => event(id, { text })))
      await written.send([event('huge', { text: 'x'.repeat(1000) }), event('last')])
      if (flushes) await written.flush()
      await written.writer.indexed()
      const found = await pages(written)
      expect(found.flat()).toEqual(['a', 'b', 'c', 'd', 'e', 'huge', 'last'])
      expect(found.slice(0, 2)).toEqual([
        ['a', 'b', 'c'],
        ['d', 'e', 'huge'],
      ])
      expect((await pages(written, { order: 'desc' })).flat()).toEqual(found.flat().reverse())
    }
  })

  it('fit together while new events come in, are sealed and merged: they are all as of the first', async () => {
    for (const order of ['asc', 'desc'] as const) {
      const { written, open } = await threeLayers()
      const first = await written.page({ limit: 4, order })
      await written.send([event('new', at(1)), event('newer', at(2))])
      open()
      await written.flush()
      const second = await written.page({ limit: 4, order, cursor: first.nextCursor! })
      await written.send([event('newest', at(0))])
      const third = await written.page({ limit: 4, order, cursor: second.nextCursor! })
      const ids = [first, second, third].flatMap(page => page.events.map(({ eventId }) => eventId))
      expect(ids).toEqual(order === 'asc' ? inOrder : [...inOrder].reverse())
      for (const { asOf } of [first, second, third]) expect(asOf.writers).toEqual({ '0': 5 })
      expect((await written.ids()).length).toBe(12)
    }
  })

  it('go on behind an evicted segment, without a trace of it', async () => {
    const { written, open } = await threeLayers()
    const first = await written.page({ limit: 4 })
    await written.evict('t/events/2026-01-09/0')
    const second = await written.page({ limit: 10, cursor: first.nextCursor! })
    expect(second.events.map(({ eventId }) => eventId)).toEqual(['0a', '0b', '0c'])
    open()
  })

  it('refuse a cursor of another question', async () => {
    const { written } = await threeLayers()
    const { nextCursor: cursor } = await written.page({ limit: 1 })
    for (const change of [
      { type: 'x' },
      { order: 'desc' as const },
      { tenant: 'u' },
      { stream: 's' },
      { fromMs: 0 },
    ])
      await expect(written.page({ cursor: cursor!, ...change })).rejects.toMatchObject({ code: 'bad_cursor' })
    expect((await written.page({ cursor: cursor!, limit: 2 })).events.length, 'the size may change').toBe(2)
  })
})

describe('filters', () => {
  const body = [
    event('1', { type: 'login', user_id: 'ada', source: 'web', ...at(0) }),
    event('2', { type: 'login', user_id: 'bo', ...at(0) }),
    event('3', { type: 'logout', user_id: 'ada', ...at(1) }),
    event('4', { user_id: 7, ...at(1) }),
    event('5', { type: 'lögin', ...at(2) }),
  ]

  it.each<[Partial<EventsRequest>, string[]]>([
    [{ type: 'login' }, ['1', '2']],
    [{ type: 'lögin' }, ['5']],
    [{ type: 'log' }, []],
    [{ entityId: 'ada' }, ['3', '1']],
    [{ entityId: '7' }, ['4']],
    [{ source: 'web' }, ['1']],
    [{ source: 'default' }, ['5', '3', '4', '2']],
    [{ type: 'login', entityId: 'ada', source: 'web' }, ['1']],
    [{ type: 'login', entityId: 'nobody' }, []],
    [{ fromMs: nowMs }, ['1', '2']],
    [{ untilMs: nowMs }, ['5', '3', '4']],
    [{ fromMs: nowMs - dayMs, untilMs: nowMs - dayMs + 1 }, ['3', '4']],
    [{ fromMs: nowMs - dayMs + 1, untilMs: nowMs }, []],
    [{ fromMs: nowMs, untilMs: nowMs }, []],
    [{ stream: 'clicks' }, []],
    [{ tenant: 'u' }, []],
  ])('%j finds the same in open rows and in sealed ones', async (filter, ids) => {
    const written = await Written.open()
    await written.send(body)
    await written.writer.indexed()
    expect(await written.ids(filter), 'open').toEqual(ids)
    await written.flush()
    expect(await written.ids(filter), 'sealed').toEqual(ids)
    expect((await pages(written, { ...filter, limit: 1 })).flat(), 'one by one').toEqual(ids)
  })

  it('find what a plain filter finds, whatever the events and the flushes', async () => {
    const seed = Date.now() % 1e9
    const random = seededRandom(seed)
    const pick = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)]!
    const written = await Written.open()
    const all: { id: string; type?: string; user_id?: string; time: number }[] = []
    for (let batch = 0; batch < 12; batch++) {
      const events = Array.from({ length: Math.floor(random() * 40) + 1 }, (_, i) => ({
        id: `${batch}-${i}`,
        time: nowMs - Math.floor(random() * 3 * dayMs),
        ...(random() < 0.8 && { type: pick(['a', 'b', 'c']) }),
        ...(random() < 0.8 && { user_id: pick(['u', 'v', 'w']) }),
      }))
      all.push(...events)
      await written.send(events)
      if (random() < 0.5) await written.flush()
    }
    await written.writer.indexed()
    for (let round = 0; round < 25; round++) {
      const fromMs = nowMs - Math.floor(random() * 3 * dayMs)
      const filter: Partial<EventsRequest> = {
        ...(random() < 0.5 && { type: pick(['a', 'b', 'c', 'd']) }),
        ...(random() < 0.5 && { entityId: pick(['u', 'v', 'w']) }),
        ...(random() < 0.5 && { fromMs }),
        ...(random() < 0.5 && { untilMs: fromMs + Math.floor(random() * dayMs) }),
      }
      const day = (ms: number) => Math.floor(ms / dayMs)
      const expected = all
        .filter(
          ({ type, user_id, time }) =>
            (filter.type === undefined || type === filter.type) &&
            (filter.entityId === undefined || user_id === filter.entityId) &&
            time >= (filter.fromMs ?? 0) &&
            time < (filter.untilMs ?? Number.POSITIVE_INFINITY),
        )
        .sort((left, right) => day(left.time) - day(right.time)) // within a slice, as they came
        .map(({ id }) => id)
      const limit = 1 + Math.floor(random() * 20)
      const hint = `seed ${seed}: ${JSON.stringify({ ...filter, limit })}`
      expect((await pages(written, { ...filter, limit })).flat(), hint).toEqual(expected)
      const backwards = (await pages(written, { ...filter, limit, order: 'desc' })).flat()
      expect(backwards, hint).toEqual([...expected].reverse())
    }
  })
})

describe('one event', () => {
  const find = async (written: Written, eventId: string, more: object = {}) =>
    (await written.reader.event({ tenant: 't', eventId, ...more })).events

  it('comes with its payload byte for byte, open and sealed', async () => {
    const payload = '{ "id" : "a\\u0062", "n": 12345678901234567890.10,"ü":[1, 2 ] }'
    const written = await Written.open()
    await written.send(`  ${payload} \n`)
    await written.writer.indexed()
    const [open] = await find(written, 'ab')
    expect(fromUtf8(open!.payload)).toBe(payload)
    expect(open).toMatchObject({
      segmentId: today,
      docId: '0-0',
      batchId: 'b0-1',
      position: 0,
      ingestSeq: 1,
      eventTimeMs: nowMs,
      ingestTimeMs: nowMs,
      source: 'default',
      type: null,
      late: false,
    })
    const digest = await crypto.subtle.digest('SHA-256', toUtf8(payload) as Uint8Array<ArrayBuffer>)
    expect(open!.sha256).toBe(Buffer.from(digest).toString('hex'))
    await written.flush()
    expect(await find(written, 'ab')).toEqual([open])
  })

  it('is none when no event has that id, or its segment was evicted', async () => {
    const written = await Written.open()
    await written.send([event('a')])
    await written.flush()
    expect(await find(written, 'b')).toEqual([])
    expect(await find(written, 'a', { tenant: 'u' })).toEqual([])
    await written.evict(today)
    expect(await find(written, 'a')).toEqual([])
  })

  it('is found in every source that has it, once each; a source or a stream narrows it', async () => {
    const written = await Written.open()
    await written.send([event('a'), event('a', { source: 's1', ...at(1) })])
    await written.flush()
    await written.send([event('a', { source: 's2' })], { stream: 'clicks' })
    await written.writer.indexed()
    const sources = (events: { source: string }[]) => events.map(({ source }) => source).sort()
    expect(sources(await find(written, 'a'))).toEqual(['default', 's1', 's2'])
    expect(sources(await find(written, 'a', { source: 's1' }))).toEqual(['s1'])
    expect(sources(await find(written, 'a', { stream: 'clicks' }))).toEqual(['s2'])
    expect(sources(await find(written, 'a', { stream: 'clicks', source: 's1' }))).toEqual([])
  })

  it('is of one moment, also when its segment is evicted while it is looked up', async () => {
    const written = await Written.open()
    await written.send([event('a')])
    await written.flush()
    await written.send([event('a', { source: 's' })])
    await written.writer.indexed()
    const asked = written.reader.event({ tenant: 't', eventId: 'a' })
    const evicted = written.evict(today)
    const { events, asOf } = await asked
    expect(events.length).toBe(2)
    expect(asOf).toMatchObject({ catalog: 2, writers: { '0': 3 } })
    await evicted
    expect(await find(written, 'a')).toEqual([])
  })
})

describe('a damaged part', () => {
  async function damaged(role: 'events' | 'raw') {
    const written = await Written.open()
    for (const id of ['a', 'b', 'c']) {
      await written.send([event(id)])
      await written.flush()
    }
    const key = (await keysOf(written.store, `${today}/${role}-`))[1]!
    await damage(written.store, key, 10)
    return { written, key }
  }

  it.each(['events', 'raw'] as const)('of %s is left out, said so, and reported', async role => {
    const { written, key } = await damaged(role)
    const page = await written.page()
    expect(page.events.map(({ eventId }) => eventId)).toEqual(['a', 'c'])
    expect(page.partial).toBe(true)
    expect(written.corrupt[0]).toBeInstanceOf(CorruptPart)
    expect(written.corrupt[0]).toMatchObject({ key })
    expect(await written.reader.event({ tenant: 't', eventId: 'b' })).toMatchObject({
      events: [],
      partial: true,
    })
    expect(await written.reader.event({ tenant: 't', eventId: 'c' })).toMatchObject({ partial: false })
    expect((await written.page({ limit: 1 })).partial, 'it was not needed').toBe(false)
  })

  it('of ids makes answers about ids partial, and duplicates inexact', async () => {
    const written = await Written.open()
    await written.send([event('a')])
    await written.flush()
    await damage(written.store, (await keysOf(written.store, `${today}/ids-`))[0]!, -1)
    expect(await written.reader.event({ tenant: 't', eventId: 'a' })).toMatchObject({
      events: [],
      partial: true,
    })
    expect(await written.page()).toMatchObject({ partial: false, asOf: { exact: false } })
    expect(await written.ids()).toEqual(['a'])
  })
})
