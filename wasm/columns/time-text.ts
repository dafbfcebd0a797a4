// Times as text: the forms of src/base/rfc3339.ts, read the same way.

import { isDigit } from './digit'

const DAY_MS: i64 = 86_400_000
/** No time of ours comes near it. */
export const NO_TIME: i64 = i64.MIN_VALUE

const DASH: u32 = 0x2d
const COLON: u32 = 0x3a
const BAD: u32 = 0xffffffff

/** @returns ms since 1970 UTC, cut to whole ms; NO_TIME when the text is no date or date-time */
export function parseTime(at: usize, end: usize): i64 {
  if (end - at < 10 || load<u8>(at, 4) !== DASH || load<u8>(at, 7) !== DASH) return NO_TIME
  const year = digits(at, 4)
  const month = digits(at + 5, 2)
  const day = digits(at + 8, 2)
  if (year === BAD || month - 1 > 11 || day - 1 >= daysIn(year, month)) return NO_TIME
  const date = daysSinceEpoch(year, month, day) * DAY_MS
  if (end === at + 10) return date
  const ms = timeOfDay(at + 10, end)
  return ms === NO_TIME ? NO_TIME : date + ms
}

function timeOfDay(at: usize, end: usize): i64 {
  const separator: u32 = load<u8>(at)
  const isSeparated = (separator | 0x20) === 0x74 || separator === 0x20
  if (!isSeparated || end - at < 6 || load<u8>(at, 3) !== COLON) return NO_TIME
  const hour = digits(at + 1, 2)
  const minute = digits(at + 4, 2)
  at += 6
  let ms: i64 = 0
  if (at < end && load<u8>(at) === COLON) {
    const second = end - at < 3 ? BAD : digits(at + 1, 2)
    if (second > 60) return NO_TIME
    ms = <i64>min<u32>(second, 59) * 1000 // a leap second is read as the one before it
    at += 3
    if (at < end && (load<u8>(at) === 0x2e || load<u8>(at) === 0x2c)) {
      const fraction = ++at
      for (let unit: i64 = 100; at < end && isDigit(load<u8>(at)); at++, unit /= 10)
        ms += <i64>(<u32>load<u8>(at) - 0x30) * unit
      if (at === fraction) return NO_TIME
    }
  }
  const ahead = zone(at, end)
  if (hour > 23 || minute > 59 || ahead === NO_TIME) return NO_TIME
  return <i64>hour * 3_600_000 + <i64>minute * 60_000 + ms - ahead
}

/** ms that local time is ahead of UTC */
function zone(at: usize, end: usize): i64 {
  if (at === end) return 0
  const sign: u32 = load<u8>(at)
  if ((sign | 0x20) === 0x7a) return at + 1 === end ? 0 : NO_TIME
  if (sign !== 0x2b && sign !== DASH) return NO_TIME
  const rest = end - at - 1
  if (rest !== 2 && rest !== 4 && !(rest === 5 && load<u8>(at, 3) === COLON)) return NO_TIME
  const hours = digits(at + 1, 2)
  const minutes = rest === 2 ? 0 : digits(end - 2, 2)
  if (hours > 23 || minutes > 59) return NO_TIME
  const ms = <i64>hours * 3_600_000 + <i64>minutes * 60_000
  return sign === DASH ? -ms : ms
}

/** @returns BAD, which is above every bound, unless all are digits */
function digits(at: usize, count: u32): u32 {
  let value: u32 = 0
  for (const end = at + count; at < end; at++) {
    const byte: u32 = load<u8>(at)
    if (!isDigit(byte)) return BAD
    value = value * 10 + (byte - 0x30)
  }
  return value
}

function daysIn(year: u32, month: u32): u32 {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
}

/** Days from civil (Hinnant 2013). */
function daysSinceEpoch(year: u32, month: u32, day: u32): i64 {
  const y = month <= 2 ? <i32>year - 1 : <i32>year
  const era = (y >= 0 ? y : y - 399) / 400
  const yearOfEra = y - era * 400
  const monthFromMarch = month > 2 ? month - 3 : month + 9
  const dayOfYear = <i32>((153 * monthFromMarch + 2) / 5 + day - 1)
  const dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
  return <i64>(era * 146_097 + dayOfEra - 719_468)
}
