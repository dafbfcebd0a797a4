import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromUtf8, toUtf8 } from '../../src/base/bytes.ts'
import type { ReplayRequest } from '../../src/contract/service.ts'
import type { FoundRefusal } from '../../src/query/quarantine.ts'
import { mergePatch, secondTry } from '../../src/service/second-try.ts'

const request = (more: Partial<ReplayRequest> = {}): ReplayRequest => ({
  tenant: 't',
  stream: 'events',
  fields: {},
  reopen: false,
  limit: 10,
  ...more,
})

function tryAgain(raw: string | Uint8Array, more: Partial<ReplayRequest> = {}): string {
  const bytes = typeof raw === 'string' ? toUtf8(raw) : raw
  const refusal = { segmentId: 't/events/2026-01-10/0', sequence: 5, raw: bytes } as FoundRefusal
  return fromUtf8(secondTry(refusal, request(more), '0'))
}

describe('a merge patch (the examples of RFC 7396, appendix A)', () => {
  it.each<[unknown, Record<string, unknown>, unknown]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    ['foo', {}, {}],
  ])('%j with %j is %j', (target, patch, merged) => {
    expect(mergePatch(target, patch)).toEqual(merged)
  })

  it('leaves what it is given as it was', () => {
    const target = { a: { b: 1 } }
    const patch = { a: { c: 2 }, d: { e: null } }
    const merged = mergePatch(target, patch)
    expect(merged).toEqual({ a: { b: 1, c: 2 }, d: {} })
    expect([target, patch]).toEqual([{ a: { b: 1 } }, { a: { c: 2 }, d: { e: null } }])
  })

  it('takes __proto__ for a key like any other', () => {
    const text = '{"__proto__":{"a":1}}'
    expect(JSON.stringify(mergePatch(JSON.parse(text), {}))).toBe(text)
    expect(JSON.stringify(mergePatch({}, JSON.parse(text)))).toBe(text)
    expect(JSON.stringify(mergePatch(JSON.parse(text), JSON.parse('{"__proto__":null}')))).toBe('{}')
    expect(({} as { a?: number }).a).toBeUndefined()
  })

  it('changes nothing when it is the value itself, and gives it over anything without nulls', () => {
    const noNulls = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.array(fc.integer())))
    fc.assert(
      fc.property(noNulls, noNulls, (value, other) => {
        expect(mergePatch(value, value)).toEqual(value)
        expect(mergePatch(mergePatch(other, value), value)).toEqual(mergePatch(other, value))
        expect(mergePatch(other, value)).toEqual({ ...other, ...value })
      }),
    )
  })
})

describe('a second try', () => {
  it('sends the bytes as they came when nothing is to be changed', () => {
    for (const raw of ['{', ' {"a" : 1}', '']) expect(tryAgain(raw)).toBe(raw)
    const bytes = Uint8Array.of(0xff, 0x00)
    const refusal = { segmentId: 't/events/2026-01-10/0', sequence: 0, raw: bytes } as FoundRefusal
    expect(secondTry(refusal, request(), '0')).toBe(bytes)
  })

  it('puts the patch over an event that is an object', () => {
    expect(tryAgain('{"id":"a","time":"never","x":{"y":1}}', { patch: { time: 5, x: { z: 2 } } })).toBe(
      '{"id":"a","time":5,"x":{"y":1,"z":2}}',
    )
  })

  it('leaves alone what is no object: it will be refused as before', () => {
    for (const raw of ['{', '[1]', '"x"', 'null', '']) expect(tryAgain(raw, { patch: { a: 1 } })).toBe(raw)
    const bad = Uint8Array.of(...toUtf8('{"a":"'), 0xff, ...toUtf8('"}'))
    const refusal = { segmentId: 't/events/2026-01-10/0', sequence: 0, raw: bad } as FoundRefusal
    expect(secondTry(refusal, request({ patch: { b: 1 } }), '0')).toEqual(bad)
  })

  it('keeps numbers as they are written, whatever strings stand beside them', () => {
    const raw =
      '{"n":12345678901234567890,"price":1.10,"e":[-1E+400,0],"s":"number:7 \\"9\\"","number:1":"12","\\u0031":-0}'
    expect(tryAgain(raw, { patch: { added: 2.5 } })).toBe(
      '{"1":-0,"n":12345678901234567890,"price":1.10,"e":[-1E+400,0],"s":"number:7 \\"9\\"","number:1":"12","added":2.5}',
    )
  })

  it('gives what the patch over the parsed event gives, whatever the event', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.dictionary(fc.string(), fc.jsonValue()),
        (event, patch) => {
          const text = JSON.stringify(event)
          const expected = mergePatch(JSON.parse(text), JSON.parse(JSON.stringify(patch)))
          expect(JSON.parse(tryAgain(text, { patch }))).toEqual(JSON.parse(JSON.stringify(expected)))
        },
      ),
      { numRuns: 500 },
    )
  })

  it('sends the replacement of its id, before any patch', () => {
    const replacements = { '2026-01-10.0.0-5': { id: 'new' }, '2026-01-10.0.0-6': { id: 'other' } }
    expect(tryAgain('{', { replacements, patch: { id: 'patched' } })).toBe('{"id":"new"}')
    expect(tryAgain('{"id":1}', { replacements: { '2026-01-10.0.0-6': {} }, patch: { id: 2 } })).toBe(
      '{"id":2}',
    )
  })

  it('sends a replacement that is no event as well: it is refused, not lost', () => {
    for (const value of [null, 7, 'x', []])
      expect(tryAgain('{', { replacements: { '2026-01-10.0.0-5': value } })).toBe(JSON.stringify(value))
  })
})
