// The values of one page, wherever they lie: nothing is turned into JavaScript values here, a page stays bytes with
// the positions of its values.

import type { Budget } from './budget.ts'
import type { ByteCursor } from './byte-cursor.ts'
import { type Source, sourceOf } from './canonical.ts'
import { Malformed } from './malformed.ts'
import { joinStreams, readDeltas, readHybrid } from './parquet-encoding.ts'
import { physical } from './parquet-format.ts'

/**
 * Entry i lies in `source` at spans[2i] to spans[2i + 1], or, when all are of one width, at base + i * width. Value i is
 * entry indexes[i] where there are indexes, and entry i where there are none.
 */
export interface Values {
  source: Source
  /** of entries */
  count: number
  base: number
  width: number
  spans: Int32Array | undefined
  indexes: Int32Array | undefined
}

export interface Encoded {
  encoding: number
  /** of the physical type, see parquet-format.ts */
  type: number
  /** bytes of a value, 0 for BYTE_ARRAY */
  width: number
  count: number
}

const encodings = {
  plain: 0,
  plainDictionary: 2,
  rle: 3,
  deltaBinaryPacked: 5,
  deltaLength: 6,
  deltaByteArray: 7,
  rleDictionary: 8,
  byteStreamSplit: 9,
} as const

export function readValues(
  cursor: ByteCursor,
  page: Encoded,
  dictionary: Values | undefined,
  budget: Budget,
): Values {
  const { encoding, type, width, count } = page
  switch (encoding) {
    case encodings.plain:
      return readPlain(cursor, page)
    case encodings.plainDictionary:
    case encodings.rleDictionary:
      return readIndexed(cursor, count, dictionary)
    case encodings.rle:
      if (type === physical.boolean) return readRunBooleans(cursor, count)
      break
    case encodings.deltaBinaryPacked:
      if (type === physical.int32 || type === physical.int64) return readDeltaIntegers(cursor, type, count)
      break
    case encodings.deltaLength:
      if (type === physical.byteArray) return readDeltaLengths(cursor, count)
      break
    case encodings.deltaByteArray:
      if (type === physical.byteArray || type === physical.fixed) return readDeltaBytes(cursor, page, budget)
      break
    case encodings.byteStreamSplit:
      if (width > 0 && type !== physical.boolean)
        return fixed(joinStreams(cursor, width, count), count, width)
  }
  throw new Malformed(`encoding ${encoding} is not one for physical type ${type}`)
}

export function readPlain(
  cursor: ByteCursor,
  { type, width, count }: Pick<Encoded, 'type' | 'width' | 'count'>,
): Values {
  if (type === physical.boolean) return fixed(unpackBooleans(cursor, count), count, 1)
  if (width > 0)
    return {
      source: cursor.source,
      count,
      base: cursor.skip(width * count),
      width,
      spans: undefined,
      indexes: undefined,
    }
  // A value is its length in four bytes at least: checked before anything is allocated for the count.
  if (count * 4 > cursor.left) throw new Malformed(`${count} values do not fit into ${cursor.left} bytes`)
  const spans = new Int32Array(2 * count)
  for (let i = 0; i < count; i++) {
    const byteCount = cursor.u32()
    spans[2 * i] = cursor.skip(byteCount)
    spans[2 * i + 1] = cursor.at
  }
  return spanned(cursor.source, spans)
}

function fixed(bytes: Uint8Array, count: number, width: number): Values {
  return { source: sourceOf(bytes), count, base: 0, width, spans: undefined, indexes: undefined }
}

/** Values of any widths, back to back or not. */
export function spanned(source: Source, spans: Int32Array): Values {
  return { source, count: spans.length / 2, base: 0, width: 0, spans, indexes: undefined }
}

function readIndexed(cursor: ByteCursor, count: number, dictionary: Values | undefined): Values {
  if (!dictionary) throw new Malformed('values refer to a dictionary that is not there')
  const indexes = new Int32Array(count)
  readHybrid(cursor, cursor.u8(), cursor.end, indexes)
  for (let i = 0; i < count; i++) {
    // A comparison as unsigned also finds what 32 bits made negative.
    if (indexes[i]! >>> 0 >= dictionary.count) {
      throw new Malformed(
        `value ${i} refers to entry ${indexes[i]! >>> 0} of a dictionary of ${dictionary.count}`,
      )
    }
  }
  return { ...dictionary, indexes }
}

function unpackBooleans(cursor: ByteCursor, count: number): Uint8Array {
  const packed = cursor.take(Math.ceil(count / 8))
  const unpacked = new Uint8Array(count)
  for (let i = 0; i < count; i++) unpacked[i] = (packed[i >> 3]! >> (i & 7)) & 1
  return unpacked
}

function readRunBooleans(cursor: ByteCursor, count: number): Values {
  const runBytes = cursor.u32()
  const runs = cursor.at
  cursor.skip(runBytes)
  cursor.at = runs
  const unpacked = new Uint8Array(count)
  readHybrid(cursor, 1, runs + runBytes, unpacked)
  return fixed(unpacked, count, 1)
}

function readDeltaIntegers(cursor: ByteCursor, type: number, count: number): Values {
  const integers = type === physical.int32 ? new Int32Array(count) : new BigInt64Array(count)
  readDeltas(cursor, integers)
  return fixed(new Uint8Array(integers.buffer), count, integers.BYTES_PER_ELEMENT)
}

function readDeltaLengths(cursor: ByteCursor, count: number): Values {
  const lengths = new Int32Array(count)
  readDeltas(cursor, lengths)
  const spans = new Int32Array(2 * count)
  for (let i = 0; i < count; i++) {
    spans[2 * i] = cursor.skip(lengths[i]!)
    spans[2 * i + 1] = cursor.at
  }
  return spanned(cursor.source, spans)
}

/** Each value is a prefix of the one before and bytes of its own. */
function readDeltaBytes(cursor: ByteCursor, { width, count }: Encoded, budget: Budget): Values {
  const prefixes = new Int32Array(count)
  readDeltas(cursor, prefixes)
  const suffixes = new Int32Array(count)
  readDeltas(cursor, suffixes)
  const spans = new Int32Array(2 * count)
  let byteCount = 0
  for (let i = 0; i < count; i++) {
    const before = i === 0 ? 0 : spans[2 * i - 1]! - spans[2 * i - 2]!
    const own = prefixes[i]! + suffixes[i]!
    if (prefixes[i]! < 0 || prefixes[i]! > before || suffixes[i]! < 0 || (width > 0 && own !== width)) {
      throw new Malformed(`value ${i} has a prefix of ${prefixes[i]} and a suffix of ${suffixes[i]} bytes`)
    }
    budget.spend(own)
    spans[2 * i] = byteCount
    spans[2 * i + 1] = byteCount += own
  }
  const bytes = new Uint8Array(byteCount)
  for (let i = 0; i < count; i++) {
    const start = spans[2 * i]!
    if (i > 0) bytes.copyWithin(start, spans[2 * i - 2]!, spans[2 * i - 2]! + prefixes[i]!)
    bytes.set(cursor.take(suffixes[i]!), start + prefixes[i]!)
  }
  return spanned(sourceOf(bytes), spans)
}
