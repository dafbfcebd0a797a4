import { Miniflare } from 'miniflare'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { R2StoreBucket } from '../../src/adapters/r2.ts'
import { pieceBytes, r2Store } from '../../src/adapters/store-r2.ts'
import type { ObjectStore } from '../../src/ports/object-store.ts'
import { keysOf } from '../ports/store.suite.ts'

let workerd: Miniflare
let store: ObjectStore

beforeAll(async () => {
  workerd = new Miniflare({ modules: true, script: 'export default {}', r2Buckets: ['BUCKET'] })
  store = r2Store((await workerd.getR2Bucket('BUCKET')) as unknown as R2StoreBucket)
})
afterAll(() => workerd.dispose())

/** Bytes whose place shows, in chunks of `chunkBytes`. */
async function* chunks(bytes: number, chunkBytes: number, failAt = Number.POSITIVE_INFINITY) {
  for (let at = 0; at < bytes; at += chunkBytes) {
    if (at >= failAt) throw new Error('the source broke')
    const chunk = new Uint8Array(Math.min(chunkBytes, bytes - at))
    for (let i = 0; i < chunk.length; i++) chunk[i] = (at + i) % 251
    yield chunk
  }
}

function isWhole(bytes: Uint8Array | undefined): boolean {
  return bytes?.every((byte, at) => byte === at % 251) ?? false
}

describe('the store in R2, chunk by chunk', () => {
  for (const [name, bytes, chunkBytes] of [
    ['nothing', 0, 1],
    ['less than a piece', 1000, 300],
    ['a piece to the byte', pieceBytes, pieceBytes],
    ['pieces and a rest, in chunks that are larger', 2 * pieceBytes + 123, 12_000_017],
  ] as const) {
    it(`writes ${name}`, async () => {
      const key = `sizes/${bytes}`
      expect(await store.put(key, chunks(bytes, chunkBytes))).toBe('written')
      const read = await store.get(key)
      expect(read?.length).toBe(bytes)
      expect(isWhole(read)).toBe(true)
    })
  }

  it('leaves what is there, however much comes', async () => {
    await store.put('taken', [new Uint8Array([1, 2, 3])])
    expect(await store.put('taken', chunks(10, 3))).toBe('exists')
    expect(await store.put('taken', chunks(pieceBytes + 1, 999_983))).toBe('exists')
    expect(await store.get('taken')).toEqual(new Uint8Array([1, 2, 3]))
  })

  it('writes nothing when its source breaks, and says what the source said', async () => {
    await expect(store.put('broken/early', chunks(100, 10, 50))).rejects.toThrow(/^the source broke$/)
    await expect(
      store.put('broken/late', chunks(3 * pieceBytes, pieceBytes, 2 * pieceBytes)),
    ).rejects.toThrow(/^the source broke$/)
    expect(await keysOf(store, 'broken/')).toEqual([])
    expect(await store.put('broken/late', chunks(100, 10))).toBe('written')
  })
})
