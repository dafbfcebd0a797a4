// Builds a column of byte values in one pass. It begins with a dictionary, each distinct value once and for each row its
// number, and goes over to plain values, back to back, as soon as they repeat too little for a dictionary to pay. It is
// for values that come one by one, of refusals and merges; columns of tapes are decided alike by wasm/columns/text.ts.

import type { ByteValues } from './column.ts'

export type TextValues = ByteValues | { indices: Int32Array; dictionary: ByteValues }

const distinctMax = 8192
const slotCount = distinctMax * 4
/** Values after which a column that hardly repeats is left plain. */
const trialCount = 1024
/** So few values go into a dictionary whether they repeat or not. */
const smallCount = 16
/** Bytes at either end of a value that its hash is made of; equality looks at all. */
const hashedBytes = 16

export class TextBuilder {
  readonly #rowCount: number
  readonly #slots = new Int32Array(slotCount).fill(-1)
  /** by row the number of its value, -1 where it has none */
  readonly #indices: Int32Array
  /** the distinct values; or, once plain, the value of each row */
  #offsets = new Int32Array(256)
  #data = new Uint8Array(4096)
  #distinct = 0
  #added = 0
  #nextRow = 0
  #plain = false

  constructor(rowCount: number) {
    this.#rowCount = rowCount
    this.#indices = new Int32Array(rowCount).fill(-1)
  }

  /** The value of a row is bytes [start, end). Rows come in rising order; those left out are null. */
  add(row: number, bytes: Uint8Array, start: number, end: number): void {
    this.#added++
    if (!this.#plain) {
      const known = this.#distinct
      const index = this.#find(bytes, start, end)
      if (index >= 0 && (known === this.#distinct || !this.#hardlyRepeats())) {
        this.#indices[row] = index
        this.#nextRow = row + 1
        return
      }
      this.#goPlain()
    }
    this.#put(row, bytes, start, end)
  }

  finish(): TextValues {
    const pays = this.#distinct > 0 && (this.#added <= smallCount || this.#distinct * 2 <= this.#added)
    if (!this.#plain && !pays) this.#goPlain()
    if (this.#plain) {
      this.#skipTo(this.#rowCount)
      return { offsets: this.#offsets, data: this.#used(this.#rowCount) }
    }
    const indices = this.#indices.map(index => Math.max(0, index))
    return {
      indices,
      dictionary: {
        offsets: this.#offsets.subarray(0, this.#distinct + 1),
        data: this.#used(this.#distinct),
      },
    }
  }

  #used(count: number): Uint8Array {
    return this.#data.subarray(0, this.#offsets[count]!)
  }

  #hardlyRepeats(): boolean {
    return this.#distinct >= distinctMax || (this.#added >= trialCount && this.#distinct * 2 > this.#added)
  }

  /** The number of a value, which is entered if it is new; -1 when there is no room for it. */
  #find(bytes: Uint8Array, start: number, end: number): number {
    let slot = hashOf(bytes, start, end) & (slotCount - 1)
    for (let index = this.#slots[slot]!; index >= 0; index = this.#slots[slot]!) {
      if (this.#isSame(index, bytes, start, end)) return index
      slot = (slot + 1) & (slotCount - 1)
    }
    if (this.#distinct === distinctMax) return -1
    this.#slots[slot] = this.#distinct
    this.#write(this.#distinct, bytes, start, end)
    return this.#distinct++
  }

  #isSame(index: number, bytes: Uint8Array, start: number, end: number): boolean {
    const at = this.#offsets[index]!
    if (this.#offsets[index + 1]! - at !== end - start) return false
    for (let i = 0; i < end - start; i++) if (this.#data[at + i] !== bytes[start + i]) return false
    return true
  }

  /** Writes value number `index` behind the one before. */
  #write(index: number, bytes: Uint8Array, start: number, end: number): void {
    const at = this.#offsets[index]!
    if (index + 2 > this.#offsets.length) this.#offsets = larger(this.#offsets, index * 2)
    if (at + end - start > this.#data.length)
      this.#data = larger(this.#data, Math.max(this.#data.length * 2, at + end - start))
    copyBytes(bytes, start, end, this.#data, at)
    this.#offsets[index + 1] = at + end - start
  }

  /** Spells out what the dictionary stood for, with some room for the rows to come. */
  #goPlain(): void {
    const [offsets, data, rows] = [this.#offsets, this.#data, this.#nextRow]
    let total = 0
    for (let row = 0; row < rows; row++)
      if (this.#indices[row]! >= 0) total += offsets[this.#indices[row]! + 1]! - offsets[this.#indices[row]!]!
    this.#plain = true
    this.#offsets = new Int32Array(this.#rowCount + 1)
    this.#data = new Uint8Array(4 * total + 4096)
    this.#nextRow = 0
    for (let row = 0; row < rows; row++) {
      const index = this.#indices[row]!
      if (index >= 0) this.#put(row, data, offsets[index]!, offsets[index + 1]!)
    }
    this.#skipTo(rows)
  }

  #put(row: number, bytes: Uint8Array, start: number, end: number): void {
    this.#skipTo(row)
    this.#write(row, bytes, start, end)
    this.#nextRow = row + 1
  }

  /** Rows without a value are empty. */
  #skipTo(row: number): void {
    for (; this.#nextRow < row; this.#nextRow++)
      this.#offsets[this.#nextRow + 1] = this.#offsets[this.#nextRow]!
  }
}

/** Most values are short, where a loop beats the call that a bulk copy costs. */
function copyBytes(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): void {
  if (end - start > 64) to.set(from.subarray(start, end), at)
  else for (let i = start; i < end; i++) to[at + i - start] = from[i]!
}

/** FNV-1a (Fowler, Noll, Vo) over both ends and the length, folded, because the low bits choose the slot. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 ^ (end - start)
  const headEnd = Math.min(end, start + hashedBytes)
  for (let i = start; i < headEnd; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
  for (let i = Math.max(headEnd, end - hashedBytes); i < end; i++)
    hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
  return hash ^ (hash >>> 15)
}

function larger<Words extends Int32Array | Uint8Array>(words: Words, length: number): Words {
  const grown = new (words.constructor as new (length: number) => Words)(Math.max(length, words.length * 2))
  grown.set(words)
  return grown
}
