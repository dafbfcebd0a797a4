// Values of one field become one column in Arrow's layout.

import { fromUtf8, toUtf8 } from '../base/bytes.ts'
import { parseTime } from '../base/rfc3339.ts'
import type { ColumnType } from '../contract/segment.ts'
import { tokenKind, tokenWords } from '../engine/scan.ts'
import type { Column } from './column.ts'
import type { Gathered } from './gather.ts'
import { typeOfValue, widen } from './infer.ts'
import type { Block, Rows } from './rows.ts'
import { TextBuilder, type TextValues } from './text-builder.ts'
import { unescaped } from './token.ts'

/** Decimal digits below which every integer is exact in a double. */
const exactDigitsMax = 15

/** Calls `visit` with the bytes of each value; `end` is exclusive. */
type Visit = (bytes: Uint8Array, start: number, end: number, kind: number, row: number) => void

/** @param atLeast  what earlier parts of the segment have made of the column. @returns undefined when there is no value */
export function inferType(
  values: Gathered,
  rows: Rows,
  blocks: readonly Block[],
  atLeast: ColumnType | undefined,
): ColumnType | undefined {
  let type: ColumnType | undefined = atLeast
  let longIntegers = false
  eachValue(values, rows, blocks, (bytes, start, end, kind) => {
    if (type === 'string') return
    const found = typeOfValue(bytes, start, end, kind)
    longIntegers ||= found === 'int64' && end - start > exactDigitsMax
    type = widen(type, found)
  })
  return type === 'double' && longIntegers ? 'string' : type
}

export function buildColumn(
  name: string,
  type: ColumnType,
  values: Gathered,
  rows: Rows,
  blocks: readonly Block[],
): Column {
  const rowCount = rows.count
  const nullCount = rowCount - values.count
  const base = {
    name,
    rowCount,
    nullCount,
    validity: nullCount === 0 ? undefined : validityOf(values, rowCount),
  }
  const each = (visit: Visit) => eachValue(values, rows, blocks, visit)
  switch (type) {
    case 'boolean': {
      const bits = new Uint8Array((rowCount + 7) >> 3)
      each((_bytes, _start, _end, kind, row) => {
        if (kind === tokenKind.true) bits[row >> 3]! |= 1 << (row & 7)
      })
      return { ...base, type, values: bits }
    }
    case 'double': {
      const doubles = new Float64Array(rowCount)
      each((bytes, start, end, _kind, row) => {
        doubles[row] = parseDouble(bytes, start, end)
      })
      return { ...base, type, values: doubles }
    }
    case 'int64':
    case 'timestamp': {
      const longs = new BigInt64Array(rowCount)
      const put = type === 'int64' ? putInteger : putTime
      const words = new Int32Array(longs.buffer)
      each((bytes, start, end, _kind, row) => put(longs, words, row, bytes, start, end))
      return { ...base, type, values: longs }
    }
    default:
      return { ...base, type, ...buildTexts(values, rows, blocks) }
  }
}

function eachValue(values: Gathered, rows: Rows, blocks: readonly Block[], visit: Visit): void {
  for (let i = 0; i < values.count; i++) {
    const row = values.rows[i]!
    const { body, tape } = blocks[rows.block[row]!]!
    const at = values.tokens[i]! * tokenWords
    const start = tape.tokens[at + 1]!
    const size = tape.tokens[at + 2]!
    visit(body, start, start + (size >>> 3), size & 7, row)
  }
}

function validityOf(values: Gathered, rowCount: number): Uint8Array {
  const bits = new Uint8Array((rowCount + 7) >> 3)
  for (let i = 0; i < values.count; i++) bits[values.rows[i]! >> 3]! |= 1 << (values.rows[i]! & 7)
  return bits
}

function buildTexts(values: Gathered, rows: Rows, blocks: readonly Block[]): TextValues {
  const builder = new TextBuilder(rows.count)
  for (let i = 0; i < values.count; i++) {
    const row = values.rows[i]!
    const { body, tape } = blocks[rows.block[row]!]!
    const at = values.tokens[i]! * tokenWords
    const start = tape.tokens[at + 1]!
    const size = tape.tokens[at + 2]!
    if ((size & 7) !== tokenKind.escaped) builder.add(row, body, start, start + (size >>> 3))
    else {
      const text = toUtf8(unescaped(body.subarray(start, start + (size >>> 3))))
      builder.add(row, text, 0, text.length)
    }
  }
  return builder.finish()
}

/** Exact by one division when the digits fit a double (Clinger 1990); the runtime's parser does the rest. */
function parseDouble(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > exactDigitsMax + 1) return Number(fromUtf8(bytes.subarray(start, end)))
  const negative = bytes[start] === 0x2d
  let whole = 0
  let scale = 0
  for (let i = negative ? start + 1 : start; i < end; i++) {
    const digit = bytes[i]! - 48
    if (digit >= 0 && digit <= 9) {
      whole = whole * 10 + digit
      if (scale > 0) scale *= 10
    } else if (bytes[i] === 0x2e) scale = 1
    else return Number(fromUtf8(bytes.subarray(start, end)))
  }
  const value = scale > 1 ? whole / scale : whole
  return negative ? -value : value
}

function putInteger(
  longs: BigInt64Array,
  words: Int32Array,
  row: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  if (end - start > exactDigitsMax) longs[row] = BigInt(fromUtf8(bytes.subarray(start, end)))
  else putExact(words, row, parseDouble(bytes, start, end))
}

function putTime(
  _longs: BigInt64Array,
  words: Int32Array,
  row: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  putExact(words, row, parseTime(bytes, start, end))
}

/** A whole double as the two words of a little-endian i64, without making a BigInt of it. */
export function putExact(words: Int32Array, row: number, value: number): void {
  words[row * 2] = value | 0
  words[row * 2 + 1] = Math.floor(value / 2 ** 32)
}
