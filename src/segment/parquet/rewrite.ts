// Several files of ours as one, read and written anew: for files that can't be joined by copying, because a column's type
// was widened between them, or that should not be, because their row groups are too small. Beside the footers, one column
// of one row group is in memory.

import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetScan } from 'hyparquet'
import type { Codec } from '../../ports/codec.ts'
import type { Column } from '../column.ts'
import { ColumnBuilder, type Value } from './column-builder.ts'
import { type GroupSize, planRowGroups, type Span } from './rewrite-plan.ts'
import type { SchemaColumn } from './schema.ts'
import { BlockSink } from './sink.ts'
import { ParquetFile } from './write.ts'

export interface RewriteInput {
  file: AsyncBuffer
  columns: readonly SchemaColumn[]
  rowGroups: readonly GroupSize[]
}

export interface RewriteRequest {
  /** files of ours; their rows come in this order */
  inputs: readonly RewriteInput[]
  /** the columns to be, each at least as wide as in any input */
  columns: readonly SchemaColumn[]
  codec: Codec
}

/** @returns the file in pieces, in order, each made when it is asked for */
export async function* rewriteParquet({
  inputs,
  columns,
  codec,
}: RewriteRequest): AsyncGenerator<Uint8Array> {
  const sink = new BlockSink()
  const file = new ParquetFile(columns, codec, sink)
  const sources = await Promise.all(inputs.map(input => openSource(input, codec)))
  for (const spans of planRowGroups(inputs.map(({ rowGroups }) => rowGroups))) {
    const rowCount = rowsOf(spans)
    for (const schema of columns) {
      file.append(await readColumn(sources, spans, schema), { from: 0, until: rowCount })
      yield* sink.takeFull()
    }
  }
  file.end()
  yield* sink.blocks()
}

interface Source {
  input: RewriteInput
  metadata: FileMetaData
  codec: Codec
}

/** Values as they are stored: no time becomes a Date, no text a string. */
const parsers = {
  timestampFromMilliseconds: (ms: bigint) => ms,
  stringFromBytes: (bytes: Uint8Array) => bytes,
  jsonFromBytes: (bytes: Uint8Array) => bytes,
}

async function openSource(input: RewriteInput, codec: Codec): Promise<Source> {
  return { input, metadata: await parquetMetadataAsync(input.file, { parsers }), codec }
}

/** Values that are read at once: those of a full page. */
const windowRows = 16 * 1024

async function readColumn(
  sources: readonly Source[],
  spans: readonly Span[],
  schema: SchemaColumn,
): Promise<Column> {
  const rowCount = rowsOf(spans)
  const builder = new ColumnBuilder(schema, rowCount)
  let row = 0
  for (const { input, from, until } of spans) {
    const source = sources[input]!
    const type = source.input.columns.find(({ name }) => name === schema.name)?.type
    for (let rowStart = from; type !== undefined && rowStart < until; rowStart += windowRows) {
      const rowEnd = Math.min(until, rowStart + windowRows)
      const values = await readValues(source, schema.name, { rowStart, rowEnd })
      builder.add(row + rowStart - from, values, type)
    }
    row += until - from
  }
  return builder.finish()
}

function rowsOf(spans: readonly Span[]): number {
  return spans.reduce((sum, { from, until }) => sum + until - from, 0)
}

/** A scan keeps what it has read last of every column, so there is a new one for each. */
async function readValues(
  { input, metadata, codec }: Source,
  column: string,
  range: { rowStart: number; rowEnd: number },
): Promise<ArrayLike<Value>> {
  const scan = await parquetScan({
    file: input.file,
    metadata,
    columns: [column],
    compressors: { ZSTD: (bytes, contentBytes) => codec.decompress(bytes, contentBytes) },
    utf8: false,
    parsers,
  })
  return (await scan.readColumn({ column, ...range })) as ArrayLike<Value>
}
