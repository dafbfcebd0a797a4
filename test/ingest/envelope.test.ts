import { describe, expect, it } from 'vitest'
import { fromUtf8, toUtf8 } from '../../src/base/bytes.ts'
import { type FieldMap, usualNames } from '../../src/contract/envelope.ts'
import { assignRoles, envelopeFieldCount, field, findEnvelope } from '../../src/ingest/envelope.ts'
import { noToken } from '../../src/segment/rows.ts'
import { tokenBytes } from '../../src/segment/token.ts'
import { tapesOf } from '../engine/tape/scanned.ts'

type Found = Partial<Record<keyof typeof field, string>>

/** What the envelope of an event is filled with, as text. */
function find(event: object | string, told: FieldMap = {}): Found {
  const body = toUtf8(typeof event === 'string' ? event : JSON.stringify(event))
  const [tape] = tapesOf(body, 'one')
  const tokens = new Uint32Array(envelopeFieldCount)
  findEnvelope(tape!, 0, assignRoles(tape!.paths, told), tokens)
  const block = { batch: undefined as never, positionFirst: 0, body, tape: tape! }
  return Object.fromEntries(
    Object.entries(field)
      .filter(([, number]) => tokens[number] !== noToken)
      .map(([name, number]) => [name, fromUtf8(tokenBytes(block, tokens[number]!))]),
  )
}

describe('the envelope of an event', () => {
  it('is empty when nothing has a usual name', () => {
    expect(find({})).toEqual({})
    expect(find({ identifier: 1, moment: '2026-01-01', ID: 2, nested: { id: 'x', time: 3 } })).toEqual({})
  })

  it.each(Object.entries(usualNames))('finds %s by each of its usual names', (name, candidates) => {
    for (const candidate of candidates)
      expect(find({ other: 0, [candidate]: 'value' })).toEqual({ [name]: 'value' })
  })

  it.each(Object.entries(usualNames))(
    'takes the likeliest name of %s, in whatever order they come',
    (name, candidates) => {
      for (const [rank, candidate] of candidates.slice(0, -1).entries()) {
        const less = candidates[rank + 1]!
        expect(find({ [candidate]: 'likely', [less]: 'less' })).toEqual({ [name]: 'likely' })
        expect(find({ [less]: 'less', [candidate]: 'likely' })).toEqual({ [name]: 'likely' })
      }
    },
  )

  it('passes over nulls and empty strings to the next candidate', () => {
    expect(find({ event_id: null, id: '', uuid: 'u' })).toEqual({ eventId: 'u' })
    expect(find({ event_id: null, id: '' })).toEqual({})
    expect(find({ id: 'good', event_id: null })).toEqual({ eventId: 'good' })
  })

  it('keeps values that only look empty', () => {
    expect(find({ id: 0, type: ' ', user_id: '\u0000' })).toEqual({
      eventId: '0',
      type: ' ',
      entityId: '\u0000',
    })
    expect(find('{"id": "\\u0000"}')).toEqual({ eventId: '\u0000' })
  })

  it('takes numbers as they are written', () => {
    expect(find('{"id": 12345678901234567890, "user_id": 1.50}')).toEqual({
      eventId: '12345678901234567890',
      entityId: '1.50',
    })
  })

  it('unescapes names and values', () => {
    expect(find('{"\\u0069d": "a\\u00e9\\n\\"b\\""}')).toEqual({ eventId: 'aé\n"b"' })
  })

  it('takes the last of a name that stands twice, as parsers of JSON do', () => {
    expect(find('{"id": "first", "id": "last"}')).toEqual({ eventId: 'last' })
    expect(find('{"id": "first", "id": null}')).toEqual({ eventId: 'first' })
  })

  it('finds no id in an object or a list of that name, but sees the values inside for what they are', () => {
    expect(find({ id: { type: 'x' }, user: { id: 'u' } })).toEqual({})
    expect(find({ event: ['a'] })).toEqual({ type: '["a"]' })
  })
})

describe('fields that were told', () => {
  it('are found at their dotted paths, nested and with dots in their names', () => {
    expect(
      find({ meta: { uid: 'm', at: { utc: 5 } } }, { eventId: 'meta.uid', eventTime: 'meta.at.utc' }),
    ).toEqual({ eventId: 'm', eventTime: '5' })
    expect(find({ 'meta.uid': 'flat' }, { eventId: 'meta.uid' })).toEqual({ eventId: 'flat' })
  })

  it('are looked for nowhere else, also where they are missing, null or empty', () => {
    for (const uid of [undefined, null, '']) {
      expect(find({ id: 'usual', uid }, { eventId: 'uid' })).toEqual({})
    }
  })

  it('leave the others to their usual names', () => {
    expect(find({ uid: 'a', time: 1, user_id: 'u' }, { eventId: 'uid' })).toEqual({
      eventId: 'a',
      eventTime: '1',
      entityId: 'u',
    })
  })

  it('take a path away from the field that it would usually fill', () => {
    expect(find({ id: 'u1', type: 'x' }, { entityId: 'id' })).toEqual({ entityId: 'u1', type: 'x' })
    expect(find({ user_id: 'u1' }, { eventId: 'user_id' })).toEqual({ eventId: 'u1' })
    expect(find({ id: 'u1', uuid: 'e1' }, { entityId: 'id' })).toEqual({ entityId: 'u1', eventId: 'e1' })
  })

  it('may be one path for several fields', () => {
    const told = { eventId: 'order', entityId: 'order', type: 'order' }
    expect(find({ order: 'o1' }, told)).toEqual({ eventId: 'o1', entityId: 'o1', type: 'o1' })
    expect(find({ order: null }, told)).toEqual({})
  })
})
