// Which texts have a vector. Rows of vectors are those of the texts that have one, in their order, so a row is found by
// counting bits: of the words before, which is kept, and of its own word.

import { assert } from '../../base/assert.ts'

export class FilledTexts {
  #words = new Uint32Array(32)
  /** rows before each word */
  #ranks = new Uint32Array(32)
  #textCount = 0
  #rowCount = 0

  /** @param words  bits of texts that have a vector */
  static of(words: Uint32Array, textCount: number): FilledTexts {
    const filled = new FilledTexts()
    for (let text = 0; text < textCount; text++) filled.add(hasBit(words, text))
    return filled
  }

  get textCount(): number {
    return this.#textCount
  }

  get rowCount(): number {
    return this.#rowCount
  }

  /** The next text. */
  add(hasVector: boolean): void {
    const text = this.#textCount++
    const word = text >>> 5
    if (word === this.#words.length) this.#grow()
    if ((text & 31) === 0) this.#ranks[word] = this.#rowCount
    if (!hasVector) return
    this.#words[word]! |= 1 << (text & 31)
    this.#rowCount++
  }

  /** @returns -1 for a text without a vector */
  rowOf(text: number): number {
    return hasBit(this.#words, text) ? this.rowsBefore(text) : -1
  }

  /** Rows of the texts below. */
  rowsBefore(text: number): number {
    if (text >= this.#textCount) return this.#rowCount
    const word = text >>> 5
    const below = this.#words[word]! & ((1 << (text & 31)) - 1)
    return this.#ranks[word]! + bitCount(below)
  }

  textOf(row: number): number {
    assert(row < this.#rowCount, 'a row that is there')
    let low = 0
    let high = (this.#textCount - 1) >>> 5
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (this.#ranks[middle]! <= row) low = middle
      else high = middle - 1
    }
    let bits = this.#words[low]!
    for (let left = row - this.#ranks[low]!; left > 0; left--) bits &= bits - 1
    return low * 32 + bitCount((bits & -bits) - 1)
  }

  /** Which of some texts have a vector. @returns their rows, and where they stand in `texts` */
  rowsOf(texts: Uint32Array): { rows: Uint32Array; at: Uint32Array } {
    const at = Uint32Array.from(texts.keys()).filter(i => this.rowOf(texts[i]!) >= 0)
    return { rows: at.map(i => this.rowOf(texts[i]!)), at }
  }

  /**
   * Which rows may be hits.
   *
   * @param allow  bits of texts, all of them unless told
   * @returns bits of rows; undefined where all may
   */
  allowedRows(allow: Uint32Array | undefined, textUntil = Infinity): Uint32Array | undefined {
    if (!allow && textUntil >= this.#textCount) return undefined
    const rows = allow ? this.#rowBits(allow) : new Uint32Array((this.#rowCount + 31) >>> 5).fill(~0)
    const rowUntil = this.rowsBefore(textUntil)
    if (rowUntil === this.#rowCount) return rows
    const kept = rows.slice()
    kept.fill(0, (rowUntil + 31) >>> 5)
    if ((rowUntil & 31) !== 0) kept[rowUntil >>> 5]! &= (1 << (rowUntil & 31)) - 1
    return kept
  }

  /** Where every text has a vector, the bits are the same. */
  #rowBits(texts: Uint32Array): Uint32Array {
    assert(texts.length * 32 >= this.#textCount, 'a bit for each text')
    if (this.#rowCount === this.#textCount) return texts
    const rows = new Uint32Array((this.#rowCount + 31) >>> 5)
    for (let word = 0, row = 0; word * 32 < this.#textCount; word++) {
      for (let bits = this.#words[word]!; bits !== 0; bits &= bits - 1, row++)
        if ((texts[word]! & bits & -bits) !== 0) rows[row >>> 5]! |= 1 << (row & 31)
    }
    return rows
  }

  /** As they were given: u32[⌈texts / 32⌉]. */
  words(): Uint32Array {
    return this.#words.slice(0, (this.#textCount + 31) >>> 5)
  }

  #grow(): void {
    const words = new Uint32Array(this.#words.length * 2)
    const ranks = new Uint32Array(words.length)
    words.set(this.#words)
    ranks.set(this.#ranks)
    this.#words = words
    this.#ranks = ranks
  }
}

/**
 * Puts what is known of rows where their texts stand.
 *
 * @param found       f32[rows × width]
 * @param spread.at   u32[rows]
 * @param spread.rest what stands for a text without a vector
 * @returns f32[count × width]
 */
export function spreadRows(
  found: Float32Array,
  spread: { at: Uint32Array; count: number; width: number; rest: number },
): Float32Array {
  const { at, count, width, rest } = spread
  const rows = new Float32Array(count * width).fill(rest)
  for (let i = 0; i < at.length; i++) rows.set(found.subarray(i * width, (i + 1) * width), at[i]! * width)
  return rows
}

export function hasBit(words: Uint32Array, at: number): boolean {
  return (words[at >>> 5]! & (1 << (at & 31))) !== 0
}

function bitCount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555)
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
