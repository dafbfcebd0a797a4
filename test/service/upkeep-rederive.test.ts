// Events that are read again by a pack that has changed: judged by a service that had the new pack from the start.

import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../../src/base/bytes.ts'
import { seededRandom } from '../../src/base/random.ts'
import type { JobRequest } from '../../src/contract/jobs.ts'
import type { SearchAnswer, SearchRequest } from '../../src/contract/knowledge.ts'
import type { Pack } from '../../src/contract/pack.ts'
import { type Embedder, EmbedError } from '../../src/ports/embedder.ts'
import { PackRegistry } from '../../src/service/packs.ts'
import { dayMs, nowMs } from '../ingest/gate.ts'
import { testEmbedder } from './knowing.ts'
import { type Running, type RunningOptions, running } from './running.ts'
import { quiet } from './written.ts'

const scope = { tenant: 't', stream: 'events' }

const before: Pack = {
  pack: 'shop',
  entities: { customer: { key: 'customer' } },
  text: '{note}',
}
const after: Pack = {
  pack: 'shop',
  entities: { customer: { key: 'customer', attributes: ['address'] }, product: { key: 'lines[].sku' } },
  edges: ['customer -bought-> product'],
  text: '{customer} bought {lines[].sku}: {note}',
}

const words = ['lamp', 'chair', 'gift', 'broken', 'late', 'green', 'parcel', 'refund', 'heavy', 'small']

function events(seed: number, count: number): object[] {
  const random = seededRandom(seed)
  const pick = (max: number) => Math.floor(random() * max)
  return Array.from({ length: count }, (_, i) => ({
    id: `e${seed}-${i}`,
    time: nowMs - pick(2) * dayMs - pick(3600_000),
    customer: `c${pick(7)}`,
    address: { city: `town ${pick(3)}`, lines: ['1 "Elm"', pick(9)] },
    lines: Array.from({ length: pick(3) }, () => ({ sku: `s${pick(9)}`, quantity: pick(4) })),
    note: Array.from({ length: 1 + pick(4) }, () => words[pick(words.length)]).join(' '),
  }))
}

/** Every second body is an array as a person would write it, with white space of all kinds in it. */
async function feed({ service, send }: Running, batches: readonly object[][], pack = 'shop'): Promise<void> {
  for (const [i, batch] of batches.entries()) {
    const pretty = toUtf8(JSON.stringify(batch, undefined, '\t ').replaceAll('\n', '\r\n'))
    if (i % 2 === 0) await send(batch, { pack })
    else
      await service.ingest({
        ...{ ...scope, format: 'json', body: pretty, fields: {}, pack },
        ...{ wait: 'indexed', receipts: 'all', reopen: false },
      })
  }
  await quiet(100)
}

async function install({ store }: Running, ...packs: Pack[]): Promise<void> {
  const registry = new PackRegistry(store)
  for (const pack of packs) await registry.install('t', pack)
}

/** A service whose pack is installed before it opens, since a registry remembers what it found. */
async function withPacks(packs: Pack[], options: RunningOptions = {}): Promise<Running> {
  const empty = await running({ ...options, isClosed: true })
  await install(empty, ...packs)
  return running({ ...options, disk: empty.disk })
}

async function finish({ service, clock }: Running, request: Partial<JobRequest> = {}) {
  const { jobId } = await service.jobs.start({ kind: 'rederive', unreadOnly: false, ...scope, ...request })
  for (let turn = 0; turn < 300; turn++) {
    const job = (await service.jobs.get('t', jobId))!
    if (job.endedMs !== undefined) return job
    clock.pass(100)
    await quiet(3)
  }
  throw new Error('the job does not end')
}

const question: SearchRequest = {
  ...{ ...scope, mode: 'hybrid', k: 50, exact: true, fuzzy: false, prefix: false, facets: ['customer'] },
  ...{ explain: false, fusion: { method: 'rrf', rankConstant: 60 } },
}

