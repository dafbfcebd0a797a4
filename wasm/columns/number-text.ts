// Numbers as text, by JSON's grammar.

import { isDigit } from './digit'

export const NOT_PLAIN: u32 = 0
export const WHOLE: u32 = 1
export const FRACTION: u32 = 2

/** Every integer of so many digits is exact in an i64. */
const INT64_DIGITS: u32 = 18

/**
 * What the text spells: an integer that an i64 holds, a number with a fraction and at most `digitsMax` digits, or neither
 * (an exponent, a leading zero, too many digits, no number).
 */
export function numberForm(at: usize, end: usize, digitsMax: u32): u32 {
  const isNegative = at < end && load<u8>(at) === 0x2d
  const start = isNegative ? at + 1 : at
  at = start
  while (at < end && isDigit(load<u8>(at))) at++
  const wholeDigits = <u32>(at - start)
  if (wholeDigits === 0 || (wholeDigits > 1 && load<u8>(start) === 0x30)) return NOT_PLAIN
  if (at === end) {
    const isMinusZero = isNegative && load<u8>(start) === 0x30
    return wholeDigits <= INT64_DIGITS && !isMinusZero ? WHOLE : NOT_PLAIN
  }
  if (load<u8>(at) !== 0x2e) return NOT_PLAIN
  const fraction = ++at
  while (at < end && isDigit(load<u8>(at))) at++
  const fractionDigits = <u32>(at - fraction)
  const fits = at === end && fractionDigits > 0 && wholeDigits + fractionDigits <= digitsMax
  return fits ? FRACTION : NOT_PLAIN
}

/** @param at  the text of an integer, at most 18 digits */
export function parseInteger(at: usize, end: usize): i64 {
  const isNegative = load<u8>(at) === 0x2d
  let value: i64 = 0
  if (isNegative) at++
  for (; at < end; at++) value = value * 10 + (load<u8>(at) - 0x30)
  return isNegative ? -value : value
}

/**
 * Exact by one division when the digits fit a double (Clinger 1990).
 *
 * @returns NaN when the text has an exponent or more than 15 digits
 */
export function parsePlain(at: usize, end: usize): f64 {
  const isNegative = load<u8>(at) === 0x2d
  if (isNegative) at++
  if (end - at > 16) return NaN
  let whole: u64 = 0
  let digits: u32 = 0
  let scale: f64 = 1
  let isFraction = false
  for (; at < end; at++) {
    const byte: u32 = load<u8>(at)
    if (isDigit(byte)) {
      whole = whole * 10 + (byte - 0x30)
      digits++
      if (isFraction) scale *= 10
    } else if (byte === 0x2e) isFraction = true
    else return NaN
  }
  if (digits > 15) return NaN
  const value = <f64>whole / scale
  return isNegative ? -value : value
}
