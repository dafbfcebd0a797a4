// The words of a run that is still open: which texts hold which terms, in memory, one text after another. A posting knows
// the one before it of its term, so that adding costs the same however many there are.

import { assert } from '../../base/assert.ts'
import { ByteTable } from '../../base/byte-table.ts'
import { hashText } from '../texts/hash.ts'
import type { Postings, TextFacts } from './run.ts'
import { TermSketches } from './sketches.ts'
import { type TermSink, Tokenizer } from './tokenize.ts'

const none = 0xffffffff

export class WordsBuilder implements TermSink {
  /** term ids are in the order in which they first came */
  readonly terms = new ByteTable()
  readonly sketches = new TermSketches(this.terms)
  readonly #tokenizer = new Tokenizer(this)
  #textCount = 0
  #textTerms = 0
  #lengths = new Uint16Array(256)
  #ties = new Uint32Array(256)
  /** by text: terms that were known after it */
  #termCounts = new Uint32Array(256)

  // by term: its newest posting, and how many there are
  #newest = new Uint32Array(256).fill(none)
  #postingCounts = new Uint32Array(256)

  // by posting
  #postingCount = 0
  #texts = new Uint32Array(1024)
  #counts = new Uint16Array(1024)
  #before = new Uint32Array(1024)

  get textCount(): number {
    return this.#textCount
  }

  /** What it takes of memory. */
  get byteCount(): number {
    const byText = [this.#lengths, this.#ties, this.#termCounts]
    const byTerm = [this.#newest, this.#postingCounts]
    const byPosting = [this.#texts, this.#counts, this.#before]
    const columnBytes = [...byText, ...byTerm, ...byPosting].reduce(
      (sum, { byteLength }) => sum + byteLength,
      0,
    )
    return this.terms.byteCount + this.sketches.byteCount + columnBytes
  }

  /** Texts come in the order of their ids. @param bytes  UTF-8 */
  add(text: number, bytes: Uint8Array): void {
    assert(text === this.#textCount, 'texts in the order of their ids')
    if (text === this.#lengths.length) this.#growTexts()
    this.#textTerms = 0
    this.#tokenizer.run(bytes)
    this.#lengths[text] = this.#textTerms
    this.#ties[text] = Number(hashText(bytes) >> 32n)
    this.#termCounts[text] = this.terms.count
    this.#textCount++
  }

  /** The tokenizer tells it here. */
  term(bytes: Uint8Array, start: number, end: number): void {
    const text = this.#textCount
    const term = this.terms.add(bytes, start, end)
    if (term >= this.#newest.length) this.#growTerms()
    const newest = this.#newest[term]!
    if (newest !== none && this.#texts[newest] === text) this.#counts[newest]!++
    else this.#addPosting(term, text)
    this.#textTerms++
  }

  /** Of all texts. Views that are good until the next `add`. */
  texts(): TextFacts {
    return {
      lengths: this.#lengths.subarray(0, this.#textCount),
      ties: this.#ties.subarray(0, this.#textCount),
    }
  }

  /** @returns the terms below it are those of texts below `textUntil` */
  termUntil(textUntil: number): number {
    return textUntil === 0 ? 0 : this.#termCounts[textUntil - 1]!
  }

  /** Of texts below `textUntil`, as a copy. */
  postings(term: number, textUntil = this.#textCount): Postings {
    let count = this.#postingCounts[term]!
    let posting = this.#newest[term]!
    while (count > 0 && this.#texts[posting]! >= textUntil) {
      posting = this.#before[posting]!
      count--
    }
    const texts = new Uint32Array(count)
    const counts = new Uint16Array(count)
    for (let at = count - 1; at >= 0; at--) {
      texts[at] = this.#texts[posting]!
      counts[at] = this.#counts[posting]!
      posting = this.#before[posting]!
    }
    return { texts, counts }
  }

  #addPosting(term: number, text: number): void {
    const posting = this.#postingCount++
    if (posting === this.#texts.length) {
      this.#texts = doubled(this.#texts)
      this.#counts = doubled(this.#counts)
      this.#before = doubled(this.#before)
    }
    this.#texts[posting] = text
    this.#counts[posting] = 1
    this.#before[posting] = this.#newest[term]!
    this.#newest[term] = posting
    this.#postingCounts[term]!++
  }

  #growTexts(): void {
    this.#lengths = doubled(this.#lengths)
    this.#ties = doubled(this.#ties)
    this.#termCounts = doubled(this.#termCounts)
  }

  #growTerms(): void {
    const { length } = this.#newest
    this.#newest = doubled(this.#newest).fill(none, length)
    this.#postingCounts = doubled(this.#postingCounts)
  }
}

function doubled<T extends Uint16Array | Uint32Array>(array: T): T {
  const larger = new (array.constructor as { new (length: number): T })(array.length * 2)
  larger.set(array)
  return larger
}
