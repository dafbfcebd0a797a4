// A column out of values as they are read from several files, each in the type that its file has or in a wider one:
//
//   int64 ─▶ double      everything ─▶ string, written as JSON writes it, and times as RFC 3339

import { toUtf8 } from '../../base/bytes.ts'
import { formatTime } from '../../base/rfc3339.ts'
import type { Column, PhysicalType } from '../column.ts'
import { binaries } from '../column-of-values.ts'
import { TextBuilder } from '../text-builder.ts'
import type { SchemaColumn } from './schema.ts'

/** boolean, number for int32 and double, bigint for int64 and the ms of a timestamp, the bytes of all others */
export type Value = boolean | number | bigint | Uint8Array | null | undefined

/** Rows come in rising order; those that are left out are null. */
export class ColumnBuilder {
  private readonly schema: SchemaColumn
  private readonly rowCount: number
  private readonly validity: Uint8Array
  private readonly values: Values
  private nullCount: number

  constructor(schema: SchemaColumn, rowCount: number) {
    this.schema = schema
    this.rowCount = rowCount
    this.validity = new Uint8Array((rowCount + 7) >> 3)
    this.nullCount = rowCount
    this.values = valuesOf(schema, rowCount)
  }

  /** The values of successive rows, from `firstRow` on, in the type that their file has. */
  add(firstRow: number, values: ArrayLike<Value>, type: PhysicalType): void {
    for (let i = 0; i < values.length; i++) {
      const value = values[i]
      if (value === undefined || value === null) continue
      const row = firstRow + i
      this.validity[row >> 3]! |= 1 << (row & 7)
      this.nullCount--
      this.values.put(row, value, type)
    }
  }

  finish(): Column {
    const { rowCount, nullCount } = this
    const validity = nullCount === 0 ? undefined : this.validity
    return { ...this.schema, rowCount, nullCount, validity, ...this.values.finish() } as Column
  }
}

/** What differs by the type of the column. */
interface Values {
  put(row: number, value: NonNullable<Value>, type: PhysicalType): void
  /** the fields of the column that hold its values */
  finish(): Partial<Column>
}

function valuesOf({ name, type }: SchemaColumn, rowCount: number): Values {
  switch (type) {
    case 'boolean':
      return bitValues(rowCount)
    case 'int32':
      return numberValues(new Int32Array(rowCount))
    case 'double':
      return numberValues(new Float64Array(rowCount))
    case 'int64':
    case 'timestamp':
      return longValues(rowCount)
    case 'binary':
      return binaryValues(name, rowCount)
    default:
      return textValues(rowCount)
  }
}

function bitValues(rowCount: number): Values {
  const values = new Uint8Array((rowCount + 7) >> 3)
  return {
    put(row, value) {
      if (value) values[row >> 3]! |= 1 << (row & 7)
    },
    finish: () => ({ values }),
  }
}

function numberValues(values: Int32Array | Float64Array): Values {
  return {
    put(row, value) {
      values[row] = Number(value)
    },
    finish: () => ({ values }) as Partial<Column>,
  }
}

function longValues(rowCount: number): Values {
  const values = new BigInt64Array(rowCount)
  return {
    put(row, value) {
      values[row] = value as bigint
    },
    finish: () => ({ values }),
  }
}

function binaryValues(name: string, rowCount: number): Values {
  const values = new Array<Uint8Array | undefined>(rowCount).fill(undefined)
  return {
    put(row, value) {
      values[row] = value as Uint8Array
    },
    finish: () => binaries(name, values),
  }
}

function textValues(rowCount: number): Values {
  const builder = new TextBuilder(rowCount)
  return {
    put(row, value, type) {
      const text = value instanceof Uint8Array ? value : toUtf8(textOf(value, type))
      builder.add(row, text, 0, text.length)
    },
    finish: () => builder.finish(),
  }
}

function textOf(value: boolean | number | bigint, type: PhysicalType): string {
  return type === 'timestamp' ? formatTime(Number(value)) : String(value)
}
