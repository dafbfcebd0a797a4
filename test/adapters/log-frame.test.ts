import { describe, expect, it } from 'vitest'
import { decodeFrame, decodeHead, encodeFrame, headBytes } from '../../src/adapters/log-frame.ts'
import { AssertionError } from '../../src/base/assert.ts'
import type { Frame } from '../../src/ports/log.ts'

const frame: Frame = { seq: 2 ** 40 + 5, kind: 'repair', header: { a: 'ü' }, body: new Uint8Array([9, 8, 7]) }

describe('the log frame', () => {
  // The checksums were computed bit by bit in another language.
  it('is these bytes, in this build and every later one of the format', () => {
    expect(Buffer.from(encodeFrame(frame)).toString('hex')).toBe(
      `${'416c7646'}${'0a000000'}${'03000000'}${'0500000000010000'}${'01000000'}${'a9e56576'}${'c5af38c2'}` +
        Buffer.from('{"a":"ü"}').toString('hex'),
    )
  })

  it('reads back what was written', () => {
    const bytes = encodeFrame(frame)
    const head = decodeHead(bytes)!
    expect(head).toMatchObject({
      seq: 2 ** 40 + 5,
      kind: 'repair',
      headerBytes: 10,
      bodyBytes: 3,
      frameBytes: 45,
    })
    expect(decodeFrame(head, bytes.subarray(headBytes), frame.body)).toEqual(frame)
  })

  it('knows every turned bit of its head', () => {
    const bytes = encodeFrame(frame)
    for (let bit = 0; bit < headBytes * 8; bit++) {
      const turned = bytes.slice()
      turned[bit >> 3]! ^= 1 << (bit & 7)
      expect(decodeHead(turned), `bit ${bit}`).toBeUndefined()
    }
  })

  it('knows every turned bit of its header and its body, and missing bytes of both', () => {
    const bytes = encodeFrame(frame)
    const head = decodeHead(bytes)!
    const data = [...bytes.subarray(headBytes), ...frame.body]
    const decode = (whole: number[]) =>
      decodeFrame(head, Uint8Array.from(whole.slice(0, 10)), Uint8Array.from(whole.slice(10)))
    for (let bit = 0; bit < data.length * 8; bit++) {
      const turned = data.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))
      expect(decode(turned), `bit ${bit}`).toBeUndefined()
    }
    expect(decode(data)).toEqual(frame)
    expect(decode(data.slice(0, -1))).toBeUndefined()
    expect(decode([...data, 0])).toBeUndefined()
  })

  it('is not there when the bytes end before its head does', () => {
    const bytes = encodeFrame(frame)
    expect(decodeHead(bytes.subarray(0, headBytes - 1))).toBeUndefined()
    expect(decodeHead(bytes, bytes.length - headBytes + 1)).toBeUndefined()
  })

  it('has no seq below 1', () => {
    expect(() => encodeFrame({ ...frame, seq: 0 })).toThrow(AssertionError)
  })
})
