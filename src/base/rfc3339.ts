// Times as text. Read from bytes, because an event's time is a slice of its payload and never becomes a string.

/**
 * A date or date-time of RFC 3339, and the looser forms that producers send: a space for the T, no zone (UTC), no
 * seconds, any number of fraction digits, `+0200` for `+02:00`.
 *
 * @param bytes  the text is [start, end)
 * @returns ms since 1970 UTC, cut to whole ms; NaN when it is no such time
 */
export function parseTime(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 10 || bytes[start + 4] !== DASH || bytes[start + 7] !== DASH) return Number.NaN
  const year = number(bytes, start, 4)
  const month = number(bytes, start + 5, 2)
  const day = number(bytes, start + 8, 2)
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month))) return Number.NaN
  const date = daysSinceEpoch(year, month, day) * DAY_MS
  return end === start + 10 ? date : date + timeOfDay(bytes, start + 10, end)
}

/** @param timeMs  ms since 1970 UTC, within the years 0001 to 9999. @returns `2015-09-12T00:46:58.771Z` */
export function formatTime(timeMs: number): string {
  return new Date(timeMs).toISOString()
}

export const timeMsMin = -62_135_596_800_000 // 0001-01-01
export const timeMsMax = 253_402_300_799_999 // 9999-12-31

const DAY_MS = 86_400_000
const DASH = 0x2d
const COLON = 0x3a
const DOT = 0x2e
const PLUS = 0x2b

function timeOfDay(bytes: Uint8Array, start: number, end: number): number {
  const isSeparated = (bytes[start]! | 0x20) === 0x74 || bytes[start] === 0x20
  if (!isSeparated || end - start < 6 || bytes[start + 3] !== COLON) return Number.NaN
  const hour = number(bytes, start + 1, 2)
  const minute = number(bytes, start + 4, 2)
  let at = start + 6
  let ms = 0
  if (at < end && bytes[at] === COLON) {
    const second = end - at < 3 ? Number.NaN : number(bytes, at + 1, 2)
    if (!(second <= 60)) return Number.NaN
    ms = Math.min(second, 59) * 1000 // a leap second is read as the one before it
    at += 3
    if (at < end && (bytes[at] === DOT || bytes[at] === 0x2c)) {
      const fractionStart = ++at
      let unit = 100
      for (; at < end && isDigit(bytes[at]!); at++, unit /= 10) if (unit >= 1) ms += (bytes[at]! - 48) * unit
      if (at === fractionStart) return Number.NaN
    }
  }
  if (!(hour <= 23 && minute <= 59)) return Number.NaN
  return hour * 3_600_000 + minute * 60_000 + ms - zone(bytes, at, end)
}

/** ms that local time is ahead of UTC */
function zone(bytes: Uint8Array, at: number, end: number): number {
  if (at === end) return 0
  const sign = bytes[at]!
  if ((sign | 0x20) === 0x7a) return at + 1 === end ? 0 : Number.NaN
  if (sign !== PLUS && sign !== DASH) return Number.NaN
  const rest = end - at - 1
  if (rest !== 2 && rest !== 4 && !(rest === 5 && bytes[at + 3] === COLON)) return Number.NaN
  const hours = number(bytes, at + 1, 2)
  const minutes = rest === 2 ? 0 : number(bytes, end - 2, 2)
  if (!(hours <= 23 && minutes <= 59)) return Number.NaN
  return (sign === DASH ? -1 : 1) * (hours * 3_600_000 + minutes * 60_000)
}

function number(bytes: Uint8Array, at: number, digitCount: number): number {
  let value = 0
  for (let i = at; i < at + digitCount; i++) {
    if (!isDigit(bytes[i]!)) return Number.NaN
    value = value * 10 + bytes[i]! - 48
  }
  return value
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57
}

function daysIn(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
}

/** Days from civil (Hinnant 2013). */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}
