// Vectors that follow their events, from a server elsewhere that comes and goes: a real one, on a port of this machine.

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/adapters/clock-system.ts'
import { remoteEmbedder } from '../../src/adapters/embedder-remote.ts'
import { seededRandom } from '../../src/base/random.ts'
import { configSchema } from '../../src/contract/config.ts'
import type { SearchRequest } from '../../src/contract/knowledge.ts'
import { dayMs, nowMs } from '../ingest/gate.ts'
import { type Running, type RunningOptions, running } from './running.ts'
import { quiet } from './written.ts'

const scope = { tenant: 't', stream: 'events' }
const dims = 24

/** Texts of like letters lie close. */
function meaningOf(text: string): number[] {
  const vector = new Array<number>(dims).fill(0.01)
  for (const letter of text.toLowerCase()) vector[letter.charCodeAt(0) % dims]! += 1
  return vector
}

let server: Server
/** how it answers now */
let status = 200
/** texts that it was asked for, in order */
const asked: string[] = []

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { input } = JSON.parse(Buffer.concat(chunks).toString()) as { input: string[] }
    response.writeHead(status, { 'content-type': 'application/json' })
    if (status !== 200) {
      response.end('{"error":{"message":"away"}}')
      return
    }
    asked.push(...input)
    const data = input.map((text, index) => ({ object: 'embedding', index, embedding: meaningOf(text) }))
    response.end(
      JSON.stringify({ object: 'list', data, model: 'm', usage: { prompt_tokens: 1, total_tokens: 1 } }),
    )
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', () => resolve()))
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

beforeEach(() => {
  status = 200
  asked.length = 0
})

function open({ model = 'far', ...options }: RunningOptions & { model?: string } = {}): Promise<Running> {
  const { port } = server.address() as AddressInfo
  const remote = {
    ...{ url: `http://127.0.0.1:${port}/v1`, model, dims },
    ...{ retries_max: 0, breaker_failures: 1000 },
  }
  const config = { embedder: { kind: 'remote', remote }, limits: { flush_bytes: 800, runs_max: 3 } }
  const parsed = configSchema.parse(config).embedder.remote
  const random = seededRandom(1)
  const embedder = remoteEmbedder({ config: parsed, key: undefined, clock: systemClock, random })
  return running({ config, embedder: async () => embedder, ...options })
}

function events(from: number, until: number, timeMs = nowMs): object[] {
  const names = ['copper kettle', 'wooden spoon', 'paper kite', 'silver needle', 'woollen scarf']
  return Array.from({ length: until - from }, (_, i) => ({
    ...{ id: `e${from + i}`, time: timeMs, kind: 'sold' },
    what: `${names[(from + i) % names.length]} number ${from + i}`,
  }))
}

/** Lets time pass until no run waits, or for as long as that may take. */
async function followed(service: Running): Promise<number> {
  for (let turn = 0; turn < 60; turn++) {
    await quiet(20)
    await new Promise(resolve => setTimeout(resolve, 5))
    if ((await service.metric('vectors_waiting')) === 0) return 0
    service.clock.pass(1000)
  }
  return service.metric('vectors_waiting')
}

async function search({ service }: Running, more: Partial<SearchRequest>) {
  const { hits, notes } = await service.knowledge.search({
    ...{ ...scope, mode: 'hybrid', k: 20, exact: true, fuzzy: false, prefix: false, facets: [] },
    ...{ explain: false, fusion: { method: 'rrf', rankConstant: 60 } },
    ...more,
  })
  return { ids: hits.map(({ event }) => event.eventId), notes }
}

/** By meaning alone. */
const byMeaning = { text: 'tin kettle', mode: 'vector' } as const

async function send(service: Running, ...batches: object[][]): Promise<void> {
  for (const batch of batches) await service.send(batch)
  await quiet(50)
}

const batches = [events(0, 9), events(9, 18, nowMs - dayMs), events(18, 27), events(27, 40), events(40, 50)]

