import { randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { connect } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { getRequestListener } from '@hono/node-server'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { webInflate } from '../../src/adapters/inflate-web.ts'
import { fromUtf8, toUtf8 } from '../../src/base/bytes.ts'
import { harness, oneEvent, problemIn } from './harness.ts'
import { hashOf } from './memory-service.ts'

const MIB = 1024 * 1024

describe('a body', () => {
  it('comes back whole, however it is cut and compressed', async () => {
    const { post, service } = harness()
    const encoders = {
      identity: (b: Uint8Array) => b,
      gzip: gzipSync,
      br: brotliCompressSync,
      deflate: deflateSync,
    }
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 300_000, size: 'max' }),
        fc.integer({ min: 1, max: 100_000 }),
        fc.constantFrom(...(Object.keys(encoders) as (keyof typeof encoders)[])),
        async (noise, size, encoding) => {
          const body = new Uint8Array([0x7b, ...noise])
          const cut = Math.max(size, Math.ceil(body.length / 500))
          const response = await post(pieces(encoders[encoding](body), cut), { 'content-encoding': encoding })
          expect(response.status).toBe(200)
          expect(hashOf(service.ingested.pop()!.body)).toBe(hashOf(body))
        },
      ),
      { numRuns: 40 }, // a failure prints its seed and path
    )
  })

  it('is refused before it is read when its announced length is over the bound', async () => {
    const { post } = harness({ limits: { body_bytes_max: 1000 } })
    const endless = endlessly(toUtf8(oneEvent))
    expect(await problemIn(await post(endless.stream, { 'content-length': '1001' }))).toMatchObject({
      status: 413,
      code: 'body_too_large',
    })
    expect(endless.pulled()).toBe(0)
  })

  it('is refused as soon as it is over the bound, whatever it announced', async () => {
    const { post, service } = harness({ limits: { body_bytes_max: 100_000 } })
    for (const headers of [{}, { 'content-length': '10' }] as Record<string, string>[]) {
      const endless = endlessly(new Uint8Array(10_000).fill(0x20))
      expect(await problemIn(await post(endless.stream, headers))).toMatchObject({
        status: 413,
        code: 'body_too_large',
      })
      expect(endless.pulled()).toBeLessThan(14)
      expect(endless.cancelled()).toBe(true)
    }
    expect(service.ingested).toEqual([])
  })

  it('is taken at exactly the bound and refused one byte above', async () => {
    const { post } = harness({ limits: { body_bytes_max: 1000 } })
    const exact = `{"a":"${'x'.repeat(1000 - 8)}"}`
    expect((await post(exact)).status).toBe(200)
    expect((await post(`${exact} `)).status).toBe(413)
  })

  it('of zeros in gzip stops early by its ratio', async () => {
    const { post } = harness()
    const bomb = gzipSync(new Uint8Array(90 * MIB))
    let pulled = 0
    const counted = pieces(bomb, 1000, () => pulled++)
    const response = await post(counted, { 'content-encoding': 'gzip' })
    const readAheadBytes = 2 * 16 * 1024 // what Node's streams hold on either side of the inflater
    expect(bomb.length).toBeGreaterThan(2 * readAheadBytes)
    expect(pulled * 1000).toBeLessThan(readAheadBytes + 8000)
    expect(await problemIn(response)).toMatchObject({
      status: 413,
      detail: expect.stringContaining('100 times'),
    })
  })

  it('of zeros in brotli, the densest bomb, stops early by its ratio', async () => {
    const { post } = harness()
    const response = await post(brotliCompressSync(new Uint8Array(8 * MIB)), { 'content-encoding': 'br' })
    expect(await problemIn(response)).toMatchObject({
      status: 413,
      detail: expect.stringContaining('100 times'),
    })
  })

  it('is refused by its size after decompression, and the rest is not read', async () => {
    const { post } = harness({ limits: { body_inflated_bytes_max: 200_000, inflate_ratio_max: 10_000 } })
    const noise = randomBytes(2 * MIB) // which gzip can't make smaller
    const sent = gzipSync(noise)
    let pulled = 0
    const slices = pieces(sent, 20_000, () => pulled++)
    const response = await post(slices, { 'content-encoding': 'gzip' })
    expect(await problemIn(response)).toMatchObject({
      status: 413,
      detail: expect.stringContaining('decompressed'),
    })
    expect(pulled * 20_000).toBeLessThan(sent.length / 2)
  })

  it('that is small may compress as well as it likes', async () => {
    const { post } = harness()
    const body = `{"a":"${'x'.repeat(60_000)}"}`
    expect((await post(brotliCompressSync(body), { 'content-encoding': 'br' })).status).toBe(200)
  })

  it.each([
    ['gzip', toUtf8(oneEvent)],
    ['gzip', gzipSync(oneEvent.repeat(1000)).subarray(0, 60)],
    ['gzip', flipped(gzipSync(oneEvent.repeat(1000)), 30)],
    ['br', toUtf8('not brotli at all')],
    ['deflate', toUtf8(oneEvent)],
  ])('that is no whole %s stream is refused', async (encoding, body) => {
    for (const inflate of [undefined, webInflate]) {
      if (inflate && !inflate.encodings.includes(encoding as 'gzip')) continue
      const { post, service } = harness(inflate && { inflate })
      const problem = await problemIn(await post(body, { 'content-encoding': encoding }))
      expect(problem).toMatchObject({ status: 400, code: 'bad_content_encoding' })
      expect(service.ingested).toEqual([])
    }
  })

  it('that breaks off is refused', async () => {
    const { post } = harness()
    const breaking = new ReadableStream<Uint8Array>({
      start: controller => controller.enqueue(toUtf8(oneEvent)),
      pull: controller => controller.error(new Error('socket hang up')),
    })
    expect(await problemIn(await post(breaking))).toMatchObject({ status: 400, code: 'bad_request' })
  })

  it('that never ends in coming is refused when its time is up', async () => {
    const { post } = harness({ limits: { request_seconds: 0.05 } })
    const begun = { identity: toUtf8(oneEvent), gzip: gzipSync(oneEvent.repeat(100)).subarray(0, 40) }
    for (const [encoding, bytes] of Object.entries(begun)) {
      const silent = new ReadableStream<Uint8Array>({ start: controller => controller.enqueue(bytes) })
      const response = await post(silent, { 'content-encoding': encoding })
      expect(await problemIn(response)).toMatchObject({ status: 408, code: 'timeout' })
    }
  })

  it('waits its turn when all bodies together would hold too much, and the budget comes back', async () => {
    const { post } = harness({ limits: { intake_bytes_max: 200_000 } })
    let finish = () => {}
    const slow = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(toUtf8(oneEvent.repeat(3000)))
        finish = () => controller.close()
      },
    })
    const first = post(slow)
    await new Promise(resolve => setTimeout(resolve, 20))
    const turnedAway = await post(oneEvent.repeat(3000))
    expect(turnedAway.headers.get('retry-after')).toBe('1')
    expect(await problemIn(turnedAway)).toMatchObject({ status: 429, code: 'queue_full' })
    finish()
    expect((await first).status).toBe(200)
    for (let i = 0; i < 5; i++) expect((await post(oneEvent.repeat(3000))).status).toBe(200)
  })

  it('in chunks of one byte fits the same budget as in one piece, and gives it back', async () => {
    const body = toUtf8(oneEvent.repeat(800))
    const { app, post } = harness({ limits: { intake_bytes_max: 64 * 1024 } })
    expect((await post(pieces(body, 1))).status).toBe(200)
    expect((await post(body)).status).toBe(200)
    expect(await (await app.request('/metrics')).text()).toContain('alluvium_intake_bytes 0\n')
  })

  it('is inflated by the web platform as by Node', async () => {
    const { post, service } = harness({ inflate: webInflate })
    expect((await post(gzipSync(oneEvent), { 'content-encoding': 'gzip' })).status).toBe(200)
    expect(fromUtf8(service.ingested[0]!.body)).toBe(oneEvent)
    const bomb = await post(gzipSync(new Uint8Array(90 * MIB)), { 'content-encoding': 'gzip' })
    expect(await problemIn(bomb)).toMatchObject({ status: 413 })
  })
})

