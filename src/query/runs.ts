// The runs that a question is asked of, at one moment: those that are published and those that are open, behind one face.

import { segmentsOf } from '../catalog/version.ts'
import type { Filter } from '../contract/filter.ts'
import type { Scope } from '../contract/knowledge.ts'
import type { Part, Segment } from '../contract/segment.ts'
import { readDocs } from '../segment/sealed.ts'
import type { DocScope } from '../segment/texts/run.ts'
import { countSegmentValues } from './filter/count-values.ts'
import { compileFilter } from './filter/predicate.ts'
import { filterSegment } from './filter/sealed-filter.ts'
import { type EventsRun, type OpenRunInfo, type Rooms, roomOf } from './open-runs.ts'
import { type Moment, publishedAt, type QueryContext } from './snapshot.ts'

/** Where events lie: a published segment, or what is open of one. */
export interface EventsPlace {
  segmentId: string
  /** docs and texts below are visible at the moment */
  docUntil: number
  textUntil: number
  /** docs that can't be read, since their part is damaged, `last` inclusive */
  unread: readonly { first: number; last: number }[]
  run: EventsRun
}

/** Texts with their words and vectors. */
export interface TextRun extends Omit<Rooms, 'graph' | 'events' | 'vectors'> {
  place: EventsPlace
  vectors: Rooms['vectors'] | undefined
  /** embedder of the vectors */
  space: string | undefined
  packs: readonly string[]
}

export interface GraphPart {
  segmentId: string
  docUntil: number
  run: Rooms['graph']
  packs: readonly string[]
}

export interface Runs {
  moment: Moment
  texts: TextRun[]
  /** opened when they are asked for: most searches do not */
  graphs(): Promise<GraphPart[]>
}

/**
 * Runs of the segments whose events the window touches: all runs of these, since words are weighed by how often they occur
 * in segments, however their events lie in runs.
 *
 * @param aside  keys of damaged parts: they are left out
 */
export async function runsOf(
  scope: Scope,
  context: QueryContext,
  aside: ReadonlySet<string> = new Set(),
): Promise<Runs> {
  const { moment, segments: all, open } = await momentOf(scope, context)
  const segments = aside.size === 0 ? all : all.map(segment => withoutParts(segment, aside))
  const texts = await Promise.all(segments.map(segment => sealedTexts(segment, context)))
  return {
    moment,
    texts: [...texts.flat(), ...open.map(info => openTextRun(info, context))],
    graphs: () => graphParts(segments, open, context),
  }
}

/** The same for a question that asks of the graph alone. */
export async function graphsOf(
  scope: Scope,
  context: QueryContext,
  aside: ReadonlySet<string>,
): Promise<{ moment: Moment; graphs: GraphPart[] }> {
  const { moment, segments: all, open } = await momentOf(scope, context)
  const segments = all.map(segment => withoutParts(segment, aside))
  return { moment, graphs: await graphParts(segments, open, context) }
}

async function graphParts(
  segments: readonly Segment[],
  open: readonly OpenRunInfo[],
  context: QueryContext,
): Promise<GraphPart[]> {
  const sealed = await Promise.all(segments.map(segment => sealedGraphs(segment, context)))
  return [...sealed.flat(), ...open.map(info => openGraph(info, context))]
}

async function momentOf({ tenant, stream, ...window }: Scope, context: QueryContext) {
  const moment = await context.open.moment()
  const infos = await context.openRuns.list({ tenant, stream, chunks: moment.chunks, seq: moment.seq })
  const segments = segmentsOf(publishedAt(moment, context), tenant, stream)
  const open = infos.filter(({ segmentId }) => !moment.gone.includes(segmentId))
  const touched = segmentsTouched(window, segments, open)
  return {
    moment,
    segments: segments.filter(({ segment_id }) => touched.has(segment_id)),
    open: open.filter(({ segmentId }) => touched.has(segmentId)),
  }
}

