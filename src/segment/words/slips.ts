// Slips of the finger are forgiven where there is reason to: in a word that no event says. Looking for words that are like
// another takes a look at most of a dictionary, so that a query asks for them in a second round, and seldom.

import type { Expansion } from './expansion.ts'
import type { WordsQuery } from './query.ts'

/** The query as it is written. */
export function exactly(query: WordsQuery): WordsQuery {
  return { ...query, terms: query.terms.map(term => ({ ...term, edits: 0 })) }
}

/**
 * @param query  parsed with `fuzzy`
 * @param expansions  what all runs know of it when it is taken exactly
 * @returns the query that is to be asked instead, undefined when the words are known
 */
export function forgiveUnknown(query: WordsQuery, expansions: readonly Expansion[]): WordsQuery | undefined {
  const isKnown = query.terms.map((_, i) => expansions.some(({ terms }) => terms[i]!.terms.length > 0))
  if (query.terms.every(({ edits }, i) => edits === 0 || isKnown[i])) return undefined
  return { ...query, terms: query.terms.map((term, i) => (isKnown[i] ? { ...term, edits: 0 } : term)) }
}
