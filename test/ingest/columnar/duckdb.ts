// DuckDB as the independent reader: what it makes of a file, in the shape that a line of ours has after exactJson.

import { inspect } from 'node:util'
import {
  DuckDBBlobValue,
  type DuckDBConnection,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBInstance,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeTZValue,
  DuckDBTimeValue,
  DuckDBUUIDValue,
} from '@duckdb/node-api'

/** A number of which only the value counts, not its text. */
class Float {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
}

/** An instant, compared at the precision that DuckDB has kept. */
class Instant {
  readonly nanos: bigint
  readonly precisionNanos: bigint
  constructor(units: bigint, precisionNanos: bigint) {
    this.nanos = units * precisionNanos
    this.precisionNanos = precisionNanos
  }
}

export async function duckdb(): Promise<DuckDBConnection> {
  return (await DuckDBInstance.create(':memory:', { threads: '1' })).connect()
}

export async function readRows(
  connection: DuckDBConnection,
  sql: string,
): Promise<Record<string, unknown>[]> {
  const reader = await connection.runAndReadAll(sql)
  const names = reader.columnNames()
  return reader.getRows().map(row => Object.fromEntries(row.map((value, i) => [names[i], expected(value)])))
}

function expected(value: unknown): unknown {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'number') return Number.isFinite(value) ? new Float(value) : null
  if (typeof value === 'bigint') return `#${value}`
  if (value instanceof DuckDBDecimalValue) return `#${value}`
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString('base64')
  if (value instanceof DuckDBUUIDValue || value instanceof DuckDBDateValue) return String(value)
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue)
    return new Instant(value.micros, 1000n)
  if (value instanceof DuckDBTimestampMillisecondsValue) return new Instant(value.millis, 1_000_000n)
  if (value instanceof DuckDBTimestampNanosecondsValue) return new Instant(value.nanos, 1n)
  if (value instanceof DuckDBTimestampSecondsValue) return new Instant(value.seconds, 1_000_000_000n)
  if (value instanceof DuckDBTimeValue || value instanceof DuckDBTimeTZValue)
    return new Instant(value.micros, 1000n)
  if (value instanceof DuckDBListValue) return value.items.map(expected)
  if (value instanceof DuckDBStructValue) {
    return Object.fromEntries(Object.entries(value.entries).map(([key, field]) => [key, expected(field)]))
  }
  if (value instanceof DuckDBMapValue) {
    const asObject = value.entries.every(({ key }) => typeof key === 'string')
    if (asObject && value.entries.length > 0)
      return Object.fromEntries(value.entries.map(entry => [entry.key, expected(entry.value)]))
    return value.entries.map(entry => ({ key: expected(entry.key), value: expected(entry.value) }))
  }
  throw new Error(`DuckDB gave a value of an unexpected kind: ${value}`)
}

/** Where two rows differ, as a path, or undefined when they are the same. */
export function difference(ours: unknown, theirs: unknown, path = ''): string | undefined {
  const differs = `${path}: ours ${JSON.stringify(ours)}, DuckDB ${inspect(theirs)}`
  if (theirs instanceof Float) return sameFloat(ours, theirs.value) ? undefined : differs
  if (theirs instanceof Instant)
    return typeof ours === 'string' && sameInstant(ours, theirs) ? undefined : differs
  // An empty map says nothing of its keys.
  if (Array.isArray(theirs) && theirs.length === 0 && JSON.stringify(ours) === '{}') return undefined
  if (theirs === null || typeof theirs !== 'object') return ours === theirs ? undefined : differs
  if (ours === null || typeof ours !== 'object') return differs
  const keys = Object.keys(theirs)
  if (Object.keys(ours).join() !== keys.join()) return differs
  for (const key of keys) {
    const found = difference(
      (ours as Record<string, unknown>)[key],
      (theirs as Record<string, unknown>)[key],
      `${path}.${key}`,
    )
    if (found) return found
  }
  return undefined
}

/** DuckDB hands out FLOAT as the double next to it. */
function sameFloat(ours: unknown, theirs: number): boolean {
  if (typeof ours !== 'string' || ours[0] !== '#') return false
  const value = Number(ours.slice(1))
  return value === theirs || (Math.fround(theirs) === theirs && Math.fround(value) === theirs)
}

function sameInstant(ours: string, { nanos, precisionNanos }: Instant): boolean {
  const [, date, time, fraction] = /^(?:(.*)T)?(\d\d:\d\d:\d\d)(?:\.(\d+))?Z?$/.exec(ours) ?? []
  const millis = Date.parse(`${date ?? '1970-01-01'}T${time}Z`)
  if (Number.isNaN(millis)) return false
  const exact = BigInt(millis) * 1_000_000n + BigInt((fraction ?? '').padEnd(9, '0'))
  return exact - (((exact % precisionNanos) + precisionNanos) % precisionNanos) === nanos
}