describe('a body over a real socket', () => {
  let server: Server | undefined
  afterEach(() => new Promise<void>(resolve => (server ? server.close(() => resolve()) : resolve())))

  it('that the client abandons is refused, and the next one is served', async () => {
    const { app, service, log } = harness()
    const port = await listen(app.fetch)
    await abandon(port)
    await expect.poll(() => log.length).toBe(1)
    expect(log[0]).toMatchObject({ status: 400, code: 'bad_request' })
    const response = await fetch(`http://127.0.0.1:${port}/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: oneEvent,
    })
    expect(response.status).toBe(200)
    expect(service.ingested.map(({ body }) => fromUtf8(body))).toEqual([oneEvent])
  })

  it('of zeros in gzip is answered 413', async () => {
    const { app } = harness()
    const port = await listen(app.fetch)
    const response = await fetch(`http://127.0.0.1:${port}/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' },
      body: gzipSync(new Uint8Array(90 * MIB)) as Uint8Array<ArrayBuffer>,
    })
    expect(response.status).toBe(413)
  })

  async function listen(fetchApp: (request: Request) => Response | Promise<Response>): Promise<number> {
    server = createServer(getRequestListener(fetchApp))
    await new Promise<void>(resolve => server!.listen(0, '127.0.0.1', resolve))
    return (server.address() as { port: number }).port
  }

  function abandon(port: number): Promise<void> {
    return new Promise(resolve => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(
          'POST /v1/events HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-ndjson\r\ncontent-length: 5000\r\n\r\n{"a":1}\n',
        )
        setTimeout(() => socket.destroy(), 50)
      })
      socket.on('close', () => resolve())
    })
  }
})

function pieces(bytes: Uint8Array, size: number, onPull?: () => void): ReadableStream<Uint8Array> {
  let at = 0
  return new ReadableStream({
    pull(controller) {
      onPull?.()
      if (at >= bytes.length) return controller.close()
      controller.enqueue(bytes.slice(at, at + size))
      at += size
    },
  })
}

function endlessly(chunk: Uint8Array) {
  let count = 0
  let isCancelled = false
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        count++
        controller.enqueue(chunk.slice())
      },
      cancel() {
        isCancelled = true
      },
    },
    { highWaterMark: 0 },
  )
  return { stream, pulled: () => count, cancelled: () => isCancelled }
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice()
  copy[at]! ^= 0x55
  return copy
}
