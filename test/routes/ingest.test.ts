import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { fromUtf8, toUtf8 } from '../../src/base/bytes.ts'
import { batchAnswerSchema } from '../../src/contract/receipt.ts'
import { Refused } from '../../src/contract/refused.ts'
import { harness, oneEvent, problemIn } from './harness.ts'
import { hashOf } from './memory-service.ts'

describe('POST /v1/events', () => {
  it('hands the bytes on as they came, with the defaults of every parameter', async () => {
    const { post, service } = harness()
    const body = '{"id":"a1","n":12345678901234567890123,"s":"\\u00e9\\n"}\n{"id" : "ü"}\n'
    const response = await post(body)
    expect(response.status).toBe(200)
    expect(batchAnswerSchema.parse(await response.json())).toMatchObject({
      sent: 2,
      accepted: 2,
      quarantined: 0,
    })
    const [{ body: received, ...request }] = service.ingested as [(typeof service.ingested)[0]]
    expect(fromUtf8(received)).toBe(body)
    expect(request).toEqual({
      tenant: 'default',
      stream: 'events',
      format: 'ndjson',
      fields: {},
      wait: 'durable',
      receipts: 'problems',
      reopen: false,
    })
  })

  it('hands over a body that owns its whole buffer, so that it can be transferred', async () => {
    const { post, service } = harness()
    for (const body of [oneEvent, oneEvent.repeat(5000), chunks(toUtf8(oneEvent.repeat(5000)), 777)])
      await post(body)
    for (const { body } of service.ingested) {
      expect(body.byteOffset).toBe(0)
      expect(body.buffer.byteLength).toBe(body.byteLength)
    }
    expect(service.ingested.map(({ body }) => body.length)).toEqual(
      [1, 5000, 5000].map(count => count * oneEvent.length),
    )
  })

  it('hands on every parameter', async () => {
    const { post, service } = harness()
    const hash = 'ab'.repeat(32)
    const query = `?stream=clicks&source=shop&pack=gaming&wait=indexed&receipts=all&reopen=true&id_field=a.b&time_field=t&type_field=k&entity_field=e&source_field=s&schema_version_field=v&file=${hash}&first_row=70`
    expect((await post(oneEvent, { 'idempotency-key': 'k-1' }, query)).status).toBe(200)
    expect(service.ingested[0]).toMatchObject({
      stream: 'clicks',
      source: 'shop',
      pack: 'gaming',
      wait: 'indexed',
      receipts: 'all',
      reopen: true,
      fields: { eventId: 'a.b', eventTime: 't', type: 'k', entityId: 'e', source: 's', schemaVersion: 'v' },
      file: { hash, firstRow: 70 },
      idempotencyKey: 'k-1',
    })
  })

  it.each([
    ['application/json', 'json'],
    ['application/json; charset=UTF-8', 'json'],
    ['Application/JSON', 'json'],
    ['application/x-ndjson', 'ndjson'],
    ['application/ndjson', 'ndjson'],
    ['application/jsonl', 'ndjson'],
    ['application/x-jsonlines', 'ndjson'],
  ])('reads %s as %s', async (type, format) => {
    const { post, service } = harness()
    expect((await post(oneEvent, { 'content-type': type })).status).toBe(200)
    expect(service.ingested[0]!.format).toBe(format)
  })

  it.each(['application/vnd.apache.parquet', 'application/x-parquet', 'application/parquet'])(
    'derives the ids of a %s body from the hash of the file',
    async type => {
      const { post, service } = harness()
      expect((await post('PAR1', { 'content-type': type })).status).toBe(200)
      expect(service.ingested[0]).toMatchObject({
        format: 'ndjson',
        file: { hash: hashOf(toUtf8('PAR1')), firstRow: 0 },
      })
      expect(fromUtf8(service.ingested[0]!.body)).toBe(oneEvent)
    },
  )

  it('decodes an Arrow stream, whose ids derive from its batch', async () => {
    const asked: string[] = []
    const { post, service } = harness({
      columnar: async (format, body) => {
        asked.push(`${format} ${fromUtf8(body)}`)
        return { ndjson: toUtf8(oneEvent), rowCount: 1 }
      },
    })
    await post('ARROW1', { 'content-type': 'application/vnd.apache.arrow.stream' })
    expect(asked).toEqual(['arrow ARROW1'])
    expect(service.ingested[0]).not.toHaveProperty('file')
  })

  it('passes on what the columnar decoder refuses', async () => {
    const columnar = async () => {
      throw new Refused('malformed_parquet', 'no footer')
    }
    const response = await harness({ columnar }).post('PAR1', { 'content-type': 'application/x-parquet' })
    expect(await problemIn(response)).toMatchObject({
      status: 400,
      code: 'malformed_parquet',
      detail: 'no footer',
    })
  })

  it('refuses a columnar body without rows', async () => {
    const { post } = harness({ columnar: async () => ({ ndjson: new Uint8Array(0), rowCount: 0 }) })
    const response = await post('PAR1', { 'content-type': 'application/x-parquet' })
    expect(await problemIn(response)).toMatchObject({ status: 400, code: 'empty_body' })
  })

  it.each(['', ' ', '\n\n', '\r\n \t\n'])('refuses the empty body %j', async body => {
    const { post, service } = harness()
    expect(await problemIn(await post(body))).toMatchObject({ status: 400, code: 'empty_body' })
    expect(service.ingested).toEqual([])
  })

  it.each([
    ['application/x-www-form-urlencoded', '--data-binary'],
    ['text/plain', 'application/x-ndjson'],
    ['constructor', 'application/x-ndjson'],
    ['', 'the Content-Type is missing'],
    ['application/json; charset=latin1', 'UTF-8'],
  ])('refuses the content type %j with a hint', async (type, hint) => {
    const { app, service } = harness()
    const body = toUtf8(oneEvent) as Uint8Array<ArrayBuffer>
    const headers = type === '' ? {} : { 'content-type': type }
    const problem = await problemIn(await app.request('/v1/events', { method: 'POST', body, headers }))
    expect(problem).toMatchObject({ status: 415, code: 'unsupported_media_type' })
    expect(problem.detail).toContain(hint)
    expect(service.admitted).toEqual([])
  })

  it.each(['gzip, br', 'compress', 'gzip,gzip', 'aws-chunked'])(
    'refuses the content encoding %j',
    async encoding => {
      const { post } = harness()
      const problem = await problemIn(await post(oneEvent, { 'content-encoding': encoding }))
      expect(problem).toMatchObject({ status: 415, code: 'unsupported_media_type' })
      expect(problem.detail).toContain('gzip, br')
    },
  )

  it('answers the first answer again for the same key and body, and refuses another body', async () => {
    const { post } = harness()
    const first = await post(oneEvent, { 'idempotency-key': 'once' })
    const again = await post(gzipSync(oneEvent), { 'idempotency-key': 'once', 'content-encoding': 'gzip' })
    expect(first.headers.get('idempotency-replayed')).toBeNull()
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect(await again.json()).toEqual(await first.json())
    const other = await post('{"id":"b"}', { 'idempotency-key': 'once' })
    expect(await problemIn(other)).toMatchObject({ status: 422, code: 'idempotency_conflict' })
  })

  it.each(['', 'a b', '\u00fc', 'x'.repeat(256)])('refuses the Idempotency-Key %j', async key => {
    const { post, service } = harness()
    const response = await post(oneEvent, { 'idempotency-key': key })
    expect(await problemIn(response)).toMatchObject({
      status: 400,
      errors: [{ path: 'header.idempotency-key' }],
    })
    expect(service.ingested).toEqual([])
  })

  it.each([
    ['?strem=a', 'query.strem', 'did you mean stream?'],
    ['?Source=a', 'query.Source', 'did you mean source?'],
    ['?wait=forever', 'query.wait', 'durable'],
    ['?stream=UPPER', 'query.stream', 'lower-case'],
    ['?stream=a&stream=b', 'query.stream', 'more than once'],
    ['?file=xyz', 'query.file', 'SHA-256'],
    ['?first_row=3', 'query.first_row', 'wants file'],
    ['?first_row=-1', 'query.first_row', 'whole number'],
    ['?source=', 'query.source', '>=1'],
    ['?reopen=yes', 'query.reopen', 'true'],
  ])('refuses the query %s and says where', async (query, path, hint) => {
    const { post } = harness()
    const problem = await problemIn(await post(oneEvent, {}, query))
    expect(problem).toMatchObject({ status: 400, code: 'bad_request', errors: [{ path }] })
    expect(problem.errors[0]!.message).toContain(hint)
    expect(problem.detail).toContain(hint)
  })

  it.each([
    ['queue_full', 429, '7'],
    ['quota_exceeded', 429, '7'],
    ['disk_full', 507, '7'],
    ['not_ready', 503, '7'],
  ] as const)('is turned away with %s before its body is read', async (code, status, wait) => {
    const { post, service, log } = harness()
    service.failNext = new Refused(code, 'not now', { retryAfterSeconds: 6.2 })
    let pulled = 0
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulled++
          controller.enqueue(toUtf8(oneEvent))
        },
      },
      { highWaterMark: 0 },
    )
    const response = await post(body, { 'content-length': '5000' })
    expect(response.headers.get('retry-after')).toBe(wait)
    expect(await problemIn(response)).toMatchObject({ status, code })
    expect(pulled).toBe(0)
    expect(log[0]).toMatchObject({ status, code, bytes: 0 })
  })

  it('tells the service the announced length before it reads', async () => {
    const { post, service } = harness()
    await post(oneEvent, { 'content-length': String(oneEvent.length) })
    await post(chunks(toUtf8(oneEvent), 5))
    expect(service.admitted).toEqual([
      { tenant: 'default', bodyBytes: oneEvent.length },
      { tenant: 'default', bodyBytes: 0 },
      { tenant: 'default', bodyBytes: oneEvent.length }, // what came without being announced counts when it is there
    ])
  })
})

function chunks(bytes: Uint8Array, size: number): ReadableStream<Uint8Array> {
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close()
      controller.enqueue(bytes.slice(at, at + size))
      at += size
    },
  })
}
