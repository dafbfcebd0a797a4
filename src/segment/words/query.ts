// What a person types, as terms and conditions: `connection +refused -test "user 4711" conn*`. A word is looked up as it is
// indexed, so one that holds others (an id, a path) finds texts by its pieces too. It is never a mistake: what holds no
// word finds nothing.

import { toUtf8 } from '../../base/bytes.ts'
import { Tokenizer, termKind } from './tokenize.ts'

/** Distinct terms of a query, and units of UTF-16; what follows is not looked at. */
export const queryTermsMax = 64
export const queryLengthMax = 8192

export interface WordsQuery {
  terms: QueryTerm[]
  gates: Gate[]
}

export interface QueryTerm {
  term: string
  /** every term that begins with it is meant too */
  prefix: boolean
  /** letters that may be wrong */
  edits: 0 | 1 | 2
  /** it only decides whether a text is a hit */
  isSilent: boolean
}

/** A text is a hit only if it holds all of these terms (indexes into the query's), or unless it does. */
export interface Gate {
  terms: number[]
  mustHold: boolean
}

export interface QueryOptions {
  /** the last word is still being typed */
  prefix?: boolean
  /** slips of the finger are forgiven: one in a word of 4 to 7 letters, two in a longer one, none in one with digits */
  fuzzy?: boolean
}

/**
 * `+word` must be there, `-word` must not; words in double quotes must all be there, as they are, in any order; `word*` is
 * the beginning of one.
 */
export function parseWordsQuery(text: string, options: QueryOptions = {}): WordsQuery {
  const query: WordsQuery = { terms: [], gates: [] }
  const clauses = [...text.slice(0, queryLengthMax).matchAll(/([+-]?)(?:"([^"]*)"?|(\S+))/gu)]
  for (const [index, [, sign, quoted, word]] of clauses.entries()) {
    const isQuoted = quoted !== undefined
    const isLast = index === clauses.length - 1
    const isBeginning = !isQuoted && word!.endsWith('*')
    const prefix = isBeginning || (!isQuoted && isLast && options.prefix === true)
    const fuzzy = !isQuoted && !isBeginning && options.fuzzy === true
    const isSilent = sign === '-'
    const wholes = addTerms(query.terms, quoted ?? word!, { prefix, fuzzy, isSilent })
    if ((sign || isQuoted) && wholes.length > 0) query.gates.push({ terms: wholes, mustHold: !isSilent })
  }
  return query
}

/** The words of a text that is no query, as what is like an event. */
export function plainWordsQuery(text: string): WordsQuery {
  const query: WordsQuery = { terms: [], gates: [] }
  addTerms(query.terms, text.slice(0, queryLengthMax), { prefix: false, fuzzy: false, isSilent: false })
  return query
}

interface ClauseOptions {
  prefix: boolean
  fuzzy: boolean
  isSilent: boolean
}

/** @returns the indexes of those terms that are no pieces of others */
function addTerms(terms: QueryTerm[], clause: string, options: ClauseOptions): number[] {
  const found = termsOf(clause)
  const end = found.reduce((last, { sourceEnd }) => Math.max(last, sourceEnd), 0)
  const wholes: number[] = []
  for (const { term, kind, sourceEnd } of found) {
    if (options.isSilent && kind === termKind.piece) continue
    const prefix = kind === termKind.alone || (options.prefix && sourceEnd === end)
    const edits = options.fuzzy ? editsOf(term) : 0
    const index = addTerm(terms, { term, prefix, edits, isSilent: options.isSilent })
    if (index >= 0 && kind !== termKind.piece && !wholes.includes(index)) wholes.push(index)
  }
  return wholes
}

/** What is asked for twice counts once. @returns its index, -1 where there are too many */
function addTerm(terms: QueryTerm[], asked: QueryTerm): number {
  const known = terms.findIndex(
    ({ term, prefix, edits, isSilent }) =>
      term === asked.term && prefix === asked.prefix && edits === asked.edits && isSilent === asked.isSilent,
  )
  if (known >= 0) return known
  return terms.length < queryTermsMax ? terms.push(asked) - 1 : -1
}

/** The last letter of an unspaced stretch is in the letters before it; alone it stands for every place it is in. */
function termsOf(clause: string): { term: string; kind: number; sourceEnd: number }[] {
  const found: { term: string; kind: number; sourceEnd: number }[] = []
  const decoder = new TextDecoder()
  const tokenizer = new Tokenizer({
    term(bytes, start, end, { kind, sourceEnd }) {
      if (kind !== termKind.last)
        found.push({ term: decoder.decode(bytes.subarray(start, end)), kind, sourceEnd })
    },
  })
  tokenizer.run(toUtf8(clause))
  return found
}

/** 4712 is no slip of the finger for 4711. */
function editsOf(term: string): 0 | 1 | 2 {
  const letterCount = [...term].length
  if (letterCount < 4 || /\p{N}/u.test(term)) return 0
  return letterCount < 8 ? 1 : 2
}
