// A column that is made when it is written, some rows at a time, so that one column of one row group is all that has to
// be in memory.

import type { RowSpan } from '../engine/columns/cells.ts'
import type { Column, PhysicalType } from './column.ts'

export interface ColumnSource {
  name: string
  type: PhysicalType
  /** Makes the column of those rows, which is good until `use` returns. */
  withRows(span: RowSpan, use: (column: Column) => void): void
}
