// The messages of an Arrow IPC stream (Apache Arrow Columnar Format 1.5, "IPC Streaming Format"):
//
//   0xFFFFFFFF  u32 metadata bytes  metadata (FlatBuffer, padded to 8)  body
//
// An IPC file is the same stream between two magics, with a footer behind it: the schema, which some writers leave out
// of the stream, and the places of the batches, which are not needed here.

import { ByteCursor } from './byte-cursor.ts'
import { FlatTable } from './flatbuffer.ts'
import { inPlace, Malformed } from './malformed.ts'

export interface Message {
  kind: 'schema' | 'dictionary' | 'batch'
  header: FlatTable
  body: Uint8Array
}

const KINDS = new Map([
  [1, 'schema'],
  [2, 'dictionary'],
  [3, 'batch'],
] as const)
const CONTINUATION = 0xffffffff
const FILE_MAGIC = new TextEncoder().encode('ARROW1')
/** The magic, padded. */
const FILE_HEAD_BYTES = 8
/** Metadata version V4 (Arrow 0.8, 2017) is the oldest whose layout is still today's. */
const METADATA_V4 = 3
/** Metadata of one message: fields and buffers are some 20 bytes each, the rest is notes that writers attach. */
const metadataBytesMax = 4 * 1024 * 1024

export function* readMessages(body: Uint8Array): Generator<Message> {
  const file = inPlace('footer', () => readFile(body))
  if (file) yield { kind: 'schema', header: file.schema, body: new Uint8Array(0) }
  const cursor = new ByteCursor(file ? file.stream : body)
  for (let index = 0; ; index++) {
    const message = inPlace(`message ${index}`, () => readMessage(cursor))
    if (!message) return
    if (!file || message.kind !== 'schema') yield message
  }
}

/** @returns undefined at the end-of-stream mark, or where the bytes end instead of it, as the format allows */
function readMessage(cursor: ByteCursor): Message | undefined {
  if (cursor.left === 0) return undefined
  let metadataBytes = cursor.u32()
  // Before Arrow 0.15 there was no continuation mark.
  if (metadataBytes === CONTINUATION) metadataBytes = cursor.u32()
  if (metadataBytes === 0) return undefined
  const table = metadataTable(cursor.take(metadataBytes))
  if (table.int16(0) < METADATA_V4)
    throw new Malformed('it was written by an Arrow older than 0.8', 'Write it with a current library.')
  const kind = KINDS.get(table.int8(1) as 1)
  const header = table.table(2)
  if (!kind || !header) throw new Malformed('it is neither schema nor dictionary nor record batch')
  return { kind, header, body: cursor.take(table.int64(3)) }
}

function metadataTable(bytes: Uint8Array): FlatTable {
  if (bytes.length > metadataBytesMax) {
    throw new Malformed(`metadata of ${bytes.length} bytes is past ${metadataBytesMax}`)
  }
  return FlatTable.root(bytes)
}

/** @returns undefined when the body is no file */
function readFile(body: Uint8Array): { schema: FlatTable; stream: Uint8Array } | undefined {
  const hasMagic = (at: number) => FILE_MAGIC.every((byte, i) => body[at + i] === byte)
  if (!hasMagic(0)) return undefined
  const tailStart = body.length - FILE_MAGIC.length - 4
  if (!hasMagic(tailStart + 4)) throw new Malformed('the file begins with ARROW1 but does not end with it')
  const footerBytes = new ByteCursor(body, tailStart).u32()
  const footerStart = tailStart - footerBytes
  if (footerStart < FILE_HEAD_BYTES)
    throw new Malformed(`it claims ${footerBytes} bytes of a file of ${body.length}`)
  const schema = metadataTable(body.subarray(footerStart, tailStart)).table(1)
  if (!schema) throw new Malformed('it has no schema')
  return { schema, stream: body.subarray(FILE_HEAD_BYTES, footerStart) }
}
