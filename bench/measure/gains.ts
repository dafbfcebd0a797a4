// How well rankings answer. One half of the queries is there to be tuned on, the other to be judged by.

import { mix32 } from './random.ts'
import type { Ranking } from './retrieval.ts'
import type { RetrievalSet } from './retrieval-sets.ts'

/** Of each set, of each query. */
export type Rankings = readonly (readonly Ranking[])[]

export type Part = 'tuned' | 'judged' | 'all'

const cutoff = 10

/** nDCG@10 (Järvelin, Kekäläinen 2002) of a query with one right text. */
export function gainOf(ranking: Ranking, right: number): number {
  const place = ranking.slice(0, cutoff).findIndex(({ text }) => text === right)
  return place < 0 ? 0 : 1 / Math.log2(place + 2)
}

export function halfOf(query: number): Part {
  return mix32(query) % 2 === 0 ? 'tuned' : 'judged'
}

function gainsOf({ queries }: RetrievalSet, rankings: readonly Ranking[], part: Part): number[] {
  return queries.flatMap(({ right }, i) =>
    part === 'all' || halfOf(i) === part ? [gainOf(rankings[i]!, right)] : [],
  )
}

export function ndcg(set: RetrievalSet, rankings: readonly Ranking[], part: Part): number {
  return mean(gainsOf(set, rankings, part))
}

/** Each set counts the same, however many queries it has. */
export function meanOf(sets: readonly RetrievalSet[], rankings: Rankings, part: Part): number {
  return mean(sets.map((set, i) => ndcg(set, rankings[i]!, part)))
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Standard error of the mean difference, query by query within each set. */
export function errorOfDifference(sets: readonly RetrievalSet[], one: Rankings, other: Rankings): number {
  const variances = sets.map((set, i) => {
    const others = gainsOf(set, other[i]!, 'judged')
    const differences = gainsOf(set, one[i]!, 'judged').map((gain, query) => gain - others[query]!)
    const middle = mean(differences)
    return mean(differences.map(difference => (difference - middle) ** 2)) / differences.length
  })
  return Math.sqrt(variances.reduce((sum, variance) => sum + variance, 0)) / sets.length
}
