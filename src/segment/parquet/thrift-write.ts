// Thrift's compact protocol, as much of it as Parquet's footer, page headers and page indexes need.
//
//   field    delta of the field id since the last one << 4 | type        (every id here is within 15 of the last)
//   integer  zigzag, then 7 bits a byte, the lowest first
//   list     count << 4 | type of the elements, or 0xF0 | type and the count

import { assert } from '../../base/assert.ts'

export const thriftTypes = { true: 1, false: 2, i32: 5, i64: 6, binary: 8, list: 9, struct: 12 } as const
type ThriftType = (typeof thriftTypes)[keyof typeof thriftTypes]

/** Doubled, it still fits seven bytes of a varint and a JavaScript integer. */
export const integerMax = 2 ** 48 - 1

const encoder = new TextEncoder()

/** Writes the fields of one struct in rising id order, and nested structs inside. */
export class ThriftWriter {
  private bytes = new Uint8Array(256)
  private length = 0
  private lastField = 0

  i32(field: number, value: number): void {
    this.field(field, thriftTypes.i32)
    this.integer(value)
  }

  i64(field: number, value: number): void {
    this.field(field, thriftTypes.i64)
    this.integer(value)
  }

  bool(field: number, value: boolean): void {
    this.field(field, value ? thriftTypes.true : thriftTypes.false)
  }

  binary(field: number, value: Uint8Array): void {
    this.field(field, thriftTypes.binary)
    this.raw(value)
  }

  string(field: number, value: string): void {
    this.binary(field, encoder.encode(value))
  }

  struct(field: number, write: () => void): void {
    this.field(field, thriftTypes.struct)
    this.nested(write)
  }

  structs<T>(field: number, items: readonly T[], write: (item: T, index: number) => void): void {
    this.list(field, thriftTypes.struct, items.length)
    items.forEach((item, index) => {
      this.nested(() => write(item, index))
    })
  }

  i32s(field: number, values: readonly number[]): void {
    this.list(field, thriftTypes.i32, values.length)
    for (const value of values) this.integer(value)
  }

  i64s(field: number, values: readonly number[]): void {
    this.list(field, thriftTypes.i64, values.length)
    for (const value of values) this.integer(value)
  }

  binaries(field: number, values: readonly Uint8Array[]): void {
    this.list(field, thriftTypes.binary, values.length)
    for (const value of values) this.raw(value)
  }

  bools(field: number, values: readonly boolean[]): void {
    this.list(field, thriftTypes.true, values.length)
    for (const value of values) this.byte(value ? thriftTypes.true : thriftTypes.false)
  }

  /** Closes the outermost struct. @returns its bytes */
  finish(): Uint8Array {
    this.byte(0)
    return this.bytes.slice(0, this.length)
  }

  private field(field: number, type: ThriftType): void {
    const delta = field - this.lastField
    assert(delta > 0 && delta <= 15, 'thrift fields out of order')
    this.byte((delta << 4) | type)
    this.lastField = field
  }

  private nested(write: () => void): void {
    const outerField = this.lastField
    this.lastField = 0
    write()
    this.byte(0)
    this.lastField = outerField
  }

  private list(field: number, type: ThriftType, count: number): void {
    this.field(field, thriftTypes.list)
    if (count < 15) this.byte((count << 4) | type)
    else {
      this.byte(0xf0 | type)
      this.varint(count)
    }
  }

  private raw(value: Uint8Array): void {
    this.varint(value.length)
    this.reserve(value.length)
    this.bytes.set(value, this.length)
    this.length += value.length
  }

  /** Sizes, counts, offsets and codes: none is negative, so zigzag only doubles. */
  private integer(value: number): void {
    assert(value >= 0 && value <= integerMax, 'a thrift integer out of range')
    this.varint(value * 2)
  }

  private varint(value: number): void {
    while (value >= 0x80) {
      this.byte((value % 0x80) | 0x80)
      value = Math.floor(value / 0x80)
    }
    this.byte(value)
  }

  private byte(value: number): void {
    this.reserve(1)
    this.bytes[this.length++] = value
  }

  private reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return
    const grown = new Uint8Array(Math.max(2 * this.bytes.length, this.length + more))
    grown.set(this.bytes)
    this.bytes = grown
  }
}
