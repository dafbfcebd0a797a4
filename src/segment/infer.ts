// Which type a column takes. Types are inferred from every value of a part and only ever widen within a segment:
//
//   int64 ─▶ double ─▶ string ◀─ boolean, timestamp, json
//
// A string counts as a number when it is written as JSON writes one, without a leading zero and with no more digits than
// the number keeps; it counts as a timestamp when it is a date or a date-time. One value that doesn't fit makes the
// column a string column, in which every value stands as it was written.

import { fromUtf8 } from '../base/bytes.ts'
import { parseTime } from '../base/rfc3339.ts'
import type { ColumnType } from '../contract/segment.ts'
import { tokenKind } from '../engine/scan.ts'

/** Digits that a double always keeps. */
const doubleDigitsMax = 15
const int64DigitsMax = 18

/** @returns undefined for a null, which fits every type */
export function typeOfValue(
  bytes: Uint8Array,
  start: number,
  end: number,
  kind: number,
): ColumnType | undefined {
  switch (kind) {
    case tokenKind.null:
      return undefined
    case tokenKind.false:
    case tokenKind.true:
      return 'boolean'
    case tokenKind.integer:
      return numberType(bytes, start, end, Number.POSITIVE_INFINITY) ?? 'string'
    case tokenKind.number:
      return staysFinite(bytes, start, end) ? 'double' : 'string'
    case tokenKind.json:
      return 'json'
    case tokenKind.escaped:
      return 'string'
    default:
      return typeOfString(bytes, start, end)
  }
}

export function widen(left: ColumnType | undefined, right: ColumnType | undefined): ColumnType | undefined {
  if (left === undefined || left === right) return right
  if (right === undefined) return left
  const numeric = (left === 'int64' || left === 'double') && (right === 'int64' || right === 'double')
  return numeric ? 'double' : 'string'
}

function typeOfString(bytes: Uint8Array, start: number, end: number): ColumnType {
  if (start === end) return 'string'
  const number = numberType(bytes, start, end, doubleDigitsMax)
  if (number) return number
  return end - start >= 10 && bytes[start + 4] === 0x2d && !Number.isNaN(parseTime(bytes, start, end))
    ? 'timestamp'
    : 'string'
}

/** The number that the text spells by JSON's grammar, with at most so many digits where it is no integer. */
function numberType(
  bytes: Uint8Array,
  start: number,
  end: number,
  fractionDigitsMax: number,
): ColumnType | undefined {
  let at = bytes[start] === 0x2d ? start + 1 : start
  const wholeStart = at
  while (at < end && isDigit(bytes[at]!)) at++
  const wholeDigits = at - wholeStart
  if (wholeDigits === 0 || (wholeDigits > 1 && bytes[wholeStart] === 0x30)) return undefined
  if (at === end)
    return wholeDigits <= int64DigitsMax && !(bytes[start] === 0x2d && bytes[wholeStart] === 0x30)
      ? 'int64'
      : undefined
  if (bytes[at] !== 0x2e) return undefined
  const fractionStart = ++at
  while (at < end && isDigit(bytes[at]!)) at++
  const fits = at === end && at > fractionStart && wholeDigits + at - fractionStart <= fractionDigitsMax
  return fits ? 'double' : undefined
}

/** Only an exponent, or digits by the hundred, can lead past the largest double. */
function staysFinite(bytes: Uint8Array, start: number, end: number): boolean {
  let mayOverflow = end - start > 300
  for (let at = start; at < end && !mayOverflow; at++) mayOverflow = (bytes[at]! | 0x20) === 0x65
  return !mayOverflow || Number.isFinite(Number(fromUtf8(bytes.subarray(start, end))))
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57
}
