// What was planted in a made-up stream is there to be seen, and a day that is evicted has never been.

import { beforeAll, expect, it, vi } from 'vitest'
import type { GamingOptions } from '../../src/generate/gaming-options.ts'
import { gamingStream } from '../../src/generate/gaming-stream.ts'
import { plantedTruth } from '../../src/generate/planted-truth.ts'
import { type Client, clientOf, linesOf, problemOf } from './client.ts'
import { type Asking, asking, nameOf } from './knowledge.ts'
import { place, type Served, set } from './serve.ts'

const options: GamingOptions = {
  members: 120,
  days: 3,
  seed: 42,
  rate: 0.015,
  distinct: 0.3,
  startMs: Date.UTC(2026, 0, 5),
  plant: ['communities', 'devices', 'behaviours', 'sequences', 'anomalies', 'trends'],
}
const truth = plantedTruth(options)
const lines = linesOf(Buffer.concat([...gamingStream(options)])).map(line => line.toString())
const members = [...new Set(lines.map(line => JSON.parse(line).memberCode as string))]
const goneDay = '2026-01-06'
const dayOf = (line: string) => (JSON.parse(line)['@timestamp'] as string).slice(0, 10)
const days = [...new Set(lines.map(dayOf))].sort()
const keepsAll = set({ retention_days: 36_500, 'limits.flush_seconds': 3600 })

/** Every question that an answer could betray a day with. */
async function answers(client: Client): Promise<Record<string, unknown>> {
  const ask = asking(client)
  const some = members.filter((_, i) => i % 40 === 0)
  const all = { k: 30, facets: ['event', 'country', 'currency'] }
  const found: Record<string, unknown> = {
    newest: await ask.search(all),
    words: await ask.search({ ...all, text: 'withdrawal pending', mode: 'words' }),
    meaning: await ask.search({ ...all, text: 'thrown out of a game', mode: 'vector', exact: true }),
    hybrid: await ask.search({ ...all, text: 'deposit failed', exact: true }),
    grouped: await ask.search({ text: 'game', group_by: 'memberCode', k: 20, exact: true }),
    filtered: await ask.search({ ...all, filter: { must: [{ key: 'error', exists: true }] } }),
    events: (await client.lines()).map(({ payload }) => payload.toString()),
  }
  for (const key of some) {
    const start = { type: 'member', key }
    found[`node ${key}`] = await ask.node(nameOf(start))
    found[`walk ${key}`] = await ask.walk({ start: [start], hops: 2 })
    found[`random ${key}`] = await ask.walk({ start: [start], strategy: 'random', hops: 10, seed: 7 })
    found[`rank ${key}`] = await ask.walk({ start: [start], strategy: 'ppr', limit: 50 })
    found[`path ${key}`] = await ask.path({ source: start, target: { type: 'member', key: some[0]! } })
    found[`near ${key}`] = await ask.search({ ...all, near: { node: start, hops: 1 } })
  }
  return found
}

/** Without what names a moment. */
function timeless(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (name, inner) =>
      ['as_of', 'batch_id', 'ingest_time', 'ingest_seq'].includes(name) ? undefined : inner,
    ),
  )
}

/** Question by question, so that a failure names the one that tells. */
async function expectAnswers(client: Client, expected: unknown): Promise<void> {
  const found = timeless(await answers(client)) as Record<string, unknown>
  for (const [question, answer] of Object.entries(expected as Record<string, unknown>))
    expect(found[question], question).toEqual(answer)
}

/** Day by day, so that bodies are the same whichever days there are. */
async function sendDays(client: Client, days: readonly string[]): Promise<void> {
  for (const day of days)
    await client.send(lines.filter(line => dayOf(line) === day).join('\n'), { query: '?pack=gaming' })
}

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })
const here = await place()
let service: Served
let client: Client
let ask: Asking
let before: unknown

function use(served: Served): void {
  service = served
  client = clientOf(served)
  ask = asking(client)
}

beforeAll(async () => {
  use(await here.serve(...keepsAll))
  await sendDays(client, days)
})

it('shows who shares a device, by a walk over their logins', async () => {
  const seenFrom = (member: string) =>
    new Set(
      lines
        .map(line => JSON.parse(line) as { memberCode: string; fingerprint?: string })
        .filter(({ memberCode }) => memberCode === member)
        .map(({ fingerprint }) => fingerprint),
    )
  expect(truth.devices.length).toBeGreaterThan(0)
  for (const { fingerprint, members } of truth.devices) {
    const ring = members.filter(member => seenFrom(member).has(fingerprint))
    const walk = await ask.walk({
      start: [{ type: 'device', key: fingerprint }],
      hops: 1,
      edge_types: ['logged_in_from'],
    })
    const found = walk.nodes.filter(({ type }) => type === 'member').map(({ key }) => key)
    expect(found.sort(), fingerprint).toEqual(ring.sort())
    expect(ring.length).toBeGreaterThan(1)
  }
})

it('shows that members of a community play the same games', async () => {
  let own = 0
  let all = 0
  for (const { games, members } of truth.communities) {
    const start = members.map(key => ({ type: 'member', key }))
    const walk = await ask.walk({ start, hops: 1, edge_types: ['opened'], limit: 10_000 })
    for (const { to, count } of walk.edges) {
      all += count
      if (games.includes(to.key)) own += count
    }
  }
  const games = truth.communities.flatMap(({ games }) => games).length
  expect(own / all, `of ${games} games`).toBeGreaterThan(2 / truth.communities.length)
})

it('answers the same after it was killed with everything open, and after it sealed and left', async () => {
  before = timeless(await answers(client))
  await service.kill()
  use(await here.serve(...keepsAll))
  await expectAnswers(client, before)
  await service.stop()
  use(await here.serve(...keepsAll))
  expect(await client.metric('alluvium_parts')).toBeGreaterThan(0)
  await expectAnswers(client, before)
})

it('has never seen a day that is evicted', async () => {
  const again = `{"eventId":"again","@timestamp":"${goneDay}T12:00:00Z","event":"open","memberCode":"M0"}`
  expect(await client.send(again, { query: '?pack=gaming' })).toMatchObject({ accepted: 1 })
  const gone = await client.call(
    'DELETE',
    `/v1/segments/${encodeURIComponent(`default/events/${goneDay}/0`)}`,
  )
  expect(gone.status).toBe(204)
  const other = clientOf(await here.serve(...keepsAll, '--data-dir', here.path('other')))
  await sendDays(
    other,
    days.filter(day => day !== goneDay),
  )
  const never = timeless(await answers(other))
  await expectAnswers(client, never)
  expect(JSON.stringify(await answers(client))).not.toContain(goneDay)
  expect((await client.send(again, { query: '?pack=gaming' })).receipts).toMatchObject([{ code: 'expired' }])
  const id = JSON.parse(lines.find(line => dayOf(line) === goneDay)!).eventId
  expect(problemOf(await client.get(`/v1/events/${id}`))).toBe('404 not_found')
  await service.kill()
  use(await here.serve(...keepsAll))
  await expectAnswers(client, never)
  await service.stop()
  use(await here.serve(...keepsAll))
  await expectAnswers(client, never)
})
