// The words of an open run as a query sees them: the texts below a bound, and the events of each below another. What comes
// later while the query lasts changes nothing of it.

import { toUtf8 } from '../../base/bytes.ts'
import type { WordsBuilder } from './builder.ts'
import { Candidates } from './candidates.ts'
import type { ExpandedTerm, Expansion } from './expansion.ts'
import type { WordsPlan } from './plan.ts'
import type { QueryTerm, WordsQuery } from './query.ts'
import type { Ask, Scored, WordsRun } from './run.ts'
import { scoreTexts } from './score.ts'

export interface OpenBounds {
  /** texts below it are seen */
  textUntil: number
  /** events that are seen of a text below it, at least one */
  docsOf(text: number): number
}

export class OpenWords implements WordsRun {
  readonly #builder: WordsBuilder
  readonly #bounds: OpenBounds

  constructor(builder: WordsBuilder, bounds: OpenBounds) {
    this.#builder = builder
    this.#bounds = bounds
  }

  async expand(query: WordsQuery): Promise<Expansion> {
    const { textUntil, docsOf } = this.#bounds
    const { lengths } = this.#builder.texts()
    let docs = 0
    let docsLength = 0
    for (let text = 0; text < textUntil; text++) {
      const textDocs = docsOf(text)
      docs += textDocs
      docsLength += textDocs * lengths[text]!
    }
    return { docs, docsLength, terms: query.terms.map(term => this.#expandTerm(term)) }
  }

  async score(plan: WordsPlan, ask: Ask): Promise<Scored> {
    const ids = plan.terms.map(({ term }) => this.#builder.terms.find(toUtf8(term)))
    const postingsOf = (i: number) =>
      ids[i]! < 0 ? undefined : this.#builder.postings(ids[i]!, this.#bounds.textUntil)
    const texts = { ...this.#builder.texts(), count: this.#bounds.textUntil }
    return scoreTexts(texts, plan, { ...ask, postingsOf })
  }

  #expandTerm(asked: QueryTerm): ExpandedTerm {
    const candidates = new Candidates(asked)
    const { terms } = this.#builder
    const termUntil = this.#builder.termUntil(this.#bounds.textUntil)
    for (const id of this.#idsLike(asked, candidates.askedBytes)) {
      if (id >= termUntil) continue
      const bytes = terms.at(id)
      const grade = candidates.gradeOf(bytes, bytes.length, 0)
      if (grade >= 0) candidates.add(bytes, { grade, docs: 0 })
    }
    // events are counted last, of the terms that are kept
    const expanded = candidates.expanded()
    for (const [i, term] of expanded.terms.entries())
      expanded.docs[i] = this.#docsOf(terms.find(toUtf8(term)))
    return expanded
  }

  #idsLike(asked: QueryTerm, bytes: Uint8Array): number[] {
    if (asked.prefix || asked.edits > 0) return this.#builder.sketches.like(asked)
    const id = this.#builder.terms.find(bytes)
    return id < 0 ? [] : [id]
  }

  #docsOf(term: number): number {
    let docs = 0
    for (const text of this.#builder.postings(term, this.#bounds.textUntil).texts)
      docs += this.#bounds.docsOf(text)
    return docs
  }
}
