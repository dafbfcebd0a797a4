// What a search asks: the words of it, weighed over all runs, and its vector in the space of each model.

import { textColumn } from '../../base/text-column.ts'
import type { SearchMode, SearchRequest } from '../../contract/knowledge.ts'
import { Refused } from '../../contract/refused.ts'
import { type Embedder, EmbedError } from '../../ports/embedder.ts'
import { planWords, type WordsPlan } from '../../segment/words/plan.ts'
import { parseWordsQuery, plainWordsQuery, type WordsQuery } from '../../segment/words/query.ts'
import { exactly, forgiveUnknown } from '../../segment/words/slips.ts'
import { readEvent } from '../events.ts'
import { type Runs, runsOf } from '../runs.ts'
import type { QueryContext } from '../snapshot.ts'
import type { QueryVectors } from './candidates.ts'
import { docOf, textOfDoc } from './doc-text.ts'
import type { EventPlace } from './scoped.ts'

export interface Question {
  /** what is searched for, where it is text */
  text: string | undefined
  plan: WordsPlan | undefined
  vectors: QueryVectors | undefined
  notes: string[]
  /** the event that others are to be like: it is no hit itself */
  likeAt: EventPlace | undefined
}

/** @throws Refused for a vector of the wrong length, and for `like` of an event that says nothing */
export async function askQuestion(
  request: SearchRequest,
  runs: Runs,
  context: QueryContext,
): Promise<Question> {
  const notes: string[] = []
  const like = request.like === undefined ? undefined : await textOfEvent(request, request.like, context)
  const text = like?.text ?? request.text
  const { mode, fuzzy, prefix } = request
  const wantsWords = text !== undefined && mode !== 'vector'
  const wantsVector = mode !== 'words' && (text !== undefined || request.vector !== undefined)
  return {
    text,
    plan: wantsWords
      ? await planOf(text, { fuzzy, prefix, isPlain: request.like !== undefined }, runs)
      : undefined,
    vectors: wantsVector
      ? await vectorsFor(text ?? request.vector!, runs, { context, mode, notes })
      : undefined,
    notes,
    likeAt: like,
  }
}

/** @property isPlain  an event's text has no operators */
async function planOf(
  text: string,
  { isPlain, ...options }: { fuzzy: boolean; prefix: boolean; isPlain: boolean },
  { texts }: Runs,
): Promise<WordsPlan> {
  const expand = async (query: WordsQuery) => ({
    query,
    expansions: await Promise.all(texts.map(({ words }) => words.expand(query))),
  })
  const query = isPlain ? plainWordsQuery(text) : parseWordsQuery(text, options)
  const exact = await expand(exactly(query))
  const forgiving = forgiveUnknown(query, exact.expansions)
  const asked = forgiving ? await expand(forgiving) : exact
  return planWords(asked.query, asked.expansions)
}

const noEmbedder = 'there is no embedder here: search by words'

async function vectorsFor(
  wanted: string | readonly number[],
  { texts }: Runs,
  { context, mode, notes }: { context: QueryContext; mode: SearchMode; notes: string[] },
): Promise<QueryVectors | undefined> {
  const embedder = await orAway(context.embedder(), mode, notes)
  if (embedder === 'away') return undefined
  if (!embedder) {
    if (mode === 'vector') throw new Refused('not_implemented', noEmbedder)
    notes.push(noEmbedder)
    return undefined
  }
  const spaces = new Set(texts.flatMap(({ space }) => space ?? []))
  if (texts.some(({ space }) => space === undefined))
    notes.push('vectors of the newest events are still to come; words find these events already')
  for (const space of spaces)
    if (space !== embedder.id)
      notes.push(
        `events with vectors of ${space} were searched by words only: the embedder is ${embedder.id} now`,
      )
  const vector = await orAway(vectorOf(wanted, embedder), mode, notes)
  return vector === 'away' ? undefined : new Map([[embedder.id, vector]])
}

/** What an embedder that is elsewhere can't do now, words do, and the answer says so. */
async function orAway<Value>(
  asked: Promise<Value>,
  mode: SearchMode,
  notes: string[],
): Promise<Value | 'away'> {
  try {
    return await asked
  } catch (error) {
    if (!(error instanceof EmbedError)) throw error
    if (mode === 'vector') throw new Refused('not_ready', `${error.message}; search by words meanwhile`)
    notes.push(`events were searched by words only: ${error.message}`)
    return 'away'
  }
}

async function vectorOf(wanted: string | readonly number[], embedder: Embedder): Promise<Float32Array> {
  if (typeof wanted === 'string') {
    const { vectors } = await embedder.embed(textColumn([wanted]))
    return vectors
  }
  if (wanted.length !== embedder.dims)
    throw new Refused(
      'bad_request',
      `vector has ${wanted.length} numbers: ${embedder.id} has ${embedder.dims}`,
    )
  const length = Math.hypot(...wanted)
  if (length === 0) throw new Refused('bad_request', 'vector is all zeros, which points nowhere')
  return Float32Array.from(wanted, component => component / length)
}

/** @throws Refused where there is no such event, or where its pack makes no text of it */
async function textOfEvent(
  { tenant, stream }: SearchRequest,
  eventId: string,
  context: QueryContext,
): Promise<EventPlace & { text: string }> {
  const { events } = await readEvent({ tenant, eventId, stream }, context)
  const event = events[0]
  if (!event) throw new Refused('not_found', `there is no event ${eventId} in the stream ${stream}`)
  const doc = docOf(event)
  const { segmentId } = event
  const { texts } = await runsOf({ tenant, stream }, context)
  for (const run of texts) {
    if (run.place.segmentId !== segmentId) continue
    const text = await textOfDoc(run, doc)
    if (text !== undefined) return { segmentId, doc, text }
  }
  throw new Refused(
    'bad_request',
    `the event ${eventId} says nothing that others could be like: its pack makes no text of it`,
  )
}
