// The best texts of all runs. Each run has ranked its own, and equal texts of several runs are one: that is only found out
// for those that can be among the best, since there are many runs and few are wanted.

import type { ScopedRun } from './scoped.ts'

/** What a run has found. */
export interface RunRanking {
  run: ScopedRun
  texts: Uint32Array
  /** higher is better */
  scores: Float32Array
}

export interface RankedText {
  hash: bigint
  /** the best of its places */
  score: number
  at: { run: ScopedRun; text: number }[]
}

/** Best first; of equal scores the lower hash, so that the order knows of no run. */
export async function joinRankings(rankings: readonly RunRanking[], textsMax: number): Promise<RankedText[]> {
  const scores = allScores(rankings)
  for (let placesMax = 2 * textsMax; ; placesMax *= 4) {
    const least = placesMax < scores.length ? scores[scores.length - placesMax]! : Number.NEGATIVE_INFINITY
    const joined = await joinFrom(least, rankings)
    if (joined.length >= textsMax || placesMax >= scores.length) return joined.slice(0, textsMax)
  }
}

/** @returns rising */
function allScores(rankings: readonly RunRanking[]): Float32Array {
  const all = new Float32Array(rankings.reduce((sum, { scores }) => sum + scores.length, 0))
  let at = 0
  for (const { scores } of rankings) {
    all.set(scores, at)
    at += scores.length
  }
  return all.sort()
}

/** All places that score as much or more. */
async function joinFrom(least: number, rankings: readonly RunRanking[]): Promise<RankedText[]> {
  const joined = new Map<bigint, RankedText>()
  const wanted = rankings.map(({ run, texts, scores }) => {
    const places = [...texts.keys()].filter(i => scores[i]! >= least)
    return { run, texts: Uint32Array.from(places, i => texts[i]!), scores: places.map(i => scores[i]!) }
  })
  const found = wanted.filter(({ texts }) => texts.length > 0)
  const hashes = await Promise.all(found.map(({ run, texts }) => run.run.texts.hashes(texts)))
  for (const [i, { run, texts, scores }] of found.entries()) {
    for (const [place, hash] of hashes[i]!.entries()) {
      const known = joined.get(hash) ?? { hash, score: Number.NEGATIVE_INFINITY, at: [] }
      known.score = Math.max(known.score, scores[place]!)
      known.at.push({ run, text: texts[place]! })
      joined.set(hash, known)
    }
  }
  return [...joined.values()].sort(bestFirst)
}

export function bestFirst(left: RankedText, right: RankedText): number {
  return right.score - left.score || (left.hash < right.hash ? -1 : 1)
}
