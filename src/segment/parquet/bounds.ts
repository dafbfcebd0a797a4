// The least and the greatest value of a page or a chunk, by which readers skip what can't match. Bytes are in unsigned
// byte order, which for UTF-8 is the order of code points; numbers in theirs. NaN has no place in an order and is left
// out. Raw binary has no bounds: nobody asks for a range of payloads.

import { assert } from '../../base/assert.ts'
import type { ByteValues, Column, PhysicalType } from '../column.ts'
import type { EncodedBound } from './footer.ts'
import { type BoundaryOrder, boundaryOrders } from './page-index.ts'
import type { PageRows } from './page-rows.ts'

type Bound = number | bigint | Uint8Array

export interface Bounds {
  min: Bound
  max: Bound
}

/** A bound of text is cut to this, between characters. */
export const boundBytesMax = 64

/** @returns the bounds of the values in those rows; undefined when there are none to compare */
export function boundsOf(column: Column, rows: PageRows): Bounds | undefined {
  if (rows.presentCount === 0) return undefined
  if (column.type === 'binary') return undefined
  if (column.type === 'boolean') return bitBounds(column.values, rows)
  if (column.type === 'int64' || column.type === 'timestamp') return longBounds(column.values, rows)
  if (column.type === 'int32' || column.type === 'double') return numberBounds(column.values, rows)
  assert('offsets' in column, 'bounds of a dictionary come from its values')
  return byteBounds(column, rows)
}

/** @param rows  at least one present */
export function byteBounds(values: ByteValues, { from, present, presentCount }: PageRows): Bounds {
  const { offsets, data } = values
  let min = present === undefined ? from : present[0]!
  let max = min
  for (let i = 1; i < presentCount; i++) {
    const row = present === undefined ? from + i : present[i]!
    if (isLess(data, offsets[row]!, offsets[row + 1]!, offsets[min]!, offsets[min + 1]!)) min = row
    else if (isLess(data, offsets[max]!, offsets[max + 1]!, offsets[row]!, offsets[row + 1]!)) max = row
  }
  return {
    min: data.subarray(offsets[min]!, offsets[min + 1]!),
    max: data.subarray(offsets[max]!, offsets[max + 1]!),
  }
}

/** @returns the bounds over several pages */
export function joinBounds(pages: readonly (Bounds | undefined)[]): Bounds | undefined {
  let joined: Bounds | undefined
  for (const page of pages) {
    if (page === undefined) continue
    if (joined === undefined) joined = { ...page }
    if (compareBounds(page.min, joined.min) < 0) joined.min = page.min
    if (compareBounds(page.max, joined.max) > 0) joined.max = page.max
  }
  return joined
}

/** @returns how the bounds of successive pages run; pages without any don't count */
export function boundaryOrder(pages: readonly (Bounds | undefined)[]): BoundaryOrder {
  const bounded = pages.filter(page => page !== undefined)
  let rising = true
  let falling = true
  for (let i = 1; i < bounded.length; i++) {
    const minStep = compareBounds(bounded[i]!.min, bounded[i - 1]!.min)
    const maxStep = compareBounds(bounded[i]!.max, bounded[i - 1]!.max)
    if (minStep < 0 || maxStep < 0) rising = false
    if (minStep > 0 || maxStep > 0) falling = false
  }
  if (rising) return boundaryOrders.ascending
  return falling ? boundaryOrders.descending : boundaryOrders.unordered
}

export function encodeMin(type: PhysicalType, { min }: Bounds): EncodedBound | undefined {
  if (min instanceof Uint8Array) return cutDown(min)
  // The two zeros compare equal, so the bound takes the one that includes both.
  return { bytes: encodeNumber(type, min === 0 ? -0 : min), exact: true }
}

export function encodeMax(type: PhysicalType, { max }: Bounds): EncodedBound | undefined {
  if (max instanceof Uint8Array) return cutUp(max)
  return { bytes: encodeNumber(type, max === 0 ? 0 : max), exact: true }
}

function bitBounds(bitmap: Uint8Array, { from, present, presentCount }: PageRows): Bounds {
  let trueCount = 0
  for (let i = 0; i < presentCount; i++) {
    const row = present === undefined ? from + i : present[i]!
    trueCount += (bitmap[row >> 3]! >> (row & 7)) & 1
  }
  return { min: trueCount === presentCount ? 1 : 0, max: trueCount === 0 ? 0 : 1 }
}

