// A Parquet footer (parquet.thrift of Apache parquet-format 2.12): what decoding needs of it, checked against the size
// of the file. Statistics, indexes and key-value metadata are passed over.

import { ByteCursor } from './byte-cursor.ts'
import { inPlace, Malformed } from './malformed.ts'
import { ThriftReader } from './thrift.ts'

export interface SchemaElement {
  name: string
  /** absent for groups */
  type?: number
  typeLength: number
  repetition: 'required' | 'optional' | 'repeated'
  childCount: number
  convertedType?: number
  scale: number
  logical?: LogicalType
}

interface LogicalType {
  /** field number in the union LogicalType */
  kind: number
  scale: number
  /** 3, 6 or 9 for TIME and TIMESTAMP */
  unitDigits: 3 | 6 | 9
  bitWidth: number
  signed: boolean
}

export interface Chunk {
  type: number
  codec: number
  valueCount: number
  inflatedBytes: number
  /** of the pages in the file, [start, end) */
  start: number
  end: number
}

export interface RowGroup {
  rowCount: number
  chunks: Chunk[]
}

/** The count of rows of the whole file is left out: writers have got it wrong, and the row groups hold the rows. */
export interface Footer {
  schema: SchemaElement[]
  rowGroups: RowGroup[]
}

/** Schema elements, and column chunks with their row groups: what a body of some 10 MB can sensibly describe. */
const schemaElementsMax = 20_000
const chunksMax = 200_000
const MAGIC = 0x31524150 // PAR1
const ENCRYPTED_MAGIC = 0x45524150 // PARE
const TAIL_BYTES = 8
const ENCRYPTED = new Malformed('the file is encrypted', 'Send it decrypted, over TLS.')

export function readFooter(body: Uint8Array): Footer {
  return inPlace('footer', () => {
    if (body.length < 12) throw new Malformed(`${body.length} bytes are too few for a Parquet file`)
    const tail = new ByteCursor(body, body.length - TAIL_BYTES)
    const footerBytes = tail.u32()
    const magic = tail.u32()
    if (magic === ENCRYPTED_MAGIC) throw ENCRYPTED
    if (magic !== MAGIC) throw new Malformed('the file does not end in PAR1')
    if (new ByteCursor(body).u32() !== MAGIC) throw new Malformed('the file does not begin with PAR1')
    const pagesEnd = body.length - TAIL_BYTES - footerBytes
    if (pagesEnd < 4) throw new Malformed(`it claims ${footerBytes} bytes of a file of ${body.length}`)

    const footer = readMetadata(new ByteCursor(body.subarray(pagesEnd, body.length - TAIL_BYTES)))
    checkAgainstFile(footer, pagesEnd)
    return footer
  })
}

function readMetadata(cursor: ByteCursor): Footer {
  const thrift = new ThriftReader(cursor)
  const footer: Footer = { schema: [], rowGroups: [] }
  let chunkCount = 0
  thrift.struct({
    2: () =>
      thrift.list(() => {
        if (footer.schema.push(readElement(thrift)) > schemaElementsMax) {
          throw new Malformed(`the schema has more than ${schemaElementsMax} elements`)
        }
      }),
    4: () =>
      thrift.list(() => {
        const rowGroup = readRowGroup(thrift)
        footer.rowGroups.push(rowGroup)
        if ((chunkCount += 1 + rowGroup.chunks.length) > chunksMax) {
          throw new Malformed(`the file has more than ${chunksMax} column chunks`, 'Write larger row groups.')
        }
      }),
    8: () => {
      throw ENCRYPTED
    },
  })
  return footer
}

function readElement(thrift: ThriftReader): SchemaElement {
  const element: SchemaElement = { name: '', typeLength: 0, repetition: 'required', childCount: 0, scale: 0 }
  thrift.struct({
    1: () => (element.type = thrift.i32()),
    2: () => (element.typeLength = thrift.i32()),
    3: () =>
      (element.repetition =
        (['required', 'optional', 'repeated'] as const)[thrift.i32()] ?? unknownRepetition()),
    4: () => (element.name = thrift.string()),
    5: () => (element.childCount = thrift.i32()),
    6: () => (element.convertedType = thrift.i32()),
    7: () => (element.scale = thrift.i32()),
    10: () => {
      const logical = readLogicalType(thrift)
      if (logical) element.logical = logical
    },
  })
  return element
}

