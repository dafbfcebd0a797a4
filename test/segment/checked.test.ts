import { describe, expect, it } from 'vitest'
import { crc32c } from '../../src/base/crc32c.ts'
import { blockBytes } from '../../src/contract/segment.ts'
import type { ObjectStore } from '../../src/ports/object-store.ts'
import {
  BlockCache,
  BlockChecksums,
  CorruptPart,
  checksumBlocks,
  openChecked,
} from '../../src/segment/checked.ts'
import { writeParquet } from '../../src/segment/parquet/write.ts'
import { columnOf } from './parquet/columns.ts'
import { asFile, codec, readWithHyparquet } from './parquet/readers.ts'

/** Objects in memory, with a note of every range that was asked for. */
function memoryStore(objects: Record<string, Uint8Array>) {
  const reads: [start: number, end: number][] = []
  const getRange = async (key: string, start: number, end: number) => {
    reads.push([start, end])
    return objects[key]!.slice(start, end)
  }
  return { store: { getRange } as unknown as ObjectStore, reads }
}

function bytesOf(byteCount: number): Uint8Array {
  return Uint8Array.from({ length: byteCount }, (_, at) => (at * 31 + (at >> 8)) & 255)
}

function partOf(bytes: Uint8Array, key = 'part') {
  return { key, bytes: bytes.length, crc32c: checksumBlocks([bytes]) }
}

describe('checksumBlocks', () => {
  it('is the same however the file is cut into chunks', () => {
    const bytes = bytesOf(2 * blockBytes + 100)
    const whole = checksumBlocks([bytes])
    for (const at of [0, 1, blockBytes - 1, blockBytes, blockBytes + 1, 2 * blockBytes]) {
      expect(
        checksumBlocks([bytes.subarray(0, at), new Uint8Array(0), bytes.subarray(at)]),
        `cut at ${at}`,
      ).toBe(whole)
    }
  })

  it('is a CRC-32C for each block, little-endian', () => {
    const bytes = bytesOf(blockBytes + 9)
    const sums = Buffer.from(checksumBlocks([bytes]), 'base64')
    expect(sums.length).toBe(8)
    expect(sums.readUInt32LE(0)).toBe(crc32c(bytes.subarray(0, blockBytes)))
    expect(sums.readUInt32LE(4)).toBe(crc32c(bytes.subarray(blockBytes)))
  })

  it('can be taken piece by piece, and asked for at any time', () => {
    const bytes = bytesOf(2 * blockBytes + 100)
    const checksums = new BlockChecksums()
    for (let at = 0; at < bytes.length; at += 10_000) {
      expect(checksums.bytes).toBe(at)
      expect(checksums.encoded()).toBe(checksumBlocks([bytes.subarray(0, at)]))
      checksums.add(bytes.subarray(at, at + 10_000))
    }
    expect(checksums.bytes).toBe(bytes.length)
    expect(checksums.encoded()).toBe(checksumBlocks([bytes]))
  })

  it('of nothing is nothing', () => {
    expect(checksumBlocks([])).toBe('')
  })
})

