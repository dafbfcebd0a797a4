// The terms of a run that one term of a query can mean, as they are found, never many more than a plan looks at.

import { fromUtf8, toUtf8 } from '../../base/bytes.ts'
import { type ExpandedTerm, grade } from './expansion.ts'
import { EditMatcher } from './fuzzy.ts'
import { byNearness, candidatesMax } from './plan.ts'
import type { QueryTerm } from './query.ts'

export class Candidates {
  readonly asked: QueryTerm
  readonly askedBytes: Uint8Array
  readonly #matcher: EditMatcher | undefined
  #found: { term: string; grade: number; docs: number }[] = []

  constructor(asked: QueryTerm) {
    this.asked = asked
    this.askedBytes = toUtf8(asked.term)
    if (asked.edits > 0) this.#matcher = new EditMatcher(asked.term, asked.edits)
  }

  /**
   * @param bytes  the term is bytes[0, end)
   * @param shared  bytes that it has in common with the term asked about before
   * @returns its `grade`, -1 when it isn't meant
   */
  gradeOf(bytes: Uint8Array, end: number, shared: number): number {
    let edits = -1
    if (this.#matcher !== undefined) {
      edits = this.#matcher.edits(bytes, end, shared) // it has to see every term
      if (edits < 0 && !this.asked.prefix) return -1
    }
    if (this.#isBegunBy(bytes, end)) {
      if (end === this.askedBytes.length) return grade.same
      if (this.asked.prefix) return grade.begun
    }
    return edits < 0 ? -1 : grade.oneEdit + edits - 1
  }

  /** @returns whether a term that begins with these bytes can be some edits off */
  canBeMisspelt(bytes: Uint8Array, end: number): boolean {
    return this.#matcher?.canBegin(bytes, end, 0) ?? false
  }

  add(bytes: Uint8Array, found: { grade: number; docs: number }): void {
    this.#found.push({ term: fromUtf8(bytes), grade: found.grade, docs: found.docs })
    if (this.#found.length === 2 * candidatesMax) this.#cut()
  }

  /** The rest can't be among those kept, when they come in the order of their bytes. */
  get isComplete(): boolean {
    return this.asked.edits === 0 && this.#found.length >= (this.asked.prefix ? candidatesMax : 1)
  }

  expanded(): ExpandedTerm {
    this.#cut()
    return {
      terms: this.#found.map(({ term }) => term),
      grades: Uint8Array.from(this.#found, found => found.grade),
      docs: Float64Array.from(this.#found, ({ docs }) => docs),
    }
  }

  #cut(): void {
    this.#found.sort(byNearness).splice(candidatesMax)
  }

  #isBegunBy(bytes: Uint8Array, end: number): boolean {
    const { length } = this.askedBytes
    if (end < length) return false
    for (let i = 0; i < length; i++) if (bytes[i] !== this.askedBytes[i]) return false
    return true
  }
}
