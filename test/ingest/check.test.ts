import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../../src/base/bytes.ts'
import type { FieldMap } from '../../src/contract/envelope.ts'
import type { Refusal } from '../../src/contract/refusal.ts'
import type { ScanFormat } from '../../src/engine/tape/scan.ts'
import { type AdmitTime, checkBlock, idBytesMax } from '../../src/ingest/check.ts'
import { decode } from '../../src/ingest/decode.ts'
import { field } from '../../src/ingest/envelope.ts'
import { batchInfo } from '../../src/ingest/intake.ts'
import { tokenText } from '../../src/segment/token.ts'
import { scanner } from '../engine/tape/scanned.ts'
import { hourMs, nowMs, policy } from './gate.ts'

interface Options {
  fields?: FieldMap
  format?: ScanFormat
  bounds?: { eventBytesMax?: number; eventDepthMax?: number }
  admitTime?: AdmitTime
}

interface PassedRow {
  timeMs: number
  id: string | null
  type: string | null
  entityId: string | null
  source: string | null
  schemaVersion: string | null
}

type Checked = { row: number } & (Refusal | PassedRow)

function check(body: string | Uint8Array, options: Options = {}): Checked[] {
  const { fields = {}, format = 'ndjson', bounds = {}, admitTime = () => undefined } = options
  const batch = batchInfo('0', 1, nowMs, undefined, undefined)
  const bytes = typeof body === 'string' ? toUtf8(body) : body
  const limits = {
    ...policy,
    event_bytes_max: bounds.eventBytesMax ?? policy.event_bytes_max,
    event_depth_max: bounds.eventDepthMax ?? policy.event_depth_max,
  }
  const found: Checked[] = []
  for (const block of decode(batch, bytes, format, scanner(bounds))) {
    checkBlock(
      block,
      { fields, policy: limits, ingestTimeMs: nowMs, admitTime },
      (row, { timeMs, tokens }) =>
        found.push({
          row,
          timeMs,
          id: tokenText(block, tokens[field.eventId]!),
          type: tokenText(block, tokens[field.type]!),
          entityId: tokenText(block, tokens[field.entityId]!),
          source: tokenText(block, tokens[field.source]!),
          schemaVersion: tokenText(block, tokens[field.schemaVersion]!),
        }),
      (row, refusal) => found.push({ row, ...refusal }),
    )
  }
  return found
}

const one = (event: object | string, options?: Options) =>
  check(typeof event === 'string' ? event : JSON.stringify(event), options)[0]!

const time = (ms: number) => new Date(ms).toISOString()

describe('an event that does not decode', () => {
  it.each([
    ['{"a":', 'malformed_json', 'not JSON at offset 5'],
    ['{"a":1,}', 'malformed_json', 'not JSON at offset 7'],
    ['nonsense', 'malformed_json', 'not JSON at offset 0'],
    ['{"a":01}', 'malformed_json', 'not JSON at offset 6'],
    ['{"a":1} {"b":2}', 'malformed_json', 'not JSON at offset 7'],
    ['[1]', 'not_an_object', 'expected a JSON object: one event is one object'],
    ['"text"', 'not_an_object', 'expected a JSON object: one event is one object'],
    ['42', 'not_an_object', 'expected a JSON object: one event is one object'],
    ['null', 'not_an_object', 'expected a JSON object: one event is one object'],
  ])('%s is refused as %s', (body, code, message) => {
    expect(one(body)).toEqual({ row: 0, stage: 'decode', code, path: '', message })
  })

  it('is refused when it is not UTF-8, and says where', () => {
    const body = Uint8Array.of(...toUtf8('{"a":"'), 0xff, ...toUtf8('"}'))
    expect(check(body)).toEqual([
      {
        row: 0,
        stage: 'decode',
        code: 'bad_encoding',
        path: '',
        message: 'the bytes at offset 6 are not UTF-8',
      },
    ])
  })

  it('is refused past its size, and not at it', () => {
    const event = '{"a":"0123456789"}'
    expect(one(event, { bounds: { eventBytesMax: event.length } })).not.toHaveProperty('code')
    expect(one(event, { bounds: { eventBytesMax: event.length - 1 } })).toMatchObject({
      stage: 'decode',
      code: 'too_large',
      message: `larger than the ${event.length - 1} bytes that one event may have`,
    })
  })

  it('is refused past its depth, and not at it', () => {
    const event = '{"a":{"b":[1]}}'
    expect(one(event, { bounds: { eventDepthMax: 3 } })).not.toHaveProperty('code')
    expect(one(event, { bounds: { eventDepthMax: 2 } })).toMatchObject({
      stage: 'decode',
      code: 'too_deep',
      message: 'nested deeper than 2 levels at offset 10',
    })
  })

  it('leaves its neighbours alone', () => {
    const found = check('{"id":"a"}\n{\n[]\n\n{"id":"b"}')
    expect(found.map(row => ('code' in row ? row.code : row.id))).toEqual([
      'a',
      'malformed_json',
      'not_an_object',
      'b',
    ])
    expect(found.map(({ row }) => row)).toEqual([0, 1, 2, 3])
  })
})

