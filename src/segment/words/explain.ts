// Why a text was found: what each term of a plan gives to its score, and where it stands in the text. Both are told from
// the text itself, as it was indexed, so that they need no run.

import { fromUtf8, toUtf8 } from '../../base/bytes.ts'
import { b, k1, type PlannedTerm, type WordsPlan } from './plan.ts'
import { Tokenizer } from './tokenize.ts'

export interface Contribution {
  term: string
  weight: number
  /** how often the text holds it */
  count: number
  /** its share of the text's score */
  score: number
}

/** @returns the terms that the text holds, the weightiest first; their scores add up to its score */
export function explainWords(plan: WordsPlan, text: string): Contribution[] {
  const counts = new Map<string, number>()
  let length = 0
  forTerms(text, term => {
    counts.set(term, (counts.get(term) ?? 0) + 1)
    length++
  })
  const least = k1 * (1 - b + (plan.averageLength === 0 ? 0 : (b * length) / plan.averageLength))
  return plan.terms.flatMap(({ term, weight }) => {
    const count = counts.get(term)
    if (count === undefined || weight === 0) return []
    return [{ term, weight, count, score: (weight * count) / (count + least) }]
  })
}

/** A place in a text, in units of UTF-16 as strings count them. */
export interface Place {
  start: number
  /** exclusive */
  end: number
}

/** Places that are told of a text. */
export const placesMax = 256

/** @returns where the text holds terms that count, rising; what overlaps is one place */
export function highlight(plan: WordsPlan, text: string): Place[] {
  const wanted = new Map<string, PlannedTerm>(plan.terms.map(term => [term.term, term]))
  const found: Place[] = []
  forTerms(text, (term, { sourceStart, sourceEnd }) => {
    if ((wanted.get(term)?.weight ?? 0) > 0) found.push({ start: sourceStart, end: sourceEnd })
  })
  found.sort((x, y) => x.start - y.start)
  const places: Place[] = []
  for (const place of found) {
    const last = places.at(-1)
    if (last !== undefined && place.start < last.end) last.end = Math.max(last.end, place.end)
    else places.push(place)
  }
  return inUnits(text, places.slice(0, placesMax))
}

function forTerms(text: string, visit: (term: string, tokenizer: Tokenizer) => void): void {
  new Tokenizer({
    term: (bytes, start, end, tokenizer) => visit(fromUtf8(bytes.subarray(start, end)), tokenizer),
  }).run(toUtf8(text))
}

/** Bytes of UTF-8 as units of UTF-16; the places rise. */
function inUnits(text: string, places: readonly Place[]): Place[] {
  let unit = 0
  let byte = 0
  const unitAt = (target: number) => {
    while (byte < target) {
      const point = text.codePointAt(unit)!
      byte += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
      unit += point < 0x10000 ? 1 : 2
    }
    return unit
  }
  return places.map(({ start, end }) => ({ start: unitAt(start), end: unitAt(end) }))
}