/** @returns their ids */
function segmentsTouched(
  {
    fromMs = Number.NEGATIVE_INFINITY,
    untilMs = Number.POSITIVE_INFINITY,
  }: Pick<Scope, 'fromMs' | 'untilMs'>,
  segments: readonly Segment[],
  open: readonly OpenRunInfo[],
): Set<string> {
  const spans = new Map<string, { firstMs: number; lastMs: number }>()
  const widen = (segmentId: string, firstMs: number, lastMs: number) => {
    const known = spans.get(segmentId) ?? { firstMs, lastMs }
    spans.set(segmentId, {
      firstMs: Math.min(known.firstMs, firstMs),
      lastMs: Math.max(known.lastMs, lastMs),
    })
  }
  for (const { segment_id, parts } of segments)
    for (const { role, time_min, time_max } of parts)
      if (role === 'events') widen(segment_id, time_min, time_max)
  for (const { segmentId, firstMs, lastMs } of open) widen(segmentId, firstMs, lastMs)
  const inWindow = [...spans].filter(([, span]) => span.lastMs >= fromMs && span.firstMs < untilMs)
  return new Set(inWindow.map(([segmentId]) => segmentId))
}

type Readable = Segment & Pick<EventsPlace, 'unread'>

/** Where vectors are damaged words are not. */
function withoutParts(segment: Segment, aside: ReadonlySet<string>): Readable {
  const damaged = segment.parts.filter(({ key }) => aside.has(key))
  return {
    ...segment,
    parts: segment.parts.filter(({ key }) => !aside.has(key)),
    unread: damaged
      .filter(({ role }) => role === 'events' || role === 'raw')
      .map(({ doc_first: first, doc_last: last }) => ({ first, last })),
  }
}

/** The scope of a question in a run, without what a filter lets through. */
export function docScope({ fromMs, untilMs }: Pick<Scope, 'fromMs' | 'untilMs'>, docUntil: number): DocScope {
  return {
    fromMs: fromMs ?? Number.NEGATIVE_INFINITY,
    untilMs: untilMs ?? Number.POSITIVE_INFINITY,
    docUntil,
  }
}

function openTextRun(info: OpenRunInfo, { openRuns }: QueryContext): TextRun {
  const { segmentId, docUntil, textUntil, space, packs } = info
  return {
    place: { segmentId, docUntil, textUntil, unread: [], run: roomOf(openRuns, info, 'events') },
    texts: roomOf(openRuns, info, 'texts'),
    words: roomOf(openRuns, info, 'words'),
    vectors: space === undefined ? undefined : roomOf(openRuns, info, 'vectors'),
    space,
    packs,
  }
}

function openGraph(info: OpenRunInfo, { openRuns }: QueryContext): GraphPart {
  const { segmentId, docUntil, packs } = info
  return { segmentId, docUntil, packs, run: roomOf(openRuns, info, 'graph') }
}

function sealedGraphs({ segment_id, parts }: Segment, { sealedRuns }: QueryContext): Promise<GraphPart[]> {
  return Promise.all(
    parts
      .filter(({ role }) => role === 'graph')
      .map(async part => ({
        segmentId: segment_id,
        docUntil: Number.POSITIVE_INFINITY,
        run: await sealedRuns.graph(part),
        packs: part.packs ?? [],
      })),
  )
}

async function sealedTexts(segment: Segment | Readable, context: QueryContext): Promise<TextRun[]> {
  const { sealedRuns } = context
  const place: EventsPlace = {
    segmentId: segment.segment_id,
    docUntil: Number.POSITIVE_INFINITY,
    textUntil: Number.POSITIVE_INFINITY,
    unread: 'unread' in segment ? segment.unread : [],
    run: sealedEvents(segment, context),
  }
  const runs = segment.parts.map(async part => {
    const words = part.role === 'texts' ? besides(part, 'words', segment) : undefined
    if (!words) return []
    const vectors = besides(part, 'vectors', segment)
    return [
      {
        place,
        texts: await sealedRuns.texts(part),
        words: await sealedRuns.words(words),
        vectors: vectors && (await sealedRuns.vectors(vectors)),
        space: vectors?.space,
        packs: part.packs ?? [],
      },
    ]
  })
  return (await Promise.all(runs)).flat()
}

/** The part of a role that stands for the same docs. */
function besides(part: Part, role: Part['role'], { parts }: Segment): Part | undefined {
  return parts.find(
    other => other.role === role && other.doc_first === part.doc_first && other.doc_last === part.doc_last,
  )
}

function sealedEvents(segment: Segment, { files }: QueryContext): EventsRun {
  return {
    events: docs => readDocs(files, segment, docs),
    filter: (filter: Filter, window) => filterSegment(files, segment, compileFilter(filter), window),
    countValues: (path, bits) => countSegmentValues(files, segment, path, bits),
  }
}
