// Reading forward through bytes that may lie. Every read is checked; what would run past the end throws.

import { type Source, sourceOf } from './canonical.ts'
import { Malformed } from './malformed.ts'

export class ByteCursor {
  readonly source: Source
  readonly end: number
  at: number

  constructor(bytes: Uint8Array, at = 0) {
    this.source = sourceOf(bytes)
    this.end = bytes.length
    this.at = at
  }

  get left(): number {
    return this.end - this.at
  }

  u8(): number {
    return this.source.view.getUint8(this.at++)
  }

  u32(): number {
    const value = this.source.view.getUint32(this.at, true)
    this.at += 4
    return value
  }

  /** Passes over `byteCount` bytes and returns where they begin. */
  skip(byteCount: number): number {
    if (!(byteCount >= 0 && byteCount <= this.left)) {
      throw new Malformed(`${byteCount} bytes were announced where ${this.left} are left`)
    }
    const start = this.at
    this.at += byteCount
    return start
  }

  take(byteCount: number): Uint8Array {
    const start = this.skip(byteCount)
    return this.source.bytes.subarray(start, start + byteCount)
  }

  /** An unsigned LEB128 of at most 32 bits. */
  varint(): number {
    let value = 0
    for (let power = 1; power <= 2 ** 28; power *= 128) {
      const byte = this.u8()
      value += (byte & 127) * power
      if (byte < 128) return value % 2 ** 32
    }
    throw new Malformed('an integer runs on for more than five bytes')
  }

  /** A zigzag LEB128 of at most 64 bits. */
  zigzag64(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.u8()
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n))
    }
    throw new Malformed('an integer runs on for more than ten bytes')
  }
}
