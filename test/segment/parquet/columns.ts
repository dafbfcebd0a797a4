// Columns made from JavaScript values, and values in the one form in which what two readers give is compared.

import type { Column, PhysicalType } from '../../../src/segment/column.ts'

/** timestamp: ms as bigint; json: its text; binary: lower-case hex. */
export type Value = null | boolean | number | bigint | string

export interface Spec {
  name: string
  type: PhysicalType
  values: Value[]
  /** for text and binary */
  dictionary?: boolean
}

export function columnOf({ name, type, values, dictionary }: Spec): Column {
  const rowCount = values.length
  const nullCount = values.filter(value => value === null).length
  const validity = nullCount === 0 ? undefined : bitmapOf(values.map(value => value !== null))
  const base = { name, rowCount, nullCount, validity }
  switch (type) {
    case 'boolean':
      return { ...base, type, values: bitmapOf(values.map(value => value === true)) }
    case 'int32':
      return { ...base, type, values: Int32Array.from(values, value => Number(value)) }
    case 'double':
      return { ...base, type, values: Float64Array.from(values, value => Number(value)) }
    case 'int64':
    case 'timestamp':
      return { ...base, type, values: BigInt64Array.from(values, value => BigInt(value ?? 7n)) }
  }
  if (dictionary !== true) return { ...base, type, ...byteValues(values.map(value => bytesOf(type, value))) }
  const distinct = [...new Set(values.filter(value => value !== null))]
  // A value that no row has: readers must not see it, nor may it widen the bounds.
  const entries = ['\u{10ffff} unused', ...distinct]
  const indices = Int32Array.from(values, value => (value === null ? 0 : 1 + distinct.indexOf(value)))
  return { ...base, type, indices, dictionary: byteValues(entries.map(value => bytesOf(type, value))) }
}

function bitmapOf(bits: boolean[]): Uint8Array {
  const bitmap = new Uint8Array(Math.ceil(bits.length / 8))
  for (const [row, bit] of bits.entries()) if (bit) bitmap[row >> 3]! |= 1 << (row & 7)
  // Bits behind the last row may hold anything.
  if (bits.length % 8 > 0) bitmap[bitmap.length - 1]! |= 0xff << (bits.length % 8)
  return bitmap
}

function byteValues(values: Uint8Array[]): { offsets: Int32Array; data: Uint8Array } {
  const offsets = new Int32Array(values.length + 1)
  for (const [row, value] of values.entries()) offsets[row + 1] = offsets[row]! + value.length
  return { offsets, data: new Uint8Array(Buffer.concat(values)) }
}

function bytesOf(type: PhysicalType, value: Value): Uint8Array {
  if (value === null) return new Uint8Array(0)
  return type === 'binary' ? Buffer.from(String(value), 'hex') : Buffer.from(String(value))
}
