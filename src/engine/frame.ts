// What is kept outside the engine says what it is, in which version, and whether it is whole:
//
//    0  ascii[8]  the kind, padded with spaces
//    8  u32       version
//   12  u32       CRC-32C of the rest: of bytes 0..12, then of the payload
//   16  payload   numbers, little end first

import { toUtf8 } from '../base/bytes.ts'
import { crc32c } from '../base/crc32c.ts'
import { demand } from './checks.ts'

const headBytes = 16
const kindBytes = 8

export interface Kind {
  /** at most eight ASCII letters */
  name: string
  version: number
}

/** Writes one number or array after the other. */
export class FrameWriter {
  readonly #kind: Kind
  #bytes = new Uint8Array(256)
  #at = headBytes

  constructor(kind: Kind) {
    this.#kind = kind
  }

  u32(value: number): this {
    this.#room(4).setUint32(this.#at, value, true)
    this.#at += 4
    return this
  }

  f64(value: number): this {
    this.#room(8).setFloat64(this.#at, value, true)
    this.#at += 8
    return this
  }

  bytes(values: Uint8Array): this {
    this.#room(values.length)
    this.#bytes.set(values, this.#at)
    this.#at += values.length
    return this
  }

  /** As they lie in memory: every platform that runs WASM puts the little end first. */
  array(values: Float32Array | Float64Array | Uint32Array): this {
    return this.bytes(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
  }

  finish(): Uint8Array {
    const bytes = this.#bytes.slice(0, this.#at)
    const view = new DataView(bytes.buffer)
    bytes.set(toUtf8(this.#kind.name.padEnd(kindBytes)))
    view.setUint32(kindBytes, this.#kind.version, true)
    view.setUint32(headBytes - 4, checksumOf(bytes), true)
    return bytes
  }

  #room(byteCount: number): DataView {
    const needed = this.#at + byteCount
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, 2 * this.#bytes.length))
      grown.set(this.#bytes)
      this.#bytes = grown
    }
    return new DataView(this.#bytes.buffer)
  }
}

/** Reads them back in the same order. Every fault is BadInput: bytes come from outside. */
export class FrameReader {
  readonly #kind: Kind
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = headBytes

  /** @throws BadInput when the bytes are of another kind or version, or not what was written */
  constructor(kind: Kind, bytes: Uint8Array) {
    this.#kind = kind
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    demand(bytes.length >= headBytes, `${kind.name}: ${bytes.length} bytes are too few`)
    const name = String.fromCharCode(...bytes.subarray(0, kindBytes)).trimEnd()
    demand(name === kind.name, `${kind.name}: the bytes are of another kind`)
    const version = this.#view.getUint32(kindBytes, true)
    demand(version === kind.version, `${kind.name}: version ${version}, where ${kind.version} is known`)
    const isWhole = this.#view.getUint32(headBytes - 4, true) === checksumOf(bytes)
    demand(isWhole, `${kind.name}: damaged, the checksum does not match`)
  }

  u32(): number {
    return this.#view.getUint32(this.#next(4), true)
  }

  f64(): number {
    return this.#view.getFloat64(this.#next(8), true)
  }

  bytes(byteCount: number): Uint8Array<ArrayBuffer> {
    const at = this.#next(byteCount)
    return this.#bytes.slice(at, at + byteCount)
  }

  f32s(count: number): Float32Array {
    return new Float32Array(this.bytes(4 * count).buffer)
  }

  f64s(count: number): Float64Array {
    return new Float64Array(this.bytes(8 * count).buffer)
  }

  u32s(count: number): Uint32Array {
    return new Uint32Array(this.bytes(4 * count).buffer)
  }

  /** @throws BadInput when something is left */
  end(): void {
    demand(this.#at === this.#bytes.length, `${this.#kind.name}: bytes past its end`)
  }

  #next(byteCount: number): number {
    const at = this.#at
    demand(byteCount <= this.#bytes.length - at, `${this.#kind.name}: cut short`)
    this.#at += byteCount
    return at
  }
}

function checksumOf(bytes: Uint8Array): number {
  return crc32c(bytes.subarray(headBytes), crc32c(bytes.subarray(0, headBytes - 4)))
}
