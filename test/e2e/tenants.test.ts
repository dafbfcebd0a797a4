// Two tenants, every call of the contract. What one has, the other neither sees nor changes, and what it asks for of the
// other's is answered as what nobody has. A call that is new in the contract fails here until it has its case.

import { beforeAll, describe, expect, it } from 'vitest'
import type { Receipt } from '../../src/contract/receipt.ts'
import { type Answer, type Client, clientOf, json, type Line, problemOf } from './client.ts'
import { keyFlags, keyOf } from './keys.ts'
import { operationsOf } from './operations.ts'
import { place, type Served } from './serve.ts'

const here = await place()
let service: Served
let alpha: Client
let beta: Client

/** Stands in everything that alpha has; no answer to beta may hold it, unless beta said it itself. */
const mark = 'of-alpha'
const id = `event-${mark}`
const day = '2022-02-02'
const event = JSON.stringify({
  id,
  time: `${day}T12:00:00Z`,
  type: mark,
  user_id: mark,
  source: mark,
  [mark]: mark,
})
const own = JSON.stringify({ id: 'event-of-beta', time: `${day}T13:00:00Z` })
const key = `key-${mark}`
const file = 'f'.repeat(64)
const segmentId = `alpha/events/${day}/0`
let refusalId: string
let jobId: string
let cursor: string
let before: { lines: Line[]; quarantine: string; segments: string }

beforeAll(async () => {
  service = await here.serve(...keyFlags('alpha', 'beta'))
  alpha = clientOf(service, keyOf('alpha'))
  beta = clientOf(service, keyOf('beta'))
  await alpha.send(event, { headers: { 'idempotency-key': key } })
  await alpha.send(`{"n":"${mark}"}`, { query: `?file=${file}` })
  const { receipts } = await alpha.send(`{"id":"bad-${mark}","time":"never"}`)
  refusalId = receipts[0]!.refusal_id!
  expect((await put(alpha, `pack-${mark}`)).status).toBe(201)
  jobId = (await ask(alpha, 'POST', '/v1/jobs', { kind: 'rederive' })).json<{ job_id: string }>().job_id
  await beta.send(own)
  cursor = (await alpha.get('/v1/events?limit=1')).json<{ next_cursor: string }>().next_cursor
  before = await stateOf(alpha)
})

function ask(client: Client, method: string, path: string, body: object): Promise<Answer> {
  return client.call(method, path, { body: JSON.stringify(body), headers: { 'content-type': json } })
}

function put(client: Client, name: string): Promise<Answer> {
  return ask(client, 'PUT', `/v1/catalog/packs/${name}`, {
    pack: name,
    entities: { user: { key: 'user_id' } },
  })
}

const theirs = { type: 'user', key: mark }