/** All that can be asked, less the version that it was asked of, and what does not hang on the pack. */
async function answersOf({ service }: Running) {
  const { knowledge } = service
  const strip = <Answer extends { asOf: unknown }>({ asOf: _, ...answer }: Answer) => answer
  const found = ({ hits, ...answer }: SearchAnswer) =>
    strip({
      ...answer,
      hits: hits.map(({ event, ...hit }) => ({ ...hit, event: `${event.segmentId} ${event.docId}` })),
    })
  const answers: unknown[] = []
  for (const text of ['broken lamp', 's4 came late'])
    for (const mode of ['words', 'vector', 'hybrid'] as const)
      answers.push(found(await knowledge.search({ ...question, text, mode })))
  for (let i = 0; i < 3; i++) {
    const node = { type: 'customer', key: `c${i}` }
    answers.push(strip(await knowledge.node({ ...scope, node, edgesMax: 100, evidenceMax: 100 })))
    answers.push(
      strip(
        await knowledge.walk({
          ...{ ...scope, start: [node], strategy: 'bfs', hops: 2, direction: 'both', limit: 1000 },
          ...{ degreeMax: 1000, evidenceMax: 100, seed: 1 },
        }),
      ),
    )
  }
  return answers
}

describe('events that are read again', () => {
  it.each([1, 2])(
    'by the new version of their pack answer as if it had read them from the start (seed %i)',
    async seed => {
      const config = { limits: { flush_bytes: 2000 * seed, runs_max: 2 } }
      const batches = Array.from({ length: 5 }, (_, i) => events(100 * seed + i, 1 + ((7 * i * seed) % 25)))
      const oracle = await withPacks([before, after], { config })
      await feed(oracle, batches)
      const old = await withPacks([before], { config })
      await feed(old, batches)
      await install(old, after)
      const now = await running({ disk: old.disk, config })
      await finish(oracle) // seals what is open there, so that both have the same notes
      const expected = await answersOf(oracle)
      expect(await answersOf(now), 'read by the old pack').not.toEqual(expected)
      const job = await finish(now)
      expect(job).toMatchObject({
        state: 'done',
        events: batches.flat().length,
        unreadEvents: 0,
        segmentCount: 2,
      })
      expect(await answersOf(now)).toEqual(expected)
      const again = await running({ disk: now.disk, config })
      expect(await answersOf(again), 'behind a restart').toEqual(expected)
      expect(await finish(again), 'there is nothing left to do').toMatchObject({ state: 'done', events: 0 })
      expect([now, old, again].flatMap(({ fatal }) => fatal)).toEqual([])
    },
  )

  it.each([1, 2])(
    'are read again while others keep coming, are sealed and merged, and a segment is evicted (seed %i)',
    async seed => {
      const config = { limits: { flush_bytes: 1500, runs_max: 2 } }
      const random = seededRandom(seed)
      const batches = Array.from({ length: 12 }, (_, i) =>
        events(1000 * seed + i, 5 + Math.floor(random() * 20)),
      )
      const gone = `t/events/${new Date(nowMs - dayMs).toISOString().slice(0, 10)}/0`
      const oracle = await withPacks([before, after], { config })
      await feed(oracle, batches)
      await oracle.service.evict('t', gone)
      const old = await withPacks([before], { config })
      await feed(old, batches.slice(0, 7))
      await install(old, after)
      const now = await running({ disk: old.disk, config })
      const { jobId } = await now.service.jobs.start({ kind: 'rederive', unreadOnly: false, ...scope })
      for (const [i, batch] of batches.slice(7).entries()) {
        await now.send(batch, { pack: 'shop' })
        await quiet(Math.floor(random() * 30))
        now.clock.pass(100)
        if (i === 4) await now.service.evict('t', gone)
      }
      for (let turn = 0; turn < 100; turn++) {
        now.clock.pass(100)
        await quiet(3)
      }
      expect(await now.service.jobs.get('t', jobId)).toMatchObject({ state: 'done' })
      await finish(now)
      await finish(oracle)
      expect(await answersOf(now)).toEqual(await answersOf(oracle))
      expect(now.fatal).toEqual([])
    },
  )

  it('that `auto` read can be read by a pack of one’s own', async () => {
    const batches = [events(1, 30), events(2, 30)]
    const oracle = await withPacks([after])
    await feed(oracle, batches)
    const found = await withPacks([after])
    await feed(found, batches, 'auto')
    expect(await finish(found, { pack: 'shop' })).toMatchObject({ state: 'done', events: 60 })
    await finish(oracle)
    expect(await answersOf(found)).toEqual(await answersOf(oracle))
  })

  it('are those of the stream and the window, and no others', async () => {
    const old = await withPacks([before])
    await feed(old, [events(1, 40)])
    await old.send([{ id: 'x', customer: 'c0' }], { stream: 'other', pack: 'shop' })
    await install(old, after)
    const now = await running({ disk: old.disk })
    const job = await finish(now, { fromMs: nowMs })
    const of = async (stream: string, timeMs: number) =>
      (await now.service.segments('t')).segments
        .filter(
          segment => segment.stream === stream && segment.from_ms <= timeMs && timeMs < segment.until_ms,
        )
        .flatMap(({ parts }) => parts.find(({ role }) => role === 'texts')?.packs)
    expect(job).toMatchObject({ state: 'done', segmentCount: 1 })
    expect(await of('events', nowMs)).toEqual(['shop@2'])
    expect(await of('events', nowMs - dayMs)).toEqual(['shop@1'])
    expect(await of('other', nowMs)).toEqual(['shop@1'])
  })

  it('leave no objects behind, and none is missing', async () => {
    const config = { limits: { flush_bytes: 3000, runs_max: 2 } }
    const old = await withPacks([before], { config })
    await feed(old, [events(1, 30), events(2, 30), events(3, 30)])
    await install(old, after)
    const now = await running({ disk: old.disk, config })
    await finish(now)
    await quiet(300)
    await now.service.drain()
    await quiet(100)
    const listed = (await now.service.segments('t')).segments.flatMap(({ parts }) =>
      parts.map(({ key }) => key),
    )
    const stored: string[] = []
    for await (const { key } of now.store.list('t/')) if (!key.includes('/manifest-')) stored.push(key)
    expect(stored.sort()).toEqual(listed.sort())
  })

  it('are refused for a pack that there is not', async () => {
    const { service } = await withPacks([before])
    const request: JobRequest = { kind: 'rederive', unreadOnly: false, ...scope, pack: 'shp' }
    await expect(service.jobs.start(request)).rejects.toThrow('did you mean shop?')
  })

  it('are left alone where `auto` is to read them and knows nothing of their stream', async () => {
    const found = await withPacks([after])
    await feed(found, [events(1, 9)])
    const job = await finish(found, { pack: 'auto' })
    expect(job).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('has seen no events'),
      events: 0,
    })
    expect((await answersOf(found)).length).toBeGreaterThan(0)
  })
})

