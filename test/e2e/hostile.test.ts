// Names, paths and payloads as an attacker writes them. They are data: kept to the byte where they may come in, refused
// with a 4xx where not, and never the way to a file, a column, another object or another header.

import { readdirSync } from 'node:fs'
import { DuckDBInstance } from '@duckdb/node-api'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Client, clientOf, json, problemOf } from './client.ts'
import { exchange, request } from './raw.ts'
import { place, type Served } from './serve.ts'

const columnsMax = 1000

const here = await place()
let service: Served
let client: Client
beforeAll(async () => {
  service = await here.serve()
  client = clientOf(service)
})

describe('an id', () => {
  const ids = [
    '../../../../etc/passwd',
    '..',
    '.',
    '/',
    'a/b/payload',
    '%2e%2e%2f',
    'a\0b',
    'a b?c#d&e=f',
    '"; drop table events; --',
    "' or '1'='1",
    '__proto__',
    'constructor',
    'payload',
    '🪨⚒️',
    'ﬁ',
    'fi',
    'A',
    'a',
    'é',
    'e\u0301',
    'x'.repeat(512),
    '<script>alert(1)</script>',
    '{{7*7}}',
    '\r\nset-cookie: a=b',
    '7',
  ]

  it('of any text is that text and no other, open and sealed', async () => {
    const body = ids.map((id, n) => JSON.stringify({ id, n, time: '2023-01-01T00:00:00Z' })).join('\n')
    expect(await client.send(body)).toMatchObject({ accepted: ids.length, duplicate: 0 })
    await expectEach()
    await service.stop()
    service = await here.serve()
    client = clientOf(service)
    await expectEach()
    expect(await client.send(body)).toMatchObject({ accepted: 0, duplicate: ids.length })
  })

  async function expectEach(): Promise<void> {
    for (const [n, id] of ids.entries()) {
      if (id === '.' || id === '..') continue // a client takes such a path away before it is sent
      const answer = await client.get(`/v1/events/${encodeURIComponent(id)}`)
      expect(answer.status, id).toBe(200)
      expect(answer.json()).toMatchObject({ event: { event_id: id, payload: { id, n } }, also_in: [] })
    }
  }

  it('that is too long is refused', async () => {
    expect(await client.send(JSON.stringify({ id: 'y'.repeat(513) }))).toMatchObject({ quarantined: 1 })
    expect(problemOf(await client.get(`/v1/events/${'y'.repeat(2000)}`))).toBe('400 bad_request')
  })
})

describe('a path', () => {
  it.each([
    '/../../etc/passwd',
    '/v1/../../etc/passwd',
    '/docs/../../package.json',
    '/v1/events/..%2f..%2f..%2fetc%2fpasswd',
    '/v1/segments/..%2f..%2fformat.json',
    '/v1/events/%00',
    '/v1/events/%',
    '/v1/events/%ff%fe',
    '/.git/config',
    '/dist/alluvium.js',
    '//evil.example/',
    '/v1//events',
    '/V1/EVENTS',
    `/v1/events?${'a=b&'.repeat(3000)}`,
    `/${'a'.repeat(12_000)}`,
    '/v1/events?limit=1&limit=2',
    '/v1/events?limit=-1',
    '/v1/events?limit=1e9',
    '/v1/events?limit=NaN',
    '/v1/events?order=asc;drop',
    '/v1/events?from=__proto__',
    '/v1/events?__proto__[x]=1',
    '/v1/events?constructor=1',
    '/v1/events?stream=..%2f..',
    '/v1/events?cursor[]=a',
  ])('%s is refused', async path => {
    const { status, text } = await exchange(service.port, request(`GET ${path}`))
    expect([400, 404, 405, 414, 431], text.slice(0, 300)).toContain(status)
    expect(text).not.toContain('root:')
  })

  it('with the wrong method says which it takes', async () => {
    const answer = await client.call('PUT', '/v1/events', { body: '{}', headers: { 'content-type': json } })
    expect(problemOf(answer)).toBe('405 method_not_allowed')
    expect(answer.headers.get('allow')).toContain('POST')
  })
})