const cases: Record<string, () => Promise<void>> = {
  'POST /v1/events': async () => {
    const same = await beta.send(event, { query: '?receipts=all' }) // the very same id and source: no duplicate here
    expect(same).toMatchObject({ accepted: 1, duplicate: 0 })
    expect(same.receipts[0]!.segment_id).toBe(`beta/events/${day}/0`)
    const sameKey = await beta.post('{"other":"body"}', { headers: { 'idempotency-key': key } })
    expect(sameKey.headers.get('idempotency-replayed')).toBeNull()
    expect(sameKey.json()).toMatchObject({ accepted: 1 })
    expect(await beta.send('{"row":"zero"}', { query: `?file=${file}` })).toMatchObject({
      accepted: 1,
      duplicate: 0,
    })
    for (const query of ['?tenant=alpha', '?stream=alpha%2Fevents', '?stream=../alpha'])
      expect(problemOf(await beta.post('{}', { query })), query).toBe('400 bad_request')
    await beta.call('DELETE', `/v1/segments/${encodeURIComponent(`beta/events/${day}/0`)}`)
    await beta.send(own, { query: '?reopen=true' })
  },
  'GET /v1/events': async () => {
    for (const query of ['', `source=${mark}`, `type=${mark}`, `entity_id=${mark}`, `from=${day}`])
      expectSilent(await beta.get(`/v1/events?limit=1000&${query}`))
    expect((await beta.lines(`type=${mark}`)).length).toBe(0)
    expect(problemOf(await beta.get(`/v1/events?limit=1&cursor=${cursor}`))).toBe('400 bad_cursor')
    expect(problemOf(await beta.get('/v1/events?tenant=alpha'))).toBe('400 bad_request')
  },
  'GET /v1/events/{event_id}': () => expectAsIfUnknown(name => beta.get(`/v1/events/${name}`), id),
  'GET /v1/events/{event_id}/payload': () =>
    expectAsIfUnknown(name => beta.get(`/v1/events/${name}/payload?source=${mark}`), id),
  'GET /v1/quarantine': async () => {
    const answer = await beta.get('/v1/quarantine?status=all&limit=1000')
    expectSilent(answer)
    expect(answer.json()).toMatchObject({ refusals: [], counts: [] })
  },
  'POST /v1/quarantine/replay': async () => {
    const replay = (body: object) =>
      beta.call('POST', '/v1/quarantine/replay', {
        body: JSON.stringify(body),
        headers: { 'content-type': json },
      })
    for (const body of [
      { refusal_ids: [refusalId] },
      { code: 'bad_time', patch: { time: day } },
      { replacements: { [refusalId]: { id: 'taken' } } },
    ])
      expect((await replay(body)).json()).toMatchObject({ replayed: 0, accepted: 0, outcomes: [] })
  },
  'GET /v1/segments': async () => {
    const answer = await beta.get('/v1/segments')
    expectSilent(answer)
    expect(answer.text).not.toContain('alpha')
  },
  'DELETE /v1/segments/{segment_id}': () =>
    expectAsIfUnknown(name => beta.call('DELETE', `/v1/segments/${encodeURIComponent(name)}`), segmentId),
  'POST /v1/search': async () => {
    const questions = [
      { text: mark },
      { text: mark, mode: 'words', prefix: true, facets: ['type', 'source'] },
      { text: mark, mode: 'vector', exact: true },
      { filter: { must: [{ key: 'type', match: mark }] } },
      { near: { node: theirs, hops: 2 } },
    ]
    for (const question of questions) {
      const answer = await ask(beta, 'POST', '/v1/search', { k: 100, ...question })
      expect(answer.status, answer.text).toBe(200)
      const { hits } = answer.json<{ hits: { event: { segment_id: string } }[] }>()
      expect(hits.every(({ event }) => event.segment_id.startsWith('beta/'))).toBe(true)
      expect(JSON.stringify(hits)).not.toContain(mark)
    }
    expect(problemOf(await ask(beta, 'POST', '/v1/search', { like: id }))).toBe('404 not_found')
  },
  'GET /v1/nodes/{type}/{key}': () => expectAsIfUnknown(name => beta.get(`/v1/nodes/user/${name}`), mark),
  'POST /v1/graph/walk': async () => {
    const answer = await ask(beta, 'POST', '/v1/graph/walk', { start: [theirs] })
    expect(answer.json()).toMatchObject({ nodes: [], edges: [], unknown: [theirs] })
  },
  'POST /v1/graph/path': async () => {
    const answer = await ask(beta, 'POST', '/v1/graph/path', { source: theirs, target: theirs })
    expect(answer.json()).toMatchObject({ outcome: 'unknown_source', nodes: [], edges: [] })
  },
  'GET /v1/catalog/packs': async () =>
    expect((await beta.get('/v1/catalog/packs')).text).not.toContain('pack-of'),
  'GET /v1/catalog/packs/{name}': () =>
    expectAsIfUnknown(name => beta.get(`/v1/catalog/packs/${name}`), `pack-${mark}`),
  'GET /v1/catalog/packs/auto': async () => {
    const { fields } = (await beta.get('/v1/catalog/packs/auto')).json<{ fields: { field: string }[] }>()
    expect(fields.map(({ field }) => field)).not.toContain('n') // which alpha alone has sent
  },
  'PUT /v1/catalog/packs/{name}': async () => {
    expect((await put(beta, 'own')).json()).toMatchObject({ version: 1 })
  },
  'GET /v1/catalog/clusters': async () => expectSilent(await beta.get('/v1/catalog/clusters')),
  'POST /v1/jobs': async () => {
    expect((await ask(beta, 'POST', '/v1/jobs', { kind: 'rederive' })).status).toBe(202)
  },
  'GET /v1/jobs': async () => expect((await beta.get('/v1/jobs')).text).not.toContain(jobId),
  'GET /v1/jobs/{job_id}': async () => expect((await beta.get(`/v1/jobs/${jobId}`)).status).toBe(404),
  'POST /v1/embeddings': async () => {
    const answer = await beta.call('POST', '/v1/embeddings', {
      body: '{"input":"gold"}',
      headers: { 'content-type': json },
    })
    expectSilent(answer)
    expect(answer.json()).toMatchObject({ data: [{ index: 0 }] })
  },
  'GET /healthz': async () => expectSilent(await beta.get('/healthz')),
  'GET /readyz': async () => expectSilent(await beta.get('/readyz')),
  'GET /metrics': async () => {
    const answer = await beta.get('/metrics') // totals of the process, and no tenant's name
    expectSilent(answer)
    expect(answer.text).not.toMatch(/alpha|beta/)
  },
}

