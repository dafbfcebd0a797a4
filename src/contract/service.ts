// What the service does, as the routes and the command line see it. The tenant in every call comes from the key alone.
// A call that is turned away whole throws Refused; everything else that throws is our fault or the world's.

import type { FieldMap } from './envelope.ts'
import type { BatchAnswer } from './receipt.ts'
import type { RefusalCode, RefusalRecord } from './refusal.ts'
import type { Segment } from './segment.ts'

/** The version that an answer was computed at: the catalog's, and each writer's log sequence. */
export interface AsOf {
  catalog: number
  writers: Record<string, number>
  /** true while one writer makes duplicates exact */
  exact: boolean
}

export interface IngestRequest {
  tenant: string
  stream: string
  /** `json`: one value, an array's elements being the events. `ndjson`: one event a line. */
  format: 'json' | 'ndjson'
  body: Uint8Array
  source?: string
  pack?: string
  fields: FieldMap
  wait: 'durable' | 'indexed'
  receipts: 'problems' | 'all'
  idempotencyKey?: string
  /** The body is rows [firstRow, …) of a file of this hash: ids that the events lack are derived from it. */
  file?: { hash: string; firstRow: number }
  /** Start a new generation for evicted slices instead of refusing as expired. */
  reopen: boolean
}

export interface IngestAnswer extends BatchAnswer {
  /** the same Idempotency-Key and body came before; this is the first answer again */
  replayed: boolean
}

export interface EventFilter {
  type?: string
  entityId?: string
  source?: string
  fromMs?: number
  untilMs?: number
}

export interface EventsRequest extends EventFilter {
  tenant: string
  stream: string
  limit: number
  order: 'asc' | 'desc'
  cursor?: string
}

/** One stored event. `payload` is the exact slice of the body that brought it. */
export interface StoredEvent {
  segmentId: string
  /** `<writer>-<sequence>` */
  docId: string
  batchId: string
  position: number
  ingestSeq: number
  eventId: string
  eventTimeMs: number
  ingestTimeMs: number
  source: string
  type: string | null
  schemaVersion: string | null
  entityId: string | null
  late: boolean
  masked: boolean
  payload: Uint8Array
  /** lower-case hex SHA-256 of `payload` */
  sha256: string
}

export interface EventsPage {
  events: StoredEvent[]
  nextCursor: string | undefined
  /** a part was bad and has been left out */
  partial: boolean
  asOf: AsOf
}

export interface QuarantineRequest {
  tenant: string
  stream: string
  code?: RefusalCode
  status: 'open' | 'resolved' | 'all'
  fromMs?: number
  untilMs?: number
  limit: number
  cursor?: string
}

export interface QuarantinePage {
  refusals: RefusalRecord[]
  /** over all that the filter matches, not just this page */
  counts: { code: RefusalCode; open: number; resolved: number }[]
  nextCursor: string | undefined
  partial: boolean
  asOf: AsOf
}

export interface ReplayRequest {
  tenant: string
  stream: string
  refusalIds?: string[]
  code?: RefusalCode
  /** RFC 7396 merge patch, put over each refused event that parses as an object. */
  patch?: Record<string, unknown>
  /** The whole event instead of the raw bytes, by refusal id. */
  replacements?: Record<string, unknown>
  pack?: string
  /** field map for this re-run */
  fields: FieldMap
  reopen: boolean
  limit: number
}

export interface ReplayAnswer {
  batch_id: string
  replayed: number
  accepted: number
  duplicate: number
  /** refused again; they stay open and are not counted twice */
  quarantined: number
  outcomes: {
    refusal_id: string
    outcome: 'accepted' | 'duplicate' | 'quarantined'
    code?: RefusalCode
    message?: string
    event_id?: string
  }[]
}

export interface Readiness {
  ready: boolean
  /** why not: `recovering`, `disk_full`, `queue_full`, `draining`, `failed` */
  reasons: string[]
  details: Record<string, string | number | boolean>
}

/** One sample of a metric, as /metrics prints it. */
export interface Metric {
  name: string
  kind: 'counter' | 'gauge' | 'histogram'
  help: string
  samples: { labels: Record<string, string>; value: number; suffix?: '_bucket' | '_sum' | '_count' }[]
}

export interface Service {
  ingest(request: IngestRequest): Promise<IngestAnswer>
  /** Throws Refused before a body is read when nothing can be taken now (queue_full, disk_full, draining). */
  admit(tenant: string, bodyBytes: number): void
  /** Resolves when the queue has room for a body, or when it has waited for that as long as it may. */
  untilRoom(bodyBytes: number): Promise<void>
  events(request: EventsRequest): Promise<EventsPage>
  /** All live events of that id (one a source), or an empty list. */
  event(request: {
    tenant: string
    eventId: string
    source?: string
    stream?: string
  }): Promise<{ events: StoredEvent[]; asOf: AsOf; partial: boolean }>
  quarantine(request: QuarantineRequest): Promise<QuarantinePage>
  replay(request: ReplayRequest): Promise<ReplayAnswer>
  segments(tenant: string): Promise<{ segments: Segment[]; asOf: AsOf }>
  /** @returns false when there is no such live segment */
  evict(tenant: string, segmentId: string): Promise<boolean>
  readiness(): Promise<Readiness>
  metrics(): Promise<Metric[]>
  /** Stop intake, flush, publish, let go. */
  drain(): Promise<void>
}
