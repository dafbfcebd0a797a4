// What is open of the runs, as a reader asks for it, wherever the indexer runs: it names a run and a room of it, a
// question of that room's face, and gets the answer.

import type { KnownClusters } from '../contract/clusters.ts'
import type { Filter } from '../contract/filter.ts'
import type { Explanation } from '../pack/auto/explain.ts'
import type { FoundEvent } from '../segment/event.ts'
import type { GraphRun } from '../segment/graph/run.ts'
import type { DocBits, DocScope, TextsRun } from '../segment/texts/run.ts'
import type { VectorsRun } from '../segment/vectors/run.ts'
import type { WordsRun } from '../segment/words/run.ts'

/** Events of an open run. */
export interface EventsRun {
  /** Those of some docs, in doc order. */
  events(docs: readonly number[]): Promise<FoundEvent[]>
  /** What a filter lets through; events outside of the window may be left out. */
  filter(filter: Filter, window: Pick<DocScope, 'fromMs' | 'untilMs'>): Promise<DocBits>
  /** How often each value of a field occurs among some docs. */
  countValues(path: string, bits: DocBits): Promise<[string, number][]>
}

export interface Rooms {
  texts: TextsRun
  words: WordsRun
  vectors: VectorsRun
  graph: GraphRun
  events: EventsRun
}

export interface StreamName {
  tenant: string
  stream: string
}

/** An open run at a moment: docs and texts below the bounds are visible. */
export interface OpenPlace {
  chunk: number
  segmentId: string
  docUntil: number
  textUntil: number
}

export interface OpenRunInfo extends OpenPlace {
  /** event times in ms, inclusive */
  firstMs: number
  lastMs: number
  /** of the vectors, where there are any */
  space: string | undefined
  packs: string[]
}

export interface OpenRuns {
  /** Runs of those chunks, as they were when the log sequence was shown. */
  list(request: { tenant: string; stream: string; chunks: number[]; seq: number }): Promise<OpenRunInfo[]>
  /** What `auto` has made of a stream so far. */
  autoPack(stream: StreamName): Promise<Explanation>
  /** What the models of a stream say, and of one of its entities. */
  clusters(stream: StreamName, entity?: string): Promise<KnownClusters>
  ask(place: OpenPlace, room: keyof Rooms, question: string, args: unknown[]): Promise<unknown>
}

/** A room of an open run, as if it were here. */
export function roomOf<Room extends keyof Rooms>(open: OpenRuns, place: OpenPlace, room: Room): Rooms[Room] {
  const { chunk, segmentId, docUntil, textUntil } = place
  return new Proxy({} as Rooms[Room], {
    get: (_target, question) =>
      typeof question === 'string' && question !== 'then'
        ? (...args: unknown[]) => open.ask({ chunk, segmentId, docUntil, textUntil }, room, question, args)
        : undefined,
  })
}
