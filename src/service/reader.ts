// The reader: queries over published versions and what the writer shows on top of them. It keeps every version that a
// running query may still name, and says when an old one is no longer needed.

import { assert } from '../base/assert.ts'
import type { Published } from '../catalog/catalog.ts'
import type { CatalogVersion } from '../catalog/version.ts'
import type { ClustersAnswer, ClustersRequest } from '../contract/clusters.ts'
import type {
  NodeAnswer,
  NodeRequest,
  PathAnswer,
  PathRequest,
  SearchAnswer,
  SearchRequest,
  WalkAnswer,
  WalkRequest,
} from '../contract/knowledge.ts'
import type { Segment } from '../contract/segment.ts'
import type {
  AsOf,
  EventsPage,
  EventsRequest,
  QuarantinePage,
  QuarantineRequest,
  StoredEvent,
} from '../contract/service.ts'
import type { Explanation } from '../pack/auto/explain.ts'
import type { Embedder } from '../ports/embedder.ts'
import { askClusters } from '../query/clusters.ts'
import { readEvent, readEvents } from '../query/events.ts'
import { askNode, askPath, askWalk } from '../query/graph/ask.ts'
import type { OpenRuns, StreamName } from '../query/open-runs.ts'
import { type FoundRefusal, findRefusals, type RefusalSearch, readQuarantine } from '../query/quarantine.ts'
import type { SealedRuns } from '../query/sealed-runs.ts'
import { search } from '../query/search/search.ts'
import { asOf, type OpenReads, type QueryContext } from '../query/snapshot.ts'
import type { PartFiles } from '../segment/part-files.ts'
import type { Knowledge } from './knowledge.ts'

export interface EventRequest {
  tenant: string
  eventId: string
  source?: string
  stream?: string
}

/** The reader as the service sees it, wherever it runs. */
export interface Reading extends Knowledge {
  events(request: EventsRequest): Promise<EventsPage>
  event(request: EventRequest): Promise<{ events: StoredEvent[]; asOf: AsOf; partial: boolean }>
  quarantine(request: QuarantineRequest): Promise<QuarantinePage>
  refusals(search: RefusalSearch): Promise<FoundRefusal[]>
  segments(tenant: string): Promise<{ segments: Segment[]; asOf: AsOf }>
}

export interface ReaderOptions {
  files: PartFiles
  open: OpenReads
  openRuns: OpenRuns
  sealedRuns: SealedRuns
  embedder: () => Promise<Embedder | undefined>
  pageBytesMax: number
  onCorrupt: (error: Error) => void
}

export class Reader implements Reading {
  readonly #context: QueryContext
  readonly #versions = new Map<number, CatalogVersion>()
  #newest: number
  /** for each running query the version that was newest when it began */
  readonly #running = new Set<{ from: number }>()
  #waiting: { version: number; resolve: () => void }[] = []

  constructor(options: ReaderOptions, first: CatalogVersion) {
    this.#context = { ...options, catalogAt: version => this.#at(version) }
    this.#newest = first.version
    this.#versions.set(first.version, first)
  }

  publish({ version, appliedSeq, changed, removed }: Published): void {
    const segments = new Map(this.#at(this.#newest).segments)
    for (const segment of changed) segments.set(segment.segment_id, segment)
    for (const id of removed) segments.delete(id)
    this.#versions.set(version, { version, appliedSeq, segments })
    this.#newest = version
    this.#forget()
  }

  /** Resolves when no running query can name a version before this one. */
  released(version: number): Promise<void> {
    return new Promise(resolve => {
      this.#waiting.push({ version, resolve })
      this.#forget()
    })
  }

  events(request: EventsRequest): Promise<EventsPage> {
    return this.#run(() => readEvents(request, this.#context))
  }

  event(request: EventRequest): Promise<{ events: StoredEvent[]; asOf: AsOf; partial: boolean }> {
    return this.#run(() => readEvent(request, this.#context))
  }

  quarantine(request: QuarantineRequest): Promise<QuarantinePage> {
    return this.#run(() => readQuarantine(request, this.#context))
  }

  refusals(search: RefusalSearch): Promise<FoundRefusal[]> {
    return this.#run(async () => (await findRefusals(search, this.#context)).refusals)
  }

  search(request: SearchRequest): Promise<SearchAnswer> {
    return this.#run(() => search(request, this.#context))
  }

  node(request: NodeRequest): Promise<NodeAnswer> {
    return this.#run(() => askNode(request, this.#context))
  }

  walk(request: WalkRequest): Promise<WalkAnswer> {
    return this.#run(() => askWalk(request, this.#context))
  }

  path(request: PathRequest): Promise<PathAnswer> {
    return this.#run(() => askPath(request, this.#context))
  }

  clusters(request: ClustersRequest): Promise<ClustersAnswer> {
    return this.#run(() => askClusters(request, this.#context))
  }

  autoPack(stream: StreamName): Promise<Explanation> {
    return this.#context.openRuns.autoPack(stream)
  }

  /** Live segments: the counts of what is open, the parts of what is published. */
  segments(tenant: string): Promise<{ segments: Segment[]; asOf: AsOf }> {
    return this.#run(async () => {
      const { moment, segments } = await this.#context.open.segments(tenant)
      const published = this.#at(moment.version).segments
      const merged = segments.map(segment => {
        const { parts, columns, columns_capped } = published.get(segment.segment_id) ?? segment
        return { ...segment, parts, columns, columns_capped }
      })
      return {
        segments: merged.sort((left, right) => (left.segment_id < right.segment_id ? -1 : 1)),
        asOf: asOf(moment),
      }
    })
  }

  async #run<Answer>(query: () => Promise<Answer>): Promise<Answer> {
    const running = { from: this.#newest }
    this.#running.add(running)
    try {
      return await query()
    } finally {
      this.#running.delete(running)
      this.#forget()
    }
  }

  #at(version: number): CatalogVersion {
    const found = this.#versions.get(version)
    assert(found, `catalog version ${version} is known while a query runs`)
    return found
  }

  #forget(): void {
    const needed = Math.min(this.#newest, ...[...this.#running].map(({ from }) => from))
    for (const version of this.#versions.keys()) if (version < needed) this.#versions.delete(version)
    for (const { version, resolve } of this.#waiting) if (version <= needed) resolve()
    this.#waiting = this.#waiting.filter(({ version }) => version > needed)
  }
}
