// How many edits part a term from the one asked for: letters put in, left out, changed, or swapped with their neighbour
// (optimal string alignment; Damerau 1964). Terms come in the order of their bytes, so that a row of the table is kept as
// long as the beginning it stands for, and what begins too badly is left at once.

import { termBytesMax } from './tokenize.ts'

const alive = termBytesMax + 1

export class EditMatcher {
  readonly #asked: Uint32Array
  readonly #editsMax: number
  readonly #width: number
  /** row d: edits from the first d letters of the term to the first j asked for */
  readonly #rows: Uint8Array
  readonly #letters = new Uint32Array(termBytesMax + 1)
  /** where letter d - 1 ends */
  readonly #ends = new Uint8Array(termBytesMax + 1)
  /** rows that stand for the beginning of the term before */
  #depth = 0
  /** bytes after which that term was too far off, more than it has when it was not */
  #deadBytes = alive

  constructor(asked: string, editsMax: number) {
    this.#asked = Uint32Array.from(asked, letter => letter.codePointAt(0)!)
    this.#editsMax = editsMax
    this.#width = this.#asked.length + 1
    this.#rows = new Uint8Array(this.#width * (termBytesMax + 1))
    for (let j = 0; j < this.#width; j++) this.#rows[j] = j
  }

  /**
   * @param bytes  the term is bytes[0, end)
   * @param shared  bytes that it has in common with the term before
   * @returns its edits, -1 when they are too many
   */
  edits(bytes: Uint8Array, end: number, shared: number): number {
    if (!this.canBegin(bytes, end, shared)) return -1
    if (Math.abs(this.#depth - this.#asked.length) > this.#editsMax) return -1
    const edits = this.#rows[this.#depth * this.#width + this.#width - 1]!
    return edits <= this.#editsMax ? edits : -1
  }

  /** @returns whether any term that begins with bytes[0, end) can be near enough */
  canBegin(bytes: Uint8Array, end: number, shared: number): boolean {
    if (shared >= this.#deadBytes) return false
    this.#deadBytes = alive
    let depth = this.#depth
    while (this.#ends[depth]! > shared) depth--
    let at = this.#ends[depth]!
    while (at < end) {
      at = this.#read(bytes, at, depth)
      if (at > end) break // a letter cut in two says nothing yet
      this.#ends[++depth] = at
      if (this.#fillRow(depth) > this.#editsMax) {
        this.#depth = depth
        this.#deadBytes = at
        return false
      }
    }
    this.#depth = depth
    return true
  }

  /** Reads the letter at `at`. @returns its end */
  #read(bytes: Uint8Array, at: number, depth: number): number {
    const first = bytes[at]!
    const size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
    let letter = size === 1 ? first : first & (0x7f >> size)
    for (let i = 1; i < size; i++) letter = (letter << 6) | (bytes[at + i]! & 0x3f)
    this.#letters[depth] = letter
    return at + size
  }

  /** Only numbers near the diagonal can be small enough; beside them stand some that are not. @returns the least */
  #fillRow(depth: number): number {
    const rows = this.#rows
    const asked = this.#asked
    const tooMany = this.#editsMax + 1
    const letter = this.#letters[depth - 1]!
    const before = depth > 1 ? this.#letters[depth - 2]! : -1
    const row = depth * this.#width
    const above = row - this.#width
    const first = Math.max(1, depth - this.#editsMax)
    const last = Math.min(this.#width - 1, depth + this.#editsMax)
    let least = (rows[row + first - 1] = first === 1 ? depth : tooMany)
    for (let j = first; j <= last; j++) {
      const wanted = asked[j - 1]!
      let edits = rows[above + j - 1]!
      if (wanted !== letter) edits = 1 + Math.min(edits, rows[above + j]!, rows[row + j - 1]!)
      if (wanted === before && j > 1 && asked[j - 2] === letter)
        edits = Math.min(edits, rows[above - this.#width + j - 2]! + 1)
      rows[row + j] = edits
      if (edits < least) least = edits
    }
    if (last + 1 < this.#width) rows[row + last + 1] = tooMany
    return least
  }
}
