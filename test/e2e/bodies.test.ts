// Bodies at their bounds and past them. Each bound is the default that a user meets, unless it would take too long.

import { brotliCompressSync, createGzip, gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { defaultLimits } from '../../src/contract/limits.ts'
import type { Receipt } from '../../src/contract/receipt.ts'
import { type Client, clientOf, json, ndjson, problemOf } from './client.ts'
import { exchange, request } from './raw.ts'
import { place, residentBytesMax, type Served } from './serve.ts'

const { body_bytes_max, body_inflated_bytes_max, event_bytes_max, batch_events_max, event_depth_max } =
  defaultLimits
const MIB = 1024 * 1024

const here = await place()
let service: Served
let client: Client
beforeAll(async () => {
  service = await here.serve()
  client = clientOf(service)
})

describe('a body', () => {
  it('of exactly the bound is taken', async () => {
    const line = eventOf(body_bytes_max / 16 - 1)
    const body = Buffer.from(`${line}\n`.repeat(16))
    expect(body.length).toBe(body_bytes_max)
    expect(await client.send(body)).toMatchObject({ sent: 16, accepted: 16 })
  })

  it('that announces one byte more is refused before it is sent', async () => {
    const headers = { 'content-type': ndjson, 'content-length': body_bytes_max + 1 }
    const { status, text } = await exchange(service.port, request('POST /v1/events', headers))
    expect(status).toBe(413)
    expect(text).toContain('"code":"body_too_large"')
  })

  it('that announces nothing and goes on and on is refused where the bound is', async () => {
    let sentBytes = 0
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sentBytes += MIB
        controller.enqueue(new Uint8Array(MIB).fill(0x20))
      },
    })
    const refused = await client.post(endless).then(problemOf, () => 'closed')
    expect(['413 body_too_large', 'closed']).toContain(refused) // a sender may meet the closed line before the answer
    expect(sentBytes).toBeLessThan(3 * body_bytes_max)
  })

  it('that says one length and sends another does not hang or come in', async () => {
    const headers = { 'content-type': ndjson, 'content-length': 5 }
    const { status } = await exchange(
      service.port,
      request('POST /v1/events', headers, '{"id":"longer than it says"}'),
    )
    expect([200, 400]).toContain(status) // five bytes are a body, and what follows is no request
    expect((await client.get('/v1/events/longer%20than%20it%20says')).status).toBe(404)
  })

  it.each([
    ['gzip', (bytes: Buffer) => gzipSync(bytes)],
    ['br', (bytes: Buffer) => brotliCompressSync(bytes)],
  ])('that is a bomb of %s is refused by its ratio', async (encoding, compress) => {
    const bomb = compress(Buffer.alloc(64 * MIB, ' '))
    const answer = await client.post(bomb, { headers: { 'content-encoding': encoding } })
    expect(problemOf(answer)).toBe('413 body_too_large')
    expect(answer.text).toContain('100 times')
  })

  it('that would be larger than the bound when inflated is refused there', async () => {
    const slow = createGzip({ level: 1 }) // compresses these lines by about twenty
    const sent: Buffer[] = []
    slow.on('data', piece => sent.push(piece))
    const block = Buffer.from(
      Array.from({ length: 1000 }, (_, i) => `${eventOf(900, `k${i * i * 7919}`)}\n`).join(''),
    )
    for (let bytes = 0; bytes <= body_inflated_bytes_max; bytes += block.length) slow.write(block)
    await new Promise(resolve => slow.end(() => resolve(undefined)))
    const body = Buffer.concat(sent)
    expect(body.length).toBeLessThan(body_bytes_max)
    expect(body.length * 100).toBeGreaterThan(body_inflated_bytes_max)
    const answer = await client.post(body, { headers: { 'content-encoding': 'gzip' } })
    expect(problemOf(answer)).toBe('413 body_too_large')
    expect(answer.text).toContain(String(body_inflated_bytes_max))
  })

  it('that is not what its encoding says is refused', async () => {
    const gzip = { headers: { 'content-encoding': 'gzip' } }
    expect(problemOf(await client.post('{"id":"plain"}', gzip))).toBe('400 bad_content_encoding')
    const half = gzipSync(eventOf(5000)).subarray(0, -9)
    expect(problemOf(await client.post(half, gzip))).toBe('400 bad_content_encoding')
    expect((await client.lines()).some(({ event }) => event.event_id === 'plain')).toBe(false)
  })

  it('of another type or encoding is refused with the header that would have worked', async () => {
    const form = await client.post('{"id":"a"}', { type: 'application/x-www-form-urlencoded' })
    expect(problemOf(form)).toBe('415 unsupported_media_type')
    expect(form.json().detail).toContain("-H 'content-type: application/x-ndjson'")
    for (const type of ['text/plain', 'application/xml', 'application/json; charset=utf-16', 'constructor'])
      expect(problemOf(await client.post('{"id":"a"}', { type })), type).toBe('415 unsupported_media_type')
    for (const encoding of ['compress', 'gzip, gzip', '__proto__'])
      expect(
        problemOf(await client.post('{"id":"a"}', { headers: { 'content-encoding': encoding } })),
        encoding,
      ).toBe('415 unsupported_media_type')
  })

  it.each([
    ['nothing', ''],
    ['blanks', ' \r\n\t\n'],
    ['a byte order mark', '\uFEFF'],
    ['that and a line', '\uFEFF\n'],
  ])('of %s is called empty', async (_, body) => {
    expect(problemOf(await client.post(body))).toBe('400 empty_body')
    expect(problemOf(await client.post(body, { type: json }))).toBe('400 empty_body')
  })

  it('with more events than the bound is refused whole', async () => {
    const before = await client.metric('alluvium_events_decoded_total')
    const answer = await client.post('{}\n'.repeat(batch_events_max + 1), { query: '?stream=many' })
    expect(problemOf(answer)).toBe('413 too_many_events')
    expect(await client.metric('alluvium_events_decoded_total')).toBe(before)
    expect(await client.lines('stream=many')).toEqual([])
  })
})

