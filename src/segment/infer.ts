// Which type a column takes. Types are inferred from every value of a part and only ever widen within a segment:
//
//   int64 ─▶ double ─▶ string ◀─ boolean, timestamp, json
//
// A string counts as a number when it is written as JSON writes one, without a leading zero and with no more digits than
// the number keeps; it counts as a timestamp when it is a date or a date-time. One value that doesn't fit makes the
// column a string column, in which every value stands as it was written.

import { type ColumnType, columnTypes } from '../contract/segment.ts'
import { foundType } from '../engine/columns/values.ts'

/**
 * @param found    bits of `foundType`, of the values of a part
 * @param atLeast  what earlier parts of the segment have made of the column
 * @returns undefined when there is no value
 */
export function inferType(found: number, atLeast: ColumnType | undefined): ColumnType | undefined {
  let type = atLeast
  for (const candidate of columnTypes) if (found & foundType[candidate]) type = widen(type, candidate)
  return type === 'double' && found & foundType.longInteger ? 'string' : type
}

export function widen(left: ColumnType | undefined, right: ColumnType | undefined): ColumnType | undefined {
  if (left === undefined || left === right) return right
  if (right === undefined) return left
  const numeric = (left === 'int64' || left === 'double') && (right === 'int64' || right === 'double')
  return numeric ? 'double' : 'string'
}
