// Columns out of values that come one by one: where there are few, or where they are read back from parts.

import type { Column } from './column.ts'
import { TextBuilder } from './text-builder.ts'

/** A column of texts, null where there is none. */
export function texts(
  name: string,
  rowCount: number,
  valueAt: (row: number) => Uint8Array | undefined,
): Column {
  const builder = new TextBuilder(rowCount)
  const validity = new Uint8Array((rowCount + 7) >> 3)
  let nullCount = 0
  for (let i = 0; i < rowCount; i++) {
    const value = valueAt(i)
    if (value === undefined) nullCount++
    else {
      validity[i >> 3]! |= 1 << (i & 7)
      builder.add(i, value, 0, value.length)
    }
  }
  return {
    name,
    type: 'string',
    rowCount,
    nullCount,
    validity: nullCount === 0 ? undefined : validity,
    ...builder.finish(),
  }
}

/** A column of bytes as they are, back to back, null where there are none. */
export function binaries(name: string, values: readonly (Uint8Array | undefined)[]): Column {
  const rowCount = values.length
  const offsets = new Int32Array(rowCount + 1)
  const validity = new Uint8Array((rowCount + 7) >> 3)
  values.forEach((value, i) => {
    offsets[i + 1] = offsets[i]! + (value?.length ?? 0)
    if (value) validity[i >> 3]! |= 1 << (i & 7)
  })
  const data = new Uint8Array(offsets[rowCount]!)
  values.forEach((value, i) => {
    if (value) data.set(value, offsets[i])
  })
  const nullCount = values.filter(value => value === undefined).length
  return {
    name,
    type: 'binary',
    rowCount,
    nullCount,
    validity: nullCount === 0 ? undefined : validity,
    offsets,
    data,
  }
}

/** A column without nulls, of whole numbers that a double holds. */
export function longs(
  name: string,
  type: 'int64' | 'timestamp',
  rowCount: number,
  valueAt: (row: number) => number,
): Column {
  const values = new BigInt64Array(rowCount)
  const words = new Int32Array(values.buffer)
  for (let i = 0; i < rowCount; i++) putExact(words, i, valueAt(i))
  return { name, type, ...full(rowCount), values }
}

/** What a column without nulls has beside its values. */
export function full(rowCount: number) {
  return { rowCount, nullCount: 0, validity: undefined }
}

/** A whole double as the two words of a little-endian i64, without making a BigInt of it. */
function putExact(words: Int32Array, row: number, value: number): void {
  words[row * 2] = value | 0
  words[row * 2 + 1] = Math.floor(value / 2 ** 32)
}
