// The words of a sealed run, read from its part as they are asked for. In memory stay the first terms of its blocks and,
// from the first score on, two numbers a text; whoever holds the file keeps what is read often.

import { assert } from '../../base/assert.ts'
import { toUtf8 } from '../../base/bytes.ts'
import type { CheckedFile } from '../checked.ts'
import { Sections } from '../sections.ts'
import { Candidates } from './candidates.ts'
import {
  type BlockIndex,
  blockAfter,
  blockCountOf,
  blockOf,
  compareBytes,
  firstOf,
  sharedBytes,
  TermCursor,
} from './dictionary.ts'
import type { ExpandedTerm, Expansion } from './expansion.ts'
import { type WordsHead, wordsVersion } from './part.ts'
import type { WordsPlan } from './plan.ts'
import { decodePostings } from './postings.ts'
import type { QueryTerm, WordsQuery } from './query.ts'
import type { Ask, Postings, Scored, TextFacts, WordsRun } from './run.ts'
import { scoreTexts } from './score.ts'

/** Blocks of terms that are read at once. */
const stretchBlocks = 256

/** @throws CorruptPart, StoreError; AssertionError when it is no such part */
export async function openWords(file: CheckedFile): Promise<SealedWords> {
  const sections = await Sections.open(file)
  const head = sections.head as unknown as WordsHead
  assert(head.version === wordsVersion, `words of version ${wordsVersion}`)
  const [firsts, firstEnds, starts, postings] = await Promise.all([
    sections.read('firsts', 'u8'),
    sections.read('first_ends', 'u32'),
    sections.read('block_starts', 'u32'),
    sections.read('block_postings', 'u32'),
  ])
  return new SealedWords(sections, {
    firsts,
    firstEnds,
    starts,
    postings,
  })
}

export class SealedWords implements WordsRun {
  readonly head: WordsHead
  readonly index: BlockIndex
  readonly #sections: Sections
  #texts: TextFacts | undefined

  constructor(sections: Sections, index: BlockIndex) {
    this.head = sections.head as unknown as WordsHead
    this.index = index
    this.#sections = sections
  }

  /** What it takes of memory once it was asked. */
  get byteCount(): number {
    const { firsts, firstEnds, starts, postings } = this.index
    return firsts.length + 4 * (firstEnds.length + starts.length + postings.length) + 6 * this.head.texts
  }

  async expand(query: WordsQuery): Promise<Expansion> {
    const terms = await Promise.all(query.terms.map(term => this.#expandTerm(term)))
    return { docs: this.head.docs, docsLength: this.head.docs_length, terms }
  }

  async score(plan: WordsPlan, ask: Ask): Promise<Scored> {
    const [texts, ...lists] = await Promise.all([
      this.texts(),
      ...plan.terms.map(({ term }) => this.#readPostings(toUtf8(term))),
    ])
    const postingsOf = (i: number, into: Postings) =>
      lists[i] && decodePostings(lists[i].bytes, lists[i].textCount, into)
    return scoreTexts({ ...texts, count: this.head.texts }, plan, { ...ask, postingsOf })
  }

  async texts(): Promise<TextFacts> {
    if (this.#texts !== undefined) return this.#texts
    const [lengths, ties] = await Promise.all([
      this.#sections.read('lengths', 'u16'),
      this.#sections.read('ties', 'u32'),
    ])
    this.#texts = { lengths, ties }
    return this.#texts
  }

  /** The terms of blocks [first, until). */
  async terms(first: number, until: number): Promise<TermCursor> {
    const { starts, postings } = this.index
    return new TermCursor(
      await this.#sections.read('terms', 'u8', starts[first], starts[until]),
      postings[first]!,
    )
  }

  /** Encoded postings. */
  postings(start: number, end: number): Promise<Uint8Array> {
    return this.#sections.read('postings', 'u8', start, end)
  }

  async #readPostings(term: Uint8Array): Promise<{ bytes: Uint8Array; textCount: number } | undefined> {
    const block = blockOf(this.index, term)
    if (block < 0) return undefined
    const cursor = await this.terms(block, block + 1)
    while (cursor.next()) {
      if (compareBytes(cursor.term, term) !== 0) continue
      return {
        bytes: await this.postings(cursor.postingsStart, cursor.postingsEnd),
        textCount: cursor.textCount,
      }
    }
    return undefined
  }

  async #expandTerm(asked: QueryTerm): Promise<ExpandedTerm> {
    const candidates = new Candidates(asked)
    for (const { first, until } of stretchesOf(this.#blocksFor(candidates))) {
      const cursor = await this.terms(first, until)
      while (!candidates.isComplete && cursor.next()) {
        const grade = candidates.gradeOf(cursor.bytes, cursor.end, cursor.shared)
        if (grade >= 0) candidates.add(cursor.term, { grade, docs: cursor.docs })
      }
      if (candidates.isComplete) break
    }
    return candidates.expanded()
  }

  /** Blocks that can hold what is meant, rising. */
  #blocksFor(candidates: Candidates): number[] {
    const { askedBytes, asked } = candidates
    const first = Math.max(0, blockOf(this.index, askedBytes))
    const blockCount = blockCountOf(this.index)
    const until = Math.min(blockCount, asked.prefix ? blockAfter(this.index, askedBytes) : first + 1)
    if (asked.edits === 0) return Array.from({ length: Math.max(0, until - first) }, (_, i) => first + i)
    const blocks: number[] = []
    for (let block = 0; block < blockCount; block++) {
      const isInRange = block >= first && block < until
      if (isInRange || this.#canBeMisspelt(candidates, block)) blocks.push(block)
    }
    return blocks
  }

  /** All terms of a block begin with what its first term and the next block's have in common. */
  #canBeMisspelt(candidates: Candidates, block: number): boolean {
    const first = firstOf(this.index, block)
    const isLast = block + 1 === blockCountOf(this.index)
    return candidates.canBeMisspelt(first, isLast ? 0 : sharedBytes(first, firstOf(this.index, block + 1)))
  }
}

/** Neighbouring blocks that are read at once. */
function stretchesOf(blocks: readonly number[]): { first: number; until: number }[] {
  const stretches: { first: number; until: number }[] = []
  for (const block of blocks) {
    const last = stretches.at(-1)
    if (last?.until === block && block - last.first < stretchBlocks) last.until++
    else stretches.push({ first: block, until: block + 1 })
  }
  return stretches
}
