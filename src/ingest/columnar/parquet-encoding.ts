// Parquet's value encodings (parquet-format, Encodings.md), each bounded by the bytes that are there.

import type { ByteCursor } from './byte-cursor.ts'
import { Malformed } from './malformed.ts'

/** Values in a block and miniblocks of a block are at writers' choice; no writer comes near these. */
const deltaBlockValuesMax = 65_536

/**
 * Runs of repeated or bit-packed values (RLE / bit-packing hybrid), until `into` is full.
 *
 * @param cursor    left after the last run that was needed
 * @param bitWidth  0..32
 * @param end       where the runs must have ended
 */
export function readHybrid(
  cursor: ByteCursor,
  bitWidth: number,
  end: number,
  into: Uint8Array | Int32Array,
): void {
  if (bitWidth > 32) throw new Malformed(`values of ${bitWidth} bits are impossible`)
  const valueWidth = Math.ceil(bitWidth / 8)
  let count = 0
  while (count < into.length) {
    if (cursor.at >= end) throw new Malformed(`runs end after ${count} of ${into.length} values`)
    const head = cursor.varint()
    if (head % 2 === 0) {
      const runEnd = Math.min(count + head / 2, into.length)
      const start = cursor.skip(valueWidth)
      let value = 0
      for (let i = valueWidth - 1; i >= 0; i--) value = (value << 8) | cursor.source.bytes[start + i]!
      into.fill(value, count, runEnd)
      count = runEnd
      continue
    }
    // The last run is padded to eight values, and some writers leave out the bytes that only pad.
    const packedCount = Math.min(((head - 1) / 2) * 8, into.length - count)
    const packedBytes = Math.min(((head - 1) / 2) * bitWidth, cursor.left)
    if (packedBytes * 8 < packedCount * bitWidth) throw new Malformed(`bit-packed values end after ${count}`)
    unpack(cursor.source.bytes, cursor.skip(packedBytes), bitWidth, into.subarray(count, count + packedCount))
    count += packedCount
  }
  if (cursor.at > end) throw new Malformed('runs go on past their end')
}

/** Bit-packed values, least significant bit first. */
function unpack(bytes: Uint8Array, start: number, bitWidth: number, into: Uint8Array | Int32Array): void {
  let at = start
  let bits = 0
  let bitCount = 0
  if (bitWidth <= 24) {
    const mask = (1 << bitWidth) - 1
    for (let i = 0; i < into.length; i++) {
      while (bitCount < bitWidth) {
        bits |= bytes[at++]! << bitCount
        bitCount += 8
      }
      into[i] = bits & mask
      bits >>>= bitWidth
      bitCount -= bitWidth
    }
    return
  }
  // More than 31 bits can be pending here, so arithmetic on doubles stands in for shifts.
  const range = 2 ** bitWidth
  for (let i = 0; i < into.length; i++) {
    while (bitCount < bitWidth) {
      bits += bytes[at++]! * 2 ** bitCount
      bitCount += 8
    }
    into[i] = bits % range
    bits = Math.floor(bits / range)
    bitCount -= bitWidth
  }
}

/** DELTA_BINARY_PACKED. Sums wrap around as two's complement of the array's width. */
export function readDeltas(cursor: ByteCursor, into: Int32Array | BigInt64Array): void {
  if (into.length === 0) return
  const blockValues = cursor.varint()
  const miniblockCount = cursor.varint()
  const miniblockValues = blockValues / miniblockCount
  if (
    blockValues > deltaBlockValuesMax ||
    !Number.isInteger(miniblockValues) ||
    miniblockValues % 8 !== 0 ||
    miniblockValues === 0
  ) {
    throw new Malformed(`delta blocks of ${blockValues} values in ${miniblockCount} parts are impossible`)
  }
  const valueCount = cursor.varint()
  if (valueCount !== into.length)
    throw new Malformed(`${valueCount} deltas where ${into.length} values belong`)
  let value = cursor.zigzag64()
  let index = 0
  const store = (next: bigint) => {
    if (into instanceof Int32Array) into[index++] = Number(BigInt.asIntN(32, next))
    else into[index++] = next
  }
  store(value)
  while (index < into.length) {
    const deltaMin = cursor.zigzag64()
    const widths = cursor.take(miniblockCount)
    for (let i = 0; i < miniblockCount && index < into.length; i++) {
      const bitWidth = widths[i]!
      if (bitWidth > 64) throw new Malformed(`deltas of ${bitWidth} bits are impossible`)
      const start = cursor.skip((miniblockValues * bitWidth) / 8)
      const count = Math.min(miniblockValues, into.length - index)
      for (let j = 0; j < count; j++) {
        value = BigInt.asIntN(
          64,
          value + deltaMin + bitsAt(cursor.source.bytes, start, j * bitWidth, bitWidth),
        )
        store(value)
      }
    }
  }
}

/** `width` bits from bit `bit` on, least significant first. */
function bitsAt(bytes: Uint8Array, start: number, bit: number, width: number): bigint {
  let low = 0
  let high = 0
  const lowWidth = Math.min(width, 32)
  for (let got = 0; got < width; ) {
    const at = bit + got
    const take = Math.min(8 - (at & 7), (got < 32 ? lowWidth : width) - got)
    const part = (bytes[start + (at >> 3)]! >> (at & 7)) & ((1 << take) - 1)
    if (got < 32) low += part * 2 ** got
    else high += part * 2 ** (got - 32)
    got += take
  }
  return high === 0 ? BigInt(low) : (BigInt(high) << 32n) | BigInt(low)
}

/** BYTE_STREAM_SPLIT: byte k of all values, then byte k + 1 of all. @returns the values side by side */
export function joinStreams(cursor: ByteCursor, valueBytes: number, count: number): Uint8Array {
  const streams = cursor.take(valueBytes * count)
  const joined = new Uint8Array(streams.length)
  for (let k = 0; k < valueBytes; k++) {
    for (let i = 0; i < count; i++) joined[i * valueBytes + k] = streams[k * count + i]!
  }
  return joined
}
