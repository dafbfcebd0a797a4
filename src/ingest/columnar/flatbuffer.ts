// Reading FlatBuffers (Google, "FlatBuffer Internals") that may lie: an offset that leaves the buffer throws, a vector
// that is longer than the bytes behind it throws, and fields are only read when they are asked for.

import { Malformed } from './malformed.ts'

/**
 * What reading one buffer may cost, in bytes read. Honest buffers are read about once; crafted ones let a million
 * tables share one long string.
 */
const readsPerByteMax = 4
const TABLE_BYTES_MIN = 8

interface Allowance {
  left: number
}

export class FlatTable {
  readonly #view: DataView
  readonly #allowance: Allowance
  readonly #at: number
  readonly #vtable: number
  readonly #vtableBytes: number

  private constructor(view: DataView, at: number, allowance: Allowance) {
    this.#view = view
    this.#allowance = allowance
    this.#spend(TABLE_BYTES_MIN)
    this.#at = at
    this.#vtable = at - view.getInt32(at, true)
    this.#vtableBytes = view.getUint16(this.#vtable, true)
  }

  static root(bytes: Uint8Array): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    return new FlatTable(view, view.getUint32(0, true), { left: bytes.length * readsPerByteMax })
  }

  int8(field: number, otherwise = 0): number {
    const at = this.#field(field)
    return at === undefined ? otherwise : this.#view.getInt8(at)
  }

  boolean(field: number): boolean {
    return this.int8(field) !== 0
  }

  int16(field: number, otherwise = 0): number {
    const at = this.#field(field)
    return at === undefined ? otherwise : this.#view.getInt16(at, true)
  }

  int32(field: number, otherwise = 0): number {
    const at = this.#field(field)
    return at === undefined ? otherwise : this.#view.getInt32(at, true)
  }

  /** Rounded past 2^53: lengths of that size are impossible anyway, and compare as such. */
  int64(field: number): number {
    const at = this.#field(field)
    return at === undefined ? 0 : Number(this.#view.getBigInt64(at, true))
  }

  table(field: number): FlatTable | undefined {
    const at = this.#field(field)
    return at === undefined ? undefined : this.#tableAt(at)
  }

  string(field: number): string | undefined {
    const at = this.#field(field)
    if (at === undefined) return undefined
    const { start, count } = this.#vectorAt(at, 1)
    return new TextDecoder().decode(new Uint8Array(this.#view.buffer, this.#view.byteOffset + start, count))
  }

  *tables(field: number): Generator<FlatTable> {
    const at = this.#field(field)
    if (at === undefined) return
    const { start, count } = this.#vectorAt(at, 4)
    for (let i = 0; i < count; i++) yield this.#tableAt(start + 4 * i)
  }

  int32s(field: number): number[] {
    const at = this.#field(field)
    if (at === undefined) return []
    const { start, count } = this.#vectorAt(at, 4)
    return Array.from({ length: count }, (_, i) => this.#view.getInt32(start + 4 * i, true))
  }

  int64s(field: number): number[] {
    return this.int64Tuples(field, 1).map(([value]) => value!)
  }

  /** A vector of structs that are `width` int64 each. */
  int64Tuples(field: number, width: number): number[][] {
    const at = this.#field(field)
    if (at === undefined) return []
    const { start, count } = this.#vectorAt(at, 8 * width)
    const value = (index: number) => Number(this.#view.getBigInt64(start + 8 * index, true))
    return Array.from({ length: count }, (_, i) =>
      Array.from({ length: width }, (_, k) => value(i * width + k)),
    )
  }

  /** Where a field's value lies; absent fields have their default. */
  #field(field: number): number | undefined {
    const slot = 4 + 2 * field
    if (slot + 2 > this.#vtableBytes) return undefined
    const offset = this.#view.getUint16(this.#vtable + slot, true)
    return offset === 0 ? undefined : this.#at + offset
  }

  #tableAt(at: number): FlatTable {
    return new FlatTable(this.#view, this.#follow(at), this.#allowance)
  }

  #follow(at: number): number {
    return at + this.#view.getUint32(at, true)
  }

  #vectorAt(at: number, itemBytes: number): { start: number; count: number } {
    const vector = this.#follow(at)
    const count = this.#view.getUint32(vector, true)
    const start = vector + 4
    if (start + count * itemBytes > this.#view.byteLength) {
      throw new Malformed(`a list of ${count} in the metadata is longer than the metadata`)
    }
    this.#spend(count * itemBytes)
    return { start, count }
  }

  #spend(bytes: number): void {
    this.#allowance.left -= bytes
    if (this.#allowance.left < 0) throw new Malformed('the metadata refers to itself over and over')
  }
}