function unknownRepetition(): never {
  throw new Malformed('a schema element is neither required nor optional nor repeated')
}

function readLogicalType(thrift: ThriftReader): LogicalType | undefined {
  let logical: LogicalType | undefined
  const arm = (kind: number, fields: (type: LogicalType) => Record<number, () => void>) => () => {
    logical = { kind, scale: 0, unitDigits: 3, bitWidth: 0, signed: true }
    thrift.struct(fields(logical))
  }
  const unit = (type: LogicalType) => () =>
    thrift.struct({
      1: () => thrift.present() && (type.unitDigits = 3),
      2: () => thrift.present() && (type.unitDigits = 6),
      3: () => thrift.present() && (type.unitDigits = 9),
    })
  const plain = () => ({})
  thrift.struct({
    1: arm(1, plain),
    2: arm(2, plain),
    3: arm(3, plain),
    4: arm(4, plain),
    5: arm(5, type => ({ 1: () => (type.scale = thrift.i32()) })),
    6: arm(6, plain),
    7: arm(7, type => ({ 2: unit(type) })),
    8: arm(8, type => ({ 2: unit(type) })),
    10: arm(10, type => ({
      1: () => (type.bitWidth = thrift.i32()),
      2: () => (type.signed = thrift.boolean()),
    })),
    11: arm(11, plain),
    12: arm(12, plain),
    13: arm(13, plain),
    14: arm(14, plain),
    15: arm(15, plain),
    16: arm(16, plain),
  })
  return logical
}

function readRowGroup(thrift: ThriftReader): RowGroup {
  const rowGroup: RowGroup = { rowCount: -1, chunks: [] }
  thrift.struct({
    1: () => thrift.list(() => rowGroup.chunks.push(readChunk(thrift))),
    3: () => (rowGroup.rowCount = thrift.i64()),
  })
  return rowGroup
}

function readChunk(thrift: ThriftReader): Chunk {
  const chunk: Chunk = { type: -1, codec: -1, valueCount: -1, inflatedBytes: -1, start: -1, end: -1 }
  let dataOffset = -1
  let dictionaryOffset = 0
  let compressedBytes = -1
  thrift.struct({
    1: () => {
      if (thrift.string() !== '')
        throw new Malformed('a column lies in another file', 'Send one file that holds all its columns.')
    },
    3: () =>
      thrift.struct({
        1: () => (chunk.type = thrift.i32()),
        4: () => (chunk.codec = thrift.i32()),
        5: () => (chunk.valueCount = thrift.i64()),
        6: () => (chunk.inflatedBytes = thrift.i64()),
        7: () => (compressedBytes = thrift.i64()),
        9: () => (dataOffset = thrift.i64()),
        11: () => (dictionaryOffset = thrift.i64()),
      }),
    8: () => {
      throw ENCRYPTED
    },
  })
  // Writers without a dictionary leave its offset out or write 0.
  chunk.start = dictionaryOffset > 0 ? Math.min(dictionaryOffset, dataOffset) : dataOffset
  chunk.end = chunk.start + compressedBytes
  return chunk
}

function checkAgainstFile({ rowGroups }: Footer, pagesEnd: number): void {
  let compressedBytes = 0
  for (const [groupIndex, { rowCount, chunks }] of rowGroups.entries()) {
    if (!(rowCount >= 0)) throw new Malformed(`row group ${groupIndex} claims ${rowCount} rows`)
    for (const { valueCount, inflatedBytes, start, end } of chunks) {
      // Where there is no value nothing is read, and writers have left the offsets out.
      if (valueCount === 0) continue
      const inFile = start >= 4 && end >= start && end <= pagesEnd
      if (!inFile || !(valueCount >= 0) || !(inflatedBytes >= 0)) {
        throw new Malformed(
          `row group ${groupIndex} has a column of ${valueCount} values in bytes ${start} to ${end} of ${pagesEnd}`,
        )
      }
      compressedBytes += end - start
    }
  }
  if (compressedBytes > pagesEnd)
    throw new Malformed('the columns claim more bytes than the file has: some overlap')
}
