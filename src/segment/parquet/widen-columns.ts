// The columns of several files as those of one. A column that the files have in several types takes the one that holds
// them all.

import { assert } from '../../base/assert.ts'
import { type ColumnType, columnTypes } from '../../contract/segment.ts'
import type { PhysicalType } from '../column.ts'
import { widen } from '../infer.ts'
import type { SchemaColumn } from './schema.ts'

/** @returns once each, in the order of first appearance: every file begins with the envelope, so that comes first */
export function widenColumns(files: readonly (readonly SchemaColumn[])[]): SchemaColumn[] {
  const widened = new Map<string, SchemaColumn>()
  for (const { name, type, required } of files.flat()) {
    const other = widened.get(name) ?? { name, type, required }
    widened.set(name, { name, type: widenType(other.type, type), required: other.required && required })
  }
  const isEverywhere = (name: string) => files.every(columns => columns.some(column => column.name === name))
  return [...widened.values()].map(column => ({
    ...column,
    required: column.required && isEverywhere(column.name),
  }))
}

function widenType(left: PhysicalType, right: PhysicalType): PhysicalType {
  if (left === right) return left
  assert(isInferred(left) && isInferred(right), 'only columns of the payload are widened')
  return widen(left, right)!
}

function isInferred(type: PhysicalType): type is ColumnType {
  return (columnTypes as readonly PhysicalType[]).includes(type)
}
