import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  byteLength,
  concat,
  fromBase64,
  fromBase64Url,
  fromUtf8,
  fromUtf8Strict,
  toBase64,
  toBase64Url,
  toHex,
  toUtf8,
} from '../../src/base/bytes.ts'

const bytes = fc.uint8Array({ maxLength: 50 })

describe('UTF-8', () => {
  it('keeps every text, a leading byte order mark included', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        expect(fromUtf8(toUtf8(text))).toBe(text)
        expect(fromUtf8Strict(toUtf8(`\ufeff${text}`))).toBe(`\ufeff${text}`)
        expect(fromUtf8(toUtf8(`\ufeff${text}`))).toBe(`\ufeff${text}`)
      }),
    )
  })

  it('that is ill-formed is replaced, or refused', () => {
    for (const bad of [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf0, 0x9f]]) {
      expect(fromUtf8(Uint8Array.from(bad))).toContain('\ufffd')
      expect(fromUtf8Strict(Uint8Array.from(bad))).toBeUndefined()
    }
    expect(fromUtf8Strict(Uint8Array.of())).toBe('')
  })
})

describe('chunks', () => {
  it('become one, in order', () => {
    fc.assert(
      fc.property(fc.array(bytes), chunks => {
        expect(Buffer.from(concat(chunks))).toEqual(Buffer.concat(chunks))
        expect(byteLength(chunks)).toBe(concat(chunks).length)
      }),
    )
  })
})

describe('base64, base64url and hex', () => {
  it('are those of the runtime', () => {
    fc.assert(
      fc.property(bytes, value => {
        const buffer = Buffer.from(value)
        expect(toBase64(value)).toBe(buffer.toString('base64'))
        expect(toBase64Url(value)).toBe(buffer.toString('base64url'))
        expect(toHex(value)).toBe(buffer.toString('hex'))
        expect(fromBase64(toBase64(value))).toEqual(value)
        expect(fromBase64Url(toBase64Url(value))).toEqual(value)
      }),
    )
  })

  it('hold for more bytes than one call may have arguments', () => {
    const large = Uint8Array.from({ length: 300_001 }, (_, i) => i * 7)
    expect(toBase64(large)).toBe(Buffer.from(large).toString('base64'))
  })

  it('of something else are undefined', () => {
    for (const text of ['*', 'a', 'abc_', 'é']) expect(fromBase64(text), text).toBeUndefined()
    for (const text of ['*', 'a', 'é']) expect(fromBase64Url(text), text).toBeUndefined()
  })
})
