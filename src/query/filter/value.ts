// A field's value as filters compare it. Whether an event lies in a typed column or still on its tape must make no
// difference: what is written as a number compares as a number, what is written as a time as a time, the rest as text.

import { toUtf8 } from '../../base/bytes.ts'
import { parseTime } from '../../base/rfc3339.ts'

/** As a column or a tape has it; undefined or null where the event has none. */
export type FieldValue = string | number | bigint | boolean | Date | null | undefined

export type Comparable =
  | { kind: 'number'; number: number; text: string }
  | { kind: 'time'; number: number; text: string }
  | { kind: 'text'; text: string }

const jsonNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/

/** @param value  of a column, of a tape, or of a filter */
export function comparable(value: string | number | bigint | boolean | Date): Comparable {
  if (value instanceof Date) return { kind: 'time', number: value.getTime(), text: value.toISOString() }
  const text = String(value)
  if (typeof value === 'number') return { kind: 'number', number: value, text }
  if (jsonNumber.test(text)) return { kind: 'number', number: Number(text), text }
  const timeMs = text.length >= 10 && text.length <= 64 ? timeOf(text) : Number.NaN
  return Number.isNaN(timeMs) ? { kind: 'text', text } : { kind: 'time', number: timeMs, text }
}

/** One text for values that are the same, as facets and groups tell them; null for what is not there. */
export function textOf(value: FieldValue): string | null {
  if (value === undefined || value === null || value === '') return null
  const found = comparable(value)
  if (found.kind === 'time') return new Date(found.number).toISOString()
  return found.kind === 'number' && isExact(found.number) ? String(found.number) : found.text
}

function timeOf(text: string): number {
  const bytes = toUtf8(text)
  return parseTime(bytes, 0, bytes.length)
}

/** Long integers differ by their digits also where a number can't tell them apart. */
export function isSame(left: Comparable, right: Comparable): boolean {
  if (left.text === right.text) return true
  if (left.kind === 'text' || right.kind === 'text' || left.kind !== right.kind) return false
  return left.number === right.number && (left.kind === 'time' || isExact(left.number))
}

function isExact(number: number): boolean {
  return Math.abs(number) <= Number.MAX_SAFE_INTEGER
}

/** @returns below 0 where `left` comes first; NaN where the two have no order */
export function compare(left: Comparable, right: Comparable): number {
  if (left.kind !== right.kind) return Number.NaN
  if (left.kind !== 'text' && right.kind !== 'text') return left.number - right.number
  return left.text < right.text ? -1 : Number(left.text > right.text)
}
