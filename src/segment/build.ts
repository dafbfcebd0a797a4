// Cells of one field become one column in Arrow's layout.

import type { ColumnType } from '../contract/segment.ts'
import type { Cells, RowSpan } from '../engine/columns/cells.ts'
import type { Selection } from '../engine/columns/columns.ts'
import type { Column } from './column.ts'
import type { ColumnSource } from './column-source.ts'

/** @param cells  of all rows of the selection */
export function columnOfCells(
  name: string,
  type: ColumnType,
  cells: Cells,
  selection: Selection,
): ColumnSource {
  return {
    name,
    type,
    withRows: (span, use) =>
      selection.scratch(() =>
        use(buildColumn(name, type, selection.within(cells, span), { selection, span })),
      ),
  }
}

/** A column of texts that are looked up when they are written. @param pick  cells whose rows count from the span's first */
export function columnOfTexts(
  name: string,
  type: 'string' | 'binary',
  selection: Selection,
  pick: (span: RowSpan) => Cells,
): ColumnSource {
  return {
    name,
    type,
    withRows: (span, use) =>
      selection.scratch(() => {
        const rowCount = span.until - span.from
        const as = type === 'binary' ? 'bytes' : 'text'
        use({ name, type, rowCount, ...selection.values.build(pick(span), { from: 0, until: rowCount }, as) })
      }),
  }
}

function buildColumn(
  name: string,
  type: ColumnType,
  cells: Cells,
  { selection: { values }, span }: { selection: Selection; span: RowSpan },
): Column {
  const base = { name, rowCount: span.until - span.from }
  switch (type) {
    case 'boolean':
      return { ...base, type, ...values.build(cells, span, 'boolean') }
    case 'double':
      return { ...base, type, ...values.build(cells, span, 'double') }
    case 'int64':
    case 'timestamp':
      return { ...base, type, ...values.build(cells, span, type) }
    default:
      return { ...base, type, ...values.build(cells, span, 'text') }
  }
}
