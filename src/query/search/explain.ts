// Why a hit stands where it stands, and why another event is not among the hits.

import { hasBit } from '../../base/bits.ts'
import type { Explanation, Fusion, SearchRequest } from '../../contract/knowledge.ts'
import type { StoredEvent } from '../../contract/service.ts'
import { explainWords } from '../../segment/words/explain.ts'
import { readEvent } from '../events.ts'
import { docScope, type Runs, type TextRun } from '../runs.ts'
import type { QueryContext } from '../snapshot.ts'
import type { Found } from './candidates.ts'
import { docOf, textOfDoc } from './doc-text.ts'
import type { RankedDoc } from './expand.ts'
import type { Ranked } from './fuse.ts'
import type { Question } from './question.ts'
import type { ScopedRun } from './scoped.ts'

export function explainHit(
  { words, vector, score }: Ranked,
  text: string,
  { plan }: Question,
  { method }: Fusion,
): Explanation {
  return {
    ...(words && plan && { words: { ...words, terms: explainWords(plan, text) } }),
    ...(vector && { vector }),
    fusion: { method, score },
  }
}

interface Search {
  question: Question
  runs: Runs
  scoped: readonly ScopedRun[]
  /** undefined where nothing is looked for */
  ranked: readonly (Ranked & Found)[] | undefined
  hits: readonly RankedDoc[]
}

/** @returns a sentence */
export async function whyNot(request: SearchRequest, search: Search, context: QueryContext): Promise<string> {
  const { tenant, stream } = request
  const eventId = request.whyNot!
  const { events } = await readEvent({ tenant, stream, eventId }, context)
  const event = events[0]
  if (!event) return `there is no event ${eventId} in the stream ${stream}`
  const doc = docOf(event)
  const isIt = ({ run, doc: other }: RankedDoc) =>
    run.run.place.segmentId === event.segmentId && other === doc
  const rank = search.hits.findIndex(isIt)
  if (rank >= 0) return `${eventId} is hit ${rank + 1}`
  if (request.like === eventId) return `${eventId} is the event that the others are like`
  const outside = await whyOutside(request, event, search.runs)
  if (outside !== undefined) return `${eventId} ${outside}`
  const scoped = search.scoped.find(
    ({ run, shape }) =>
      run.place.segmentId === event.segmentId && doc >= shape.docFirst && doc < shape.docUntil,
  )
  if (!scoped) return `${eventId} can't be found yet, or not any more`
  if (!search.ranked) return `${eventId} is older than the ${request.k} newest`
  const text = await textOfDoc(scoped.run, doc)
  if (text === undefined) return `${eventId} says nothing: its pack makes no text of it`
  const place = await placeOf({ scoped, doc, text }, search, request)
  return `${eventId} says “${text.slice(0, 200)}”: ${place}`
}

/** @returns undefined where the search may find it */
async function whyOutside(
  request: SearchRequest,
  { segmentId, eventTimeMs, ...event }: StoredEvent,
  { texts }: Runs,
): Promise<string | undefined> {
  const { fromMs, untilMs } = docScope(request, 0)
  if (eventTimeMs < fromMs || eventTimeMs >= untilMs) return 'happened outside of the window'
  const run = await runOf(segmentId, docOf(event), texts)
  if (!run) return "can't be found yet, or not any more"
  if (request.filter) {
    const { first, words } = await run.place.run.filter(request.filter, { fromMs, untilMs })
    if (!hasBit(words, docOf(event) - first)) return 'is left out by the filter'
  }
  return undefined
}

async function runOf(
  segmentId: string,
  doc: number,
  texts: readonly TextRun[],
): Promise<TextRun | undefined> {
  for (const run of texts) {
    if (run.place.segmentId !== segmentId || doc >= run.place.docUntil) continue
    const { docFirst, docUntil } = await run.texts.shape()
    if (doc >= docFirst && doc < docUntil) return run
  }
  return undefined
}

async function placeOf(
  { scoped, doc, text }: { scoped: ScopedRun; doc: number; text: string },
  { question, ranked, hits }: Search,
  { near, k, groupBy }: SearchRequest,
): Promise<string> {
  const { run, scope } = scoped
  if (near && !(scope.allow && hasBit(scope.allow.words, doc - scope.allow.first)))
    return `it is not within ${near.hops} hops of the ${near.node.type} ${near.node.key}`
  const ids = await run.texts.textsOf(Uint32Array.of(doc))
  const [hash] = await run.texts.hashes(Uint32Array.from(ids))
  const rank = ranked!.findIndex(candidate => candidate.hash === hash)
  const held = question.plan ? explainWords(question.plan, text).map(({ term }) => term) : []
  const words = held.length > 0 ? `it holds ${held.join(', ')}` : 'it holds none of the words'
  if (rank < 0)
    return `${question.plan ? `${words}, and ` : ''}other texts are nearer: it is not among the ${ranked!.length} that were ranked`
  const { score } = ranked![rank]!
  const last = hits.at(-1)?.text.score
  const found = `its text is the ${ordinal(rank + 1)} best and scores ${score.toPrecision(4)}`
  if (hits.some(({ text }) => text.hash === hash))
    return `${found}; newer events have the same text and stand for it`
  if (groupBy !== undefined && rank < k) return `${found}; another event of its group stands for it`
  return last === undefined
    ? found
    : `${found}; the last of ${hits.length} hits scores ${last.toPrecision(4)}`
}

function ordinal(rank: number): string {
  const endings: Readonly<Record<number, string>> = { 1: 'st', 2: 'nd', 3: 'rd' }
  const isTeen = rank % 100 > 10 && rank % 100 < 14
  return `${rank}${(isTeen ? undefined : endings[rank % 10]) ?? 'th'}`
}