function numberBounds(
  values: Int32Array | Float64Array,
  { from, present, presentCount }: PageRows,
): Bounds | undefined {
  let min = Number.POSITIVE_INFINITY
  let max = Number.NEGATIVE_INFINITY
  for (let i = 0; i < presentCount; i++) {
    const value = values[present === undefined ? from + i : present[i]!]!
    if (value < min) min = value
    if (value > max) max = value
  }
  return min <= max ? { min, max } : undefined
}

/** Compared by their halves: a loop over BigInt64Array makes a BigInt of every value. */
function longBounds(values: BigInt64Array, { from, present, presentCount }: PageRows): Bounds {
  const halves = new Int32Array(values.buffer, values.byteOffset, 2 * values.length)
  let min = present === undefined ? from : present[0]!
  let max = min
  for (let i = 1; i < presentCount; i++) {
    const row = present === undefined ? from + i : present[i]!
    if (isLongLess(halves, row, min)) min = row
    else if (isLongLess(halves, max, row)) max = row
  }
  return { min: values[min]!, max: values[max]! }
}

function isLongLess(halves: Int32Array, a: number, b: number): boolean {
  const high = halves[2 * a + 1]! - halves[2 * b + 1]!
  return high === 0 ? halves[2 * a]! >>> 0 < halves[2 * b]! >>> 0 : high < 0
}

function isLess(data: Uint8Array, aStart: number, aEnd: number, bStart: number, bEnd: number): boolean {
  while (aStart < aEnd && bStart < bEnd) {
    const step = data[aStart++]! - data[bStart++]!
    if (step !== 0) return step < 0
  }
  return aStart === aEnd && bStart < bEnd
}

function compareBounds(a: Bound, b: Bound): number {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareBytes(a, b)
  return a < b ? -1 : a > b ? 1 : 0
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) {
    const step = a[i]! - b[i]!
    if (step !== 0) return step
  }
  return a.length - b.length
}

function encodeNumber(type: PhysicalType, value: number | bigint): Uint8Array {
  const view = new DataView(new ArrayBuffer(8))
  if (typeof value === 'bigint') view.setBigInt64(0, value, true)
  else if (type === 'double') view.setFloat64(0, value, true)
  else view.setInt32(0, value, true)
  return new Uint8Array(view.buffer, 0, type === 'boolean' ? 1 : type === 'int32' ? 4 : 8)
}

/** The beginning of a text is never greater than the text. */
function cutDown(text: Uint8Array): EncodedBound | undefined {
  if (text.length <= boundBytesMax) return { bytes: text.slice(), exact: true }
  return { bytes: text.slice(0, characterEnd(text)), exact: false }
}

/** The beginning with its last character raised by one is greater than all texts that begin so. */
function cutUp(text: Uint8Array): EncodedBound | undefined {
  if (text.length <= boundBytesMax) return { bytes: text.slice(), exact: true }
  const characters = decodeStrictly(text.subarray(0, characterEnd(text)))
  for (let last = (characters?.length ?? 0) - 1; characters !== undefined && last >= 0; last--) {
    const raised = nextCodePoint(characters[last]!.codePointAt(0)!)
    if (raised === undefined) continue
    const bytes = new TextEncoder().encode(characters.slice(0, last).join('') + String.fromCodePoint(raised))
    return { bytes, exact: false }
  }
  return undefined
}

/** @returns the greatest end ≤ boundBytesMax that does not cut a UTF-8 sequence */
function characterEnd(text: Uint8Array): number {
  let end = boundBytesMax
  while (end > 0 && (text[end]! & 0xc0) === 0x80) end--
  return end
}

function decodeStrictly(bytes: Uint8Array): string[] | undefined {
  try {
    return [...new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)]
  } catch {
    // Text that is not UTF-8 has no next character, and so no bound.
    return undefined
  }
}

function nextCodePoint(codePoint: number): number | undefined {
  if (codePoint === 0xd7ff) return 0xe000
  return codePoint === 0x10ffff ? undefined : codePoint + 1
}
