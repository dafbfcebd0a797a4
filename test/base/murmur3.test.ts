import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { murmur3x128 } from '../../src/base/murmur3.ts'

const vectors: { hex: string; seed: number; words: number[] }[] = JSON.parse(
  readFileSync(new URL('../golden/murmur3.json', import.meta.url), 'utf8'),
)

function hash(bytes: Uint8Array, seed: number, start = 0, end = bytes.length): number[] {
  const out = new Uint32Array(4)
  murmur3x128(bytes, start, end, seed, out)
  return [...out]
}

describe('murmur3x128', () => {
  it('gives the words of an implementation that is not ours', () => {
    expect(vectors.length).toBeGreaterThan(150)
    for (const { hex, seed, words } of vectors)
      expect(hash(Buffer.from(hex, 'hex'), seed), hex).toEqual(words)
  })

  it('sees only its slice, wherever that lies', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), fc.uint8Array(), (before, slice, after) => {
        const all = Buffer.concat([before, slice, after])
        expect(hash(all, 7, before.length, before.length + slice.length)).toEqual(hash(slice, 7))
      }),
    )
  })

  it('owes nothing to the hash before', () => {
    const out = new Uint32Array(4).fill(0xdeadbeef)
    murmur3x128(Uint8Array.of(1, 2, 3), 0, 3, 1, out)
    expect([...out]).toEqual(hash(Uint8Array.of(1, 2, 3), 1))
  })

  it('differs by its seed', () => {
    const bytes = Uint8Array.of(1)
    expect(new Set([0, 1, 2, 3].map(seed => hash(bytes, seed).join())).size).toBe(4)
  })
})
