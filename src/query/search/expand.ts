// From texts to events: each text stands for the events that have it, the newest first.

import type { SearchRequest } from '../../contract/knowledge.ts'
import type { FoundEvent } from '../../segment/event.ts'
import { compareSegmentIds } from '../../segment/slice.ts'
import type { Found } from './candidates.ts'
import type { Ranked } from './fuse.ts'
import type { ScopedRun } from './scoped.ts'

export interface RankedDoc {
  text: Ranked & Found
  run: ScopedRun
  doc: number
  timeMs: number
  /** events in scope with this text */
  sameText: number
}

/**
 * @param ranked      best first
 * @param docsOfText  asked of each text at most
 * @returns in the order of the texts, each text's newest first
 */
export async function docsOfTexts(
  ranked: readonly (Ranked & Found)[],
  docsOfText: number,
): Promise<RankedDoc[]> {
  const byRun = new Map<ScopedRun, { place: number; text: number }[]>()
  for (const [place, { at }] of ranked.entries()) {
    for (const { run, text } of at) {
      const asked = byRun.get(run)
      if (asked) asked.push({ place, text })
      else byRun.set(run, [{ place, text }])
    }
  }
  const docs: RankedDoc[][] = ranked.map(() => [])
  const counts = new Float64Array(ranked.length)
  await Promise.all(
    [...byRun].map(async ([run, asked]) => {
      const ids = Uint32Array.from(asked, ({ text }) => text)
      const found = await run.run.texts.docs(ids, run.scope, docsOfText)
      for (const [i, { place }] of asked.entries()) {
        counts[place]! += found.counts[i]!
        for (let at = found.starts[i]!; at < found.starts[i + 1]!; at++)
          docs[place]!.push({
            text: ranked[place]!,
            run,
            doc: found.docs[at]!,
            timeMs: found.timesMs[at]!,
            sameText: 0,
          })
      }
    }),
  )
  return docs.flatMap((ofText, place) =>
    ofText
      .sort(newestFirst)
      .slice(0, docsOfText)
      .map(doc => ({ ...doc, sameText: counts[place]! })),
  )
}

/** The later event time first; of equal ones the later segment, then the higher doc. */
export function newestFirst(left: RankedDoc, right: RankedDoc): number {
  const [leftId, rightId] = [left.run.run.place.segmentId, right.run.run.place.segmentId]
  return right.timeMs - left.timeMs || compareSegmentIds(rightId, leftId) || right.doc - left.doc
}

/** The events of docs, in their order. A doc that is gone by now is left out. */
export async function readRanked<Doc extends Pick<RankedDoc, 'run' | 'doc'>>(
  docs: readonly Doc[],
): Promise<{ ranked: Doc; event: FoundEvent }[]> {
  const byPlace = new Map<ScopedRun['run']['place'], number[]>()
  for (const { run, doc } of docs) {
    const { place } = run.run
    const asked = byPlace.get(place)
    if (asked) asked.push(doc)
    else byPlace.set(place, [doc])
  }
  const events = new Map<string, FoundEvent>()
  await Promise.all(
    [...byPlace].map(async ([{ segmentId, run }, asked]) => {
      for (const event of await run.events(asked)) events.set(`${segmentId}#${event.doc}`, event)
    }),
  )
  return docs.flatMap(ranked => {
    const event = events.get(`${ranked.run.run.place.segmentId}#${ranked.doc}`)
    return event ? [{ ranked, event }] : []
  })
}

/** How many docs of one text can be wanted: all hits may be of one, unless they are grouped. */
export function docsOfTextMax({ k, groupBy }: SearchRequest, groupedDocsMax: number): number {
  if (groupBy === undefined) return k
  return groupBy === 'text' ? 1 : groupedDocsMax
}
