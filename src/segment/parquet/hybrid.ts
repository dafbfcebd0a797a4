// Parquet's RLE / bit-packed hybrid, which carries definition levels and dictionary indices.
//
//   run of one value   varint(count << 1)      | the value in ceil(width / 8) bytes
//   packed values      varint(groups << 1 | 1) | groups of 8 values, width bits each, the lowest bit first
//
// A stretch is written as one run of either kind: shorter runs would read no faster, and zstd finds them by itself.

import type { PageRows } from './page-rows.ts'

/** Bytes that a stretch of `count` values takes at most, with the varint before it. */
export function hybridBytesMax(count: number, width: number): number {
  return 5 + Math.ceil(count / 8) * Math.max(width, 4)
}

/**
 * Definition levels of a column under the root: 1 for a value, 0 for a null. u32 of their bytes, then the levels. A
 * validity bitmap already is the packed form, so it is copied by the byte.
 *
 * @returns where the levels end in `out`
 */
export function writeLevels(
  validity: Uint8Array | undefined,
  rows: PageRows,
  out: Uint8Array,
  at: number,
): number {
  const rowCount = rows.until - rows.from
  const start = at + 4
  let end: number
  if (rows.presentCount === rowCount || rows.presentCount === 0) {
    end = writeRun({ value: rows.presentCount === 0 ? 0 : 1, count: rowCount, width: 1 }, out, start)
  } else {
    end = writeVarint((Math.ceil(rowCount / 8) << 1) | 1, out, start)
    end = copyBits(validity!, rows, out, end)
  }
  const bytes = end - start
  out[at] = bytes
  out[at + 1] = bytes >>> 8
  out[at + 2] = bytes >>> 16
  out[at + 3] = bytes >>> 24
  return end
}

/** The value `count` times over. */
export function writeRun(
  run: { value: number; count: number; width: number },
  out: Uint8Array,
  at: number,
): number {
  at = writeVarint(run.count * 2, out, at)
  for (let bit = 0; bit < run.width; bit += 8) out[at++] = run.value >>> bit
  return at
}

/**
 * @param values  u32[], each < 2^width
 * @param width   1..24: a value and 7 bits left over from the last fit 32
 */
export function writePacked(values: Int32Array, width: number, out: Uint8Array, at: number): number {
  const groupCount = Math.ceil(values.length / 8)
  at = writeVarint(groupCount * 2 + 1, out, at)
  const end = at + groupCount * width
  let bits = 0
  let bitCount = 0
  for (let i = 0; i < values.length; i++) {
    bits |= values[i]! << bitCount
    bitCount += width
    while (bitCount >= 8) {
      out[at++] = bits
      bits >>>= 8
      bitCount -= 8
    }
  }
  if (bitCount > 0) out[at++] = bits
  out.fill(0, at, end)
  return end
}

/** Bits [from, until) of a bitmap, moved to begin at bit 0; the bits behind them are zero. */
export function copyBits(
  bitmap: Uint8Array,
  { from, until }: { from: number; until: number },
  out: Uint8Array,
  at: number,
): number {
  const bitCount = until - from
  const byteCount = Math.ceil(bitCount / 8)
  const first = from >> 3
  const shift = from & 7
  if (shift === 0) out.set(bitmap.subarray(first, first + byteCount), at)
  else {
    for (let i = 0; i < byteCount; i++) {
      const next = bitmap[first + i + 1] ?? 0
      out[at + i] = (bitmap[first + i]! >>> shift) | (next << (8 - shift))
    }
  }
  const spare = byteCount * 8 - bitCount
  if (spare > 0) out[at + byteCount - 1]! &= 0xff >>> spare
  return at + byteCount
}

function writeVarint(value: number, out: Uint8Array, at: number): number {
  while (value >= 0x80) {
    out[at++] = (value & 0x7f) | 0x80
    value >>>= 7
  }
  out[at++] = value
  return at
}
