import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Refused } from '../../../src/contract/refused.ts'
import { NdjsonWriter } from '../../../src/ingest/columnar/ndjson-writer.ts'
import { objectKeys } from '../../../src/ingest/columnar/object-keys.ts'

const encode = (text: string) => new TextEncoder().encode(text)

function written(write: (out: NdjsonWriter) => void, bytesMax = 1 << 20): string {
  const out = new NdjsonWriter(bytesMax)
  write(out)
  return new TextDecoder().decode(out.finish())
}

it('escapes strings so that JSON reads them back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), text => {
      const bytes = encode(text)
      expect(JSON.parse(written(out => out.string(bytes, 0, bytes.length)))).toBe(
        new TextDecoder().decode(bytes),
      )
    }),
  )
})

it('uses the short escapes, and \\u00XX for the other control characters', () => {
  const bytes = encode('"\\\b\t\n\f\r\u0000\u001f\u007fé')
  expect(written(out => out.string(bytes, 0, bytes.length))).toBe(
    '"\\"\\\\\\b\\t\\n\\f\\r\\u0000\\u001f\u007fé"',
  )
})

it('lets bytes that are not UTF-8 through, but never a line end', () => {
  const out = new NdjsonWriter(100)
  out.string(Uint8Array.of(0xff, 0x0a, 0xc3), 0, 3)
  expect([...out.finish()]).toEqual([0x22, 0xff, 0x5c, 0x6e, 0xc3, 0x22])
})

it('writes base64 as Buffer does', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), bytes => {
      expect(written(out => out.base64(bytes, 0, bytes.length))).toBe(
        `"${Buffer.from(bytes).toString('base64')}"`,
      )
    }),
  )
})

it('writes whole numbers of any size', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), value => {
      expect(written(out => out.integer(value))).toBe(String(value))
    }),
  )
})

it('takes exactly its bound and not a byte more, whichever way it is written', () => {
  const bytes = encode('ab"d')
  const ways: [number, (out: NdjsonWriter) => void][] = [
    [7, out => out.string(bytes, 0, 4)],
    [10, out => out.base64(bytes, 0, 4)],
    [4, out => out.raw(bytes, 0, 4)],
    [4, out => out.ascii('null')],
    [4, out => out.integer(1234)],
    [1, out => out.byte(0x0a)],
  ]
  for (const [byteCount, write] of ways) {
    expect(written(write, byteCount)).toHaveLength(byteCount)
    expect(() => written(write, byteCount - 1)).toThrow(Refused)
  }
})

it('grows past its first buffer without losing what was written', () => {
  const chunk = encode('0123456789'.repeat(1000))
  const text = written(out => {
    for (let i = 0; i < 50; i++) out.raw(chunk, 0, chunk.length)
  })
  expect(text).toBe('0123456789'.repeat(50_000))
})

it('refuses two columns of one name and says which', () => {
  expect(() => objectKeys(['a', 'b', 'a'])).toThrow('two columns are named "a"')
  expect(objectKeys(['a', 'ü"']).map(key => new TextDecoder().decode(key))).toEqual(['{"a":', ',"ü\\"":'])
})