describe('of two tenants', () => {
  it('every call of the contract has its case', async () => {
    expect(Object.keys(cases).sort()).toEqual(await operationsOf(beta))
  })

  it.each(Object.keys(cases))('one learns and changes nothing of the other by %s', async name => {
    await cases[name]!()
    expect(await stateOf(alpha)).toEqual(before)
  })

  it('none learns more after a restart', async () => {
    await service.stop()
    service = await here.serve(...keyFlags('alpha', 'beta'))
    alpha = clientOf(service, keyOf('alpha'))
    beta = clientOf(service, keyOf('beta'))
    for (const [name, probe] of Object.entries(cases)) if (name !== 'POST /v1/events') await probe()
    expect((await stateOf(alpha)).lines).toEqual(before.lines)
    expect((await beta.lines()).map(({ event }) => event.event_id)).toContain('event-of-beta')
  })
})

async function stateOf(client: Client): Promise<typeof before> {
  const quarantine = (await client.get('/v1/quarantine?status=all')).json<{
    refusals: Receipt[]
    counts: unknown
  }>()
  const { segments } = (await client.get('/v1/segments')).json<{ segments: { segment_id: string }[] }>()
  return {
    lines: await client.lines(),
    quarantine: JSON.stringify([quarantine.refusals, quarantine.counts]),
    segments: JSON.stringify(segments.map(({ segment_id }) => segment_id)),
  }
}

function expectSilent({ text, headers }: Answer): void {
  expect(text + JSON.stringify([...headers])).not.toContain(mark)
}

/** The answer to an id that the other has is the answer to an id that nobody has. */
async function expectAsIfUnknown(ask: (name: string) => Promise<Answer>, theirs: string): Promise<void> {
  const nobodys = theirs.replace('alpha', 'gamma').replace('2022', '1999')
  const [known, unknown] = [await ask(theirs), await ask(nobodys)]
  expect(known.status).toBe(404)
  const told = ({ text }: Answer, name: string) =>
    JSON.stringify({ ...JSON.parse(text), instance: '' })
      .replaceAll(JSON.stringify(JSON.stringify(name)).slice(1, -1), 'it')
      .replaceAll(name, 'it')
  expect(told(known, theirs)).toBe(told(unknown, nobodys))
}
