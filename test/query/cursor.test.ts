import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromBase64Url, fromUtf8, toBase64Url, toUtf8 } from '../../src/base/bytes.ts'
import { Refused } from '../../src/contract/refused.ts'
import { type Cursor, readCursor, writeCursor } from '../../src/query/cursor.ts'

const cursor: Cursor = { seq: 12, segmentId: 't/events/2026-01-10/0', sequence: 34 }
const question = ['t', 'events', 'asc', { type: 'login' }]
const text = writeCursor(cursor, question)

/** The cursor with its fields changed, as someone would who has read our code. */
function tampered(change: (fields: unknown[]) => unknown): string {
  const fields = JSON.parse(fromUtf8(fromBase64Url(text)!)) as unknown[]
  return toBase64Url(toUtf8(JSON.stringify(change(fields))))
}

describe('a cursor', () => {
  it('comes back as it was, for the same question', () => {
    expect(readCursor(text, question)).toEqual(cursor)
    expect(readCursor(writeCursor({ ...cursor, sequence: 0, seq: 0 }, null), null)).toMatchObject({ seq: 0 })
  })

  it('travels in a URL as it is', () => {
    expect(text).toMatch(/^[A-Za-z0-9_-]+$/)
  })

  it('of another question is refused: of other filters, another order, another tenant', () => {
    for (const other of [
      ['t', 'events', 'asc', {}],
      ['t', 'events', 'desc', { type: 'login' }],
      ['u', 'events', 'asc', { type: 'login' }],
      undefined,
    ]) {
      const read = () => readCursor(text, other ?? null)
      expect(read).toThrow(Refused)
      expect(read).toThrow('this cursor belongs to a question with other filters')
      expect(read).toThrow(expect.objectContaining({ code: 'bad_cursor' }))
    }
  })

  it.each([
    ['nothing', ''],
    ['a word', 'next'],
    ['no base64', '***'],
    ['bytes that are no UTF-8', toBase64Url(Uint8Array.of(0xff, 0xfe))],
    ['JSON of another shape', toBase64Url(toUtf8('{"seq":1}'))],
    ['null', toBase64Url(toUtf8('null'))],
    ['too few fields', tampered(fields => fields.slice(0, 3))],
    ['too many fields', tampered(fields => [...fields, 1])],
    ['a negative sequence', tampered(([seq, id, , hash]) => [seq, id, -1, hash])],
    ['half a sequence', tampered(([, id, sequence, hash]) => [0.5, id, sequence, hash])],
    ['a sequence past 2^53', tampered(([, id, sequence, hash]) => [2 ** 53, id, sequence, hash])],
    ['a segment that is a number', tampered(([seq, , sequence, hash]) => [seq, 5, sequence, hash])],
    ['a segment that is none', tampered(([seq, , sequence, hash]) => [seq, 'x', sequence, hash])],
    ['a cut cursor', text.slice(0, -9)],
  ])('is none when it is %s', (_name, given) => {
    const read = () => readCursor(given, question)
    expect(read).toThrow('this is no cursor of ours')
    expect(read).toThrow(expect.objectContaining({ code: 'bad_cursor' }))
  })

  it('is refused or read, whatever the text, and never breaks anything', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.nat(text.length - 1), fc.json()), given => {
        const asked =
          typeof given === 'number'
            ? `${text.slice(0, given)}${text[given] === 'A' ? 'B' : 'A'}${text.slice(given + 1)}`
            : given.length % 2
              ? given
              : toBase64Url(toUtf8(given))
        try {
          readCursor(asked, question)
        } catch (error) {
          expect(error).toBeInstanceOf(Refused)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
