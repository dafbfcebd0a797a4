import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { Refused } from '../../src/contract/refused.ts'
import { type Harness, type HarnessOptions, harness, problemIn } from './harness.ts'

function replaying(
  options?: HarnessOptions,
): Harness & { replay(body: unknown, headers?: object): Promise<Response> } {
  const all = harness(options)
  const replay = async (body: unknown, headers: object = {}) =>
    all.app.request('/v1/quarantine/replay', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: (typeof body === 'string' || body instanceof Uint8Array
        ? body
        : JSON.stringify(body)) as BodyInit,
    })
  return { ...all, replay }
}

describe('GET /v1/quarantine', () => {
  it('lists what was refused, with the bytes and the counts', async () => {
    const { app, post } = harness()
    await post('{"id":1}\n{broken\n')
    const page = await (await app.request('/v1/quarantine?status=all')).json()
    expect(page).toMatchObject({
      refusals: [{ refusal_id: 'r-1', code: 'malformed_json', raw: '{broken' }],
      counts: [{ code: 'malformed_json', open: 1, resolved: 0 }],
      next_cursor: null,
      partial: false,
      as_of: { exact: true },
    })
    expect(await (await app.request('/v1/quarantine?code=bad_time')).json()).toMatchObject({ refusals: [] })
  })

  it.each([
    ['code=bad_tme', 'query.code'],
    ['status=closed', 'query.status'],
    ['limit=99999', 'query.limit'],
    ['until=soon', 'query.until'],
    ['type=a', 'query.type'],
  ])('refuses %s', async (query, path) => {
    const problem = await problemIn(await harness().app.request(`/v1/quarantine?${query}`))
    expect(problem).toMatchObject({ status: 400, errors: [{ path }] })
  })
})

describe('POST /v1/quarantine/replay', () => {
  it('hands on which refusals and how they are repaired', async () => {
    const { replay, service } = replaying()
    const response = await replay({
      stream: 'clicks',
      refusal_ids: ['r-1'],
      patch: { time: null, user: { id: 7 } },
      replacements: { 'r-1': { id: 'x' } },
      time_field: 'when',
      reopen: true,
      limit: 5,
    })
    expect(response.status).toBe(200)
    expect(service.replays[0]).toEqual({
      tenant: 'default',
      stream: 'clicks',
      refusalIds: ['r-1'],
      patch: { time: null, user: { id: 7 } },
      replacements: { 'r-1': { id: 'x' } },
      fields: { eventTime: 'when' },
      reopen: true,
      limit: 5,
    })
  })

  it('takes a compressed body', async () => {
    const { replay, service } = replaying()
    const response = await replay(gzipSync('{"code":"bad_time"}'), { 'content-encoding': 'gzip' })
    expect(response.status).toBe(200)
    expect(service.replays[0]).toMatchObject({
      stream: 'events',
      code: 'bad_time',
      limit: 1000,
      reopen: false,
    })
  })

  it.each([
    ['{}', 400, 'bad_request', 'refusal_ids'],
    ['', 400, 'empty_body', ''],
    ['{"code":"bad_time"', 400, 'bad_request', 'JSON'],
    ['['.repeat(100_000), 400, 'bad_request', ''],
    ['[]', 400, 'bad_request', 'expected object'],
    ['{"code":"nope"}', 400, 'bad_request', 'bad_time'],
    ['{"refusal_id":["r"]}', 400, 'bad_request', 'did you mean refusal_ids?'],
    ['{"refusal_ids":[]}', 400, 'bad_request', '>=1'],
    ['{"code":"bad_time","limit":100000}', 400, 'bad_request', '10000'],
    ['{"code":"bad_time","patch":[]}', 400, 'bad_request', 'patch'],
    ['{"code":"bad_time","patch":{"n":9007199254740993}}', 400, 'bad_request', '2^53'],
  ])('refuses %.40s', async (body, status, code, hint) => {
    const { replay, service } = replaying()
    const problem = await problemIn(await replay(body))
    expect(problem).toMatchObject({ status, code })
    expect(problem.detail).toContain(hint)
    expect(service.replays).toEqual([])
  })

  it('refuses bytes that are not UTF-8, other types, and bodies over the bound', async () => {
    const { replay } = replaying({ limits: { body_bytes_max: 100 } })
    expect((await replay(new Uint8Array([0x22, 0xff, 0x22]))).status).toBe(400)
    expect((await replay('{"code":"bad_time"}', { 'content-type': 'application/x-ndjson' })).status).toBe(415)
    expect((await replay('{"code":"bad_time"}', { 'content-type': 'text/plain' })).status).toBe(415)
    expect((await replay(`{"code":"bad_time"${' '.repeat(100)}}`)).status).toBe(413)
  })

  it('is turned away when nothing can be taken', async () => {
    const { replay, service } = replaying()
    service.failNext = new Refused('disk_full', 'the disk is full')
    expect((await replay({ code: 'bad_time' })).status).toBe(507)
  })
})
