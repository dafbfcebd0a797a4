// The end of a segment: by its time or by hand, all of it at once, and every answer as if it had never been.

import { readdirSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Receipt } from '../../src/contract/receipt.ts'
import { type Answer, type Client, clientOf, problemOf, until } from './client.ts'
import { place, type Served, set } from './serve.ts'

/** In days and minutes: two seconds and one. */
const soon = set({ retention_days: 2 / 86_400, evict_minutes: 1 / 60, 'limits.flush_seconds': 1 })
const oldEvent = (id: string) => JSON.stringify({ id, time: '2020-02-02T10:00:00Z', type: 'old' })
const slice = 'default/events/2020-02-02'

describe('a segment whose time has come', async () => {
  const here = await place()
  let service: Served
  let client: Client
  beforeAll(async () => {
    service = await here.serve(...soon)
    client = clientOf(service)
  })

  it('goes, with its events, its ids, its files and what it counted', async () => {
    await client.send(`${oldEvent('a')}\n${oldEvent('b')}`)
    expect((await client.get('/v1/events/a')).status).toBe(200)
    await until('it is gone', async () => !(await segmentIds(client)).includes(`${slice}/0`))
    expect(await client.lines()).toEqual([])
    expect(problemOf(await client.get('/v1/events/a'))).toBe('404 not_found')
    expect(problemOf(await client.get('/v1/events/a/payload'))).toBe('404 not_found')
    await until('its files are gone', async () => partsOf(service).length === 0)
    expect(await client.metric('alluvium_evicted_segments_total')).toBeGreaterThan(0)
  })

  it('takes no more events, which are kept in quarantine as expired', async () => {
    const { receipts } = await client.send(`${oldEvent('c')}\n{"id":"today"}`, { query: '?receipts=all' })
    expect(receipts.map(outcomeOf)).toEqual(['expired', 'accepted'])
    expect(await segmentIds(client)).not.toContain(`${slice}/0`)
    expect((await client.get('/v1/quarantine?code=expired')).json().counts).toMatchObject([{ open: 1 }])
  })

  it('still takes none after a restart', async () => {
    await service.stop()
    service = await here.serve() // with the usual retention, so that what follows stays
    client = clientOf(service)
    expect((await client.send(oldEvent('d'))).receipts.map(outcomeOf)).toEqual(['expired'])
  })

  it('begins a new generation when it is asked to, with ids of its own', async () => {
    const { receipts } = await client.send(oldEvent('a'), { query: '?reopen=true&receipts=all' })
    expect(receipts).toMatchObject([{ outcome: 'accepted', event_id: 'a', segment_id: `${slice}/1` }])
    expect((await client.send(oldEvent('e'))).receipts.map(outcomeOf)).toEqual(['accepted']) // it lives again
    expect(await client.send(oldEvent('a'))).toMatchObject({ duplicate: 1 })
  })

  it('takes its refusals back by a replay that reopens', async () => {
    await client.call('DELETE', `/v1/segments/${encodeURIComponent(`${slice}/1`)}`)
    const replay = (reopen: boolean) => replayed(client, { code: 'expired', reopen })
    expect(await replay(false)).toMatchObject({ replayed: 2, quarantined: 2 })
    expect(await replay(true)).toMatchObject({ replayed: 2, accepted: 2 })
    expect((await client.lines('type=old')).map(({ event }) => event.segment_id)).toEqual([
      `${slice}/2`,
      `${slice}/2`,
    ])
  })
})

describe('a segment that is deleted', async () => {
  const here = await place()
  let client: Client
  beforeAll(async () => {
    client = clientOf(await here.serve())
  })
  const evict = (id: string) => client.call('DELETE', `/v1/segments/${encodeURIComponent(id)}`)

  it('is gone when the answer comes, and is not there to be deleted again', async () => {
    await client.send(`${oldEvent('a')}\n{"id":"today"}`)
    expect((await evict(`${slice}/0`)).status).toBe(204)
    expect((await client.lines()).map(({ event }) => event.event_id)).toEqual(['today'])
    expect(problemOf(await evict(`${slice}/0`))).toBe('404 not_found')
  })

  it.each([
    'default/events/2020-02-02',
    'default/events/2020-02-02/9',
    '../../etc/passwd',
    'default/events/../../../x/0',
    'default/events/2020-02-02/0/../0',
    '%2e%2e%2f',
    'Default/events/2020-02-02/0',
    'default\0',
  ])('is not another: %j', async id => {
    await client.send(oldEvent('b'), { query: '?reopen=true' })
    const count = (await client.lines()).length
    expect(['404 not_found', '400 bad_request']).toContain(problemOf(await evict(id)))
    expect((await client.lines()).length).toBe(count)
  })
})

function outcomeOf({ outcome, code }: Receipt): string {
  return code ?? outcome
}

async function segmentIds(client: Client): Promise<string[]> {
  const { segments } = (await client.get('/v1/segments')).json<{ segments: { segment_id: string }[] }>()
  return segments.map(({ segment_id }) => segment_id)
}

async function replayed(client: Client, body: object): Promise<Record<string, unknown>> {
  const headers = { 'content-type': 'application/json' }
  const answer: Answer = await client.call('POST', '/v1/quarantine/replay', {
    body: JSON.stringify(body),
    headers,
  })
  expect(answer.status, answer.text).toBe(200)
  return answer.json()
}

/** Files of the old slice, wherever they lie. */
function partsOf({ dataDir }: Served): string[] {
  return (readdirSync(`${dataDir}/store`, { recursive: true }) as string[]).filter(name =>
    /2020-02-02.*\.(parquet|ids)$/.test(name),
  )
}
