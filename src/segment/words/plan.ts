// From what all runs know of a query's terms to what each term is worth, everywhere alike: BM25 (Robertson, Zaragoza 2009:
// The Probabilistic Relevance Framework) over events, with the idf of Lucene, which is never below zero.
//
//   score(text) = Σ  weight(term) · tf / (tf + k1 · (1 − b + b · length / average length))
//   weight(term) = discount(grade) · ln(1 + (N − n + ½) / (n + ½))

import { assert } from '../../base/assert.ts'
import { type Expansion, grade } from './expansion.ts'
import type { Gate, QueryTerm, WordsQuery } from './query.ts'

export const k1 = 1.2
export const b = 0.75

/** Terms that one term of a query can mean, in a run and over all runs; those kept are nearest, then first by bytes. */
export const candidatesMax = 2048
/** Terms that one term of a query is looked up as: of the candidates the nearest, then those in most events. */
export const meaningsMax = 64

/** What a term is worth that is not the one asked for, by grade. */
const discounts = [1, 0.75, 0.5, 0.25]

export interface WordsPlan {
  /** terms of an event's text, on average; 0 where no event says anything */
  averageLength: number
  /** the weightiest first: scores are added up in this order */
  terms: PlannedTerm[]
  /** over the query's terms, see `PlannedTerm.meant` */
  gates: Gate[]
}

export interface PlannedTerm {
  term: string
  /** 0 where it only decides whether a text is a hit */
  weight: number
  /** the query's terms that can mean it */
  meant: number[]
}

/** @param expansions  of all runs that the query covers */
export function planWords(query: WordsQuery, expansions: readonly Expansion[]): WordsPlan {
  const docs = expansions.reduce((sum, expansion) => sum + expansion.docs, 0)
  const docsLength = expansions.reduce((sum, expansion) => sum + expansion.docsLength, 0)
  const planned = new Map<string, PlannedTerm>()
  for (const [index, asked] of query.terms.entries()) {
    assert(
      expansions.every(({ terms }) => terms.length === query.terms.length),
      'expansions of this query',
    )
    const meanings = meaningsOf(index, expansions)
    for (const { term, weight } of weighed(meanings, asked, docs)) {
      const known = planned.get(term)
      if (known === undefined) planned.set(term, { term, weight, meant: [index] })
      else {
        known.weight += weight
        known.meant.push(index)
      }
    }
  }
  const terms = [...planned.values()].sort((x, y) => y.weight - x.weight || compareTerms(x.term, y.term))
  return { averageLength: docs === 0 ? 0 : docsLength / docs, terms, gates: query.gates }
}

interface Meaning {
  term: string
  grade: number
  docs: number
}

/** What the query's term can mean in any run, cut to its bound in an order that knows no runs. */
function meaningsOf(index: number, expansions: readonly Expansion[]): Meaning[] {
  const meanings = new Map<string, Meaning>()
  for (const expansion of expansions) {
    const { terms, grades, docs } = expansion.terms[index]!
    for (const [i, term] of terms.entries()) {
      const known = meanings.get(term)
      if (known) known.docs += docs[i]!
      else meanings.set(term, { term, grade: grades[i]!, docs: docs[i]! })
    }
  }
  const candidates = [...meanings.values()]
  if (candidates.length > candidatesMax) candidates.sort(byNearness).length = candidatesMax
  candidates.sort((x, y) => x.grade - y.grade || y.docs - x.docs || compareTerms(x.term, y.term))
  return candidates.slice(0, meaningsMax)
}

/** A misspelling is rare, which must not make it weightier than the word that was asked for. */
function weighed(meanings: readonly Meaning[], { isSilent }: QueryTerm, docs: number) {
  const askedDocs = meanings.find(meaning => meaning.grade === grade.same)?.docs ?? 0
  return meanings.map(meaning => {
    const termDocs = Math.max(meaning.docs, askedDocs)
    const idf = Math.log(1 + (docs - termDocs + 0.5) / (termDocs + 0.5))
    return { term: meaning.term, weight: isSilent ? 0 : discounts[meaning.grade]! * idf }
  })
}

/** The order in which candidates are cut. */
export function byNearness(x: { term: string; grade: number }, y: { term: string; grade: number }): number {
  return x.grade - y.grade || compareTerms(x.term, y.term)
}

/** The order of their bytes in UTF-8, which is that of code points: surrogates stand for the highest of these. */
function compareTerms(x: string, y: string): number {
  const length = Math.min(x.length, y.length)
  for (let i = 0; i < length; i++) {
    const a = x.charCodeAt(i)
    const b = y.charCodeAt(i)
    if (a !== b) return rank(a) - rank(b)
  }
  return x.length - y.length
}

function rank(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit
}
