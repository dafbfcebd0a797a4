import { describe, expect, it } from 'vitest'
import { bearer, harness, keyRing, oneEvent, secrets } from './harness.ts'

describe('a request', () => {
  it('leaves one log line that tells who asked for what, and nothing that was secret', async () => {
    const { app, post, log } = harness({ keys: await keyRing() })
    await post(oneEvent, bearer(secrets.ingest))
    await app.request('/v1/events/private-id?source=private', { headers: bearer(secrets.query) })
    expect(log).toEqual([
      {
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        level: 'info',
        msg: 'POST /v1/events 200',
        request_id: expect.stringMatching(/^[\w-]{36}$/),
        method: 'POST',
        path: '/v1/events',
        status: 200,
        ms: expect.any(Number),
        bytes: oneEvent.length,
        tenant: 'acme',
        key_id: 'i',
      },
      expect.objectContaining({
        level: 'warn',
        path: '/v1/events/{event_id}',
        status: 404,
        key_id: 'q',
        code: 'not_found',
      }),
    ])
    const text = JSON.stringify(log)
    for (const secret of [...Object.values(secrets), 'private']) expect(text).not.toContain(secret)
  })

  it('keeps the id that it came with when that is sane', async () => {
    const { app, log } = harness()
    for (const id of ['abc', 'A-1_b.c', 'x'.repeat(64)]) {
      const response = await app.request('/healthz', { headers: { 'x-request-id': id } })
      expect(response.headers.get('x-request-id')).toBe(id)
      expect(log.at(-1)!.request_id).toBe(id)
    }
    for (const id of ['x'.repeat(65), 'a b', 'a"b', '', '<script>']) {
      const response = await app.request('/healthz', { headers: { 'x-request-id': id } })
      expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    }
  })

  it('is quiet for probes and loud for faults', async () => {
    const { app, log, service } = harness()
    for (const path of ['/healthz', '/readyz', '/metrics', '/v1/segments', '/nowhere'])
      await app.request(path)
    service.readinessNow = { ready: false, reasons: ['draining'], details: {} }
    await app.request('/readyz')
    service.failNext = new Error('x')
    await app.request('/v1/segments')
    expect(log.map(({ level }) => level)).toEqual([
      'debug',
      'debug',
      'debug',
      'info',
      'warn',
      'warn',
      'error',
    ])
  })

  it('of a strange method is counted as OTHER', async () => {
    const { app, log } = harness()
    await app.request('/v1/events', { method: 'PROPFIND' })
    expect(log[0]).toMatchObject({ method: 'OTHER', path: '(none)', status: 405 })
  })

  it('is answered with headers that keep a browser from guessing', async () => {
    const { app } = harness()
    for (const path of ['/v1/events', '/docs', '/nowhere', '/openapi.yaml', '/']) {
      const { headers } = await app.request(path)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('x-powered-by')).toBeNull()
      expect(headers.get('x-request-id')).toBeTruthy()
    }
  })
})