describe('events of a batch that could not be read', () => {
  it('are counted, across merges and restarts, until a job reads them again', async () => {
    let isBroken = false
    const embedder = async (): Promise<Embedder> => {
      const sound = await testEmbedder()
      return {
        ...{ id: sound.id, dims: sound.dims, batchTextsMax: sound.batchTextsMax },
        embed: async texts => {
          if (isBroken) throw new EmbedError(sound.id, 'out of order')
          return sound.embed(texts)
        },
      }
    }
    const config = { limits: { flush_bytes: 1500, runs_max: 2 } }
    const batches = [events(1, 9), events(2, 9), events(3, 9), events(4, 9)]
    const oracle = await withPacks([after], { config })
    await feed(oracle, batches)
    const hurt = await withPacks([after], { config, embedder })
    for (const [i, batch] of batches.entries()) {
      isBroken = i % 2 === 1
      const sending = hurt.send(batch, { pack: 'shop' })
      for (let turn = 0; turn < 20; turn++) await hurt.pass(100)
      await sending
    }
    isBroken = false
    await finish(oracle)
    expect(await hurt.metric('dead_letters_total')).toBe(2)
    expect(await hurt.metric('unread_events'), 'of those that are sealed').toBeGreaterThan(0)
    await hurt.service.drain()
    const again = await running({ disk: hurt.disk, config, embedder })
    expect(await again.metric('unread_events')).toBe(18)
    expect(await answersOf(again)).not.toEqual(await answersOf(oracle))
    expect(await finish(again, { unreadOnly: true })).toMatchObject({ state: 'done', unreadEvents: 0 })
    expect(await again.metric('unread_events')).toBe(0)
    expect(await answersOf(again)).toEqual(await answersOf(oracle))
  })
})
