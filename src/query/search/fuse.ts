// Two rankings of texts as one.

import type { Fusion } from '../../contract/knowledge.ts'

/** A text that words, meaning or both have found. Ranks count from 1. */
export interface Candidate {
  /** equal texts of several runs are one candidate */
  hash: bigint
  words?: { rank: number; score: number }
  vector?: { rank: number; similarity: number }
}

export interface Ranked extends Candidate {
  score: number
}

/** @returns best first; of equal scores the lower hash, an order that knows of no run */
export function fuse(candidates: Iterable<Candidate>, fusion: Fusion): Ranked[] {
  const all = [...candidates]
  const best = Math.max(0, ...all.map(({ words }) => words?.score ?? 0))
  const scored = all.map(candidate => ({ ...candidate, score: scoreOf(candidate, fusion, best) }))
  return scored.sort((left, right) => right.score - left.score || (left.hash < right.hash ? -1 : 1))
}

/**
 * Reciprocal rank fusion (Cormack, Clarke, Büttcher 2009), or the sum of what words score in relation to the best of them
 * and of the cosine.
 */
function scoreOf({ words, vector }: Candidate, fusion: Fusion, bestWords: number): number {
  if (fusion.method === 'rrf') {
    const share = (rank: number | undefined) => (rank === undefined ? 0 : 1 / (fusion.rankConstant + rank))
    return share(words?.rank) + share(vector?.rank)
  }
  const ofWords = words === undefined || bestWords === 0 ? 0 : words.score / bestWords
  return fusion.words * ofWords + fusion.vector * (vector?.similarity ?? 0)
}
