// Which types the values of a column would have, each by itself. What they make together is decided by the caller.

import { ESCAPED, FALSE, INTEGER, JSON, NUMBER, TRUE } from '../tape/tape'
import { bytesOf, CELL_BYTES, cellAt, kindOf, startOf } from './cells'
import { FRACTION, NOT_PLAIN, numberForm, WHOLE } from './number-text'
import { NO_TIME, parseTime } from './time-text'

// bits of the answer; src/engine/columns/values.ts has the same names
const BOOLEAN: u32 = 1
const INT64: u32 = 2
const DOUBLE: u32 = 4
const TIMESTAMP: u32 = 8
const JSON_TEXT: u32 = 16
const STRING: u32 = 32
/** an integer that a double may not keep */
const LONG: u32 = 64
/** a number with an exponent, or of hundreds of digits: it may be more than a double can be */
const MAY_OVERFLOW: u32 = 128

/** Digits that a double always keeps. */
const DOUBLE_DIGITS: u32 = 15

/** @returns the bits of all types found; those after the first string don't count any more */
export function columnsInfer(cells: usize, count: u32): u32 {
  let found: u32 = 0
  const end = cellAt(cells, count)
  for (let cell = cells; cell < end && !(found & STRING); cell += CELL_BYTES) found |= typeOf(cell)
  return found
}

function typeOf(cell: usize): u32 {
  const at = startOf(cell)
  const end = at + bytesOf(cell)
  const kind = kindOf(cell)
  if (kind === TRUE || kind === FALSE) return BOOLEAN
  if (kind === INTEGER) return numberForm(at, end, 0) === WHOLE ? wholeType(at, end) : STRING
  if (kind === NUMBER) return mayOverflow(at, end) ? DOUBLE | MAY_OVERFLOW : DOUBLE
  if (kind === JSON) return JSON_TEXT
  if (kind === ESCAPED || at === end) return STRING
  const form = numberForm(at, end, DOUBLE_DIGITS)
  if (form !== NOT_PLAIN) return form === FRACTION ? DOUBLE : wholeType(at, end)
  return parseTime(at, end) === NO_TIME ? STRING : TIMESTAMP
}

function wholeType(at: usize, end: usize): u32 {
  return <u32>(end - at) > DOUBLE_DIGITS ? INT64 | LONG : INT64
}

function mayOverflow(at: usize, end: usize): bool {
  if (end - at > 300) return true
  for (; at < end; at++) if ((load<u8>(at) | 0x20) === 0x65) return true
  return false
}
