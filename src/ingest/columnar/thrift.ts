// Thrift's compact protocol, read by pulling: the caller names the fields that it wants, everything else is passed
// over without being built. So a crafted footer can't make more objects than the fields that we keep.

import type { ByteCursor } from './byte-cursor.ts'
import { Malformed } from './malformed.ts'

const TRUE = 1
const FALSE = 2
const BYTE = 3
const I16 = 4
const I32 = 5
const I64 = 6
const DOUBLE = 7
const BINARY = 8
const LIST = 9
const SET = 10
const STRUCT = 12

/** Parquet nests nine deep; the rest is room for what later versions add. */
const depthMax = 24

export class ThriftReader {
  readonly #cursor: ByteCursor
  /** of the value that the cursor stands before */
  #type = STRUCT
  #depth = 0
  #inList = false

  constructor(cursor: ByteCursor) {
    this.#cursor = cursor
  }

  /** @param fields  by id, what reads the field; it must read exactly one value */
  struct(fields: Readonly<Record<number, () => void>>): void {
    this.#expect(STRUCT)
    if (++this.#depth > depthMax) throw new Malformed(`structures nest deeper than ${depthMax}`)
    let id = 0
    for (;;) {
      const head = this.#cursor.u8()
      if (head === 0) break
      id = head >> 4 === 0 ? Number(this.#cursor.zigzag64()) : id + (head >> 4)
      this.#type = head & 15
      this.#inList = false
      const read = fields[id]
      if (read) read()
      else this.#skip()
    }
    this.#depth--
  }

  list(readItem: () => void): void {
    this.#expect(LIST)
    const head = this.#cursor.u8()
    const count = head >> 4 === 15 ? this.#cursor.varint() : head >> 4
    // An item is at least a byte.
    if (count > this.#cursor.left)
      throw new Malformed(`a list of ${count} is longer than the bytes that are left`)
    for (let i = 0; i < count; i++) {
      this.#type = head & 15
      this.#inList = true
      readItem()
    }
  }

  boolean(): boolean {
    if (this.#type !== TRUE && this.#type !== FALSE) throw wrongType()
    // A field's type is its value; only items of a list have a byte of their own.
    return this.#inList ? this.#cursor.u8() === TRUE : this.#type === TRUE
  }

  i32(): number {
    if (this.#type === BYTE) return (this.#cursor.u8() << 24) >> 24
    if (this.#type !== I16 && this.#type !== I32) throw wrongType()
    return Number(this.#cursor.zigzag64())
  }

  /** Rounded past 2^53: counts and offsets of that size are impossible anyway, and compare as such. */
  i64(): number {
    this.#expect(I64)
    return Number(this.#cursor.zigzag64())
  }

  string(): string {
    this.#expect(BINARY)
    return new TextDecoder().decode(this.#cursor.take(this.#cursor.varint()))
  }

  /** For unions whose arms carry nothing, and for values that only matter by being there. */
  present(): true {
    this.#skip()
    return true
  }

  #skip(): void {
    switch (this.#type) {
      case TRUE:
      case FALSE:
        if (this.#inList) this.#cursor.skip(1)
        return
      case BYTE:
        this.#cursor.skip(1)
        return
      case I16:
      case I32:
      case I64:
        this.#cursor.zigzag64()
        return
      case DOUBLE:
        this.#cursor.skip(8)
        return
      case BINARY:
        this.#cursor.skip(this.#cursor.varint())
        return
      case LIST:
      case SET:
        this.#type = LIST
        this.list(() => this.#skip())
        return
      case STRUCT:
        this.struct({})
        return
      default:
        throw new Malformed(`an unknown Thrift type ${this.#type}`)
    }
  }

  #expect(type: number): void {
    if (this.#type !== type) throw wrongType()
  }
}

function wrongType(): Malformed {
  return new Malformed('a field of the metadata has another type than Parquet says')
}
