// A Parquet file of any size as a series of small ones: each row group gets a footer of its own, so that the decoder
// that reads posted files reads it too, and the same row becomes the same text on either way. Only the footer and one
// row group are ever in memory.
//
//     PAR1 │ group 0 │ group 1 │ … │ footer      →      PAR1 │ group 1 │ footer of group 1

import type { FileHandle } from 'node:fs/promises'
import { ByteCursor } from '../../ingest/columnar/byte-cursor.ts'
import { ThriftReader } from '../../ingest/columnar/thrift.ts'
import { ThriftWriter } from '../../segment/parquet/thrift-write.ts'
import { Failure } from '../command.ts'

export interface ParquetGroups {
  /** the schema as it stands in the footer, a Thrift list */
  schema: Uint8Array
  groups: ParquetGroup[]
}

export interface ParquetGroup {
  firstRow: number
  rowCount: number
  bytes: number
  chunks: Chunk[]
}

/** A column of a row group. The names are parquet.thrift's, the numbers as the footer has them. */
interface Chunk {
  type: number
  codec: number
  valueCount: number
  inflatedBytes: number
  /** of the pages in the file, [start, start + bytes) */
  start: number
  bytes: number
  /** of the data pages behind `start`; 0 where there is no dictionary before them */
  dataOffset: number
}

const footerBytesMax = 256 * 1024 * 1024
const groupBytesMax = 1024 * 1024 * 1024
const tailBytes = 8
const magic = Buffer.from('PAR1')
const encrypted = 'it is encrypted; decrypt it first'

/** @throws Failure when the file has no footer that can be read */
export async function readGroups(file: FileHandle, fileBytes: number): Promise<ParquetGroups> {
  const tail = await readAt(file, Math.max(0, fileBytes - tailBytes), Math.min(fileBytes, tailBytes))
  const mark = tail.toString('latin1', tail.length - 4)
  if (mark === 'PARE') throw new Failure(encrypted)
  const footerBytes = tail.length === tailBytes && mark === 'PAR1' ? tail.readUInt32LE(0) : undefined
  if (footerBytes === undefined) throw new Failure('it does not end as a Parquet file does: is it whole?')
  const pagesEnd = fileBytes - tailBytes - footerBytes
  if (pagesEnd < magic.length || footerBytes > footerBytesMax)
    throw new Failure(`its footer can't have ${footerBytes} bytes`)
  return parseFooter(await readAt(file, pagesEnd, footerBytes), pagesEnd)
}

/** @returns a whole Parquet file with the rows of this group alone */
export async function readGroup(
  file: FileHandle,
  { schema }: ParquetGroups,
  group: ParquetGroup,
): Promise<Uint8Array> {
  if (group.bytes > groupBytesMax) {
    throw new Failure(
      `a row group of ${group.bytes} bytes is more than ${groupBytesMax}: write the file with smaller row groups`,
    )
  }
  const pieces: Uint8Array[] = [magic]
  for (const { start, bytes } of group.chunks) pieces.push(await readAt(file, start, bytes))
  const footer = footerOf(schema, group)
  const length = Buffer.alloc(4)
  length.writeUInt32LE(footer.length)
  return Buffer.concat([...pieces, footer, length, magic])
}

function parseFooter(footer: Buffer, pagesEnd: number): ParquetGroups {
  const cursor = new ByteCursor(footer)
  const thrift = new ThriftReader(cursor)
  const parsed: ParquetGroups = { schema: new Uint8Array(0), groups: [] }
  let firstRow = 0
  thrift.struct({
    2: () => {
      const start = cursor.at
      thrift.present()
      parsed.schema = footer.subarray(start, cursor.at)
    },
    4: () =>
      thrift.list(() => {
        const group = parseGroup(thrift, firstRow)
        checkGroup(group, pagesEnd)
        parsed.groups.push(group)
        firstRow += group.rowCount
      }),
    8: () => {
      throw new Failure(encrypted)
    },
  })
  return parsed
}

