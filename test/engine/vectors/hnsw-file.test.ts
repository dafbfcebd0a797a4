import { describe, expect, it } from 'vitest'
import { crc32c } from '../../../src/base/crc32c.ts'
import { seededRandom } from '../../../src/base/random.ts'
import { OutOfMemory } from '../../../src/engine/arena.ts'
import { BadInput } from '../../../src/engine/checks.ts'
import { HnswIndex } from '../../../src/engine/vectors/hnsw.ts'
import { finish } from '../../../src/engine/work.ts'
import { binaries } from '../binaries.ts'
import { clouds } from './vectors.ts'

const dim = 24
const vectors = clouds({ count: 6000, dim, seed: 1 })
const memoryBytesMax = 1 << 25

function saved(index: HnswIndex): Uint8Array {
  return joined([...index.save()])
}

/** Says whether bytes are the same without a minute of telling how they differ. */
function sumOf(bytes: Uint8Array): string {
  return `${bytes.length} bytes, ${crc32c(bytes)}`
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

function indexOf(module: WebAssembly.Module, count: number, batch = count): HnswIndex {
  const index = new HnswIndex(module, { dim, metric: 'cosine', memoryBytesMax })
  for (let from = 0; from < count; from += batch)
    finish(index.insert(vectors.subarray(from * dim, Math.min(count, from + batch) * dim)))
  return index
}

describe.each(binaries)('an index in bytes on $name', ({ module }) => {
  const index = indexOf(module, 6000)
  const bytes = saved(index)

  it.each([0, 1, 255, 256, 6000])(
    'comes back as it was, with %i vectors, and goes on as it would have',
    count => {
      const before = indexOf(module, count)
      const after = HnswIndex.load(module, before.save(), { memoryBytesMax })
      const rest = vectors.subarray(count * dim, (count + 700) * dim)
      for (const one of [before, after]) finish(one.insert(rest))
      expect(after.options).toEqual(before.options)
      expect(after.count).toBe(before.count)
      for (let id = 0; id < before.count; id += 97) {
        const query = vectors.subarray(id * dim, (id + 1) * dim)
        expect(after.search(query)).toEqual(before.search(query))
      }
      expect(sumOf(saved(after))).toBe(sumOf(saved(before)))
    },
  )

  it('is the same bytes for the same vectors, however they came', () => {
    expect(sumOf(saved(indexOf(module, 6000, 1234)))).toBe(sumOf(bytes))
    expect(sumOf(saved(indexOf(module, 300, 7)))).toBe(sumOf(saved(indexOf(module, 300))))
  })

  it('is other bytes for another seed', () => {
    const other = new HnswIndex(module, { dim, metric: 'cosine', memoryBytesMax, seed: 2 })
    finish(other.insert(vectors))
    expect(sumOf(saved(other))).not.toBe(sumOf(bytes))
  })

  it('is read from pieces that are cut anywhere', () => {
    const random = seededRandom(2)
    const pieces = []
    for (let at = 0; at < bytes.length; ) {
      const length = Math.floor(random() ** 4 * 300_000)
      pieces.push(bytes.subarray(at, at + length))
      at += length
    }
    expect(sumOf(saved(HnswIndex.load(module, pieces, { memoryBytesMax })))).toBe(sumOf(bytes))
  })

  it('takes about what is said for a vector', () => {
    expect(bytes.length / 6000).toBeLessThan(64 + 128 + 4 * 24 + 10)
  })

  it('is refused when any bit of it has flipped', () => {
    const random = seededRandom(3)
    for (let i = 0; i < 40; i++) {
      const damaged = bytes.slice()
      const at = i < 20 ? i * 5 : Math.floor(random() * bytes.length)
      damaged[at]! ^= 1 << Math.floor(random() * 8)
      // eight bytes of a section's head are spare, and say nothing
      if (!isSpare(at))
        expect(() => HnswIndex.load(module, [damaged], { memoryBytesMax }), `byte ${at}`).toThrow(BadInput)
    }
  })

  it.each([0, 1, 63, 64, 70, 5000, 5999])('is refused when it ends early, after %i bytes', length => {
    expect(() => HnswIndex.load(module, [bytes.subarray(0, length)], { memoryBytesMax })).toThrow(
      /ends early/,
    )
  })

  it('is refused when something follows', () => {
    const more = [bytes, Uint8Array.of(0)]
    expect(() => HnswIndex.load(module, more, { memoryBytesMax })).toThrow(/something follows/)
  })

  it('is refused when it is something else, or of a later version', () => {
    expect(() => HnswIndex.load(module, [new Uint8Array(1000)])).toThrow(/not an index/)
    const later = bytes.slice()
    later[8] = 2
    expect(() => HnswIndex.load(module, [later])).toThrow(/version 2/)
  })

  it('says that it does not fit', () => {
    expect(() => HnswIndex.load(module, [bytes], { memoryBytesMax: 2 << 20 })).toThrow(OutOfMemory)
  })
})

it('is the same bytes on every binary, and each reads what another wrote', () => {
  const [first, ...others] = binaries
  const bytes = saved(indexOf(first!.module, 6000))
  for (const { module } of others) {
    expect(sumOf(saved(indexOf(module, 6000)))).toBe(sumOf(bytes))
    expect(sumOf(saved(HnswIndex.load(module, [bytes], { memoryBytesMax })))).toBe(sumOf(bytes))
  }
})

/** The first section's head starts where the head of the file ends. */
function isSpare(at: number): boolean {
  return at >= 72 && at < 80
}
