// A thousand real events with ids of their own and nested payloads: by type, by entity, one by one, and twice.

import { beforeAll, expect, it } from 'vitest'
import { type Client, clientOf, json, linesOf, until } from './client.ts'
import { dataPath, describeWith, readData } from './real-data.ts'
import { place, type Served, set } from './serve.ts'

const name = 'github-events/events.ndjson'
const eventCount = 1000
/** As the data's origin states them. */
const countByType = { PushEvent: 596, IssueCommentEvent: 86, CreateEvent: 81, WatchEvent: 74 }

describeWith(name, 'github-events', async () => {
  const here = await place()
  let events: Buffer[]
  let service: Served
  let client: Client
  beforeAll(async () => {
    events = linesOf(readData(name))
    service = await here.serve(...set({ 'limits.flush_seconds': 1 }))
    client = clientOf(service)
  })

  it('goes in from the command line, and from a JSON array only what is new', async () => {
    const { code, stderr } = await here.alluvium('ingest', '--url', service.url, dataPath(name))
    expect(code, stderr).toBe(0)
    const again = await client.send(`[${events.slice(0, 400).join(',')}]`, { type: json })
    expect(again).toMatchObject({ sent: 400, accepted: 0, duplicate: 400 })
    expect(again.receipts.map(({ event_id }) => event_id)).toEqual(events.slice(0, 400).map(idOf))
  })

  it('comes back by type, byte for byte, while the service seals it', async () => {
    await expectWhole()
    await until('all is sealed', async () => (await client.metric('alluvium_open_bytes')) === 0)
    const seq = await client.metric('alluvium_indexed_seq')
    await until('all is published', async () => (await client.metric('alluvium_published_seq')) >= seq)
    expect(await client.metric('alluvium_sealed_ids')).toBe(eventCount)
    await expectWhole()
  })

  it('knows what is sealed when it comes again', async () => {
    const again = await client.send(Buffer.from(events.join('\n')))
    expect(again).toMatchObject({ sent: eventCount, accepted: 0, duplicate: eventCount })
  })

  it('finds one by its id, with a citation that holds', async () => {
    const event = events[371]!
    const id = idOf(event)
    const { json: parse } = await client.get(`/v1/events/${id}`)
    const found = parse<{
      event: { event_id: string; citation: string; payload: unknown }
      also_in: unknown[]
    }>()
    expect(found.event.payload).toEqual(JSON.parse(event.toString()))
    expect(found.also_in).toEqual([])
    const payload = await client.get(`/v1/events/${id}/payload`)
    expect(payload.bytes.equals(event)).toBe(true)
    const etag = payload.headers.get('etag')!
    expect(found.event.citation).toContain(`?sha256=${etag.slice(1, -1)}`)
    expect((await client.get(`/v1/events/${id}/payload`, { 'if-none-match': etag })).status).toBe(304)
  })

  it('keeps two equal lines without ids as two events', async () => {
    const line = '{"time":"2015-01-01T12:00:00Z","what":"no id"}'
    expect(await client.send(`${line}\n${line}\n`)).toMatchObject({ accepted: 2, duplicate: 0 })
    const twins = (await client.lines('from=2015-01-01T12:00:00Z&until=2015-01-01T12:00:00.001Z')).filter(
      ({ payload }) => payload.equals(Buffer.from(line)),
    )
    expect(new Set(twins.map(({ event }) => event.event_id)).size).toBe(2)
  })

  async function expectWhole(): Promise<void> {
    const lines = await client.lines('', 300)
    const byId = new Map(lines.map(({ event, payload }) => [event.event_id, payload]))
    expect(lines.length).toBe(eventCount)
    for (const event of events) expect(byId.get(idOf(event))!.equals(event), idOf(event)).toBe(true)
    for (const [type, count] of Object.entries(countByType)) {
      const ofType = await client.lines(`type=${type}`)
      expect(ofType.length, type).toBe(count)
      expect(new Set(ofType.map(({ event }) => event.type))).toEqual(new Set([type]))
    }
    expect(await client.lines('type=NoSuchEvent')).toEqual([])
  }
})

function idOf(event: Buffer): string {
  return JSON.parse(event.toString()).id
}
