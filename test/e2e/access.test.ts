// Who gets in: every call with every scope, and without keys only from this machine, whatever a web page may try.

import { beforeAll, describe, expect, it } from 'vitest'
import { type Client, clientOf, json, problemOf } from './client.ts'
import { keyFlags, keyOf } from './keys.ts'
import { operationsOf } from './operations.ts'
import { exchange, request } from './raw.ts'
import { place, type Served } from './serve.ts'

type Scope = 'ingest' | 'query' | 'admin'

/** What each call needs; those that need nothing tell nothing about anyone. */
const needs: Record<string, Scope | undefined> = {
  'POST /v1/events': 'ingest',
  'GET /v1/events': 'query',
  'GET /v1/events/{event_id}': 'query',
  'GET /v1/events/{event_id}/payload': 'query',
  'GET /v1/quarantine': 'query',
  'POST /v1/quarantine/replay': 'ingest',
  'POST /v1/search': 'query',
  'GET /v1/nodes/{type}/{key}': 'query',
  'POST /v1/graph/walk': 'query',
  'POST /v1/graph/path': 'query',
  'GET /v1/catalog/packs': 'query',
  'GET /v1/catalog/packs/auto': 'query',
  'GET /v1/catalog/packs/{name}': 'query',
  'PUT /v1/catalog/packs/{name}': 'admin',
  'GET /v1/catalog/clusters': 'query',
  'POST /v1/jobs': 'admin',
  'GET /v1/jobs': 'admin',
  'GET /v1/jobs/{job_id}': 'admin',
  'POST /v1/embeddings': 'query',
  'GET /v1/segments': 'query',
  'DELETE /v1/segments/{segment_id}': 'admin',
  'GET /metrics': 'admin',
  'GET /healthz': undefined,
  'GET /readyz': undefined,
}
const pages = ['/', '/docs', '/openapi.json', '/openapi.yaml']

describe('with keys', async () => {
  const here = await place()
  let service: Served
  beforeAll(async () => {
    service = await here.serve(...keyFlags('acme'))
  })
  const statusOf = async (operation: string, headers: Record<string, string>) => {
    const [method, path] = operation.split(' ') as [string, string]
    const call =
      method === 'POST' ? { body: '{}', headers: { 'content-type': json, ...headers } } : { headers }
    return (await clientOf(service).call(method, path.replaceAll(/[{}]/g, '-'), call)).status
  }

  it('every call of the contract is listed here', async () => {
    expect(Object.keys(needs).sort()).toEqual(await operationsOf(clientOf(service)))
  })

  it.each(Object.entries(needs))('%s wants %s', async (operation, scope) => {
    for (const held of ['ingest', 'query', 'admin', 'all'] as const) {
      const isIn = scope === undefined || held === scope || held === 'admin' || held === 'all'
      const status = await statusOf(operation, keyOf('acme', held))
      if (isIn) expect([401, 403], held).not.toContain(status)
      else expect(status, held).toBe(403)
    }
    const strangers = [
      {},
      { authorization: 'Bearer wrong-but-long-enough' },
      { authorization: 'Basic YTpi' },
      { authorization: 'Bearer ' },
      { 'x-api-key': 'x'.repeat(10_000) },
      { authorization: `Bearer ${'__proto__'}` },
    ]
    for (const headers of strangers) {
      const status = await statusOf(operation, headers)
      if (scope === undefined) expect(status).toBe(200)
      else expect(status, JSON.stringify(headers)).toBe(401)
    }
  })

  it('a key goes in either header', async () => {
    const secret = keyOf('acme').authorization!.slice('Bearer '.length)
    expect(await statusOf('GET /v1/segments', { 'x-api-key': secret })).toBe(200)
    expect(await statusOf('GET /v1/segments', { authorization: `bearer  ${secret}` })).toBe(200)
  })

  it('no answer and no log line holds a secret', async () => {
    const secret = keyOf('acme').authorization!.slice('Bearer '.length)
    const texts = await Promise.all(
      ['/v1/segments', '/metrics', '/v1/nothing', '/openapi.json'].map(async path => {
        const { text, headers } = await clientOf(service, keyOf('acme')).get(path)
        return text + JSON.stringify([...headers])
      }),
    )
    expect(texts.join()).not.toContain(secret)
  })
})

describe('without keys, on loopback', async () => {
  const here = await place()
  let service: Served
  let client: Client
  beforeAll(async () => {
    service = await here.serve()
    client = clientOf(service)
  })
  const status = async (line: string, headers: Record<string, string>) =>
    (await exchange(service.port, request(line, headers))).status

  it('a name that leads here from elsewhere is refused (DNS rebinding)', async () => {
    const { port } = service
    const names = [
      'evil.example',
      `127.0.0.1.evil.example:${port}`,
      'localhost.evil.example',
      '0.0.0.0',
      '10.0.0.1',
      '',
    ]
    for (const operation of Object.keys(needs))
      for (const host of names)
        expect([400, 403], `${operation} ${host}`).toContain(
          await status(operation.replaceAll(/[{}]/g, '-'), { host }),
        )
    for (const page of pages) expect(await status(`GET ${page}`, { host: 'evil.example' }), page).toBe(403)
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, 'LOCALHOST'])
      expect(await status('GET /v1/segments', { host }), host).toBe(200)
  })

  it('a page from elsewhere is refused', async () => {
    const host = `127.0.0.1:${service.port}`
    for (const origin of [
      'http://evil.example',
      'null',
      `http://${host}.evil.example`,
      'http://127.0.0.1:1',
      'file://',
    ])
      for (const operation of Object.keys(needs))
        expect(
          await status(operation.replaceAll(/[{}]/g, '-'), { host, origin }),
          `${operation} ${origin}`,
        ).toBe(403)
    expect(await status('GET /v1/segments', { host, origin: `http://${host}` })).toBe(200)
  })

  it('a form of another page can not send events', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
      expect(problemOf(await client.post('{"id":"forged"}', { type })), type).toBe(
        '415 unsupported_media_type',
      )
    expect((await client.get('/v1/events/forged')).status).toBe(404)
  })

  it('no answer lets a page from elsewhere read it', async () => {
    const { headers } = await client.call('OPTIONS', '/v1/events', {
      headers: { 'access-control-request-method': 'POST' },
    })
    expect(headers.get('access-control-allow-origin')).toBeNull()
    expect((await client.get('/v1/events')).headers.get('access-control-allow-origin')).toBeNull()
  })
})

describe('without keys, elsewhere', async () => {
  const here = await place()
  it('does not listen for other machines without keys', async () => {
    const { code, stderr } = await here.alluvium(
      'serve',
      '--host',
      '0.0.0.0',
      '--port',
      '0',
      '--data-dir',
      here.path('d'),
    )
    expect(code).toBe(2)
    expect(stderr).toContain('no API keys are set')
    expect(stderr).toContain('alluvium keys create')
  })
})
