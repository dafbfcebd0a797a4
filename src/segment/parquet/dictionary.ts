// RLE_DICTIONARY: the distinct values of the chunk in a page of their own, then for each row an index among them. The
// column's dictionary may span more rows than the chunk: only the values used here are written, in the order in which
// they first appear.

import { assert } from '../../base/assert.ts'
import type { ByteValues, DictionaryColumn } from '../column.ts'
import { isPresent } from '../column.ts'
import { type Bounds, byteBounds } from './bounds.ts'
import { hybridBytesMax, writePacked, writeRun } from './hybrid.ts'
import type { PageRows, RowRange } from './page-rows.ts'
import { writeByteArrays } from './plain.ts'
import { encodings } from './schema.ts'
import type { ChunkValues } from './values.ts'

/** Indices are packed in at most this many bits. */
const widthMax = 24

export function dictionaryValues(column: DictionaryColumn, range: RowRange): ChunkValues {
  const used = usedValues(column, range)
  const count = used.values.length
  if (count === 0) return noValues
  const width = Math.max(1, 32 - Math.clz32(count - 1))
  assert(width <= widthMax, 'a dictionary over its bound')
  return {
    encoding: encodings.rleDictionary,
    dictionary: { body: dictionaryBody(column.dictionary, used.values), count },
    bytesMax: rows => 1 + hybridBytesMax(rows.presentCount, width),
    write: (rows, out, at) => writeIndices(column, { rows, width, positions: used.positions }, out, at),
    bounds: rows => distinctBounds(column, rows),
  }
}

/** A chunk of nulls alone needs no dictionary. */
const noValues: ChunkValues = {
  encoding: encodings.plain,
  dictionary: undefined,
  bytesMax: () => 0,
  write: (_rows, _out, at) => at,
  bounds: () => undefined,
}

interface UsedValues {
  /** indexes into the column's dictionary, in the order of the chunk's */
  values: Int32Array
  /** for each value of the column's dictionary its index in the chunk's; -1 when it is not used */
  positions: Int32Array
}

function usedValues(
  { indices, dictionary, validity }: DictionaryColumn,
  { from, until }: RowRange,
): UsedValues {
  const valueCount = dictionary.offsets.length - 1
  const positions = new Int32Array(valueCount).fill(-1)
  const values = new Int32Array(Math.min(valueCount, until - from))
  let count = 0
  for (let row = from; row < until; row++) {
    const index = indices[row]!
    const position = positions[index]
    if ((position !== undefined && position >= 0) || !isPresent(validity, row)) continue
    assert(position !== undefined, 'a row names a value that its dictionary lacks')
    positions[index] = count
    values[count++] = index
  }
  return { values: values.subarray(0, count), positions }
}

function dictionaryBody(dictionary: ByteValues, used: Int32Array): Uint8Array {
  let bytes = 4 * used.length
  for (const value of used) bytes += dictionary.offsets[value + 1]! - dictionary.offsets[value]!
  const body = new Uint8Array(bytes)
  writeByteArrays(dictionary, chosen(used), body, 0)
  return body
}

/** u8 of the width, then the indices: one run when they are all the same. */
function writeIndices(
  { indices }: DictionaryColumn,
  { rows, width, positions }: { rows: PageRows; width: number; positions: Int32Array },
  out: Uint8Array,
  at: number,
): number {
  const { from, present, presentCount } = rows
  const packed = new Int32Array(presentCount)
  let differs = 0
  for (let i = 0; i < presentCount; i++) {
    packed[i] = positions[indices[present === undefined ? from + i : present[i]!]!]!
    differs |= packed[i]! ^ packed[0]!
  }
  out[at++] = width
  if (presentCount === 0) return at
  if (differs === 0) return writeRun({ value: packed[0]!, count: presentCount, width }, out, at)
  return writePacked(packed, width, out, at)
}

/** Each distinct value of the page is compared once. */
function distinctBounds({ type, indices, dictionary }: DictionaryColumn, rows: PageRows): Bounds | undefined {
  if (rows.presentCount === 0 || type === 'binary') return undefined
  const seen = new Uint8Array(dictionary.offsets.length - 1)
  const distinct = new Int32Array(Math.min(seen.length, rows.presentCount))
  let count = 0
  for (let i = 0; i < rows.presentCount; i++) {
    const index = indices[rows.present === undefined ? rows.from + i : rows.present[i]!]!
    if (seen[index] === 1) continue
    seen[index] = 1
    distinct[count++] = index
  }
  return byteBounds(dictionary, chosen(distinct.subarray(0, count)))
}

function chosen(present: Int32Array): PageRows {
  return { from: 0, until: present.length, present, presentCount: present.length }
}