describe('openChecked', () => {
  it('gives the bytes of every kind of slice', async () => {
    const bytes = bytesOf(3 * blockBytes + 77)
    const { store } = memoryStore({ part: bytes })
    const file = openChecked(store, partOf(bytes))
    expect(file.byteLength).toBe(bytes.length)
    const edges = [
      0,
      1,
      blockBytes - 1,
      blockBytes,
      blockBytes + 1,
      2 * blockBytes,
      3 * blockBytes,
      3 * blockBytes + 76,
      bytes.length,
    ]
    for (const start of edges) {
      for (const end of edges.filter(edge => edge >= start)) {
        const slice = new Uint8Array(await file.slice(start, end))
        expect(Buffer.compare(slice, bytes.subarray(start, end)), `${start} to ${end}`).toBe(0)
      }
    }
    expect((await file.slice(bytes.length - 5)).byteLength).toBe(5)
    expect((await file.slice(bytes.length - 5, bytes.length + 100)).byteLength).toBe(5)
    await expect(file.slice(10, 5)).rejects.toThrow('ends before it begins')
  })

  it('opens an empty file', async () => {
    const { store, reads } = memoryStore({ part: new Uint8Array(0) })
    const file = openChecked(store, partOf(new Uint8Array(0)))
    expect((await file.slice(0)).byteLength).toBe(0)
    expect(reads).toEqual([])
  })

  it('finds every changed byte of a file, and serves none', async () => {
    const columns = [
      columnOf({ name: 'n', type: 'int32', values: [1, null, 3] }),
      columnOf({ name: 's', type: 'string', values: ['a', 'b', null] }),
    ]
    const bytes = new Uint8Array(asFile(writeParquet({ columns, rowGroupRowsMax: 10, codec })))
    const part = partOf(bytes)
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice()
      changed[at]! ^= 1 << (at & 7)
      const file = openChecked(memoryStore({ part: changed }).store, part)
      await expect(file.slice(0, 4), `byte ${at}`).rejects.toThrow(CorruptPart)
      await expect(readWithHyparquet(file)).rejects.toThrow(CorruptPart)
    }
  })

  it('finds a file cut at any byte', async () => {
    const bytes = bytesOf(300)
    const part = partOf(bytes)
    for (let end = 0; end < bytes.length; end++) {
      const file = openChecked(memoryStore({ part: bytes.slice(0, end) }).store, part)
      await expect(file.slice(0, 1), `cut at ${end}`).rejects.toThrow('the file ends before it')
    }
  })

  it('names the part and the block that is bad, and goes on serving the others', async () => {
    const bytes = bytesOf(4 * blockBytes)
    const part = partOf(bytes, 'a/b/part')
    bytes[2 * blockBytes + 5]! ^= 1
    const { store } = memoryStore({ 'a/b/part': bytes })
    const file = openChecked(store, part, new BlockCache(10 * blockBytes))
    await expect(file.slice(0)).rejects.toMatchObject({ name: 'CorruptPart', key: 'a/b/part', block: 2 })
    expect((await file.slice(0, 2 * blockBytes)).byteLength).toBe(2 * blockBytes)
    await expect(file.slice(2 * blockBytes, 2 * blockBytes + 1)).rejects.toThrow(
      'block 2: its checksum differs',
    )
    expect((await file.slice(3 * blockBytes)).byteLength).toBe(blockBytes)
  })

  it('refuses checksums that do not cover the file', () => {
    const bytes = bytesOf(blockBytes + 1)
    const { store } = memoryStore({ part: bytes })
    for (const sums of [
      '',
      'not base64!',
      checksumBlocks([bytes.subarray(1)]),
      `${checksumBlocks([bytes])}AAAA`,
    ]) {
      expect(() => openChecked(store, { key: 'part', bytes: bytes.length, crc32c: sums }), sums).toThrow(
        'do not cover',
      )
    }
  })

  it('reads whole blocks, neighbours together and at most 8 MiB at once', async () => {
    const bytes = bytesOf(130 * blockBytes)
    const { store, reads } = memoryStore({ part: bytes })
    const file = openChecked(store, partOf(bytes))
    await file.slice(blockBytes + 1, 3 * blockBytes - 1)
    expect(reads).toEqual([[blockBytes, 3 * blockBytes]])
    reads.length = 0
    await file.slice(0)
    expect(reads).toEqual([
      [0, 128 * blockBytes],
      [128 * blockBytes, 130 * blockBytes],
    ])
  })

  it('reads a block once for slices asked for side by side', async () => {
    const bytes = bytesOf(3 * blockBytes)
    const { store, reads } = memoryStore({ part: bytes })
    const file = openChecked(store, partOf(bytes))
    const slices = await Promise.all([
      file.slice(blockBytes, 2 * blockBytes),
      file.slice(0, blockBytes + 1),
      file.slice(0),
    ])
    expect(reads).toEqual([
      [blockBytes, 2 * blockBytes],
      [0, blockBytes],
      [2 * blockBytes, 3 * blockBytes],
    ])
    expect(Buffer.compare(new Uint8Array(slices[2]!), bytes)).toBe(0)
  })

  it('asks again after a store that failed', async () => {
    const bytes = bytesOf(10)
    const { store } = memoryStore({ part: bytes })
    const getRange = store.getRange
    let failures = 1
    store.getRange = (...range) =>
      failures-- > 0 ? Promise.reject(new Error('unplugged')) : getRange(...range)
    const file = openChecked(store, partOf(bytes))
    await expect(file.slice(0)).rejects.toThrow('unplugged')
    expect((await file.slice(0)).byteLength).toBe(10)
  })
})

describe('BlockCache', () => {
  it('spares reads of blocks it holds and asks only for the gaps', async () => {
    const bytes = bytesOf(5 * blockBytes)
    const { store, reads } = memoryStore({ part: bytes })
    const file = openChecked(store, partOf(bytes), new BlockCache(5 * blockBytes))
    await file.slice(2 * blockBytes, 3 * blockBytes)
    reads.length = 0
    expect(Buffer.compare(new Uint8Array(await file.slice(0)), bytes)).toBe(0)
    expect(reads).toEqual([
      [0, 2 * blockBytes],
      [3 * blockBytes, 5 * blockBytes],
    ])
    reads.length = 0
    await file.slice(0)
    expect(reads).toEqual([])
  })

  it('is shared by files, lets the longest unused go, and never holds more than its bound', () => {
    const cache = new BlockCache(3 * blockBytes)
    const block = bytesOf(blockBytes)
    cache.put('a', 0, block)
    cache.put('b', 0, block)
    cache.put('a', 1, block)
    cache.get('a', 0)
    cache.put('c', 0, block)
    const held = [
      ['a', 0],
      ['b', 0],
      ['a', 1],
      ['c', 0],
    ].filter(([key, index]) => cache.has(key as string, index as number))
    expect(held).toEqual([
      ['a', 0],
      ['a', 1],
      ['c', 0],
    ])
  })

  it('keeps nothing when it may hold nothing, and no block larger than itself', () => {
    const cache = new BlockCache(10)
    cache.put('a', 0, bytesOf(11))
    expect(cache.has('a', 0)).toBe(false)
    cache.put('a', 1, bytesOf(10))
    expect(cache.get('a', 1)).toEqual(bytesOf(10))
  })

  it('keeps a copy, so that a block does not hold on to the read that brought it', () => {
    const cache = new BlockCache(1000)
    const read = bytesOf(100)
    cache.put('a', 0, read.subarray(0, 10))
    expect(cache.get('a', 0)!.buffer.byteLength).toBe(10)
  })
})
