// Reading the terms of a part: which block a term is in, and one term of a block after another.

import { termBytesMax } from './tokenize.ts'

/** The first terms of all blocks, which is what a sealed run keeps in memory of its terms. */
export interface BlockIndex {
  firsts: Uint8Array
  firstEnds: Uint32Array
  /** where each block begins in `terms`, and the last one ends */
  starts: Uint32Array
  /** where the postings of each block begin, and the last ones end */
  postings: Uint32Array
}

export function blockCountOf({ firstEnds }: BlockIndex): number {
  return firstEnds.length
}

export function firstOf({ firsts, firstEnds }: BlockIndex, block: number): Uint8Array {
  return firsts.subarray(block === 0 ? 0 : firstEnds[block - 1]!, firstEnds[block]!)
}

/** @returns the block that holds `term` if any does, -1 when it comes before all of them */
export function blockOf(index: BlockIndex, term: Uint8Array): number {
  let low = 0
  let high = blockCountOf(index)
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareBytes(firstOf(index, middle), term) <= 0) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** @returns the block after the last that holds terms beginning with `prefix` */
export function blockAfter(index: BlockIndex, prefix: Uint8Array): number {
  let block = blockOf(index, prefix) + 1
  while (block < blockCountOf(index) && sharedBytes(firstOf(index, block), prefix) === prefix.length) block++
  return block
}

export function compareBytes(x: Uint8Array, y: Uint8Array): number {
  const shared = sharedBytes(x, y)
  return shared < x.length && shared < y.length ? x[shared]! - y[shared]! : x.length - y.length
}

export function sharedBytes(x: Uint8Array, y: Uint8Array): number {
  const length = Math.min(x.length, y.length)
  let shared = 0
  while (shared < length && x[shared] === y[shared]) shared++
  return shared
}

/** Goes through the terms of neighbouring blocks. It stands on a term after each `next` that says so. */
export class TermCursor {
  /** The term is bytes[0, end). */
  readonly bytes = new Uint8Array(termBytesMax)
  end = 0
  /** bytes that it has in common with the term before */
  shared = 0
  textCount = 0
  docs = 0
  /** in the part's postings */
  postingsStart: number
  postingsEnd: number
  readonly #blocks: Uint8Array
  #at = 0

  /** @param postingsStart  of the first of the blocks */
  constructor(blocks: Uint8Array, postingsStart: number) {
    this.#blocks = blocks
    this.postingsStart = postingsStart
    this.postingsEnd = postingsStart
  }

  /** A view that is good until the next `next`. */
  get term(): Uint8Array {
    return this.bytes.subarray(0, this.end)
  }

  next(): boolean {
    const blocks = this.#blocks
    let at = this.#at
    if (at === blocks.length) return false
    // a term is so short that these take a byte each
    const shared = blocks[at++]!
    const end = shared + blocks[at++]!
    for (let i = shared; i < end; i++) this.bytes[i] = blocks[at++]!
    this.shared = shared
    this.end = end
    this.#at = at
    this.textCount = this.#varint()
    this.docs = this.#varint()
    this.postingsStart = this.postingsEnd
    this.postingsEnd += this.#varint()
    return true
  }

  #varint(): number {
    let byte = this.#blocks[this.#at++]!
    let number = byte & 127
    for (let shift = 7; byte > 127; shift += 7) {
      byte = this.#blocks[this.#at++]!
      number |= (byte & 127) << shift
    }
    return number >>> 0
  }
}
