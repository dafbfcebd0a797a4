// Two numbers a term that tell most of them apart without a look at their bytes, for whoever goes through all terms of an
// open run: how it begins, and which letters it has. They are made when they are first asked for.

import type { ByteTable } from '../../base/byte-table.ts'
import { toUtf8 } from '../../base/bytes.ts'
import type { QueryTerm } from './query.ts'

export class TermSketches {
  readonly #terms: ByteTable
  #count = 0
  /** by term: its first four bytes, the first one highest */
  #heads = new Uint32Array(0)
  /** by term: a bit for each byte of ASCII that it holds; several have a bit in common */
  #letters = new Uint32Array(0)

  constructor(terms: ByteTable) {
    this.#terms = terms
  }

  /** What it takes of memory. */
  get byteCount(): number {
    return this.#heads.byteLength + this.#letters.byteLength
  }

  /** Ids of all terms that the query's term can mean, and of some more. */
  like({ term, prefix, edits }: QueryTerm): number[] {
    this.#catchUp()
    const asked = toUtf8(term)
    const head = headOf(asked)
    const headMask = asked.length >= 4 ? 0xffffffff : ~(0xffffffff >>> (8 * asked.length)) >>> 0
    const letters = lettersOf(asked)
    const ids: number[] = []
    for (let id = 0; id < this.#count; id++) {
      const mayBegin = (prefix || edits === 0) && ((this.#heads[id]! ^ head) & headMask) === 0
      // an edit brings in one letter at most, and takes away one
      const has = this.#letters[id]!
      const isNear = edits > 0 && bitCount(has & ~letters) <= edits && bitCount(letters & ~has) <= edits
      if (mayBegin || isNear) ids.push(id)
    }
    return ids
  }

  #catchUp(): void {
    const { count } = this.#terms
    if (count > this.#heads.length) {
      this.#heads = resized(this.#heads, count * 2)
      this.#letters = resized(this.#letters, count * 2)
    }
    for (; this.#count < count; this.#count++) {
      const bytes = this.#terms.at(this.#count)
      this.#heads[this.#count] = headOf(bytes)
      this.#letters[this.#count] = lettersOf(bytes)
    }
  }
}

function headOf(bytes: Uint8Array): number {
  let head = 0
  for (let i = 0; i < 4; i++) head = (head << 8) | (bytes[i] ?? 0)
  return head >>> 0
}

function lettersOf(bytes: Uint8Array): number {
  let letters = 0
  for (const byte of bytes) if (byte < 128) letters |= 1 << (byte & 31)
  return letters
}

function bitCount(word: number): number {
  let left = word - ((word >>> 1) & 0x55555555)
  left = (left & 0x33333333) + ((left >>> 2) & 0x33333333)
  return Math.imul((left + (left >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

function resized(array: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(length)
  larger.set(array)
  return larger
}
