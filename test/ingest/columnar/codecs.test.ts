// The decompressors: what they read is proven by files of other writers (see parquet.test.ts); here, that they keep
// within their bounds.

import { describe, expect, it } from 'vitest'
import { crc32 } from '../../../src/ingest/columnar/crc32.ts'
import { lz4Block, lz4Frame, lz4Hadoop } from '../../../src/ingest/columnar/lz4.ts'
import { Malformed } from '../../../src/ingest/columnar/malformed.ts'
import { snappy } from '../../../src/ingest/columnar/snappy.ts'
import { zstd } from '../../../src/ingest/columnar/zstd.ts'
import { bounds, seededRandom } from './decoding.ts'

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
const bytesOf = (...parts: (number | string)[]) =>
  Uint8Array.from(
    parts.flatMap(part => (typeof part === 'string' ? [...new TextEncoder().encode(part)] : [part])),
  )

/** "abcabcabcabcX": three literals, a match of nine that overlaps itself, a last literal. */
const lz4 = bytesOf(0x35, 'abc', 3, 0, 0x10, 'X')
const snappied = bytesOf(13, (3 - 1) << 2, 'abc', ((9 - 1) << 2) | 2, 3, 0, 0, 'X')

describe('LZ4', () => {
  it('inflates literals and overlapping matches, as a block, in Hadoop’s frame and in its own', () => {
    expect(text(lz4Block(lz4, 13))).toBe('abcabcabcabcX')
    expect(text(lz4Hadoop(lz4, 13))).toBe('abcabcabcabcX')
    const twice = [0, 0, 0, 13, 0, 0, 0, lz4.length, ...lz4]
    expect(text(lz4Hadoop(bytesOf(...twice, ...twice), 26))).toBe('abcabcabcabcX'.repeat(2))
    const frame = bytesOf(
      0x04,
      0x22,
      0x4d,
      0x18,
      0x60,
      0x40,
      0x82,
      lz4.length,
      0,
      0,
      0,
      ...lz4,
      2,
      0,
      0,
      0x80,
      'yz',
      0,
      0,
      0,
      0,
    )
    expect(text(lz4Frame(frame, 15))).toBe('abcabcabcabcXyz')
  })

  it('refuses any other size than the one announced', () => {
    for (const size of [0, 12, 14, 1000]) expect(() => lz4Block(lz4, size)).toThrow(Malformed)
  })

  it('refuses lengths and distances that leave the data', () => {
    expect(() => lz4Block(bytesOf(0xf0, 255, 255), 1000)).toThrow('ends within a length')
    expect(() => lz4Block(bytesOf(0x35, 'abc', 4, 0), 12)).toThrow('before the beginning')
    expect(() => lz4Block(bytesOf(0x35, 'abc', 0, 0), 12)).toThrow('before the beginning')
    expect(() => lz4Block(bytesOf(0x3f, 'abc', 3, 0, ...Array(200).fill(255), 0), 100)).toThrow(Malformed)
  })
})

describe('Snappy', () => {
  it('inflates literals and overlapping copies', () => {
    expect(text(snappy(snappied, 13))).toBe('abcabcabcabcX')
  })

  it('refuses a size other than the one announced outside, or written inside', () => {
    expect(() => snappy(snappied, 14)).toThrow('does not inflate to the size')
    expect(() => snappy(bytesOf(14, ...snappied.subarray(1)), 14)).toThrow('does not inflate to the size')
  })

  it('ends on a literal whose length would be negative in 32 bits', () => {
    expect(() => snappy(bytesOf(13, 63 << 2, 0xfb, 0xff, 0xff, 0xff, 'abc'), 13)).toThrow(Malformed)
  })
})

describe('any bytes', () => {
  it('inflate to the announced size or are refused', () => {
    const seed = 20_260_101
    const random = seededRandom(seed)
    for (let round = 0; round < 3000; round++) {
      const bytes = Uint8Array.from({ length: random(60) }, () => random(256))
      const size = random(300)
      for (const inflate of [lz4Block, lz4Hadoop, lz4Frame, snappy]) {
        try {
          expect(inflate(bytes, size).length, `seed ${seed}, round ${round}`).toBe(size)
        } catch (error) {
          if (!(error instanceof Malformed) && !(error instanceof RangeError)) throw error
        }
      }
    }
  })
})

describe('zstd', () => {
  it('takes frames that do not state their size, as streaming writers make them', () => {
    const content = new TextEncoder().encode('one event after another '.repeat(20))
    const frame = bounds.codec.compress(content)
    const descriptor = frame[4]!
    const sizeBytes = [descriptor & 32 ? 1 : 0, 2, 4, 8][descriptor >> 6]!
    const blocksAt = 5 + (descriptor & 32 ? 0 : 1) + sizeBytes
    const unstated = bytesOf(...frame.subarray(0, 4), 0, 0x58, ...frame.subarray(blocksAt))
    expect(() => bounds.codec.decompress(unstated, content.length)).toThrow()
    expect(text(zstd(bounds.codec, unstated, content.length))).toBe(text(content))
    expect(() => zstd(bounds.codec, unstated, content.length - 1)).toThrow()
    expect(text(zstd(bounds.codec, frame, content.length))).toBe(text(content))
  })
})

it('computes CRC-32 as gzip does', () => {
  expect(crc32(bytesOf('123456789'))).toBe(0xcbf43926)
  expect(crc32(new Uint8Array(0))).toBe(0)
})
