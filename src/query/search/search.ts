// A search, from a question to hits with their citations:
//
//   runs of the window ─▶ what is in scope ─▶ candidates by words and by meaning ─▶ fused ─▶ their events
//
// Every step is exact but one: without `exact`, large runs are searched for meaning by their graph.

import { fromUtf8 } from '../../base/bytes.ts'
import type { SearchAnswer, SearchHit, SearchRequest } from '../../contract/knowledge.ts'
import { highlight } from '../../segment/words/explain.ts'
import { toStored } from '../events.ts'
import { packNotes } from '../pack-notes.ts'
import { type Runs, runsOf } from '../runs.ts'
import { askOfWhole } from '../set-aside.ts'
import { asOf, type QueryContext } from '../snapshot.ts'
import { type Found, findCandidates } from './candidates.ts'
import { countMatches } from './count.ts'
import { docsOfTextMax, docsOfTexts, type RankedDoc, readRanked } from './expand.ts'
import { explainHit, whyNot } from './explain.ts'
import { countFacets } from './facets.ts'
import { fuse, type Ranked } from './fuse.ts'
import { groupHits } from './group.ts'
import { newestDocs } from './newest.ts'
import { askQuestion, type Question } from './question.ts'
import { type ScopedRun, scopeRuns } from './scoped.ts'

/** Texts that each of the two rankings brings, at least. Each that meaning brings costs a block of a file. */
const candidatesMin = 64
/** Events that are looked through for groups. */
const groupedDocsMax = 2048

export async function search(request: SearchRequest, context: QueryContext): Promise<SearchAnswer> {
  const { answer, partial } = await askOfWhole(
    aside => searchWithout(aside, request, context),
    context.onCorrupt,
  )
  return { ...answer, partial }
}

async function searchWithout(
  aside: ReadonlySet<string>,
  request: SearchRequest,
  context: QueryContext,
): Promise<Omit<SearchAnswer, 'partial'>> {
  const runs = await runsOf(request, context, aside)
  const question = await askQuestion(request, runs, context)
  const { runs: scoped, notes } = await scopeRuns(request, runs, question.likeAt)
  const ranked = await rank(request, question, scoped)
  const docs = ranked
    ? await docsOfTexts(ranked.slice(0, textsNeeded(request)), docsOfTextMax(request, groupedDocsMax))
    : await newestDocs(scoped, request.groupBy === undefined ? request.k : groupedDocsMax)
  const chosen = await choose(docs, request)
  const matched = await countMatches(request, question, scoped)
  return {
    hits: await Promise.all(chosen.map(hit => toHit(hit, { request, question, runs }))),
    count: matched.count,
    facets: await countFacets(request.facets, matched.places),
    whyNot:
      request.whyNot === undefined
        ? undefined
        : await whyNot(
            request,
            { question, runs, scoped, ranked, hits: chosen.map(({ ranked }) => ranked) },
            context,
          ),
    notes: [...question.notes, ...notes, ...packNotes(runs.texts)],
    asOf: asOf(runs.moment),
  }
}

async function rank(
  request: SearchRequest,
  question: Question,
  scoped: readonly ScopedRun[],
): Promise<(Ranked & Found)[] | undefined> {
  if (!question.plan && !question.vectors) return undefined
  const candidatesMax = Math.max(candidatesMin, request.k)
  const found = await findCandidates(scoped, question, { candidatesMax, exact: request.exact })
  return fuse(found, request.fusion) as (Ranked & Found)[]
}

/** Each text has an event in scope, so k texts are enough, unless several may share a group. */
function textsNeeded({ k, groupBy }: SearchRequest): number {
  return groupBy === undefined || groupBy === 'text' ? k : groupedDocsMax
}

interface Chosen {
  ranked: RankedDoc
  event: Awaited<ReturnType<typeof readRanked>>[number]['event']
  group?: SearchHit['group']
}

async function choose(docs: readonly RankedDoc[], { k, groupBy }: SearchRequest): Promise<Chosen[]> {
  if (groupBy === undefined || groupBy === 'text') return (await readRanked(docs.slice(0, k))).slice(0, k)
  return groupHits(docs, groupBy, { k, docsMax: groupedDocsMax })
}

async function toHit(
  { ranked, event, group }: Chosen,
  { request, question, runs }: { request: SearchRequest; question: Question; runs: Runs },
): Promise<SearchHit> {
  const { text, sameText, run } = ranked
  const place = text.at.find(place => place.run === run)
  const said = place ? fromUtf8((await run.run.texts.texts(Uint32Array.of(place.text))).data) : ''
  return {
    event: await toStored(event, runs.moment.writer),
    score: text.score,
    text: said,
    sameText,
    ...(question.plan && {
      highlights: highlight(question.plan, said).map(({ start, end }): [number, number] => [start, end]),
    }),
    ...(group && { group }),
    ...(request.explain && { explanation: explainHit(text, said, question, request.fusion) }),
  }
}
