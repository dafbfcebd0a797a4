import { describe, expect, it } from 'vitest'
import { bearer, harness, keyRing, ndjson, oneEvent, problemIn, secrets } from './harness.ts'

interface CallCase {
  method: string
  path: string
  body?: string
  scope: 'ingest' | 'query' | 'admin' | 'none'
}

const calls: CallCase[] = [
  { method: 'POST', path: '/v1/events', body: oneEvent, scope: 'ingest' },
  { method: 'POST', path: '/v1/quarantine/replay', body: '{"code":"bad_time"}', scope: 'ingest' },
  { method: 'GET', path: '/v1/events', scope: 'query' },
  { method: 'GET', path: '/v1/events/a1', scope: 'query' },
  { method: 'GET', path: '/v1/events/a1/payload', scope: 'query' },
  { method: 'GET', path: '/v1/quarantine', scope: 'query' },
  { method: 'GET', path: '/v1/segments', scope: 'query' },
  { method: 'DELETE', path: '/v1/segments/acme%2Fevents%2F20250601T00%2F1', scope: 'admin' },
  { method: 'GET', path: '/metrics', scope: 'admin' },
  { method: 'GET', path: '/healthz', scope: 'none' },
  { method: 'GET', path: '/readyz', scope: 'none' },
  { method: 'GET', path: '/openapi.json', scope: 'none' },
  { method: 'GET', path: '/openapi.yaml', scope: 'none' },
  { method: 'GET', path: '/docs', scope: 'none' },
  { method: 'GET', path: '/', scope: 'none' },
]

async function guarded() {
  const all = harness({ keys: await keyRing() })
  const call = ({ method, path, body }: CallCase, headers: Record<string, string> = {}) =>
    all.app.request(path, {
      method,
      ...(body !== undefined && { body }),
      headers: {
        ...(body !== undefined && { 'content-type': path.endsWith('replay') ? 'application/json' : ndjson }),
        ...headers,
      },
    })
  await all.post(oneEvent, bearer(secrets.ingest))
  return { ...all, call }
}

describe('with keys', () => {
  it.each(calls)('$method $path wants the scope $scope', async one => {
    const { call } = await guarded()
    const allowed = {
      none: ['ingest', 'query', 'admin'],
      ingest: ['ingest', 'admin'],
      query: ['query', 'admin'],
      admin: ['admin'],
    }[one.scope]
    for (const key of ['ingest', 'query', 'admin'] as const) {
      const response = await call(one, bearer(secrets[key]))
      if (allowed.includes(key)) expect(response.status, key).toBeLessThan(300)
      else expect(await problemIn(response)).toMatchObject({ status: 403, code: 'forbidden' })
    }
    for (const headers of [
      {},
      bearer('unknown-secret-0123456789'),
      { authorization: 'Basic eDp5' },
    ] as Record<string, string>[]) {
      const response = await call(one, headers)
      if (one.scope === 'none') expect(response.status).toBe(200)
      else {
        expect(response.headers.get('www-authenticate')).toContain('Bearer')
        expect(await problemIn(response)).toMatchObject({ status: 401, code: 'unauthorized' })
      }
    }
  })

  it('takes the key from X-API-Key as well', async () => {
    const { app } = await guarded()
    expect((await app.request('/v1/events', { headers: { 'x-api-key': secrets.query } })).status).toBe(200)
    expect((await app.request('/v1/events', { headers: { 'x-api-key': `${secrets.query}x` } })).status).toBe(
      401,
    )
    expect((await app.request('/v1/events', { headers: { 'x-api-key': 'x'.repeat(5000) } })).status).toBe(401)
  })

  it.each(calls.filter(({ scope, method }) => scope === 'query' && method === 'GET'))(
    'shows one tenant nothing of another at $path',
    async one => {
      const { call } = await guarded()
      const mine = await (await call(one, bearer(secrets.query))).text()
      const theirs = await call(one, bearer(secrets.other))
      expect(await theirs.text()).not.toContain('acme')
      if (one.path !== '/v1/quarantine') expect(mine).toMatch(/acme|a1/)
    },
  )

  it('lets no one evict a segment of another tenant', async () => {
    const { call } = await guarded()
    const evict = calls.find(({ method }) => method === 'DELETE')!
    expect((await call(evict, bearer(secrets.other))).status).toBe(404)
    expect((await call(evict, bearer(secrets.admin))).status).toBe(204)
  })

  it('takes the tenant from the key alone', async () => {
    const { app, service } = await guarded()
    const query = await app.request('/v1/events?tenant=acme', { headers: bearer(secrets.other) })
    expect(await problemIn(query)).toMatchObject({ status: 400, errors: [{ path: 'query.tenant' }] })
    await app.request('/v1/events', { headers: { ...bearer(secrets.other), 'x-tenant': 'acme' } })
    expect(service.pages.map(({ tenant }) => tenant)).toEqual(['other'])
  })

  it('doesn’t mind from which host name or page a call comes', async () => {
    const { app } = await guarded()
    const headers = {
      ...bearer(secrets.query),
      host: 'events.example.com',
      origin: 'https://app.example.com',
    }
    const response = await app.request('/v1/events', { headers })
    expect(response.status).toBe(200)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })
})

describe('without keys', () => {
  it.each(calls)('lets $method $path in from loopback', async one => {
    const { app, post } = harness()
    await post(oneEvent)
    const path = one.path.replace('acme', 'default')
    const headers =
      one.body === undefined ? {} : { 'content-type': path.endsWith('replay') ? 'application/json' : ndjson }
    const response = await app.request(path, {
      method: one.method,
      headers,
      ...(one.body !== undefined && { body: one.body }),
    })
    expect(response.status).toBeLessThan(300)
  })

  it.each(['localhost', 'localhost:8420', '127.0.0.1:1', '[::1]:8420', 'LOCALHOST'])(
    'takes the Host %s',
    async host => {
      expect((await harness().app.request('/v1/events', { headers: { host } })).status).toBe(200)
    },
  )

  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evil.example:8420',
    'localhost@evil.example',
    '127.0.0.2',
    '0.0.0.0:8420',
    '',
  ])('refuses the Host %j, which may have been made to point here', async host => {
    for (const path of ['/v1/events', '/', '/docs', '/healthz', '/nowhere']) {
      const response = await harness().app.request(path, { headers: { host } })
      expect(await problemIn(response)).toMatchObject({ status: 403, code: 'forbidden_origin' })
    }
  })

  it('takes a page of its own and refuses every other', async () => {
    const { post, service } = harness()
    const host = 'localhost:8420'
    expect((await post(oneEvent, { host, origin: 'http://localhost:8420' })).status).toBe(200)
    for (const origin of [
      'https://evil.example',
      'http://localhost:3000',
      'http://127.0.0.1:8420',
      'null',
      'http://localhost',
    ]) {
      expect(await problemIn(await post(oneEvent, { host, origin }))).toMatchObject({
        code: 'forbidden_origin',
      })
    }
    expect(service.ingested).toHaveLength(1)
  })

  it('lets no one in on a binding that others can reach', async () => {
    const { app } = harness({ binding: { host: '0.0.0.0', port: 8420 } })
    expect(await problemIn(await app.request('/v1/events'))).toMatchObject({ status: 401 })
    expect((await app.request('/healthz')).status).toBe(200)
  })
})
