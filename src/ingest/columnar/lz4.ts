// LZ4 (Collet, lz4 block and frame format descriptions), written here so that the output's size is a bound: what the
// input claims beyond it is an error, never memory or time.

import { ByteCursor } from './byte-cursor.ts'
import { Malformed } from './malformed.ts'

const FRAME_MAGIC = 0x184d2204
const MATCH_MIN = 4

/** One block without a frame. @throws Malformed unless it inflates to exactly `contentBytes` */
export function lz4Block(input: Uint8Array, contentBytes: number): Uint8Array {
  const output = new Uint8Array(contentBytes)
  if (inflateBlock(input, output, 0) !== contentBytes) throw wrongSize()
  return output
}

/**
 * Parquet's first LZ4 codec, of which there are two kinds: Hadoop's blocks, each behind its sizes as two big-endian
 * u32, and plain blocks. Only trying tells them apart.
 */
export function lz4Hadoop(input: Uint8Array, contentBytes: number): Uint8Array {
  return hadoopBlocks(input, contentBytes) ?? lz4Block(input, contentBytes)
}

/** A frame, as Arrow compresses its buffers. Checksums of the frame are not checked: HTTP and TCP have done that. */
export function lz4Frame(input: Uint8Array, contentBytes: number): Uint8Array {
  const cursor = new ByteCursor(input)
  if (cursor.u32() !== FRAME_MAGIC) throw new Malformed('an LZ4 frame does not begin with its magic number')
  const flags = cursor.u8()
  cursor.skip(1 + (flags & 8 ? 8 : 0) + (flags & 1 ? 4 : 0) + 1)
  const blockChecksumBytes = flags & 16 ? 4 : 0
  const output = new Uint8Array(contentBytes)
  let length = 0
  for (let size = cursor.u32(); size !== 0; size = cursor.u32()) {
    const block = cursor.take(size & 0x7fffffff)
    if (size >>> 31) length = copyLiterals(block, output, length)
    else length = inflateBlock(block, output, length)
    cursor.skip(blockChecksumBytes)
  }
  if (length !== contentBytes) throw wrongSize()
  return output
}

function hadoopBlocks(input: Uint8Array, contentBytes: number): Uint8Array | undefined {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength)
  const output = new Uint8Array(contentBytes)
  let length = 0
  let at = 0
  while (at + 8 <= input.length) {
    const blockContentBytes = view.getUint32(at)
    const end = at + 8 + view.getUint32(at + 4)
    if (end > input.length || length + blockContentBytes > contentBytes) return undefined
    try {
      if (inflateBlock(input.subarray(at + 8, end), output, length) !== length + blockContentBytes)
        return undefined
    } catch (error) {
      // It merely looked like Hadoop's sizes.
      if (error instanceof Malformed) return undefined
      throw error
    }
    length += blockContentBytes
    at = end
  }
  return at === input.length && length === contentBytes ? output : undefined
}

/** Inflates behind what `output` holds already, which matches may reach back into. @returns the new length */
function inflateBlock(input: Uint8Array, output: Uint8Array, start: number): number {
  let length = start
  let at = 0
  while (at < input.length) {
    const token = input[at++]!
    let literalCount = token >> 4
    if (literalCount === 15) [literalCount, at] = longCount(input, at, 15)
    if (at + literalCount > input.length) throw new Malformed('an LZ4 block ends within its literals')
    length = copyLiterals(input.subarray(at, at + literalCount), output, length)
    at += literalCount
    // The last sequence has no match.
    if (at === input.length) return length

    if (at + 2 > input.length) throw new Malformed('an LZ4 block ends within a match')
    const distance = input[at]! | (input[at + 1]! << 8)
    at += 2
    let matchCount = token & 15
    if (matchCount === 15) [matchCount, at] = longCount(input, at, 15)
    matchCount += MATCH_MIN
    if (distance === 0 || distance > length) throw new Malformed('an LZ4 match reaches before the beginning')
    if (length + matchCount > output.length) throw wrongSize()
    if (distance >= matchCount) output.copyWithin(length, length - distance, length - distance + matchCount)
    else for (let i = 0; i < matchCount; i++) output[length + i] = output[length + i - distance]!
    length += matchCount
  }
  return length
}

function longCount(input: Uint8Array, start: number, first: number): [count: number, at: number] {
  let count = first
  let at = start
  for (;;) {
    const byte = input[at++]
    if (byte === undefined) throw new Malformed('an LZ4 block ends within a length')
    count += byte
    if (byte !== 255) return [count, at]
  }
}

function copyLiterals(literals: Uint8Array, output: Uint8Array, length: number): number {
  if (length + literals.length > output.length) throw wrongSize()
  output.set(literals, length)
  return length + literals.length
}

function wrongSize(): Malformed {
  return new Malformed('LZ4 data does not inflate to the size that was announced')
}
