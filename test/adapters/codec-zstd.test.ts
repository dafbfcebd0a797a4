import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contentBytesMax, createZstd } from '../../src/adapters/codec-zstd.ts'

const wasm = new URL('../../node_modules/@bokuweb/zstd-wasm/dist/web/zstd.wasm', import.meta.url)
const module = new WebAssembly.Module(readFileSync(wasm))
const codec = createZstd(module)

/** Words drawn from a small vocabulary: compressible, but not constant. */
function text(byteCount: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(byteCount)
  let state = seed
  for (let at = 0; at < byteCount; at++) {
    if (at % 7 === 0) state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    bytes[at] = 97 + ((state >>> (at % 7)) & 15)
  }
  return bytes
}

describe('zstd', () => {
  it('gives back what it was given', () => {
    const seed = Date.now()
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), bytes => {
        expect(codec.decompress(codec.compress(bytes), bytes.length)).toEqual(bytes)
      }),
      { seed, numRuns: 300 },
    )
  })

  it('grows its memory for a large page and goes on with small ones', () => {
    const large = text(24 * 1024 * 1024, 1)
    const packed = codec.compress(large)
    expect(packed.length).toBeLessThan(large.length)
    expect(Buffer.compare(codec.decompress(packed, large.length), large)).toBe(0)
    expect(codec.decompress(codec.compress(text(10, 2)), 10)).toEqual(text(10, 2))
  })

  it('gives the same bytes from a used instance as from a fresh one', () => {
    for (let round = 1; round < 40; round++) codec.compress(text(round * 997, round))
    for (const byteCount of [0, 1, 100, 131072, 700_000]) {
      const bytes = text(byteCount, byteCount + 1)
      expect(
        Buffer.compare(codec.compress(bytes), createZstd(module).compress(bytes)),
        `${byteCount} bytes`,
      ).toBe(0)
    }
  })

  it('writes frames that state their content size', () => {
    // zstd frame header (RFC 8878, 3.1.1.1): a content size field is there when the flag or the single-segment bit is.
    for (const byteCount of [0, 1, 300, 70_000]) {
      const descriptor = codec.compress(text(byteCount, 3))[4]!
      expect(descriptor >> 6 !== 0 || (descriptor & 0x20) !== 0).toBe(true)
    }
  })

  it('refuses a frame of another size before it allocates for it', () => {
    const packed = codec.compress(new Uint8Array(1024 * 1024))
    expect(() => codec.decompress(packed, 1000)).toThrow('expected 1000 bytes')
    expect(() => codec.decompress(codec.compress(text(1000, 4)), 1001)).toThrow('expected 1001 bytes')
    expect(() => codec.decompress(new Uint8Array(10_000), 10)).toThrow('longer than its content can need')
  })

  it('refuses bytes that are no frame', () => {
    expect(() => codec.decompress(new Uint8Array(0), 5)).toThrow('no size')
    expect(() => codec.decompress(text(20, 5), 5)).toThrow('no size')
  })

  it('survives every truncation and every flipped byte of a frame', () => {
    const bytes = text(3000, 6)
    const packed = codec.compress(bytes)
    for (let at = 0; at < packed.length; at++) {
      expect(() => codec.decompress(packed.subarray(0, at), bytes.length), `cut at ${at}`).toThrow('zstd')
      const flipped = packed.slice()
      flipped[at]! ^= 0xff
      try {
        codec.decompress(flipped, bytes.length)
      } catch (error) {
        expect(String(error)).toContain('zstd')
      }
    }
    expect(codec.decompress(packed, bytes.length)).toEqual(bytes)
  })

  it('holds its bound', () => {
    expect(() => codec.decompress(new Uint8Array(10), contentBytesMax + 1)).toThrow('over the bound')
  })

  it('refuses a module that is another build', () => {
    const empty = new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))
    expect(() => createZstd(empty)).toThrow('exports other names')
  })
})