function parseGroup(thrift: ThriftReader, firstRow: number): ParquetGroup {
  const group: ParquetGroup = { firstRow, rowCount: -1, bytes: 0, chunks: [] }
  thrift.struct({
    1: () => thrift.list(() => group.chunks.push(parseChunk(thrift))),
    3: () => (group.rowCount = thrift.i64()),
  })
  group.bytes = group.chunks.reduce((sum, { bytes }) => sum + bytes, 0)
  return group
}

function parseChunk(thrift: ThriftReader): Chunk {
  const chunk: Chunk = {
    type: -1,
    codec: -1,
    valueCount: -1,
    inflatedBytes: -1,
    start: -1,
    bytes: -1,
    dataOffset: 0,
  }
  let dataStart = -1
  let dictionaryStart = 0
  thrift.struct({
    1: () => {
      if (thrift.string() !== '')
        throw new Failure('its columns lie in other files; give one file that holds all of them')
    },
    3: () =>
      thrift.struct({
        1: () => (chunk.type = thrift.i32()),
        4: () => (chunk.codec = thrift.i32()),
        5: () => (chunk.valueCount = thrift.i64()),
        6: () => (chunk.inflatedBytes = thrift.i64()),
        7: () => (chunk.bytes = thrift.i64()),
        9: () => (dataStart = thrift.i64()),
        11: () => (dictionaryStart = thrift.i64()),
      }),
    8: () => {
      throw new Failure(encrypted)
    },
  })
  // Writers without a dictionary leave its offset out or write 0.
  chunk.start = dictionaryStart > 0 ? Math.min(dictionaryStart, dataStart) : dataStart
  chunk.dataOffset = dataStart - chunk.start
  return chunk
}

/** Only what is needed to read the file safely; the decoder checks the rest. */
function checkGroup(group: ParquetGroup, pagesEnd: number): void {
  const counts = [
    group.rowCount,
    ...group.chunks.flatMap(chunk => [
      chunk.type,
      chunk.codec,
      chunk.valueCount,
      chunk.inflatedBytes,
      chunk.dataOffset,
    ]),
  ]
  const inFile = group.chunks.every(
    ({ start, bytes }) => start >= magic.length && bytes >= 0 && start + bytes <= pagesEnd,
  )
  if (!inFile || !counts.every(count => Number.isSafeInteger(count) && count >= 0)) {
    throw new Failure(`its footer describes a row group that can't be: rows from ${group.firstRow} on`)
  }
}

function footerOf(schema: Uint8Array, group: ParquetGroup): Uint8Array {
  const writer = new ThriftWriter()
  let start = magic.length
  writer.i64(3, group.rowCount)
  writer.structs(4, [group], () => {
    writer.structs(1, group.chunks, chunk => {
      writer.struct(3, () => {
        writer.i32(1, chunk.type)
        writer.i32(4, chunk.codec)
        writer.i64(5, chunk.valueCount)
        writer.i64(6, chunk.inflatedBytes)
        writer.i64(7, chunk.bytes)
        writer.i64(9, start + chunk.dataOffset)
        if (chunk.dataOffset > 0) writer.i64(11, start)
      })
      start += chunk.bytes
    })
    writer.i64(3, group.rowCount)
  })
  // The schema goes in last, as it came: Thrift lets fields stand in any order when their id is written out.
  const listOfId2 = Uint8Array.of(0x09, 0x04)
  const fields = writer.finish()
  return Buffer.concat([fields.subarray(0, -1), listOfId2, schema, Uint8Array.of(0)])
}

async function readAt(file: FileHandle, start: number, byteCount: number): Promise<Buffer> {
  const bytes = Buffer.alloc(byteCount)
  let done = 0
  while (done < byteCount) {
    const { bytesRead } = await file.read(bytes, done, byteCount - done, start + done)
    if (bytesRead === 0) throw new Failure('it has become shorter while it was read')
    done += bytesRead
  }
  return bytes
}
