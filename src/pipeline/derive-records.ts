// What comes row by row is first written down as records of a few words, in memory that is used again from batch to batch,
// and becomes columns of its own at the end.

import type { TextColumn } from '../base/text-column.ts'

/** A value where it lies: bytes [start, end). */
export interface ByteRange {
  bytes: Uint8Array
  start: number
  end: number
}

/** What a large batch took beyond this is let go after it: words, and as many bytes of values. */
const keptWordsMax = 1 << 20

/** Records of so many words each, back to back. */
export class Records {
  readonly #stride: number
  words: Uint32Array
  /** words in use */
  length = 0

  constructor(stride: number) {
    this.#stride = stride
    this.words = new Uint32Array(stride * 256)
  }

  clear(): void {
    this.length = 0
    if (this.words.length > keptWordsMax) this.words = new Uint32Array(this.#stride * 256)
  }

  /** @returns where its words are to be written */
  add(): number {
    const at = this.length
    this.length = at + this.#stride
    if (this.length > this.words.length) {
      const words = new Uint32Array(this.words.length * 2)
      words.set(this.words)
      this.words = words
    }
    return at
  }

  /** The words at one place of all records. */
  column(place: number): Uint32Array {
    const { words } = this
    const stride = this.#stride
    const column = new Uint32Array(this.length / stride)
    for (let i = 0, at = place; i < column.length; i++, at += stride) column[i] = words[at]!
    return column
  }
}

/** Byte strings back to back. */
export class ByteColumn {
  #data = new Uint8Array(1024)
  #length = 0
  readonly #ends = new Records(1)

  clear(): void {
    this.#length = 0
    this.#ends.clear()
    if (this.#data.length > keptWordsMax) this.#data = new Uint8Array(1024)
  }

  push({ bytes, start, end }: ByteRange): void {
    const from = this.#length
    const until = from + end - start
    if (until > this.#data.length) {
      const data = new Uint8Array(Math.max(until, this.#data.length * 2))
      data.set(this.#data)
      this.#data = data
    }
    const data = this.#data
    for (let at = start, to = from; at < end; at++, to++) data[to] = bytes[at]!
    this.#length = until
    const at = this.#ends.add()
    this.#ends.words[at] = until
  }

  finish(): TextColumn {
    const ends = this.#ends.column(0)
    const offsets = new Uint32Array(ends.length + 1)
    offsets.set(ends, 1)
    return { data: this.#data.slice(0, this.#length), offsets }
  }
}
