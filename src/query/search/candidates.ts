// Candidates of a search: each run ranks its own texts by words and by meaning, and the best of all runs are the candidates.

import { measuredOf, type VectorsRun } from '../../segment/vectors/run.ts'
import type { WordsPlan } from '../../segment/words/plan.ts'
import type { Candidate } from './fuse.ts'
import { bestFirst, joinRankings, type RankedText } from './joined.ts'
import type { ScopedRun } from './scoped.ts'

/** A candidate, and where its text is. */
export interface Found extends Candidate {
  at: { run: ScopedRun; text: number }[]
}

/** The query as a vector of each space that it could be embedded in. */
export type QueryVectors = ReadonlyMap<string, Float32Array>

export interface CandidatesOptions {
  /** of each of the two rankings */
  candidatesMax: number
  exact: boolean
}

export async function findCandidates(
  scoped: readonly ScopedRun[],
  { plan, vectors }: { plan: WordsPlan | undefined; vectors: QueryVectors | undefined },
  options: CandidatesOptions,
): Promise<Found[]> {
  const found = new Map<bigint, Found>()
  const [byWords, byVector] = await Promise.all([
    plan ? rankByWords(scoped, plan, options) : [],
    vectors ? rankByVector(scoped, vectors, options) : [],
  ])
  const keep = (
    ranking: readonly RankedText[],
    note: (found: Found, rank: number, score: number) => void,
  ) => {
    for (const [i, { hash, at, score }] of ranking.entries()) {
      const known = found.get(hash) ?? { hash, at: [] }
      for (const place of at) if (!known.at.some(({ run }) => run === place.run)) known.at.push(place)
      note(known, i + 1, score)
      found.set(hash, known)
    }
  }
  keep(byWords, (text, rank, score) => {
    text.words = { rank, score }
  })
  keep(byVector, (text, rank, similarity) => {
    text.vector = { rank, similarity }
  })
  return [...found.values()]
}

async function rankByWords(
  scoped: readonly ScopedRun[],
  plan: WordsPlan,
  { candidatesMax }: CandidatesOptions,
): Promise<RankedText[]> {
  const rankings = scoped.map(async run => {
    const ask = { limit: candidatesMax, ...(run.allow && { allow: run.allow }) }
    return { run, ...(await run.run.words.score(plan, ask)) }
  })
  return joinRankings(await Promise.all(rankings), candidatesMax)
}

/** A run whose vectors can be compared with the query. */
interface Asked {
  query: Float32Array
  vectors: VectorsRun
}

/** Runs name what may be near; only the best of all of them are measured. */
async function rankByVector(
  scoped: readonly ScopedRun[],
  spaces: QueryVectors,
  { candidatesMax, exact }: CandidatesOptions,
): Promise<RankedText[]> {
  const asked = new Map<ScopedRun, Asked>()
  for (const run of scoped) {
    const { space, vectors } = run.run
    const query = space === undefined ? undefined : spaces.get(space)
    if (query && vectors) asked.set(run, { query, vectors })
  }
  const rankings = [...asked].map(async ([run, { query, vectors }]) => {
    const { textUntil } = run.run.place
    const options = { k: candidatesMax, exact, textUntil, ...(run.allow && { allow: run.allow }) }
    const { texts, distances } = await (exact
      ? vectors.nearest(query, options)
      : vectors.candidates(query, options))
    return { run, texts, scores: distances.map(distance => 1 - distance) }
  })
  const found = await Promise.all(rankings)
  if (exact) return joinRankings(found, candidatesMax)
  const measured = await measure(await joinRankings(found, measuredOf(candidatesMax)), asked)
  return measured.sort(bestFirst).slice(0, candidatesMax)
}

/** Replaces what codes tell by what vectors do. A text has the same one wherever it lies. */
async function measure(
  ranked: readonly RankedText[],
  asked: ReadonlyMap<ScopedRun, Asked>,
): Promise<RankedText[]> {
  const byRun = new Map<ScopedRun, { text: number; ranked: RankedText }[]>()
  for (const one of ranked) {
    const { run, text } = one.at.find(({ run }) => byRun.has(run)) ?? one.at[0]!
    byRun.set(run, [...(byRun.get(run) ?? []), { text, ranked: one }])
  }
  const measured = [...byRun].map(async ([run, wanted]) => {
    const { query, vectors } = asked.get(run)!
    const distances = await vectors.measure(
      query,
      Uint32Array.from(wanted, ({ text }) => text),
    )
    return wanted.map(({ ranked }, i) => ({ ...ranked, score: 1 - distances[i]! }))
  })
  return (await Promise.all(measured)).flat()
}
