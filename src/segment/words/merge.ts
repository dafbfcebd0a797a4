// Words of several runs as those of one, byte for byte what one run of all their texts would have written. Terms come in
// the order of their bytes from all inputs at once. In memory are a stretch of terms and postings of each input, the lists
// of one term, and what the part ends with: its terms without their postings, and the facts of its texts.

import { assert } from '../../base/assert.ts'
import { compareBytes, type TermCursor } from './dictionary.ts'
import { WordsWriter } from './part.ts'
import { decodePostings } from './postings.ts'
import type { Postings, TextFacts } from './run.ts'
import type { SealedWords } from './sealed.ts'

export interface MergedTexts {
  /** for each input, by its texts: their ids in the merged run; a text of several inputs has one */
  newIds: readonly Uint32Array[]
  /** by merged text: events that say it */
  docCounts: Uint32Array
}

/** @throws CorruptPart, StoreError while it is read */
export async function* mergeWords(
  inputs: readonly SealedWords[],
  { newIds, docCounts }: MergedTexts,
): AsyncGenerator<Uint8Array> {
  assert(
    inputs.every(({ head }, i) => newIds[i]?.length === head.texts),
    'a new id for each text',
  )
  const writer = new WordsWriter(docCounts)
  yield writer.begin()
  const readers = inputs.map((input, i) => new TermReader(input, newIds[i]!))
  await Promise.all(readers.map(reader => reader.next()))
  let live = readers.filter(reader => reader.isOnTerm)
  while (live.length > 0) {
    const least = readersOfLeast(live)
    writer.add(least[0]!.term, merged(least.map(reader => reader.postings())))
    if (writer.isPieceFull) yield writer.takePostings()
    for (const reader of least) if (!reader.advance()) await reader.next()
    if (least.some(reader => !reader.isOnTerm)) live = live.filter(reader => reader.isOnTerm)
  }
  yield* writer.finish(await mergedFacts(inputs, newIds, docCounts.length))
}

/** Postings that are read at once, unless one block of terms has more. */
const stretchBytes = 256 << 10

/** One input, term after term. */
class TermReader {
  isOnTerm = false
  readonly #input: SealedWords
  readonly #newIds: Uint32Array
  #nextBlock = 0
  #cursor: TermCursor | undefined
  #postings: Uint8Array = new Uint8Array(0)
  #postingsStart = 0

  constructor(input: SealedWords, newIds: Uint32Array) {
    this.#input = input
    this.#newIds = newIds
  }

  /** A view that is good until it goes on. */
  get term(): Uint8Array {
    return this.#cursor!.term
  }

  /** Goes on to the next term at hand. @returns false when there is none */
  advance(): boolean {
    this.isOnTerm = this.#cursor?.next() === true
    return this.isOnTerm
  }

  /** Reads the next stretch and goes on to its first term. It stands on none when there is no stretch. */
  async next(): Promise<void> {
    const { starts, postings } = this.#input.index
    const first = this.#nextBlock
    const blockCount = starts.length - 1
    if (first === blockCount) return
    let until = first + 1
    while (until < blockCount && postings[until + 1]! - postings[first]! <= stretchBytes) until++
    this.#cursor = await this.#input.terms(first, until)
    this.#postings = await this.#input.postings(postings[first]!, postings[until]!)
    this.#postingsStart = postings[first]!
    this.#nextBlock = until
    this.advance()
  }

  /** Of the term, with the texts' new ids. */
  postings(): Postings {
    const { postingsStart, postingsEnd, textCount } = this.#cursor!
    const bytes = this.#postings.subarray(
      postingsStart - this.#postingsStart,
      postingsEnd - this.#postingsStart,
    )
    const { texts, counts } = decodePostings(bytes, textCount)
    for (let i = 0; i < texts.length; i++) texts[i] = this.#newIds[texts[i]!]!
    return { texts, counts }
  }
}

/** Those that stand on the least term. */
function readersOfLeast(readers: readonly TermReader[]): TermReader[] {
  let least = [readers[0]!]
  for (let i = 1; i < readers.length; i++) {
    const order = compareBytes(readers[i]!.term, least[0]!.term)
    if (order < 0) least = [readers[i]!]
    else if (order === 0) least.push(readers[i]!)
  }
  return least
}

/** One list, rising. A text that is in several holds the term as often in each, and stays once. */
function merged(lists: readonly Postings[]): Postings {
  const length = lists.reduce((sum, { texts }) => sum + texts.length, 0)
  const texts = new Uint32Array(length)
  const counts = new Uint16Array(length)
  let at = 0
  for (const list of lists) {
    texts.set(list.texts, at)
    counts.set(list.counts, at)
    at += list.texts.length
  }
  return isRising(texts) ? { texts, counts } : sorted({ texts, counts })
}

function isRising(numbers: Uint32Array): boolean {
  for (let i = 1; i < numbers.length; i++) if (numbers[i]! <= numbers[i - 1]!) return false
  return true
}

const countsMax = 2 ** 16

/** A text and its count are one exact number, which the runtime sorts. Overwrites what it is given. */
function sorted({ texts, counts }: Postings): Postings {
  const keys = new Float64Array(texts.length)
  for (let i = 0; i < keys.length; i++) keys[i] = texts[i]! * countsMax + counts[i]!
  keys.sort()
  let kept = 0
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!
    if (key === keys[i - 1]) continue
    texts[kept] = Math.floor(key / countsMax)
    counts[kept++] = key % countsMax
  }
  return { texts: texts.subarray(0, kept), counts: counts.subarray(0, kept) }
}

async function mergedFacts(
  inputs: readonly SealedWords[],
  newIds: readonly Uint32Array[],
  textCount: number,
): Promise<TextFacts> {
  const merged = { lengths: new Uint16Array(textCount), ties: new Uint32Array(textCount) }
  for (const [i, input] of inputs.entries()) {
    const { lengths, ties } = await input.texts()
    for (const [text, newId] of newIds[i]!.entries()) {
      merged.lengths[newId] = lengths[text]!
      merged.ties[newId] = ties[text]!
    }
  }
  return merged
}
