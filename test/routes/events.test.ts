import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventSchema } from '../../routes/event-json.ts'
import { fromUtf8, toUtf8 } from '../../src/base/bytes.ts'
import { Refused } from '../../src/contract/refused.ts'
import { harness, oneEvent, problemIn } from './harness.ts'
import { hashOf } from './memory-service.ts'

const awkward = [
  '{"id":"big","n":123456789012345678901234567890,"f":1.10,"e":1E+2,"z":-0}',
  '{"id":"escapes","s":"\\u00e9\\/\\n\\"\\\\\\ud83d\\ude00"}',
  '{"id":"unicode","s":"é 漢字 😀 \u2028"}',
  ' {\t"id" : "spaces" ,  "a":[ 1 , 2 ] } ',
  '{"id":"twice","a":1,"a":2}',
  '{"id":"__proto__","__proto__":{"x":1},"constructor":null}',
]

describe('GET /v1/events', () => {
  it('splices every payload in as its exact bytes', async () => {
    const { app, post } = harness()
    await post(awkward.join('\n'))
    const text = await (await app.request('/v1/events')).text()
    for (const payload of awkward) expect(text).toContain(`"payload":${payload}}`)
    const page = JSON.parse(text)
    expect(page.events).toHaveLength(awkward.length)
    for (const event of page.events) eventSchema.parse(event)
    expect(page).toMatchObject({
      next_cursor: null,
      partial: false,
      as_of: { catalog: 1, writers: { w1: 1 }, exact: true },
    })
  })

  it('splices any JSON, and the answer stays JSON', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { minLength: 1, maxLength: 5 }),
        async values => {
          const { app, post } = harness()
          await post(values.map(value => JSON.stringify(value)).join('\n'))
          for (const accept of ['application/json', 'application/x-ndjson']) {
            const text = await (await app.request('/v1/events', { headers: { accept } })).text()
            const events =
              accept === 'application/json'
                ? JSON.parse(text).events
                : text
                    .trim()
                    .split('\n')
                    .map(one => JSON.parse(one))
            expect(events.map((event: { payload: unknown }) => JSON.stringify(event.payload))).toEqual(
              values.map(value => JSON.stringify(JSON.parse(JSON.stringify(value)))),
            )
          }
        },
      ),
      { numRuns: 30 }, // a failure prints its seed and path
    )
  })

  it('describes an event by its envelope, its place and its citation', async () => {
    const { app, post } = harness()
    await post(oneEvent, {}, '?source=shop')
    const { events } = (await (await app.request('/v1/events')).json()) as {
      events: Record<string, unknown>[]
    }
    const sha256 = hashOf(toUtf8(oneEvent.trim()))
    expect(events[0]).toEqual({
      event_id: 'a1',
      event_time: '2025-06-01T12:00:00.000Z',
      ingest_time: '2025-06-01T12:00:00.412Z',
      source: 'shop',
      type: 'login',
      schema_version: null,
      entity_id: 'u7',
      segment_id: 'default/events/20250601T00/1',
      doc_id: 'w1-10',
      batch_id: 'b-1',
      position: 0,
      ingest_seq: 1,
      late: false,
      masked: false,
      citation: `alluvium:event/default/events/20250601T00/1/w1-10?sha256=${sha256}`,
      payload: { id: 'a1', type: 'login', user_id: 'u7' },
    })
  })

  it('answers NDJSON with one event a line, also when a payload spans several', async () => {
    const { app, post } = harness()
    await post('{\n  "id": "tall",\r\n  "s": "a\\nb"\n}', { 'content-type': 'application/json' })
    await post(oneEvent)
    const response = await app.request('/v1/events?limit=2', { headers: { accept: 'application/x-ndjson' } })
    expect(response.headers.get('content-type')).toBe('application/x-ndjson')
    const text = await response.text()
    const events = text
      .trimEnd()
      .split('\n')
      .map(one => JSON.parse(one))
    expect(events.map(({ payload }) => payload)).toEqual([{ id: 'tall', s: 'a\nb' }, JSON.parse(oneEvent)])
    expect(JSON.parse(response.headers.get('as-of')!)).toMatchObject({ exact: true })
  })

  it('answers an empty page in both forms', async () => {
    const { app } = harness()
    expect(await (await app.request('/v1/events')).json()).toMatchObject({ events: [], next_cursor: null })
    expect(
      await (await app.request('/v1/events', { headers: { accept: 'application/x-ndjson' } })).text(),
    ).toBe('')
  })

  it('walks all pages by the cursor, in JSON and in NDJSON', async () => {
    const { app, post } = harness()
    await post(Array.from({ length: 7 }, (_, i) => `{"id":"e${i}"}`).join('\n'))
    const ids: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page = (await (
        await app.request(`/v1/events?limit=3${cursor && `&cursor=${cursor}`}`)
      ).json()) as {
        events: { event_id: string }[]
        next_cursor: string | null
      }
      ids.push(...page.events.map(event => event.event_id))
      cursor = page.next_cursor
    }
    expect(ids).toEqual(['e0', 'e1', 'e2', 'e3', 'e4', 'e5', 'e6'])
    const lines = await app.request('/v1/events?limit=3', { headers: { accept: 'application/x-ndjson' } })
    expect(lines.headers.get('next-cursor')).toBe('3')
    const last = await app.request('/v1/events?limit=3&cursor=6', {
      headers: { accept: 'application/x-ndjson' },
    })
    expect(last.headers.get('next-cursor')).toBeNull()
  })

  it('hands on every filter, times as ms', async () => {
    const { app, service } = harness()
    const query =
      'stream=clicks&type=t&entity_id=e&source=s&from=2025-06-01T02:00:00%2B02:00&until=2025-06-02&limit=7&order=desc&cursor=0'
    expect((await app.request(`/v1/events?${query}`)).status).toBe(200)
    expect(service.pages[0]).toEqual({
      tenant: 'default',
      stream: 'clicks',
      type: 't',
      entityId: 'e',
      source: 's',
      fromMs: Date.parse('2025-06-01T00:00:00Z'),
      untilMs: Date.parse('2025-06-02T00:00:00Z'),
      limit: 7,
      order: 'desc',
      cursor: '0',
    })
  })

  it.each([
    ['limit=0', 'query.limit', 'from 1'],
    ['limit=1e3', 'query.limit', 'from 1'],
    ['limit=10001', 'query.limit', 'at most 10000'],
    ['from=yesterday', 'query.from', '2025-06-01T00:00:00Z'],
    ['from=2025-06-01T00:00:00+02:00', 'query.from', '%2B'],
    ['order=random', 'query.order', 'asc'],
    ['entity=u7', 'query.entity', 'entity_id'],
    ['limit=1&limit=2', 'query.limit', 'more than once'],
  ])('refuses %s and says what it expected', async (query, path, hint) => {
    const problem = await problemIn(await harness().app.request(`/v1/events?${query}`))
    expect(problem).toMatchObject({ status: 400, code: 'bad_request', errors: [{ path }] })
    expect(problem.errors[0]!.message).toContain(hint)
  })

  it('refuses a cursor that is not one, and a type that it doesn’t have', async () => {
    const { app } = harness()
    expect(await problemIn(await app.request('/v1/events?cursor=x'))).toMatchObject({
      status: 400,
      code: 'bad_cursor',
    })
    const csv = await app.request('/v1/events', { headers: { accept: 'text/csv' } })
    expect(await problemIn(csv)).toMatchObject({ status: 406, code: 'not_acceptable' })
  })

  it('says when a part was left out, and is kept by no cache', async () => {
    const { app, service, post } = harness()
    await post(oneEvent)
    service.partial = true
    const response = await app.request('/v1/events')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.json()).toMatchObject({ partial: true })
    const lines = await app.request('/v1/events', { headers: { accept: 'application/x-ndjson' } })
    expect(lines.headers.get('partial')).toBe('true')
  })
})

