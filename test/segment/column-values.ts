// A column's values as JavaScript has them, read by the layout's definition.

import { fromUtf8 } from '../../src/base/bytes.ts'
import { type Column, isPresent } from '../../src/segment/column.ts'

/** null where there is none; text for string and json, latin1 for binary. */
export function valuesOf(column: Column): unknown[] {
  const read = reader(column)
  return Array.from({ length: column.rowCount }, (_, row) =>
    isPresent(column.validity, row) ? read(row) : null,
  )
}

function reader(column: Column): (row: number) => unknown {
  if ('indices' in column) {
    const { indices, dictionary } = column
    return row => textOf(column.type, dictionary.data, dictionary.offsets, indices[row]!)
  }
  if ('offsets' in column) return row => textOf(column.type, column.data, column.offsets, row)
  if (column.type === 'boolean') return row => ((column.values[row >> 3]! >> (row & 7)) & 1) === 1
  return row => column.values[row]
}

function textOf(type: string, data: Uint8Array, offsets: Int32Array, index: number): string {
  const bytes = data.subarray(offsets[index], offsets[index + 1])
  return type === 'binary' ? Buffer.from(bytes).toString('latin1') : fromUtf8(bytes)
}
