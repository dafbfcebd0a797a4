// Snappy's raw format (Google, format_description.txt). The announced size is a bound, as in lz4.ts.

import { ByteCursor } from './byte-cursor.ts'
import { Malformed } from './malformed.ts'

/** @throws Malformed unless the input inflates to exactly `contentBytes` */
export function snappy(input: Uint8Array, contentBytes: number): Uint8Array {
  const cursor = new ByteCursor(input)
  if (cursor.varint() !== contentBytes) throw wrongSize()
  const output = new Uint8Array(contentBytes)
  let length = 0
  while (cursor.left > 0) {
    const tag = cursor.u8()
    if ((tag & 3) === 0) {
      const literals = cursor.take(literalCount(cursor, tag >> 2))
      if (length + literals.length > contentBytes) throw wrongSize()
      output.set(literals, length)
      length += literals.length
      continue
    }
    const count = (tag & 3) === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1
    const distance =
      (tag & 3) === 1 ? ((tag >> 5) << 8) | cursor.u8() : little(cursor, (tag & 3) === 2 ? 2 : 4)
    if (distance === 0 || distance > length) throw new Malformed('a Snappy copy reaches before the beginning')
    if (length + count > contentBytes) throw wrongSize()
    if (distance >= count) output.copyWithin(length, length - distance, length - distance + count)
    else for (let i = 0; i < count; i++) output[length + i] = output[length + i - distance]!
    length += count
  }
  if (length !== contentBytes) throw wrongSize()
  return output
}

/** Short lengths stand in the tag, 60 to 63 say how many bytes hold a long one. */
function literalCount(cursor: ByteCursor, inTag: number): number {
  return inTag < 60 ? inTag + 1 : little(cursor, inTag - 59) + 1
}

function little(cursor: ByteCursor, byteCount: number): number {
  let value = 0
  for (let power = 1, i = 0; i < byteCount; i++, power *= 256) value += cursor.u8() * power
  return value
}

function wrongSize(): Malformed {
  return new Malformed('Snappy data does not inflate to the size that was announced')
}
