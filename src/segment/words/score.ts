// Scores of a run's texts by a plan, term after term, and the best of them. Each text's score is the same sum in the same
// order wherever the text lies, rounded once.

import { b, k1, type WordsPlan } from './plan.ts'
import { newPostings } from './postings.ts'
import type { Ask, Postings, Scored, TextFacts } from './run.ts'

export interface RunTexts extends TextFacts {
  /** texts that can be hits: those below it */
  count: number
}

/**
 * The postings of term i of the plan, made when they are asked for and good until others are; undefined where the run has
 * none. There is room for them in `into`.
 */
export type PostingsOf = (i: number, into: Postings) => Postings | undefined

export function scoreTexts(
  texts: RunTexts,
  plan: WordsPlan,
  { postingsOf, limit, allow }: Ask & { postingsOf: PostingsOf },
): Scored {
  const scratch = takeScratch(texts.count)
  const { sums, touched } = scratch
  const list = (i: number) => postingsOf(i, scratch.postings)
  const touchedCount = addUp(texts, plan, { list, scratch })
  const allowed = allowedBy(plan, list, { allow, count: texts.count })
  const best = new Best(Math.min(limit, touchedCount), texts.ties)
  for (let at = 0; at < touchedCount; at++) {
    const text = touched[at]!
    if (allowed === undefined || (allowed[text >>> 5]! >>> (text & 31)) & 1) best.offer(text, sums[text]!)
    sums[text] = 0
  }
  idleScratch = scratch
  return best.taken()
}

type ListOf = (i: number) => Postings | undefined

/** Room for as many texts as a run has. */
interface Scratch {
  /** by text: its score so far; all 0 between two queries */
  sums: Float64Array
  /** texts that hold a term */
  touched: Uint32Array
  /** of one term at a time */
  postings: Postings
}

/** Queries share it, since none waits for anything while it scores. One that fails does not give it back. */
let idleScratch: Scratch | undefined

function takeScratch(count: number): Scratch {
  const idle = idleScratch
  idleScratch = undefined
  if (idle !== undefined && idle.sums.length >= count) return idle
  const length = Math.max(count, 2 * (idle?.sums.length ?? 0))
  return { sums: new Float64Array(length), touched: new Uint32Array(length), postings: newPostings(length) }
}

/** @returns how many texts are touched */
function addUp(
  { lengths }: RunTexts,
  plan: WordsPlan,
  { list, scratch }: { list: ListOf; scratch: Scratch },
): number {
  const { sums, touched } = scratch
  const lengthless = k1 * (1 - b)
  const perLength = plan.averageLength === 0 ? 0 : (k1 * b) / plan.averageLength
  let touchedCount = 0
  for (const [i, { weight }] of plan.terms.entries()) {
    const postings = weight > 0 ? list(i) : undefined
    if (postings === undefined) continue
    const { texts, counts } = postings
    for (let at = 0; at < texts.length; at++) {
      const text = texts[at]!
      const termCount = counts[at]!
      const sum = sums[text]!
      if (sum === 0) touched[touchedCount++] = text
      sums[text] = sum + (weight * termCount) / (termCount + lengthless + perLength * lengths[text]!)
    }
  }
  return touchedCount
}

/** @returns bits of the texts that the caller and the plan's gates let pass; undefined when that is all of them */
function allowedBy(
  plan: WordsPlan,
  list: ListOf,
  { allow, count }: { allow: Uint32Array | undefined; count: number },
): Uint32Array | undefined {
  if (plan.gates.length === 0) return allow
  const wordCount = Math.ceil(count / 32)
  const allowed = new Uint32Array(wordCount).fill(0xffffffff)
  if (allow !== undefined) for (let i = 0; i < wordCount; i++) allowed[i] = allow[i] ?? 0
  for (const { terms, mustHold } of plan.gates) {
    const held = new Uint32Array(wordCount).fill(0xffffffff)
    for (const term of terms) {
      const texts = textsMeaning(term, plan, { list, wordCount })
      for (let i = 0; i < wordCount; i++) held[i]! &= texts[i]!
    }
    for (let i = 0; i < wordCount; i++) allowed[i]! &= mustHold ? held[i]! : ~held[i]!
  }
  return allowed
}

function textsMeaning(
  queryTerm: number,
  plan: WordsPlan,
  { list, wordCount }: { list: ListOf; wordCount: number },
): Uint32Array {
  const bits = new Uint32Array(wordCount)
  for (const [i, { meant }] of plan.terms.entries())
    if (meant.includes(queryTerm))
      for (const text of list(i)?.texts ?? []) bits[text >>> 5]! |= 1 << (text & 31)
  return bits
}

/** A heap with the worst of the best on top. */
class Best {
  readonly #texts: Uint32Array
  readonly #scores: Float32Array
  readonly #ties: Uint32Array
  #count = 0

  constructor(limit: number, ties: Uint32Array) {
    this.#ties = ties
    this.#texts = new Uint32Array(limit)
    this.#scores = new Float32Array(limit)
  }

  offer(text: number, sum: number): void {
    const score = Math.fround(sum)
    if (this.#count < this.#texts.length) this.#rise(this.#count++, text, score)
    else if (this.#count > 0 && this.#isWorse(this.#texts[0]!, this.#scores[0]!, text, score))
      this.#sink(this.#count, text, score)
  }

  /** All of them, the best first. Empties the heap. */
  taken(): Scored {
    const texts = new Uint32Array(this.#count)
    const scores = new Float32Array(this.#count)
    while (this.#count > 0) {
      const last = --this.#count
      texts[last] = this.#texts[0]!
      scores[last] = this.#scores[0]!
      this.#sink(last, this.#texts[last]!, this.#scores[last]!)
    }
    return { texts, scores }
  }

  #rise(from: number, text: number, score: number): void {
    let at = from
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#isWorse(text, score, this.#texts[parent]!, this.#scores[parent]!)) break
      this.#move(parent, at)
      at = parent
    }
    this.#put(at, text, score)
  }

  /** From the top, in a heap of `count`. */
  #sink(count: number, text: number, score: number): void {
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= count) break
      const right = child + 1
      if (right < count && this.#isWorseAt(right, child)) child = right
      if (!this.#isWorse(this.#texts[child]!, this.#scores[child]!, text, score)) break
      this.#move(child, at)
      at = child
    }
    this.#put(at, text, score)
  }

  #isWorseAt(x: number, y: number): boolean {
    return this.#isWorse(this.#texts[x]!, this.#scores[x]!, this.#texts[y]!, this.#scores[y]!)
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#texts[from]!, this.#scores[from]!)
  }

  #put(at: number, text: number, score: number): void {
    this.#texts[at] = text
    this.#scores[at] = score
  }

  #isWorse(text: number, score: number, otherText: number, otherScore: number): boolean {
    if (score !== otherScore) return score < otherScore
    const tie = this.#ties[text]!
    const otherTie = this.#ties[otherText]!
    return tie > otherTie || (tie === otherTie && text > otherText)
  }
}