describe('an event id', () => {
  it('may be text or a number', () => {
    expect(one({ id: 'a' })).toMatchObject({ id: 'a' })
    expect(one('{"id":7.50}')).toMatchObject({ id: '7.50' })
  })

  it('may be missing', () => {
    expect(one({})).toMatchObject({ id: null })
  })

  it.each([true, false, ['a'], [], {}].map(id => [id]))('%j is none', id => {
    expect(one({ id })).toEqual({
      row: 0,
      stage: 'check',
      code: 'bad_id',
      path: 'id',
      message: 'an event id is a string or a number',
    })
  })

  it('names the path that was told', () => {
    expect(one({ meta: { uid: true } }, { fields: { eventId: 'meta.uid' } })).toMatchObject({
      code: 'bad_id',
      path: 'meta.uid',
    })
  })

  it('has a bound in bytes', () => {
    expect(one({ id: 'x'.repeat(idBytesMax) })).not.toHaveProperty('code')
    expect(one({ id: 'é'.repeat(idBytesMax / 2) })).not.toHaveProperty('code')
    for (const id of ['x'.repeat(idBytesMax + 1), 'é'.repeat(idBytesMax / 2 + 1)]) {
      expect(one({ id })).toMatchObject({ code: 'bad_id', message: 'an event id has at most 512 bytes' })
    }
  })

  it('is measured behind its escapes', () => {
    expect(one(`{"id":"${'\\u0041'.repeat(idBytesMax)}"}`)).toMatchObject({ id: 'A'.repeat(idBytesMax) })
    expect(one(`{"id":"${'\\u0041'.repeat(idBytesMax + 1)}"}`)).toMatchObject({ code: 'bad_id' })
  })
})

describe('an event time', () => {
  it('is the ingest time where there is none', () => {
    for (const event of [{}, { time: null }, { time: '' }])
      expect(one(event)).toMatchObject({ timeMs: nowMs })
  })

  it.each(['"yesterday"', 'true', '[]', '{}', '1e30'])('%s is refused with its path', value => {
    expect(one(`{"a":1,"created_at":${value}}`)).toEqual({
      row: 0,
      stage: 'check',
      code: 'bad_time',
      path: 'created_at',
      message: 'expected an RFC 3339 time or a number of seconds, ms, µs or ns since 1970',
    })
  })

  it('may be a day ahead of the clock, and no ms more', () => {
    expect(one({ time: time(nowMs + 24 * hourMs) })).toMatchObject({ timeMs: nowMs + 24 * hourMs })
    expect(one({ time: time(nowMs + 24 * hourMs + 1) })).toEqual({
      row: 0,
      stage: 'check',
      code: 'future_time',
      path: 'time',
      message: '2026-01-11T12:00:00.001Z is more than 24 h ahead of 2026-01-10T12:00:00.000Z',
    })
  })

  it('may lie anywhere in the past', () => {
    expect(one({ time: '0001-01-01' })).toMatchObject({ timeMs: -62_135_596_800_000 })
  })

  it('is asked about once it is known, and refused in the words of the answer', () => {
    const asked: number[] = []
    const refusing = (code: 'expired' | 'too_many_slices') => ({
      admitTime: (timeMs: number) => {
        asked.push(timeMs)
        return code
      },
    })
    expect(one({ time: '2025-01-01' }, refusing('expired'))).toEqual({
      row: 0,
      stage: 'check',
      code: 'expired',
      path: 'time',
      message: 'the segment of 2025-01-01T00:00:00.000Z was evicted; send with reopen=true to begin it anew',
    })
    expect(one({}, refusing('too_many_slices'))).toEqual({
      row: 0,
      stage: 'check',
      code: 'too_many_slices',
      path: '',
      message: '2026-01-10T12:00:00.000Z would begin one segment more than the 10000 a tenant may have',
    })
    one({ time: 'never' }, refusing('expired'))
    one({ id: [], time: '2025-01-01' }, refusing('expired'))
    expect(asked).toEqual([Date.UTC(2025, 0, 1), nowMs])
  })
})

describe('the rest of the envelope', () => {
  it('is taken where it is a name, and left to the payload where it is none', () => {
    const names = { type: 't', user_id: 7, source: 's', schema_version: 1.5 }
    expect(one(names)).toMatchObject({ type: 't', entityId: '7', source: 's', schemaVersion: '1.5' })
    for (const value of [true, [], ['x'], {}]) {
      expect(one({ type: value, user_id: value, source: value, schema_version: value })).toMatchObject({
        type: null,
        entityId: null,
        source: null,
        schemaVersion: null,
      })
    }
  })
})
