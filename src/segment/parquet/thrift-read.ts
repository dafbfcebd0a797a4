// Reads what thrift-write.ts writes: the footers and page indexes of our own files, when files are joined. Bytes that
// are something else throw a ParquetError, whatever they are.

import { thriftTypes } from './thrift-write.ts'

/** A file that does not hold what we write. Checksums come first, so this is a file from elsewhere or a bug of ours. */
export class ParquetError extends Error {
  override name = 'ParquetError'
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const depthMax = 16

type Value = number | boolean | Uint8Array | Fields | readonly Value[]

/** @returns the struct at the beginning of `bytes`; what follows it is not looked at */
export function readStruct(bytes: Uint8Array): Fields {
  return readFields({ bytes, at: 0 }, 0)
}

/** The fields of one struct by their id; each getter throws when the field is missing or of another type. */
export class Fields {
  private readonly values: ReadonlyMap<number, Value>

  constructor(values: ReadonlyMap<number, Value>) {
    this.values = values
  }

  has(field: number): boolean {
    return this.values.has(field)
  }

  number(field: number): number {
    const value = this.values.get(field)
    return typeof value === 'number' ? value : wrongField(field)
  }

  bool(field: number): boolean {
    const value = this.values.get(field)
    return typeof value === 'boolean' ? value : wrongField(field)
  }

  binary(field: number): Uint8Array {
    const value = this.values.get(field)
    return value instanceof Uint8Array ? value : wrongField(field)
  }

  string(field: number): string {
    return decoder.decode(this.binary(field))
  }

  struct(field: number): Fields {
    const value = this.values.get(field)
    return value instanceof Fields ? value : wrongField(field)
  }

  structs(field: number): Fields[] {
    return this.list(field).map(item => (item instanceof Fields ? item : wrongField(field)))
  }

  numbers(field: number): number[] {
    return this.list(field).map(item => (typeof item === 'number' ? item : wrongField(field)))
  }

  private list(field: number): readonly Value[] {
    const value = this.values.get(field)
    return Array.isArray(value) ? value : wrongField(field)
  }
}

interface Cursor {
  bytes: Uint8Array
  at: number
}

function readFields(cursor: Cursor, depth: number): Fields {
  if (depth > depthMax) throw new ParquetError(`thrift nested deeper than ${depthMax}`)
  const values = new Map<number, Value>()
  let field = 0
  for (;;) {
    const head = readByte(cursor)
    if (head === 0) return new Fields(values)
    const delta = head >> 4
    if (delta === 0) throw new ParquetError('a thrift field id further than 15 from the last')
    field += delta
    values.set(field, readValue(cursor, head & 15, depth))
  }
}

function readValue(cursor: Cursor, type: number, depth: number): Value {
  if (type === thriftTypes.true) return true
  if (type === thriftTypes.false) return false
  if (type === thriftTypes.i32 || type === thriftTypes.i64) return readInteger(cursor)
  if (type === thriftTypes.binary) return readBinary(cursor)
  if (type === thriftTypes.list) return readList(cursor, depth)
  if (type === thriftTypes.struct) return readFields(cursor, depth + 1)
  throw new ParquetError(`thrift type ${type} is none that we write`)
}

function readList(cursor: Cursor, depth: number): Value[] {
  const head = readByte(cursor)
  const type = head & 15
  const count = head >> 4 === 15 ? readVarint(cursor) : head >> 4
  // Each element takes a byte at least, so a count beyond the bytes can't be true.
  if (count > cursor.bytes.length - cursor.at) throw new ParquetError('a thrift list longer than its bytes')
  const items: Value[] = []
  for (let i = 0; i < count; i++) {
    items.push(
      type === thriftTypes.true ? readByte(cursor) === thriftTypes.true : readValue(cursor, type, depth),
    )
  }
  return items
}

function readBinary(cursor: Cursor): Uint8Array {
  const byteCount = readVarint(cursor)
  if (byteCount > cursor.bytes.length - cursor.at)
    throw new ParquetError('a thrift string longer than its bytes')
  return cursor.bytes.subarray(cursor.at, (cursor.at += byteCount))
}

function readInteger(cursor: Cursor): number {
  const doubled = readVarint(cursor)
  if (doubled % 2 === 1) throw new ParquetError('a negative thrift integer, which we never write')
  return doubled / 2
}

function readVarint(cursor: Cursor): number {
  let value = 0
  for (let scale = 1; scale <= 2 ** 42; scale *= 0x80) {
    const byte = readByte(cursor)
    value += (byte & 0x7f) * scale
    if (byte < 0x80) return value
  }
  throw new ParquetError('a thrift integer out of range')
}

function readByte(cursor: Cursor): number {
  const byte = cursor.bytes[cursor.at++]
  if (byte === undefined) throw new ParquetError('thrift ends in the middle of a struct')
  return byte
}

function wrongField(field: number): never {
  throw new ParquetError(`thrift field ${field} is missing or of another type`)
}