describe('GET /v1/events/{event_id}', () => {
  it('shows the event, and where else its id is', async () => {
    const { app, post } = harness()
    await post(oneEvent, {}, '?source=shop')
    await post(oneEvent, {}, '?source=web')
    const found = await (await app.request('/v1/events/a1')).json()
    expect(found).toMatchObject({
      event: { event_id: 'a1', source: 'shop' },
      also_in: [{ source: 'web' }],
      partial: false,
    })
    const web = await (await app.request('/v1/events/a1?source=web')).json()
    expect(web).toMatchObject({ event: { source: 'web' }, also_in: [] })
  })

  it('finds ids of any characters', async () => {
    const { app, post } = harness()
    for (const id of ['a/b', 'ü 1', '100%', 'a?b#c', '%2F']) {
      await post(JSON.stringify({ id }))
      const response = await app.request(`/v1/events/${encodeURIComponent(id)}/payload`)
      expect(await response.text()).toBe(JSON.stringify({ id }))
    }
  })

  it('says that there is none, and when it may have been in a damaged part', async () => {
    const { app, service } = harness()
    expect(await problemIn(await app.request('/v1/events/x'))).toMatchObject({
      status: 404,
      code: 'not_found',
    })
    service.partial = true
    const doubt = await problemIn(await app.request('/v1/events/x/payload'))
    expect(doubt).toMatchObject({ status: 404, detail: expect.stringContaining('damaged') })
  })

  it('passes on that it is not ready', async () => {
    const { app, service } = harness()
    service.failNext = new Refused('not_ready', 'recovering')
    expect((await app.request('/v1/events/x')).status).toBe(503)
  })
})

describe('GET /v1/events/{event_id}/payload', () => {
  it('answers the exact bytes under their hash', async () => {
    const { app, post } = harness()
    await post(awkward.join('\n'))
    for (const payload of awkward) {
      const { id } = JSON.parse(payload)
      const response = await app.request(`/v1/events/${id}/payload`)
      expect(fromUtf8(new Uint8Array(await response.arrayBuffer()))).toBe(payload)
      expect(response.headers.get('content-type')).toBe('application/json')
      expect(response.headers.get('etag')).toBe(`"${hashOf(toUtf8(payload))}"`)
    }
  })

  it('answers 304 to who has the bytes already', async () => {
    const { app, post } = harness()
    await post(oneEvent)
    const etag = (await app.request('/v1/events/a1/payload')).headers.get('etag')!
    for (const tag of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const response = await app.request('/v1/events/a1/payload', { headers: { 'if-none-match': tag } })
      expect(response.status).toBe(304)
      expect(await response.text()).toBe('')
    }
    const other = await app.request('/v1/events/a1/payload', { headers: { 'if-none-match': '"x"' } })
    expect(other.status).toBe(200)
  })
})
