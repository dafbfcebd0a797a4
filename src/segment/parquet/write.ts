// Columns to a Parquet file, straight from Arrow's memory layout: no value becomes a JavaScript string or BigInt on the
// way. The same columns give the same bytes.

import { assert } from '../../base/assert.ts'
import type { Codec } from '../../ports/codec.ts'
import type { Column } from '../column.ts'
import type { ColumnSource } from '../column-source.ts'
import { type WrittenChunk, writeChunk } from './chunk.ts'
import { magic } from './footer.ts'
import type { RowRange } from './page-rows.ts'
import type { SchemaColumn } from './schema.ts'
import { Scratch } from './scratch.ts'
import { BlockSink, type Sink } from './sink.ts'
import { appendTail, type WrittenRowGroup } from './tail.ts'

/** A row group is a reader's unit of skipping; past this its dictionaries would outgrow their indices. */
export const rowGroupRowsLimit = 1024 * 1024

interface WriteRequest {
  /** at least one; all of the same length */
  columns: readonly Column[]
  /** 1..rowGroupRowsLimit */
  rowGroupRowsMax: number
  codec: Codec
  /** Names of columns that have no null in any file of their segment; all others are OPTIONAL, nulls or not. */
  required?: ReadonlySet<string>
  /** key-value pairs in the footer */
  metadata?: Readonly<Record<string, string>>
}

/**
 * @returns the file in pieces, in order
 * @throws AssertionError when the columns do not fit together
 */
export function writeParquet({
  columns,
  rowGroupRowsMax,
  codec,
  required,
  metadata,
}: WriteRequest): Uint8Array[] {
  assert(rowGroupRowsMax >= 1 && rowGroupRowsMax <= rowGroupRowsLimit, 'row groups out of bounds')
  const rowCount = checkColumns(columns)
  const schema = columns.map(({ name, type }) => ({ name, type, required: required?.has(name) ?? false }))
  const sink = new BlockSink()
  const file = new ParquetFile(schema, codec, sink)
  for (let from = 0; from < rowCount; from += rowGroupRowsMax) {
    const range = { from, until: Math.min(rowCount, from + rowGroupRowsMax) }
    for (const column of columns) file.append(column, range)
  }
  checkNulls(columns, file.end(metadata))
  return sink.blocks()
}

/**
 * The same of columns that are made as they are written, a row group at a time.
 *
 * @param request.rowCount  of every column
 */
export function writeSources({
  sources,
  rowCount,
  rowGroupRowsMax,
  codec,
  required,
}: {
  sources: readonly ColumnSource[]
  rowCount: number
  rowGroupRowsMax: number
  codec: Codec
  required: ReadonlySet<string>
}): Uint8Array[] {
  const sink = new BlockSink()
  const schema = sources.map(({ name, type }) => ({ name, type, required: required.has(name) }))
  const file = new ParquetFile(schema, codec, sink)
  for (let from = 0; from < rowCount; from += rowGroupRowsMax) {
    const until = Math.min(rowCount, from + rowGroupRowsMax)
    for (const source of sources) {
      source.withRows({ from, until }, column => {
        checkColumn(column, until - from)
        file.append(column, { from: 0, until: until - from })
      })
    }
  }
  file.end()
  return sink.blocks()
}

/** A file in the making: one row group after the other, each column by column, so that one column is all it needs. */
export class ParquetFile {
  private readonly schema: readonly SchemaColumn[]
  private readonly codec: Codec
  private readonly sink: Sink
  private readonly scratch = new Scratch()
  private readonly rowGroups: WrittenRowGroup[] = []
  /** of the row group that is not whole yet */
  private chunks: WrittenChunk[] = []
  private rowCount = 0

  constructor(schema: readonly SchemaColumn[], codec: Codec, sink: Sink) {
    this.schema = schema
    this.codec = codec
    this.sink = sink
    sink.append(magic)
  }

  /** The next column of the row group: the schema's next, with as many rows as the columns before it. */
  append(column: Column, range: RowRange): void {
    const { name, type, required } = this.schema[this.chunks.length]!
    assert(column.name === name && column.type === type, 'columns come as the schema says')
    const rowCount = range.until - range.from
    assert(this.chunks.length === 0 || rowCount === this.rowCount, `column ${name} is of another length`)
    this.rowCount = rowCount
    const { codec, scratch, sink } = this
    this.chunks.push(writeChunk({ column, range, required, codec, scratch, sink }))
    if (this.chunks.length < this.schema.length) return
    this.rowGroups.push({ rowCount, chunks: this.chunks })
    this.chunks = []
  }

  /** Writes what follows the row groups. @returns them */
  end(metadata: Readonly<Record<string, string>> = {}): readonly WrittenRowGroup[] {
    assert(this.chunks.length === 0, 'a row group lacks columns')
    appendTail({ columns: this.schema, rowGroups: this.rowGroups, metadata }, this.sink)
    return this.rowGroups
  }
}

/** @returns the rows of all columns */
function checkColumns(columns: readonly Column[]): number {
  assert(columns.length > 0, 'a file without columns can hold no rows')
  assert(new Set(columns.map(column => column.name)).size === columns.length, 'two columns of one name')
  const rowCount = columns[0]!.rowCount
  for (const column of columns) checkColumn(column, rowCount)
  return rowCount
}

function checkColumn(column: Column, rowCount: number): void {
  assert(column.rowCount === rowCount, `column ${column.name} is of another length`)
  const { validity, nullCount } = column
  assert(
    validity === undefined || validity.length * 8 >= rowCount,
    `column ${column.name}: its bitmap is short`,
  )
  assert(validity !== undefined || nullCount === 0, `column ${column.name} has nulls but no bitmap`)
  assert(valueRows(column) >= rowCount, `column ${column.name} has fewer values than rows`)
}

function valueRows(column: Column): number {
  if ('indices' in column) return column.indices.length
  if ('offsets' in column) return column.offsets.length - 1
  return column.type === 'boolean' ? column.values.length * 8 : column.values.length
}

function checkNulls(columns: readonly Column[], rowGroups: readonly WrittenRowGroup[]): void {
  columns.forEach((column, index) => {
    const nullCount = rowGroups.reduce((sum, group) => sum + group.chunks[index]!.bounds.nullCount, 0)
    assert(
      nullCount === column.nullCount,
      `column ${column.name} states ${column.nullCount} nulls, has ${nullCount}`,
    )
  })
}
