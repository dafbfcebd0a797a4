// A part read by range, verified. Each block of `blockBytes` has a checksum in the manifest; a read is widened to whole
// blocks, and no byte leaves here whose block was not found good. Good blocks are kept for a while, since footers and
// neighbouring pages are asked for again and again.

import { assert } from '../base/assert.ts'
import { fromBase64, toBase64 } from '../base/bytes.ts'
import { crc32c } from '../base/crc32c.ts'
import { blockBytes, type Part } from '../contract/segment.ts'
import type { ObjectStore } from '../ports/object-store.ts'

/** The bytes under a part's key are not those that were written: the part is to be set aside. */
export class CorruptPart extends Error {
  override name = 'CorruptPart'
  readonly key: string
  /** index of the block found bad */
  readonly block: number

  constructor(key: string, block: number, reason: string) {
    super(`part ${key}: block ${block}: ${reason}`)
    this.key = key
    this.block = block
  }
}

/** The shape in which hyparquet takes a file. */
export interface CheckedFile {
  readonly byteLength: number
  /**
   * @param end  exclusive; past the end of the file means its end
   * @throws CorruptPart when a block is bad or missing, StoreError when the store can't say
   */
  slice(start: number, end?: number): Promise<ArrayBuffer>
  /** The same without a copy, where the file is in memory: not to be written to. */
  view?(start: number, end: number): Uint8Array
}

/** What is asked of the store at once; a longer slice becomes several reads side by side. */
const readBlocksMax = 128

/** @param chunks  the file in pieces, in order. @returns `crc32c` of its Part */
export function checksumBlocks(chunks: readonly Uint8Array[]): string {
  const checksums = new BlockChecksums()
  for (const chunk of chunks) checksums.add(chunk)
  return checksums.encoded()
}

/** The checksums of a file that is not in memory as a whole. */
export class BlockChecksums {
  /** of the file so far */
  bytes = 0
  private readonly sums: number[] = []
  private sum = 0

  /** The next piece, however long. */
  add(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      const filledBytes = this.bytes % blockBytes
      const piece = chunk.subarray(at, at + blockBytes - filledBytes)
      this.sum = crc32c(piece, this.sum)
      at += piece.length
      this.bytes += piece.length
      if (this.bytes % blockBytes === 0) {
        this.sums.push(this.sum)
        this.sum = 0
      }
    }
  }

  /** @returns base64 of u32 little-endian CRC-32C values, one a block */
  encoded(): string {
    const sums = this.bytes % blockBytes === 0 ? this.sums : [...this.sums, this.sum]
    const view = new DataView(new ArrayBuffer(4 * sums.length))
    for (const [block, sum] of sums.entries()) view.setUint32(4 * block, sum, true)
    return toBase64(new Uint8Array(view.buffer))
  }
}

/** @throws CorruptPart when the manifest's checksums do not cover the part's bytes */
export function openChecked(
  store: ObjectStore,
  part: Pick<Part, 'key' | 'bytes' | 'crc32c'>,
  cache = new BlockCache(0),
): CheckedFile {
  const sums = decodeChecksums(part)
  /** Blocks being read, so that slices asked for side by side read a block they share once. */
  const pending = new Map<number, Promise<Uint8Array>>()

  return {
    byteLength: part.bytes,
    async slice(start, end = part.bytes) {
      const sliceEnd = Math.min(end, part.bytes)
      assert(start >= 0 && start <= sliceEnd, 'a slice that ends before it begins')
      const first = Math.floor(start / blockBytes)
      const blocks = await Promise.all(wanted(first, Math.ceil(sliceEnd / blockBytes)))
      const out = new Uint8Array(sliceEnd - start)
      for (const [index, block] of blocks.entries()) {
        const blockStart = (first + index) * blockBytes
        const piece = block.subarray(Math.max(0, start - blockStart), Math.max(0, sliceEnd - blockStart))
        out.set(piece, Math.max(0, blockStart - start))
      }
      return out.buffer
    },
  }

  /** Blocks [first, until): kept, on their way, or read now in as few reads as there are gaps. */
  function wanted(first: number, until: number): (Uint8Array | Promise<Uint8Array>)[] {
    const blocks: (Uint8Array | Promise<Uint8Array>)[] = []
    for (let block = first; block < until; block++) {
      const known = cache.get(part.key, block) ?? pending.get(block)
      if (known === undefined) startRead(block, gapEnd(block, until))
      blocks.push(known ?? pending.get(block)!)
    }
    return blocks
  }

  function gapEnd(block: number, until: number): number {
    const last = Math.min(until, block + readBlocksMax)
    let end = block + 1
    while (end < last && !pending.has(end) && !cache.has(part.key, end)) end++
    return end
  }

  function startRead(first: number, until: number): void {
    const read = readBlocks(first, until)
    for (let block = first; block < until; block++) {
      const one = read.then(blocks => blocks[block - first]!)
      pending.set(block, one)
      const settle = () => pending.delete(block)
      one.then(settle, settle)
    }
  }

  async function readBlocks(first: number, until: number): Promise<Uint8Array[]> {
    const start = first * blockBytes
    const bytes = await store.getRange(part.key, start, Math.min(until * blockBytes, part.bytes))
    return Array.from({ length: until - first }, (_, index) => {
      const block = bytes.subarray(index * blockBytes, (index + 1) * blockBytes)
      const expectedBytes = Math.min(blockBytes, part.bytes - start - index * blockBytes)
      if (block.length !== expectedBytes)
        throw new CorruptPart(part.key, first + index, 'the file ends before it')
      if (crc32c(block) !== sums[first + index])
        throw new CorruptPart(part.key, first + index, 'its checksum differs')
      cache.put(part.key, first + index, block)
      return block
    })
  }
}

function decodeChecksums({ key, bytes, crc32c }: Pick<Part, 'key' | 'bytes' | 'crc32c'>): Uint32Array {
  const sums = fromBase64(crc32c)
  const blockCount = Math.ceil(bytes / blockBytes)
  if (sums?.length !== 4 * blockCount) throw new CorruptPart(key, 0, 'the checksums do not cover the file')
  const view = new DataView(sums.buffer)
  return Uint32Array.from({ length: blockCount }, (_, block) => view.getUint32(4 * block, true))
}

/** Good blocks of all files that share it, the longest unused going first. */
export class BlockCache {
  private readonly bytesMax: number
  private readonly blocks = new Map<string, Uint8Array>()
  private heldBytes = 0

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax
  }

  has(key: string, block: number): boolean {
    return this.blocks.has(`${key}#${block}`)
  }

  get(key: string, block: number): Uint8Array | undefined {
    const name = `${key}#${block}`
    const bytes = this.blocks.get(name)
    if (bytes === undefined) return undefined
    this.blocks.delete(name)
    this.blocks.set(name, bytes)
    return bytes
  }

  /** A block that is a view of a longer read is copied, since that would stay in memory with it. */
  put(key: string, block: number, bytes: Uint8Array): void {
    if (bytes.length > this.bytesMax || this.has(key, block)) return
    this.blocks.set(`${key}#${block}`, bytes.length === bytes.buffer.byteLength ? bytes : bytes.slice())
    this.heldBytes += bytes.length
    for (const [name, oldest] of this.blocks) {
      if (this.heldBytes <= this.bytesMax) break
      this.blocks.delete(name)
      this.heldBytes -= oldest.length
    }
  }
}