/** What a service answers whose server was there all the time. */
async function answersOfOne(model?: string) {
  const steady = await open(model === undefined ? {} : { model })
  await send(steady, ...batches)
  await steady.service.drain()
  const again = await open({ disk: steady.disk, ...(model !== undefined && { model }) })
  expect(await followed(again)).toBe(0)
  return search(again, byMeaning)
}

describe('vectors from a server elsewhere', () => {
  it('follow when it is back: until then events are stored, and found by words at once', async () => {
    status = 503
    const service = await open()
    await send(service, ...batches)
    expect((await service.ids()).length).toBe(50)
    expect((await search(service, { text: 'kettle', mode: 'words' })).ids.length).toBe(10)
    const both = await search(service, { text: 'kettle' })
    expect(both.ids.length, 'also where meaning was asked for beside words').toBe(10)
    expect(both.notes.join()).toContain('searched by words only')
    await expect(search(service, byMeaning)).rejects.toThrow('search by words meanwhile')
    await service.pass(10_000)
    expect(await service.metric('vectors_waiting')).toBeGreaterThan(1)
    await service.service.drain()

    const again = await open({ disk: service.disk })
    await again.pass(5000)
    expect(await again.metric('vectors_waiting'), 'found again behind a restart').toBeGreaterThan(1)
    status = 200
    expect(await followed(again)).toBe(0)
    expect(await again.metric('embed_texts_total')).toBeGreaterThan(0)
    expect(await search(again, byMeaning)).toEqual(await answersOfOne())
    expect([...service.fatal, ...again.fatal]).toEqual([])
  })

  it('are asked for once for each text, also when runs merge meanwhile', async () => {
    const service = await open()
    await send(service, ...batches)
    await service.service.drain()
    const again = await open({ disk: service.disk })
    expect(await followed(again)).toBe(0)
    await again.service.drain()
    const texts = asked.filter(text => text.includes('number'))
    // each of the two services asks once, the second only for what the first had not come to
    expect(texts.length).toBe(50)
  })

  it('are those of the model that is configured: others are replaced, the newest segments first', async () => {
    const service = await open({ model: 'first' })
    await send(service, ...batches)
    await service.service.drain()
    const filled = await open({ disk: service.disk, model: 'first' })
    expect(await followed(filled)).toBe(0)
    await filled.service.drain()
    status = 503
    const changed = await open({ disk: filled.disk, model: 'second' })
    await changed.pass(1000)
    status = 200
    const meanwhile = await search(changed, { text: 'kettle' })
    expect(meanwhile.notes.join()).toContain('first')
    expect(meanwhile.ids.length, 'words find them').toBe(10)
    asked.length = 0
    expect(await followed(changed)).toBe(0)
    const numbers = asked.flatMap(text => /number (\d+)/.exec(text)?.slice(1).map(Number) ?? [])
    const yesterday = numbers.findIndex(number => number >= 9 && number < 18)
    expect(new Set(numbers).size).toBe(50)
    expect(numbers.slice(yesterday).every(number => number >= 9 && number < 18)).toBe(true)
    expect(await search(changed, byMeaning)).toEqual(await answersOfOne('second'))
    const { segments } = await changed.service.segments('t')
    const spaces = segments.flatMap(({ parts }) =>
      parts.flatMap(({ role, space }) => (role === 'vectors' ? [space] : [])),
    )
    expect(new Set(spaces).size, 'nothing of the old model is left').toBe(1)
  })

  it('are dropped politely for a segment that is evicted meanwhile', async () => {
    status = 503
    const service = await open()
    await send(service, ...batches)
    await service.service.drain()
    const again = await open({ disk: service.disk })
    await again.pass(2000)
    const { segments } = await again.service.segments('t')
    status = 200
    again.clock.pass(2000)
    for (const { segment_id } of segments) await again.service.evict('t', segment_id)
    expect(await followed(again)).toBe(0)
    await again.service.drain()
    await quiet(100)
    const left: string[] = []
    for await (const { key } of again.store.list('t/')) left.push(key)
    expect(left).toEqual([])
    expect(again.fatal).toEqual([])
  })
})