describe('a header', () => {
  it('can not put another into the answer', async () => {
    const sent = 'abc%0d%0aset-cookie: a=b'
    const { headers, text } = await client.get('/v1/segments', { 'x-request-id': sent })
    expect(headers.get('x-request-id')).not.toBe(sent)
    expect(headers.get('set-cookie')).toBeNull()
    expect(text).not.toContain(sent)
    const raw = await exchange(
      service.port,
      `GET /v1/segments HTTP/1.1\r\nhost: 127.0.0.1\r\nx-request-id: a\rset-cookie: b\r\nconnection: close\r\n\r\n`,
    )
    expect(raw.text.toLowerCase()).not.toContain('\nset-cookie')
  })

  it('given twice in ways that readers differ on is refused (request smuggling)', async () => {
    const smuggled = '0\r\n\r\nGET /v1/segments HTTP/1.1\r\nhost: x\r\n\r\n'
    const both = { 'content-type': json, 'content-length': 4, 'transfer-encoding': 'chunked' }
    const { text } = await exchange(service.port, request('POST /v1/events', both, smuggled))
    expect(text).toMatch(/^HTTP\/1\.1 400/)
    expect(text.match(/HTTP\/1\.1/g)?.length).toBe(1)
  })
})

describe('a payload', () => {
  /** Fields that mean something to JavaScript, to SQL, to Parquet or to us. */
  const odd = {
    ['__proto__']: { polluted: true },
    constructor: { prototype: { polluted: true } },
    prototype: 1,
    toString: 'x',
    hasOwnProperty: 2,
    'a.b': 'dotted',
    a: { b: 'nested', '': 'empty', '..': 'up' },
    '': 'no name',
    'quo"te': 1,
    "apo'strophe": 2,
    'back\\slash': 3,
    'new\nline': 4,
    'nul\0byte': 5,
    '🪨': 'stone',
    Case: 1,
    case: 2,
    CASE: 3,
    straße: 1,
    STRASSE: 2,
    é: 1,
    'e\u0301': 2,
    doc: 'mine',
    raw: 'mine',
    event_id: 'mine',
    ingest_seq: 'mine',
    segment_id: 'mine',
    payload: { doc: 'mine', payload: 1 },
    'payload.doc': 'also mine',
    late: 'mine',
    batch_id: 7,
    position: -1,
    citation: 'mine',
  }
  // A literal would set the prototype; as text it is a key.
  const text = JSON.stringify(odd).replace(
    '{',
    '{"time":"2023-03-03T00:00:00Z","__proto__":{"polluted":true},',
  )
  const day = '2023-03-03'

  it('with odd names comes back as it was, open and sealed', async () => {
    await client.send(`${text}\n`)
    await client.send(JSON.stringify(manyFields()))
    await expectBack()
    await service.stop()
    service = await here.serve()
    client = clientOf(service)
    await expectBack()
    expect((await client.get(`/v1/events/mine`)).text).toContain('"source":"default"')
  })

  async function expectBack(): Promise<void> {
    const lines = await client.lines(`from=${day}&until=2023-03-04`)
    expect(lines.map(({ payload }) => payload.toString())).toEqual([text, JSON.stringify(manyFields())])
    expect(lines[0]!.event.event_id).toBe('mine')
    expect(lines[0]!.event.doc_id).toBe('0-0')
  }

  it('of 5,000 fields makes as many columns as the bound, and says so', async () => {
    const { segments } = (await client.get('/v1/segments')).json<{
      segments: { segment_id: string; columns: { name: string; path: string }[]; columns_capped: boolean }[]
    }>()
    const { columns, columns_capped } = segments.find(({ segment_id }) => segment_id.includes(day))!
    expect(columns.length).toBeLessThanOrEqual(columnsMax)
    expect(columns.length).toBeGreaterThan(columnsMax - 10) // a field that is null throughout takes a place and no column
    expect(columns_capped).toBe(true)
    expect(new Set(columns.map(({ name }) => name.toLowerCase())).size).toBe(columns.length)
  })

  it('of odd names makes parts that another program reads', async () => {
    const folder = `${service.dataDir}/store/default/events/${day}/0`
    const part = readdirSync(folder).find(name => name.startsWith('events-'))
    const instance = await DuckDBInstance.create()
    const connection = await instance.connect()
    const columns = `select name from parquet_schema('${folder}/${part}') where name != 'root'`
    const names = await (await connection.runAndReadAll(columns)).getRowObjects()
    expect(new Set(names.map(({ name }) => name)).size).toBe(names.length)
    const rows = await (await connection.runAndReadAll(`select * from '${folder}/${part}'`)).getRowObjects()
    expect(rows.length).toBe(2)
    expect(rows[0]).toMatchObject({
      doc: 0,
      event_id: 'mine',
      'payload.doc': expect.stringContaining('mine'),
    })
    connection.closeSync()
    instance.closeSync()
  })
})

it('is alive and ready after all that', async () => {
  expect((await client.get('/readyz')).status).toBe(200)
  expect(await client.metric('alluvium_corrupt_parts_total')).toBe(0)
})

function manyFields(): Record<string, unknown> {
  const fields = Array.from({ length: 5000 }, (_, i) => [`field_${i}`, i])
  return { id: 'many', time: '2023-03-03T01:00:00Z', ...Object.fromEntries(fields) }
}
