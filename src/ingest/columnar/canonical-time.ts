// Times as canonical JSON text: RFC 3339 in UTC with as many digits as the unit has (s 0, ms 3, µs 6, ns 9), so that
// two equal instants of one column are equal as text. A timestamp without a zone is taken as UTC. Years that RFC 3339
// can't write get a sign and six digits (ISO 8601 expanded); the check of each event then quarantines them as times.
// Spans of time are ISO 8601 durations.

import type { Format } from './canonical.ts'
import { Malformed } from './malformed.ts'
import type { NdjsonWriter } from './ndjson-writer.ts'

/** Digits after the second. */
export type TimeUnit = 0 | 3 | 6 | 9

const QUOTE = 0x22
const DASH = 0x2d
const COLON = 0x3a
const DAY_SECONDS = 86_400
const JULIAN_DAY_OF_1970 = 2_440_588

/** int64 units since 1970 → `"2024-05-06T07:08:09.123Z"` */
export function timestamp(unit: TimeUnit): Format {
  const unitsPerDay = DAY_SECONDS * 10 ** unit
  return (out, { view }, start) => {
    const { days, rest } = dayAndRest(view, start, unitsPerDay)
    writeInstant(out, days, rest, unit)
  }
}

/** Days since 1970, int32 → `"2024-05-06"` */
export const date32: Format = (out, { view }, start) => {
  out.byte(QUOTE)
  writeDate(out, view.getInt32(start, true))
  out.byte(QUOTE)
}

/** ms since 1970, int64: whole days by the format's own rule, a timestamp where a writer broke it. */
export const date64: Format = (out, { view }, start) => {
  const { days, rest } = dayAndRest(view, start, DAY_SECONDS * 1000)
  if (rest !== 0) return writeInstant(out, days, rest, 3)
  out.byte(QUOTE)
  writeDate(out, days)
  out.byte(QUOTE)
}

/** Units since midnight → `"07:08:09.123"` */
export function time(unit: TimeUnit, width: 32 | 64): Format {
  const unitsPerDay = DAY_SECONDS * 10 ** unit
  return (out, { view }, start) => {
    const value = width === 32 ? view.getInt32(start, true) : Number(view.getBigInt64(start, true))
    // A leap second may reach one past midnight; nothing else may.
    if (value < 0 || value > unitsPerDay + 10 ** unit)
      throw new Malformed(`a time of day of ${value} is not within a day`)
    out.byte(QUOTE)
    writeTime(out, value, unit)
    out.byte(QUOTE)
  }
}

/** Nanoseconds of the day, then the Julian day: Impala's and Spark's old timestamps. */
export const int96: Format = (out, { view }, start) => {
  const nanos = view.getBigInt64(start, true)
  const dayNanos = BigInt(DAY_SECONDS) * 1_000_000_000n
  const extraDays = floorDivide(nanos, dayNanos)
  const days = view.getInt32(start + 8, true) - JULIAN_DAY_OF_1970 + Number(extraDays)
  writeInstant(out, days, Number(nanos - extraDays * dayNanos), 9)
}

/** int64 units → `"PT1.500S"` */
export function duration(unit: TimeUnit): Format {
  return (out, { view }, start) => {
    const value = view.getBigInt64(start, true)
    out.ascii(`"${value < 0n ? '-' : ''}PT${secondsText(value < 0n ? -value : value, unit)}S"`)
  }
}

/** Months, days and a rest of seconds; parts that are zero are left out, all zero is `PT0S`. */
export function intervalText(months: number, days: number, rest: bigint, unit: TimeUnit): string {
  const date = `${months === 0 ? '' : `${months}M`}${days === 0 ? '' : `${days}D`}`
  if (rest === 0n) return date === '' ? '"PT0S"' : `"P${date}"`
  return `"P${date}T${rest < 0n ? '-' : ''}${secondsText(rest < 0n ? -rest : rest, unit)}S"`
}

/** Three little-endian u32: months, days, ms. */
export const parquetInterval: Format = (out, { view }, start) => {
  const millis = BigInt(view.getUint32(start + 8, true))
  out.ascii(intervalText(view.getUint32(start, true), view.getUint32(start + 4, true), millis, 3))
}

function writeInstant(out: NdjsonWriter, days: number, rest: number, unit: TimeUnit): void {
  out.byte(QUOTE)
  writeDate(out, days)
  out.byte(0x54)
  writeTime(out, rest, unit)
  out.byte(0x5a)
  out.byte(QUOTE)
}

/** The civil calendar from days since 1970 (Hinnant, "chrono-compatible low-level date algorithms", 2013). */
function writeDate(out: NdjsonWriter, days: number): void {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  if (year >= 0 && year <= 9999) out.digits(year, 4)
  else out.ascii(`${year < 0 ? '-' : '+'}${String(Math.abs(year)).padStart(6, '0')}`)
  out.byte(DASH)
  out.digits(month, 2)
  out.byte(DASH)
  out.digits(dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1, 2)
}

function writeTime(out: NdjsonWriter, value: number, unit: TimeUnit): void {
  const perSecond = 10 ** unit
  const seconds = Math.floor(value / perSecond)
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  out.digits(hours, 2)
  out.byte(COLON)
  out.digits(minutes - hours * 60, 2)
  out.byte(COLON)
  out.digits(seconds - minutes * 60, 2)
  if (unit === 0) return
  out.byte(0x2e)
  out.digits(value - seconds * perSecond, unit)
}

/** An int64 split at midnight; exact, since a day in the finest unit is below 2^53. */
function dayAndRest(view: DataView, start: number, unitsPerDay: number): { days: number; rest: number } {
  const value = view.getInt32(start + 4, true) * 2 ** 32 + view.getUint32(start, true)
  if (Number.isSafeInteger(value)) {
    const days = Math.floor(value / unitsPerDay)
    return { days, rest: value - days * unitsPerDay }
  }
  const exact = view.getBigInt64(start, true)
  const days = floorDivide(exact, BigInt(unitsPerDay))
  return { days: Number(days), rest: Number(exact - days * BigInt(unitsPerDay)) }
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by
  return value < 0n && quotient * by !== value ? quotient - 1n : quotient
}

function secondsText(value: bigint, unit: TimeUnit): string {
  const digits = String(value).padStart(unit + 1, '0')
  return unit === 0 ? digits : `${digits.slice(0, -unit)}.${digits.slice(-unit)}`
}
