// The `words` part of a run: its terms in the order of their bytes, in blocks, each with the range of its postings; and what
// scores need beside them. A block is read as a whole; the first terms of all blocks say which.
//
//   postings       u8     the postings of all terms, in the order of the terms (postings.ts)
//   terms          u8     blocks of 64 terms, each:
//                         shared │ rest │ the rest's bytes │ texts │ docs │ bytes of its postings
//                         numbers as LEB128; `shared` bytes are as in the term before, in a block's first term none
//   firsts         u8     the first term of each block
//   first_ends     u32    by block: where its first term ends in `firsts`
//   block_starts   u32    by block: where it begins in `terms`; at last, where all of them end
//   block_postings u32    by block: where the postings of its first term begin; at last, where all of them end
//   lengths        u16    by text: its terms
//   ties           u32    by text: the upper half of its hash
//
// Postings and terms take less than 4 GiB each, a text has at most 65,535 terms, a run less than 2^31 texts. `docs` counts
// events of the segment, which are fewer than 2^32. The same texts and counts give the same bytes, however they came.

import { assert } from '../../base/assert.ts'
import { SectionWriter } from '../sections.ts'
import type { WordsBuilder } from './builder.ts'
import { ByteSink, encodePostings } from './postings.ts'
import type { Postings, TextFacts } from './run.ts'
import { sortedTerms } from './sorted-terms.ts'
import { termBytesMax } from './tokenize.ts'

export const wordsVersion = 1
const blockTerms = 64

/** What the directory says of the part as a whole. */
export interface WordsHead {
  version: number
  texts: number
  terms: number
  /** events that say something */
  docs: number
  /** terms of their texts, added up over these events */
  docs_length: number
}

/** The part of an open run, in pieces. @param docCounts  by text: events that say it */
export function writeWords(builder: WordsBuilder, docCounts: Uint32Array): Uint8Array[] {
  assert(docCounts.length === builder.textCount, 'a count for each text')
  const writer = new WordsWriter(docCounts)
  const pieces = [writer.begin()]
  for (const term of sortedTerms(builder.terms)) {
    writer.add(builder.terms.at(term), builder.postings(term))
    if (writer.isPieceFull) pieces.push(writer.takePostings())
  }
  pieces.push(...writer.finish(builder.texts()))
  return pieces
}

/** Postings are handed on in pieces of about this many bytes. */
const pieceBytes = 256 << 10
const addressableBytes = 2 ** 32

/** Writes a part term by term, in the order of their bytes. Terms without their postings stay in memory. */
export class WordsWriter {
  readonly #docCounts: Uint32Array
  readonly #sections = new SectionWriter()
  readonly #postings = new ByteSink()
  #postingsBytes = 0

  readonly #terms = new ByteSink()
  readonly #firsts = new ByteSink()
  readonly #firstEnds: number[] = []
  readonly #blockStarts: number[] = []
  readonly #blockPostings: number[] = []
  #termCount = 0
  readonly #before = new Uint8Array(termBytesMax)
  #beforeBytes = 0

  constructor(docCounts: Uint32Array) {
    this.#docCounts = docCounts
  }

  begin(): Uint8Array {
    return this.#sections.begin()
  }

  add(term: Uint8Array, postings: Postings): void {
    const postingsStart = this.#postingsBytes + this.#postings.length
    const isFirst = this.#termCount++ % blockTerms === 0
    if (isFirst) this.#beginBlock(term, postingsStart)
    encodePostings(this.#postings, postings)
    const shared = isFirst ? 0 : this.#sharedWith(term)
    this.#terms.varint(shared)
    this.#terms.varint(term.length - shared)
    this.#terms.bytes(term, shared, term.length)
    this.#terms.varint(postings.texts.length)
    this.#terms.varint(this.#docsOf(postings))
    this.#terms.varint(this.#postingsBytes + this.#postings.length - postingsStart)
    this.#before.set(term)
    this.#beforeBytes = term.length
  }

  get isPieceFull(): boolean {
    return this.#postings.length >= pieceBytes
  }

  /** The postings of terms that were added since. */
  takePostings(): Uint8Array {
    this.#postingsBytes += this.#postings.length
    return this.#postings.take()
  }

  /** What follows the postings handed on so far, to the end of the file. */
  finish({ lengths, ties }: TextFacts): Uint8Array[] {
    const rest = this.takePostings()
    const terms = this.#terms.take()
    this.#blockStarts.push(terms.length)
    this.#blockPostings.push(this.#postingsBytes)
    assert(this.#postingsBytes < addressableBytes && terms.length < addressableBytes, 'offsets of 32 bits')
    const sections = this.#sections
    return [
      rest,
      sections.end('postings', 'u8', this.#postingsBytes),
      ...sections.section('terms', 'u8', terms),
      ...sections.section('firsts', 'u8', this.#firsts.take()),
      ...sections.section('first_ends', 'u32', Uint32Array.from(this.#firstEnds)),
      ...sections.section('block_starts', 'u32', Uint32Array.from(this.#blockStarts)),
      ...sections.section('block_postings', 'u32', Uint32Array.from(this.#blockPostings)),
      ...sections.section('lengths', 'u16', lengths.slice()),
      ...sections.section('ties', 'u32', ties.slice()),
      sections.finish({ ...this.#head(lengths) }),
    ]
  }

  #head(lengths: Uint16Array): WordsHead {
    let docs = 0
    let docsLength = 0
    for (const [text, textDocs] of this.#docCounts.entries()) {
      docs += textDocs
      docsLength += textDocs * lengths[text]!
    }
    const texts = lengths.length
    return { version: wordsVersion, texts, terms: this.#termCount, docs, docs_length: docsLength }
  }

  #beginBlock(term: Uint8Array, postingsStart: number): void {
    this.#firsts.bytes(term, 0, term.length)
    this.#firstEnds.push(this.#firsts.length)
    this.#blockStarts.push(this.#terms.length)
    this.#blockPostings.push(postingsStart)
  }

  #sharedWith(term: Uint8Array): number {
    let shared = 0
    while (shared < this.#beforeBytes && term[shared] === this.#before[shared]) shared++
    return shared
  }

  #docsOf({ texts }: Postings): number {
    let docs = 0
    for (let i = 0; i < texts.length; i++) docs += this.#docCounts[texts[i]!]!
    return docs
  }
}
