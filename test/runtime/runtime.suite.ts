// What the service keeps to on every runtime, run by each with one line. One boot serves a file, since a boot is what
// costs; the tests build on each other.

import { get } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Client, clientOf, json, problemOf, until } from '../e2e/client.ts'
import { announced } from './announced.ts'
import { expectKnown, sendKnown } from './knowledge.suite.ts'
import { parquetOf } from './parquet.ts'

export interface Booted {
  url: string
  /** Ends it without a chance to write anything. */
  kill(): Promise<void>
  /** Asks it to end in peace, where a process can be asked. @returns its exit code */
  drain?(): Promise<number | null>
}

export interface RuntimePlace {
  boot(settings: Settings): Promise<Booted>
  remove(): Promise<void>
}

export interface Settings {
  retention_days?: number
  limits?: Record<string, number>
}

/** Open segments are sealed after a few bodies, and what is old in the tests is kept. */
const settings: Settings = { retention_days: 36_500, limits: { flush_bytes: 60_000 } }

const parquet = 'application/vnd.apache.parquet'

export function describeRuntime(name: string, open: () => Promise<RuntimePlace>): void {
  describe(`the service on ${name}`, () => {
    let place: RuntimePlace
    let service: Booted
    let client: Client
    /** payloads that were acknowledged, by stream and event id */
    const kept = new Map<string, Map<string, string>>()

    async function boot() {
      service = await place.boot(settings)
      client = clientOf(service)
      await until('readiness', async () => (await client.get('/readyz')).status === 200)
    }

    beforeAll(async () => {
      place = await open()
      await boot()
    })
    afterAll(async () => {
      await service?.kill()
      await place?.remove()
    })

    async function expectKept(stream: string) {
      const lines = await client.lines(`stream=${stream}`, 1000)
      const payloads = new Map(lines.map(({ event, payload }) => [event.event_id, payload.toString()]))
      expect(lines.length, 'nothing is there twice').toBe(payloads.size)
      expect(payloads).toEqual(kept.get(stream))
    }

    it('takes NDJSON, plain and gzipped, and gives every payload back byte for byte', async () => {
      const lines = oddLines(50)
      kept.set('lines', lines)
      const body = Buffer.from([...lines.values()].join('\n'))
      const half = body.indexOf('\n', body.length / 2)
      expect(await client.send(body.subarray(0, half), { query: '?stream=lines' })).toMatchObject({
        quarantined: 0,
        duplicate: 0,
      })
      const packed = { 'content-encoding': 'gzip' }
      const rest = gzipSync(body.subarray(half))
      await client.send(rest, { query: '?stream=lines', headers: packed })
      await expectKept('lines')
    })

    it('takes a JSON array, and keeps the source of each element', async () => {
      const elements = oddLines(20)
      kept.set('array', elements)
      const body = `[ ${[...elements.values()].join(' ,\n ')} ]`
      const answer = await client.send(body, { type: json, query: '?stream=array' })
      expect(answer).toMatchObject({ sent: 20, accepted: 20 })
      await expectKept('array')
    })

    it('takes Parquet, each row as canonical JSON', async () => {
      const rows = new Map(
        Array.from({ length: 30 }, (_, i) => [
          `row-${i}`,
          `{"id":"row-${i}","time":"2026-02-01T00:00:00Z","text":"größe ${i} ☃","count":${i},"exact":9007199254740${993 + i}}`,
        ]),
      )
      kept.set('rows', rows)
      for (const compression of ['zstd', 'snappy'] as const) {
        const file = await parquetOf([...rows.values()], compression)
        const query = '?stream=rows'
        const { sent, accepted, duplicate } = await client.send(file, { type: parquet, query })
        expect({ sent, accepted, duplicate }).toEqual(
          compression === 'zstd'
            ? { sent: 30, accepted: 30, duplicate: 0 }
            : { sent: 30, accepted: 0, duplicate: 30 },
        )
      }
      await expectKept('rows')
    })

    it('knows what it is sent again', async () => {
      const body = [...kept.get('lines')!.values()].join('\n')
      const { accepted, duplicate } = await client.send(body, { query: '?stream=lines' })
      expect({ accepted, duplicate }).toEqual({ accepted: 0, duplicate: 50 })
      const once = { headers: { 'idempotency-key': 'a-batch' }, query: '?stream=keyed' }
      const first = await client.post('{"text":"without an id"}', once)
      const again = await client.post('{"text":"without an id"}', once)
      expect(again.headers.get('idempotency-replayed')).toBe('true')
      expect(again.json()).toEqual(first.json())
    })

    it('keeps what it refuses, and takes it when it is repaired', async () => {
      const bad = '{"id":"bad","time":"yesterday","n":1}'
      const answer = await client.send(`${bad}\nnot json\n`, { query: '?stream=bad' })
      expect(answer).toMatchObject({ sent: 2, accepted: 0, quarantined: 2 })
      await until('both are listed', async () => (await refusals('open')).length === 2)
      const patch = { stream: 'bad', code: 'bad_time', patch: { time: '2026-01-05T00:00:00Z' } }
      const replayed = await client.call('POST', '/v1/quarantine/replay', {
        body: JSON.stringify(patch),
        headers: { 'content-type': json },
      })
      expect(replayed.json()).toMatchObject({ replayed: 1, accepted: 1 })
      expect((await refusals('open')).map(({ raw }) => raw)).toEqual(['not json'])
      expect((await refusals('resolved')).map(({ raw }) => raw)).toEqual([bad])
    })

    async function refusals(status: string): Promise<{ raw: string }[]> {
      return (await client.get(`/v1/quarantine?stream=bad&status=${status}`)).json<{
        refusals: { raw: string }[]
      }>().refusals
    }

    it('refuses what is broken or too large, and lives', async () => {
      expect(problemOf(await client.post('PAR1 but no more', { type: parquet }))).toBe(
        '400 malformed_parquet',
      )
      expect(problemOf(await client.post('no gzip', { headers: { 'content-encoding': 'gzip' } }))).toBe(
        '400 bad_content_encoding',
      )
      expect(problemOf(await client.post('a,b\n1,2', { type: 'text/csv' }))).toBe(
        '415 unsupported_media_type',
      )
      expect(await announced(service.url, 11 * 1024 * 1024)).toBe(413)
      expect(problemOf(await client.get('/v1/nothing'))).toBe('404 not_found')
      expect((await client.get('/healthz')).status).toBe(200)
    })

    it('lets in no name but those of this machine while there are no keys', async () => {
      const { port } = new URL(service.url)
      expect(await statusFor('evil.example')).toBe(403)
      expect(await statusFor(`localhost:${port}`)).toBe(200)
    })

    /** `fetch` sends no Host but the address's own. */
    function statusFor(host: string): Promise<number> {
      return new Promise((done, fail) => {
        get(`${service.url}/v1/segments`, { headers: { host } }, answer => {
          answer.resume()
          done(answer.statusCode!)
        }).once('error', fail)
      })
    }

    it('seals by size, and answers from what is sealed as from what is open', async () => {
      const lines = oddLines(200)
      kept.set('sealed', lines)
      const all = [...lines.values()]
      for (let at = 0; at < all.length; at += 50) {
        await client.send(all.slice(at, at + 50).join('\n'), { query: '?stream=sealed' })
      }
      await until('a publish', async () => (await client.metric('alluvium_publishes_total')) > 0)
      await until('parts of the stream', async () => (await partCount('sealed')) > 0)
      for (const stream of kept.keys()) await expectKept(stream)
      const [id, payload] = [...lines][0]!
      expect((await client.get(`/v1/events/${id}/payload?stream=sealed`)).text).toBe(payload)
    })

    async function partCount(stream: string): Promise<number> {
      const { segments } = (await client.get('/v1/segments')).json<{
        segments: { stream: string; part_count: number }[]
      }>()
      return segments
        .filter(segment => segment.stream === stream)
        .reduce((sum, { part_count }) => sum + part_count, 0)
    }

    it('embeds texts by the model that ships', async () => {
      const answer = await client.call('POST', '/v1/embeddings', {
        body: '{"input":["the payment was declined","credit card transaction rejected","a cat sleeps on the sofa"]}',
        headers: { 'content-type': json },
      })
      expect(answer.status, answer.text).toBe(200)
      const { data, model } = answer.json<{ data: { embedding: number[] }[]; model: string }>()
      expect(model).toMatch(/^static-minilm-256@[0-9a-f]{12}$/)
      const [one, same, other] = data.map(({ embedding }) => embedding) as [number[], number[], number[]]
      const likeness = (left: number[], right: number[]) =>
        left.reduce((sum, value, i) => sum + value * right[i]!, 0)
      expect(likeness(one, same)).toBeGreaterThan(likeness(one, other) + 0.1)
    })

    it('finds events by words and by meaning, and what they mention, before they are sealed', async () => {
      await sendKnown(client)
      await expectKnown(client)
    })

    it('shows its contract, its docs and its counts', async () => {
      expect((await client.get('/openapi.json')).json()).toMatchObject({ openapi: '3.1.0' })
      expect((await client.get('/docs')).text).toContain('<!doctype html>')
      const count = (name: string) => client.metric(`alluvium_events_${name}_total`)
      const [accepted, duplicate, quarantined] = [
        await count('accepted'),
        await count('duplicate'),
        await count('quarantined'),
      ]
      expect(accepted + duplicate + quarantined).toBe(await count('decoded'))
    })

    it('evicts a segment with all that is in it', async () => {
      await client.send('{"id":"gone","time":"2026-01-09T00:00:00Z"}', { query: '?stream=gone' })
      const gone = await client.call(
        'DELETE',
        `/v1/segments/${encodeURIComponent('default/gone/2026-01-09/0')}`,
      )
      expect(gone.status).toBeLessThan(300)
      kept.set('gone', new Map())
      await expectKept('gone')
    })

    it('has all that it acknowledged when it was killed in the middle of it', async () => {
      const { sent, acknowledged } = await killWhileWriting()
      expect(acknowledged.size).toBeGreaterThan(0)
      await boot()
      for (const stream of kept.keys()) await expectKept(stream)
      await expectKnown(client)
      const payloads = (await client.lines('stream=killed', 1000)).map(({ payload }) => payload.toString())
      const found = new Set(payloads)
      expect(found.size, 'nothing is there twice').toBe(payloads.length)
      expect([...acknowledged].filter(payload => !found.has(payload))).toEqual([])
      expect([...found].filter(payload => !sent.has(payload))).toEqual([])
      const again = await client.send([...acknowledged].join('\n'), { query: '?stream=killed' })
      expect(again).toMatchObject({ accepted: 0, duplicate: acknowledged.size })
      const once = { headers: { 'idempotency-key': 'a-batch' }, query: '?stream=keyed' }
      expect((await client.post('{"text":"without an id"}', once)).headers.get('idempotency-replayed')).toBe(
        'true',
      )
      expect((await refusals('resolved')).length).toBe(1)
    })

    /** Four producers, none of which is told in time. */
    async function killWhileWriting() {
      const sent = new Set<string>()
      const acknowledged = new Set<string>()
      let living = true
      const producers = [0, 1, 2, 3].map(async producer => {
        for (let n = 0; living && n < 200; n++) {
          const payload = `{"id":"k${producer}-${n}","time":"2026-01-10T00:00:00Z","pad":"${'x'.repeat(300)}"}`
          sent.add(payload)
          const answer = await client.post(payload, { query: '?stream=killed' }).catch(() => undefined) // killed meanwhile
          if (answer?.status === 200) acknowledged.add(payload)
        }
      })
      await until('some answers', async () => acknowledged.size >= 20)
      await service.kill()
      living = false
      await Promise.all(producers)
      return { sent, acknowledged }
    }

    it('leaves in peace when it is asked to, with everything sealed', async ({ skip }) => {
      if (!service.drain) return skip('nobody asks a Worker')
      expect(await service.drain()).toBe(0)
      await boot()
      expect(await client.metric('alluvium_log_bytes')).toBe(0)
      await expectKnown(client)
      for (const stream of kept.keys()) await expectKept(stream)
    })
  })
}

/** Events whose text would not survive being parsed and written again. */
function oddLines(count: number): Map<string, string> {
  const day = (i: number) => String(1 + (i % 3)).padStart(2, '0')
  return new Map(
    Array.from({ length: count }, (_, i) => [
      `odd-${count}-${i}`,
      `{ "id":"odd-${count}-${i}",  "time":"2026-01-${day(i)}T00:00:00.${i}Z", "n": 1.50e+2, "big":123456789012345678901234567890, "s":"\\u00fc \\/ ü ☃ 𝄞 \\"", "o":{"b":[1 ,2], "a":null},"n": ${i} }`,
    ]),
  )
}
