// Random events of two segments, and the same graph laid out in runs in several ways.

import type { GraphSource } from '../../../src/query/graph/source.ts'
import { GraphBuilder } from '../../../src/segment/graph/builder.ts'
import { mergeGraphs } from '../../../src/segment/graph/merge-graph.ts'
import { OpenGraph } from '../../../src/segment/graph/open-graph.ts'
import { PageCache } from '../../../src/segment/graph/pages.ts'
import type { GraphRun } from '../../../src/segment/graph/run.ts'
import { openGraph } from '../../../src/segment/graph/sealed-graph.ts'
import { writeGraph } from '../../../src/segment/graph/write-graph.ts'
import {
  addEvents,
  builderOf,
  cutIntoRuns,
  fileOf,
  gathered,
  type RawEvent,
  randomEvents,
} from '../../segment/graph/streams.ts'

export const segmentIds = ['t/events/2024-05-09/0', 't/events/2024-05-10/0'] as const

export interface Window {
  fromMs: number
  untilMs: number
}

/** What the twin sees: the events that an answer may count, each with its segment; later segments and docs last. */
export type PlacedEvent = RawEvent & { segmentId: string }

export interface World {
  bySegment: RawEvent[][]
  /** of the open segment's docs those below it are visible */
  docUntil: number
  window: Window
  visible: PlacedEvent[]
}

export function randomWorld(random: () => number, eventCount: number, keyCount = 6): World {
  const bySegment = segmentIds.map(() =>
    randomEvents(random, { eventCount: Math.floor(random() * eventCount), keyCount }),
  )
  const isWhole = random() < 0.4
  const fromMs = isWhole ? Number.NEGATIVE_INFINITY : random() * 600 - 100
  const untilMs = isWhole ? Number.POSITIVE_INFINITY : fromMs + random() * 900
  const docUntil = random() < 0.5 ? Number.POSITIVE_INFINITY : (bySegment[1]!.at(-1)?.doc ?? 0) * random()
  const visible = bySegment.flatMap((events, i) =>
    events
      .filter(({ doc, timeMs }) => (i === 0 || doc < docUntil) && timeMs >= fromMs && timeMs < untilMs)
      .map(event => ({ ...event, segmentId: segmentIds[i]! })),
  )
  return { bySegment, docUntil, window: { fromMs, untilMs }, visible }
}

/** The graph in runs: open ones that hold more than is visible, sealed ones, merged ones. */
export async function layouts(random: () => number, world: World): Promise<Record<string, GraphSource[]>> {
  const { bySegment, docUntil, window } = world
  const sourceOf = (run: GraphRun, i: number, until = docUntil): GraphSource => ({
    run,
    segmentId: segmentIds[i]!,
    scope: { ...window, docUntil: i === 1 ? until : Number.POSITIVE_INFINITY },
  })
  const isVisible = (i: number, { doc }: RawEvent) => i === 0 || doc < docUntil
  const open = bySegment.map((events, i) => sourceOf(new OpenGraph(builderOf(events)), i))
  const cut: GraphSource[] = []
  const merged: GraphSource[] = []
  const cache = new PageCache(100_000)
  for (const [i, events] of bySegment.entries()) {
    const runs = cutIntoRuns(
      random,
      events.filter(event => isVisible(i, event)),
      1 + Math.floor(random() * 4),
    )
    const files = runs.map(run => fileOf(writeGraph(builderOf(run))))
    for (const file of files.slice(0, -1)) cut.push(sourceOf(await openGraph(file, cache), i))
    // the last run is open still, and gets what is not visible yet
    const builder = new GraphBuilder()
    addEvents(builder, runs.at(-1)!)
    addEvents(
      builder,
      events.filter(event => !isVisible(i, event)),
    )
    cut.push(sourceOf(new OpenGraph(builder), i))
    merged.push(sourceOf(await openGraph(fileOf(await gathered(mergeGraphs(files))), cache), i))
  }
  // in whatever order runs are named
  return { open, cut: cut.reverse(), merged }
}
