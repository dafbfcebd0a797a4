// Clients that take their time, and too many of them. The bounds are set short; each test waits for whole seconds only.

import { beforeAll, describe, expect, it } from 'vitest'
import { type Client, clientOf, ndjson, until } from './client.ts'
import { exchange, openSocket, request } from './raw.ts'
import { place, type Served, set } from './serve.ts'

const headersSeconds = 1
const requestSeconds = 3
const connectionsMax = 20

const here = await place()
let service: Served
let client: Client
beforeAll(async () => {
  service = await here.serve(
    ...set({
      'limits.headers_seconds': headersSeconds,
      'limits.request_seconds': requestSeconds,
      'limits.connections_max': connectionsMax,
    }),
  )
  client = clientOf(service)
})

describe('a client', { concurrent: true }, () => {
  it('that does not finish its headers is let go', async () => {
    const { status, seconds } = await exchange(
      service.port,
      'POST /v1/events HTTP/1.1\r\nhost: 127.0.0.1\r\nx-',
    )
    expect([0, 408]).toContain(status)
    expect(seconds).toBeLessThan(headersSeconds + 5)
  })

  it('that does not finish its body is let go, and nothing of it comes in', async () => {
    const headers = { 'content-type': ndjson, 'content-length': 1000 }
    const { status, seconds } = await exchange(
      service.port,
      request('POST /v1/events', headers, '{"id":"unfinished"}\n'),
    )
    expect([0, 408]).toContain(status)
    expect(seconds).toBeGreaterThan(requestSeconds - 1)
    expect(seconds).toBeLessThan(requestSeconds + 5)
    expect((await client.get('/v1/events/unfinished')).status).toBe(404)
  })

  it('that breaks off in its body leaves nothing behind', async () => {
    const socket = await openSocket(service.port)
    const headers = { 'content-type': ndjson, 'transfer-encoding': 'chunked' }
    socket.write(request('POST /v1/events', headers, '14\r\n{"id":"broken off"}\n\r\n'))
    socket.destroy()
    await until('its bytes are let go', async () => (await client.metric('alluvium_intake_bytes')) === 0)
    expect((await client.get('/v1/events/broken%20off')).status).toBe(404)
  })

  it.each(['GET / HTTP/9.9\r\n\r\n', '\0\0\0\0', `GET / HTTP/1.1\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`])(
    'that speaks no HTTP is told so (%#)',
    async bytes => {
      const { status } = await exchange(service.port, bytes)
      expect([0, 400, 431, 505]).toContain(status)
    },
  )
})

it('takes as many connections as its bound and no more, and new ones when the old are gone', async () => {
  const sockets = await Promise.all(
    Array.from({ length: connectionsMax * 2 }, () => openSocket(service.port)),
  )
  let closed = 0
  for (const socket of sockets) socket.on('close', () => closed++).resume()
  await until('those over the bound are closed', async () => closed >= connectionsMax)
  for (const socket of sockets) socket.destroy()
  await until(
    'it answers again',
    async () => (await client.get('/healthz').catch(() => undefined))?.status === 200,
  )
})
