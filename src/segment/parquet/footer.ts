// The footer of a file: its schema and where every column chunk, page index and bound lies.
//
//   PAR1 | row groups: column chunks: pages | column indexes | offset indexes | FileMetaData | u32 its bytes | PAR1
//
// FileMetaData and what it contains are in Thrift's compact protocol; field ids as in parquet.thrift 2.10.

import { readSchema, type SchemaColumn, storageType, writeSchema } from './schema.ts'
import { type Fields, ParquetError, readStruct } from './thrift-read.ts'
import { ThriftWriter } from './thrift-write.ts'

export const magic = new Uint8Array([0x50, 0x41, 0x52, 0x31])
/** What follows FileMetaData: its length and the magic. */
export const trailerBytes = 8
const createdBy = 'alluvium'

export interface Footer {
  columns: readonly SchemaColumn[]
  rowGroups: readonly RowGroup[]
  metadata: Readonly<Record<string, string>>
}

export interface RowGroup {
  rowCount: number
  /** one for each column of the footer, in its order */
  chunks: readonly Chunk[]
}

export interface Chunk {
  encodings: readonly number[]
  codec: number
  /** offset in the file of the first page, the dictionary if there is one */
  at: number
  /** offset of the first data page */
  dataAt: number
  /** bytes of the pages with their headers, as stored and as they would be uncompressed */
  bytes: number
  plainBytes: number
  bounds: ChunkBounds
  offsetIndex: Extent
  columnIndex: Extent | undefined
}

/** What a reader may conclude without reading the chunk. */
interface ChunkBounds {
  nullCount: number
  min: EncodedBound | undefined
  max: EncodedBound | undefined
}

/** `bytes` is PLAIN without a length; not exact when it was cut, and then still below (min) or above (max) all values. */
export interface EncodedBound {
  bytes: Uint8Array
  exact: boolean
}

export interface Extent {
  at: number
  bytes: number
}

/** @returns FileMetaData with the trailer: the last bytes of the file */
export function encodeFooter(footer: Footer): Uint8Array {
  const rowCount = footer.rowGroups.reduce((sum, group) => sum + group.rowCount, 0)
  const out = new ThriftWriter()
  out.i32(1, 2)
  writeSchema(out, footer.columns)
  out.i64(3, rowCount)
  out.structs(4, footer.rowGroups, group => writeRowGroup(out, footer.columns, group))
  const pairs = Object.entries(footer.metadata)
  if (pairs.length > 0) {
    out.structs(5, pairs, ([key, value]) => {
      out.string(1, key)
      out.string(2, value)
    })
  }
  out.string(6, createdBy)
  // The order that min and max are in: that of the column's type.
  out.structs(7, footer.columns, () => out.struct(1, () => {}))
  const metadata = out.finish()

  const bytes = new Uint8Array(metadata.length + trailerBytes)
  bytes.set(metadata)
  new DataView(bytes.buffer).setUint32(metadata.length, metadata.length, true)
  bytes.set(magic, metadata.length + 4)
  return bytes
}

/** @returns bytes of FileMetaData, from the last `trailerBytes` of a file */
export function metadataBytes(trailer: Uint8Array): number {
  const bad = trailer.length !== trailerBytes || magic.some((byte, index) => trailer[4 + index] !== byte)
  if (bad) throw new ParquetError('the file does not end like Parquet')
  return new DataView(trailer.buffer, trailer.byteOffset).getUint32(0, true)
}

/** @param metadata  FileMetaData. @throws ParquetError when it is not one that `encodeFooter` wrote */
export function decodeFooter(metadata: Uint8Array): Footer {
  const fields = readStruct(metadata)
  if (fields.string(6) !== createdBy) throw new ParquetError('the file was not written by us')
  const columns = readSchema(fields)
  const pairs = fields.has(5) ? fields.structs(5) : []
  return {
    columns,
    rowGroups: fields.structs(4).map(group => readRowGroup(group, columns.length)),
    metadata: Object.fromEntries(pairs.map(pair => [pair.string(1), pair.string(2)])),
  }
}

function writeRowGroup(out: ThriftWriter, columns: readonly SchemaColumn[], group: RowGroup): void {
  const { chunks, rowCount } = group
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.bytes, 0)
  const plainBytes = chunks.reduce((sum, chunk) => sum + chunk.plainBytes, 0)
  out.structs(1, chunks, (chunk, index) => writeChunk(out, columns[index]!, { rowCount, chunk }))
  out.i64(2, plainBytes)
  out.i64(3, rowCount)
  out.i64(5, chunks[0]!.at)
  out.i64(6, bytes)
}

function writeChunk(
  out: ThriftWriter,
  column: SchemaColumn,
  { rowCount, chunk }: { rowCount: number; chunk: Chunk },
): void {
  out.i64(2, chunk.at)
  out.struct(3, () => {
    out.i32(1, storageType(column.type))
    out.i32s(2, chunk.encodings)
    out.binaries(3, [new TextEncoder().encode(column.name)])
    out.i32(4, chunk.codec)
    out.i64(5, rowCount)
    out.i64(6, chunk.plainBytes)
    out.i64(7, chunk.bytes)
    out.i64(9, chunk.dataAt)
    if (chunk.dataAt !== chunk.at) out.i64(11, chunk.at)
    out.struct(12, () => writeBounds(out, chunk.bounds))
  })
  out.i64(4, chunk.offsetIndex.at)
  out.i32(5, chunk.offsetIndex.bytes)
  if (chunk.columnIndex === undefined) return
  out.i64(6, chunk.columnIndex.at)
  out.i32(7, chunk.columnIndex.bytes)
}

function writeBounds(out: ThriftWriter, { nullCount, min, max }: ChunkBounds): void {
  out.i64(3, nullCount)
  if (max !== undefined) out.binary(5, max.bytes)
  if (min !== undefined) out.binary(6, min.bytes)
  if (max !== undefined) out.bool(7, max.exact)
  if (min !== undefined) out.bool(8, min.exact)
}

function readRowGroup(group: Fields, columnCount: number): RowGroup {
  const chunks = group.structs(1).map(readChunk)
  if (chunks.length !== columnCount) throw new ParquetError('a row group lacks columns')
  return { rowCount: group.number(3), chunks }
}

function readChunk(chunk: Fields): Chunk {
  const meta = chunk.struct(3)
  const dataAt = meta.number(9)
  return {
    encodings: meta.numbers(2),
    codec: meta.number(4),
    at: meta.has(11) ? meta.number(11) : dataAt,
    dataAt,
    bytes: meta.number(7),
    plainBytes: meta.number(6),
    bounds: readBounds(meta.struct(12)),
    offsetIndex: { at: chunk.number(4), bytes: chunk.number(5) },
    columnIndex: chunk.has(6) ? { at: chunk.number(6), bytes: chunk.number(7) } : undefined,
  }
}

function readBounds(fields: Fields): ChunkBounds {
  return {
    nullCount: fields.number(3),
    max: fields.has(5) ? { bytes: fields.binary(5), exact: fields.bool(7) } : undefined,
    min: fields.has(6) ? { bytes: fields.binary(6), exact: fields.bool(8) } : undefined,
  }
}
