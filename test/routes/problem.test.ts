import { describe, expect, it } from 'vitest'
import { problemSchema, problems } from '../../routes/problem.ts'
import { problemCodes, Refused } from '../../src/contract/refused.ts'
import { harness, oneEvent, problemIn } from './harness.ts'

const statuses: Record<(typeof problemCodes)[number], number> = {
  bad_request: 400,
  empty_body: 400,
  bad_content_encoding: 400,
  malformed_parquet: 400,
  malformed_arrow: 400,
  bad_cursor: 400,
  unauthorized: 401,
  forbidden: 403,
  forbidden_origin: 403,
  not_found: 404,
  method_not_allowed: 405,
  not_acceptable: 406,
  timeout: 408,
  gone: 410,
  body_too_large: 413,
  too_many_events: 413,
  unsupported_media_type: 415,
  idempotency_conflict: 422,
  bad_pack: 422,
  queue_full: 429,
  quota_exceeded: 429,
  internal: 500,
  not_implemented: 501,
  not_ready: 503,
  disk_full: 507,
}

describe('a problem', () => {
  it.each(problemCodes)('%s has its status, a title and a remedy', async code => {
    const { app, service } = harness()
    service.failNext = new Refused(code, 'because', { errors: [{ path: 'p', code: 'c', message: 'm' }] })
    const response = await app.request('/v1/events', { headers: { 'x-request-id': 'req-1' } })
    expect(response.status).toBe(statuses[code])
    const problem = problemSchema.parse(await problemIn(response))
    expect(problem).toEqual({
      type: `/docs#problem-${code}`,
      title: problems[code].title,
      status: statuses[code],
      detail: 'because',
      code,
      instance: 'req-1',
      errors: [{ path: 'p', code: 'c', message: 'm' }],
    })
    expect(problems[code].remedy).not.toBe('')
  })

  it('tells when to come back, in whole seconds and never zero', async () => {
    const { app, service } = harness()
    const waits = [
      [new Refused('queue_full', ''), '1'],
      [new Refused('queue_full', '', { retryAfterSeconds: 0.2 }), '1'],
      [new Refused('disk_full', '', { retryAfterSeconds: 61.5 }), '62'],
      [new Refused('disk_full', ''), '30'],
      [new Refused('bad_request', ''), null],
    ] as const
    for (const [refused, wait] of waits) {
      service.failNext = refused
      expect((await app.request('/v1/events')).headers.get('retry-after')).toBe(wait)
    }
  })

  it('of our own making is logged in full and told without its inside', async () => {
    const { app, service, log } = harness()
    for (const thrown of [new TypeError('secret path /var/x'), 'a plain string: secret path /var/x']) {
      service.failNext = thrown
      const response = await app.request('/v1/events')
      const text = JSON.stringify(await problemIn(response))
      expect(response.status).toBe(500)
      expect(text).not.toContain('secret')
      expect(text).toContain(log.at(-1)!.request_id)
      expect(log.at(-1)).toMatchObject({ level: 'error', status: 500, code: 'internal' })
      expect(log.at(-1)!.error).toContain('secret path')
    }
  })

  it.each(['/v2', '/v1', '/v1/event', '/v1/events/a/b/c', '/v1/segments/a/b', '//v1/events', '/docs/x'])(
    'answers the unknown path %s',
    async path => {
      const response = await harness().app.request(`http://localhost${path}`)
      expect(await problemIn(response)).toMatchObject({ status: 404, code: 'not_found' })
    },
  )

  it.each([
    ['PUT', '/v1/events', 'GET, POST, HEAD'],
    ['OPTIONS', '/v1/events', 'GET, POST, HEAD'],
    ['DELETE', '/v1/events/a', 'GET, HEAD'],
    ['GET', '/v1/segments/a', 'DELETE'],
    ['POST', '/healthz', 'GET, HEAD'],
    ['GET', '/v1/quarantine/replay', 'POST'],
    ['POST', '/', 'GET, HEAD'],
  ])('answers %s %s with the methods that there are', async (method, path, allow) => {
    const response = await harness().app.request(path, { method })
    expect(response.headers.get('allow')).toBe(allow)
    expect(await problemIn(response)).toMatchObject({ status: 405, code: 'method_not_allowed' })
  })

  it('answers HEAD as GET, without the body', async () => {
    const { app, post } = harness()
    await post(oneEvent)
    const response = await app.request('/v1/events', { method: 'HEAD' })
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('')
  })

  it.each(['/v1/events/%zz', '/v1/events/%', '/v1/events/%E4', '/v1/segments/%2F%2', '/v1/events?limit=%zz'])(
    'survives the broken escape in %s',
    async path => {
      const response = await harness().app.request(path)
      expect(response.status).toBeLessThan(500)
    },
  )
})