describe('an event', () => {
  it('of exactly the bound is taken, and one byte more is kept in quarantine', async () => {
    const body = `${eventOf(event_bytes_max)}\n${eventOf(event_bytes_max + 1)}\n{"id":"small"}\n`
    expect(await codes(body)).toEqual(['accepted', 'too_large', 'accepted'])
  })

  it('as deep as the bound is taken, and one level more is not', async () => {
    const nested = (depth: number, id = depth) =>
      `{"id":"d${id}","a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`
    expect(await codes(nested(event_depth_max))).toEqual(['accepted'])
    expect(await codes(nested(event_depth_max + 1))).toEqual(['too_deep'])
    expect(
      await codes(`[${nested(event_depth_max, 0)},${nested(event_depth_max + 1)},{"id":"next"}]`, json),
    ).toEqual(['accepted', 'too_deep', 'accepted'])
  })

  it.each(['[', '{"a":', '[{"a":', '"\\'])('of 100,000 × %s is refused', async piece => {
    for (const type of [json, ndjson]) {
      const found = await codes(piece.repeat(100_000), type)
      expect(
        found.every(code => ['malformed_json', 'too_deep', 'not_an_object'].includes(code)),
        type,
      ).toBe(true)
      expect(found.length).toBeGreaterThan(0)
    }
  })

  it('behind a bad line comes in all the same', async () => {
    const bad = Buffer.concat([
      Buffer.from('{"id":"b1"}\n{"id":'),
      Buffer.from([0xff, 0xfe, 0x0a]),
      Buffer.from('{"id":"b2"}'),
    ])
    expect(await codes(bad)).toEqual([
      'accepted',
      expect.stringMatching(/bad_encoding|malformed_json/),
      'accepted',
    ])
  })
})

it('takes all of that within bounded memory, and is ready after it', async () => {
  expect((await client.get('/readyz')).status).toBe(200)
  expect((await residentBytesMax(service)) ?? 0).toBeLessThan(1024 * MIB)
})

/** An object of so many bytes. */
function eventOf(bytes: number, key = 'k'): string {
  const frame = `{"${key}":""}`
  return `{"${key}":"${'x'.repeat(bytes - frame.length)}"}`
}

async function codes(body: string | Uint8Array, type = ndjson): Promise<string[]> {
  const answer = await client.post(body, { type, query: '?receipts=all' })
  expect(answer.status, answer.text.slice(0, 500)).toBe(200)
  return answer.json<{ receipts: Receipt[] }>().receipts.map(({ outcome, code }) => code ?? outcome)
}
