// Which events of each run a search may find: those of the window, that the filter lets through, near the node.

import { addBit, type Bits, createBits, hasBit, isEmpty } from '../../base/bits.ts'
import type { NodeKey, SearchRequest } from '../../contract/knowledge.ts'
import type { DocBits, DocScope, TextsShape } from '../../segment/texts/run.ts'
import { docsNear } from '../graph/near.ts'
import { docScope, type EventsPlace, type Runs, type TextRun } from '../runs.ts'

export interface ScopedRun {
  run: TextRun
  shape: TextsShape
  scope: DocScope
  /** texts that an event in scope has; all of the run where it is missing */
  allow: Bits | undefined
}

export interface Scoped {
  /** those with an event in scope */
  runs: ScopedRun[]
  notes: string[]
}

/** Where an event is. */
export interface EventPlace {
  segmentId: string
  doc: number
}

/** Nodes that are walked to, and edges of each that are followed: the strongest. */
const nearNodesMax = 10_000
const nearDegreeMax = 1000

/** @param except  an event that is no hit */
export async function scopeRuns(
  request: SearchRequest,
  runs: Runs,
  except: EventPlace | undefined,
): Promise<Scoped> {
  const near = request.near && (await docsOfNear(request.near, request, runs))
  const filtered = new Map<EventsPlace, Promise<DocBits>>()
  const filterOf = (place: EventsPlace) => {
    if (!request.filter) return undefined
    if (!filtered.has(place)) filtered.set(place, place.run.filter(request.filter, docScope(request, 0)))
    return filtered.get(place)
  }
  const scoped = await Promise.all(
    runs.texts.map(async run => {
      const shape = await run.texts.shape()
      const scope = docScope(request, run.place.docUntil)
      const { segmentId, unread } = run.place
      const allowed = docsAllowed(shape, {
        filtered: await filterOf(run.place),
        near: near && (near.docs.get(segmentId) ?? []),
        without: [
          ...unread,
          ...(except?.segmentId === segmentId ? [{ first: except.doc, last: except.doc }] : []),
        ],
      })
      if (allowed) scope.allow = allowed
      const allow = await run.texts.allowed(scope)
      return { run, shape, scope, allow }
    }),
  )
  const isInScope = ({ allow, scope, run, shape }: ScopedRun) =>
    !allow || !isEmpty(allow) || (scope.allow ? !isEmpty(scope.allow.words) : touches(run, shape, scope))
  return { runs: scoped.filter(isInScope), notes: near?.notes ?? [] }
}

/** Events without a text are found by their fields all the same. */
function touches({ place }: TextRun, { docFirst, firstMs, lastMs }: TextsShape, scope: DocScope): boolean {
  return docFirst < place.docUntil && lastMs >= scope.fromMs && firstMs < scope.untilMs
}

interface DocConditions {
  filtered: DocBits | undefined
  near: Iterable<number> | undefined
  without: readonly { first: number; last: number }[]
}

/** The docs of a run for which all conditions hold; undefined where there are none. */
function docsAllowed(
  { docFirst, docUntil }: TextsShape,
  { filtered, near, without }: DocConditions,
): DocBits | undefined {
  const left = without.filter(({ first, last }) => first < docUntil && last >= docFirst)
  if (!near && left.length === 0) return filtered
  const words = createBits(docUntil - docFirst)
  for (const doc of near ?? span(docFirst, docUntil)) {
    if (doc < docFirst || doc >= docUntil) continue
    if (left.some(({ first, last }) => doc >= first && doc <= last)) continue
    if (!filtered || hasBit(filtered.words, doc - filtered.first)) addBit(words, doc - docFirst)
  }
  return { first: docFirst, words }
}

function* span(from: number, until: number): Generator<number> {
  for (let doc = from; doc < until; doc++) yield doc
}

/** Events within reach of a node: those that mention it, or a node that is so many hops from it. */
async function docsOfNear(
  { node, hops }: NonNullable<SearchRequest['near']>,
  request: SearchRequest,
  runs: Runs,
): Promise<{ docs: Map<string, number[]>; notes: string[] }> {
  const sources = (await runs.graphs()).map(({ run, segmentId, docUntil }) => ({
    run,
    segmentId,
    scope: docScope(request, docUntil),
  }))
  const bounds = { degreeMax: nearDegreeMax, nodesMax: nearNodesMax }
  const found = await docsNear({ node, hops, direction: 'both', ...bounds }, sources)
  const docs = new Map<string, number[]>()
  for (const [i, { segmentId }] of sources.entries())
    docs.set(segmentId, [...(docs.get(segmentId) ?? []), ...found.docs[i]!])
  return { docs, notes: nearNotes(node, found) }
}

function nearNotes(
  { type, key }: NodeKey,
  { nodeCount, capped }: Pick<Awaited<ReturnType<typeof docsNear>>, 'nodeCount' | 'capped'>,
): string[] {
  if (nodeCount === 0) return [`no event of the window mentions the ${type} ${key}`]
  const notes: string[] = []
  if (capped.hubCount > 0)
    notes.push(
      `of ${capped.hubCount} nodes with more than ${nearDegreeMax} edges only the strongest were followed`,
    )
  if (capped.limit || capped.reach) notes.push(`more than the nearest ${nodeCount} nodes are within reach`)
  return notes
}
