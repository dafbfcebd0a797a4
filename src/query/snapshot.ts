// What a query reads: one published version and the open rows on top of it.

import type { CatalogVersion } from '../catalog/version.ts'
import type { Segment } from '../contract/segment.ts'
import type { AsOf } from '../contract/service.ts'
import type { Embedder } from '../ports/embedder.ts'
import type { EventMatch, FoundEvent } from '../segment/event.ts'
import type { PartFiles } from '../segment/part-files.ts'
import type { RefusalRow } from '../segment/refusal-columns.ts'
import type { OpenRuns } from './open-runs.ts'
import type { SealedRuns } from './sealed-runs.ts'

/** What a published version plus the open rows amount to. */
export interface Moment {
  writer: string
  version: number
  /** frames up to this one are visible */
  seq: number
  exact: boolean
  /** segments evicted since that version: nothing shows them any more */
  gone: string[]
  /** those whose rows are open */
  chunks: number[]
}

export interface OpenEventsRequest {
  tenant: string
  stream: string
  match: EventMatch
  /** begin behind this doc, in the order asked for */
  position?: { segmentId: string; sequence: number }
  order: 'asc' | 'desc'
  limit: number
  /** payload bytes after which no more events are added */
  bytesMax: number
}

/** Where an event id is. */
export interface Located {
  moment: Moment
  open: FoundEvent[]
  sealed: { segmentId: string; doc: number }[]
  /** ids of a damaged part have been set aside, and this one may be among them */
  partial: boolean
}

/** The writer as readers see it, wherever it runs. Each answer's rows go on top of its moment's version. */
export interface OpenReads {
  moment(): Promise<Moment>
  segments(tenant: string): Promise<{ moment: Moment; segments: Segment[] }>
  events(request: OpenEventsRequest): Promise<{ moment: Moment; events: FoundEvent[] }>
  locate(tenant: string, eventId: string): Promise<Located>
  refusals(tenant: string, stream: string): Promise<{ moment: Moment; rows: OpenRefusal[] }>
}

export type OpenRefusal = RefusalRow & { segmentId: string }

/** Everything that a query function needs. */
export interface QueryContext {
  /** payload bytes in one page of events */
  pageBytesMax: number
  files: PartFiles
  open: OpenReads
  openRuns: OpenRuns
  sealedRuns: SealedRuns
  /** embeds what is searched for; undefined where the runtime has none */
  embedder: () => Promise<Embedder | undefined>
  /** Told of a part that was found damaged and left out. */
  onCorrupt: (error: Error) => void
  /** A published version that an answer of `open` named while this query runs. */
  catalogAt(version: number): CatalogVersion
}

/** What is published at a moment, less what has been evicted since, so that a segment goes at once with its open rows. */
export function publishedAt({ version, gone }: Moment, context: QueryContext): CatalogVersion {
  const published = context.catalogAt(version)
  if (gone.length === 0) return published
  const segments = new Map(published.segments)
  for (const id of gone) segments.delete(id)
  return { ...published, segments }
}

export function asOf({ writer, version, seq, exact }: Moment): AsOf {
  return { catalog: version, writers: { [writer]: seq }, exact }
}
