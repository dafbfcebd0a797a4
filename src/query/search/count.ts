// How many events match, and which: those in scope, or those of them that the words match where words alone are asked.

import { addBit, createBits } from '../../base/bits.ts'
import type { SearchRequest } from '../../contract/knowledge.ts'
import type { DocBits } from '../../segment/texts/run.ts'
import type { WordsPlan } from '../../segment/words/plan.ts'
import type { EventsPlace } from '../runs.ts'
import type { Question } from './question.ts'
import type { ScopedRun } from './scoped.ts'

export interface Matches {
  count: number
  /** which docs of each place; none unless facets are asked for */
  places: { place: EventsPlace; bits: DocBits }[]
}

export async function countMatches(
  request: SearchRequest,
  { plan }: Question,
  scoped: readonly ScopedRun[],
): Promise<Matches> {
  const words = request.mode === 'words' ? plan : undefined
  const wantsDocs = request.facets.length > 0
  const matched = await Promise.all(
    scoped.map(async run => {
      const docsMax = wantsDocs ? Number.POSITIVE_INFINITY : 0
      return words ? matchingWords(run, words, docsMax) : allInScope(run, docsMax)
    }),
  )
  return {
    count: matched.reduce((sum, { count }) => sum + count, 0),
    places: wantsDocs ? byPlace(matched) : [],
  }
}

interface Matched {
  run: ScopedRun
  count: number
  docs: Uint32Array
}

async function matchingWords(run: ScopedRun, plan: WordsPlan, docsMax: number): Promise<Matched> {
  const ask = { limit: run.shape.textCount, ...(run.allow && { allow: run.allow }) }
  const { texts } = await run.run.words.score(plan, ask)
  const { docs, counts } = await run.run.texts.docs(texts, run.scope, docsMax)
  return { run, count: counts.reduce((sum, count) => sum + count, 0), docs }
}

async function allInScope(run: ScopedRun, docsMax: number): Promise<Matched> {
  const { texts } = run.run
  if (docsMax === 0) return { run, count: await texts.countDocs(run.scope), docs: new Uint32Array(0) }
  const { docs } = await texts.newest(run.scope, docsMax)
  return { run, count: docs.length, docs }
}

/** The runs of a segment share its events, which are read once. */
function byPlace(matched: readonly Matched[]): Matches['places'] {
  const runs = new Map<EventsPlace, Matched[]>()
  for (const one of matched) runs.set(one.run.run.place, [...(runs.get(one.run.run.place) ?? []), one])
  return [...runs].map(([place, matched]) => {
    const first = Math.min(...matched.map(({ run }) => run.shape.docFirst))
    const words = createBits(Math.max(...matched.map(({ run }) => run.shape.docUntil)) - first)
    for (const { docs } of matched) for (const doc of docs) addBit(words, doc - first)
    return { place, bits: { first, words } }
  })
}
