// PLAIN: values one after another as they lie in memory, little-endian; text and bytes each behind a u32 of its length;
// booleans a bit each. All platforms of ours are little-endian, so numbers are copied in bulk.

import type { ByteValues, Column, DictionaryColumn } from '../column.ts'
import { boundsOf } from './bounds.ts'
import { copyBits } from './hybrid.ts'
import type { PageRows } from './page-rows.ts'
import { encodings } from './schema.ts'
import type { ChunkValues } from './values.ts'

type PlainColumn = Exclude<Column, DictionaryColumn>

export function plainValues(column: PlainColumn): ChunkValues {
  return {
    encoding: encodings.plain,
    dictionary: undefined,
    bytesMax: rows => plainBytesMax(column, rows),
    write: (rows, out, at) => writePlain(column, rows, out, at),
    bounds: rows => boundsOf(column, rows),
  }
}

function plainBytesMax(column: PlainColumn, { from, until }: PageRows): number {
  if ('offsets' in column) return column.offsets[until]! - column.offsets[from]! + 4 * (until - from)
  return 8 * (until - from)
}

function writePlain(column: PlainColumn, rows: PageRows, out: Uint8Array, at: number): number {
  if ('offsets' in column) return writeByteArrays(column, rows, out, at)
  if (column.type === 'boolean') return writeBits(column.values, rows, out, at)
  return writeNumbers(column.values, rows, out, at)
}

/** From here on, one call that copies a value beats a loop over its bytes. */
const bulkBytesMin = 48

/** The loop that large payloads spend their time in: it stays whole. */
export function writeByteArrays(values: ByteValues, rows: PageRows, out: Uint8Array, at: number): number {
  const { offsets, data } = values
  const { from, present, presentCount } = rows
  for (let i = 0; i < presentCount; i++) {
    const row = present === undefined ? from + i : present[i]!
    const start = offsets[row]!
    const end = offsets[row + 1]!
    const byteCount = end - start
    out[at] = byteCount
    out[at + 1] = byteCount >>> 8
    out[at + 2] = byteCount >>> 16
    out[at + 3] = byteCount >>> 24
    at += 4
    if (byteCount >= bulkBytesMin) {
      out.set(data.subarray(start, end), at)
      at += byteCount
    } else {
      for (let from = start; from < end; from++) out[at++] = data[from]!
    }
  }
  return at
}

function writeBits(bitmap: Uint8Array, rows: PageRows, out: Uint8Array, at: number): number {
  const { present, presentCount } = rows
  if (present === undefined) return copyBits(bitmap, rows, out, at)
  const end = at + Math.ceil(presentCount / 8)
  out.fill(0, at, end)
  for (let i = 0; i < presentCount; i++) {
    const row = present[i]!
    out[at + (i >> 3)]! |= ((bitmap[row >> 3]! >> (row & 7)) & 1) << (i & 7)
  }
  return end
}

/** Copied as 32-bit words, so that no NaN loses its bits and no BigInt is made. */
function writeNumbers(
  values: Int32Array | BigInt64Array | Float64Array,
  { from, until, present, presentCount }: PageRows,
  out: Uint8Array,
  at: number,
): number {
  const width = values.BYTES_PER_ELEMENT
  const byteCount = presentCount * width
  if (present === undefined) {
    out.set(new Uint8Array(values.buffer, values.byteOffset + from * width, (until - from) * width), at)
    return at + byteCount
  }
  const source = new Int32Array(values.buffer, values.byteOffset, values.byteLength / 4)
  const gathered = new Int32Array(byteCount / 4)
  if (width === 4) {
    for (let i = 0; i < presentCount; i++) gathered[i] = source[present[i]!]!
  } else {
    for (let i = 0; i < presentCount; i++) {
      gathered[2 * i] = source[2 * present[i]!]!
      gathered[2 * i + 1] = source[2 * present[i]! + 1]!
    }
  }
  out.set(new Uint8Array(gathered.buffer), at)
  return at + byteCount
}
