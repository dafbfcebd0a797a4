// A service in memory, small and honest: it stores the lines it is given and answers from them, each tenant apart. It
// decides nothing about HTTP, and remembers what it was asked.

import { createHash } from 'node:crypto'
import { fromUtf8, toHex } from '../../src/base/bytes.ts'
import type { PathRequest, SearchRequest, WalkRequest } from '../../src/contract/knowledge.ts'
import type { RefusalRecord } from '../../src/contract/refusal.ts'
import { Refused } from '../../src/contract/refused.ts'
import type { Segment } from '../../src/contract/segment.ts'
import type {
  AsOf,
  EventsRequest,
  IngestAnswer,
  IngestRequest,
  Readiness,
  ReplayRequest,
  Service,
  StoredEvent,
} from '../../src/contract/service.ts'
import { AutoPack } from '../../src/pack/auto/auto-pack.ts'
import type { Knowledge } from '../../src/service/knowledge.ts'

export interface MemoryService extends Service, Knowledge {
  searches: SearchRequest[]
  walks: WalkRequest[]
  paths: PathRequest[]
  ingested: IngestRequest[]
  replays: ReplayRequest[]
  pages: EventsRequest[]
  admitted: { tenant: string; bodyBytes: number }[]
  /** thrown by the next call, whichever it is */
  failNext: unknown
  readinessNow: Readiness
  partial: boolean
}

const uncapped = { hubs: [], hubCount: 0, limit: false, reach: false }

export function memoryService(): MemoryService {
  const events = new Map<string, StoredEvent[]>()
  const refusals = new Map<string, RefusalRecord[]>()
  const segments = new Map<string, Segment[]>()
  const answered = new Map<string, { body: string; answer: IngestAnswer }>()
  let seq = 0
  const asOf = (): AsOf => ({ catalog: 1, writers: { w1: seq }, exact: true })
  const of = <Value>(all: Map<string, Value[]>, tenant: string): Value[] => {
    const own = all.get(tenant) ?? []
    all.set(tenant, own)
    return own
  }

  const service: MemoryService = {
    ingested: [],
    replays: [],
    searches: [],
    walks: [],
    paths: [],
    pages: [],
    admitted: [],
    failNext: undefined,
    readinessNow: { ready: true, reasons: [], details: { queue_bytes: 0 } },
    partial: false,
    admit(tenant, bodyBytes) {
      failIfTold()
      service.admitted.push({ tenant, bodyBytes })
    },
    async untilRoom() {},
    async ingest(request) {
      failIfTold()
      service.ingested.push(request)
      const key = request.idempotencyKey && `${request.tenant} ${request.idempotencyKey}`
      const before = key ? answered.get(key) : undefined
      if (before && before.body !== hashOf(request.body))
        throw new Refused('idempotency_conflict', 'another body')
      if (before) return { ...before.answer, replayed: true }
      const answer = store(request)
      if (key) answered.set(key, { body: hashOf(request.body), answer })
      return answer
    },
    async events(request) {
      failIfTold()
      service.pages.push(request)
      if (request.cursor !== undefined && !/^\d+$/.test(request.cursor))
        throw new Refused('bad_cursor', 'not ours')
      const start = Number(request.cursor ?? 0)
      const matching = of(events, request.tenant).filter(
        event =>
          (request.type ?? event.type) === event.type &&
          (request.entityId ?? event.entityId) === event.entityId &&
          (request.source ?? event.source) === event.source,
      )
      const end = start + request.limit
      const nextCursor = end < matching.length ? String(end) : undefined
      return { events: matching.slice(start, end), nextCursor, partial: service.partial, asOf: asOf() }
    },
    async search(request) {
      failIfTold()
      service.searches.push(request)
      const hits = of(events, request.tenant)
        .filter(event => fromUtf8(event.payload).includes(request.text ?? ''))
        .slice(0, request.k)
        .map(event => ({ event, score: 1, text: fromUtf8(event.payload), sameText: 1 }))
      const { partial } = service
      return { hits, count: hits.length, facets: {}, whyNot: undefined, notes: [], partial, asOf: asOf() }
    },
    async node({ node }) {
      failIfTold()
      const isKnown = node.key === 'u7'
      const known = {
        ...node,
        count: 1,
        firstMs: 0,
        lastMs: 0,
        attributes: { plan: { value: '"gold"', timeMs: 0 } },
      }
      const empty = { degrees: [], edges: [], evidence: [], isCapped: false }
      return {
        node: isKnown ? { ...known, ...empty } : undefined,
        notes: [],
        partial: service.partial,
        asOf: asOf(),
      }
    },
    async walk(request) {
      failIfTold()
      service.walks.push(request)
      const nodes = request.start.map(node => ({ ...node, count: 1, firstMs: 0, lastMs: 0, hops: 0 }))
      const { partial } = service
      return { nodes, edges: [], unknown: [], capped: uncapped, notes: [], partial, asOf: asOf() }
    },
    async clusters({ entity }) {
      failIfTold()
      const clusters = [{ id: 0, entities: 1, types: ['search'], hours: [], weekdays: [] }]
      return {
        texts: { space: 'm', step: 3, clusters: [{ id: 0, events: 2, texts: ['crash'] }] },
        behaviour: { step: 2, entities: 1, clusters },
        entity: entity === 'u7' ? { cluster: 0, events: 12 } : undefined,
        partial: service.partial,
        asOf: asOf(),
      }
    },
    async autoPack() {
      failIfTold()
      return AutoPack.start().explain()
    },
    async path(request) {
      failIfTold()
      service.paths.push(request)
      const { partial } = service
      return { outcome: 'none', nodes: [], edges: [], capped: uncapped, notes: [], partial, asOf: asOf() }
    },
    async event({ tenant, eventId, source }) {
      failIfTold()
      const found = of(events, tenant).filter(
        event => event.eventId === eventId && (source ?? event.source) === event.source,
      )
      return { events: found, asOf: asOf(), partial: service.partial }
    },
    async quarantine({ tenant, code }) {
      failIfTold()
      const own = of(refusals, tenant).filter(refusal => (code ?? refusal.code) === refusal.code)
      const counts =
        own.length > 0 ? [{ code: 'malformed_json' as const, open: own.length, resolved: 0 }] : []
      return { refusals: own, counts, nextCursor: undefined, partial: false, asOf: asOf() }
    },
    async replay(request) {
      failIfTold()
      service.replays.push(request)
      return { batch_id: 'b-r', replayed: 0, accepted: 0, duplicate: 0, quarantined: 0, outcomes: [] }
    },
    async segments(tenant) {
      failIfTold()
      return { segments: of(segments, tenant), asOf: asOf() }
    },
    async evict(tenant, segmentId) {
      failIfTold()
      const own = of(segments, tenant)
      const at = own.findIndex(segment => segment.segment_id === segmentId)
      if (at >= 0) own.splice(at, 1)
      return at >= 0
    },
    readiness: async () => service.readinessNow,
    metrics: async () => [
      {
        name: 'alluvium_events_total',
        kind: 'counter',
        help: 'Events.',
        samples: [{ labels: {}, value: seq }],
      },
    ],
    drain: async () => {},
  }
  return service

  function failIfTold(): void {
    const thrown = service.failNext
    service.failNext = undefined
    if (thrown !== undefined) throw thrown
  }

  function store(request: IngestRequest): IngestAnswer {
    seq++
    const lines = request.format === 'json' ? [request.body] : splitLines(request.body)
    let accepted = 0
    for (const [position, payload] of lines.entries()) {
      const value = parse(payload)
      if (!value) of(refusals, request.tenant).push(refusalOf(request, payload, position))
      else {
        of(events, request.tenant).push(eventOf(request, { payload, position, value, seq }))
        accepted++
      }
    }
    if (of(segments, request.tenant).length === 0) of(segments, request.tenant).push(segmentOf(request))
    const counts = {
      sent: lines.length,
      accepted,
      duplicate: 0,
      late: 0,
      masked: 0,
      quarantined: lines.length - accepted,
    }
    return { batch_id: `b-${seq}`, ...counts, receipts: [], replayed: false }
  }
}

function splitLines(body: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = []
  let start = 0
  for (let at = 0; at <= body.length; at++) {
    if (at < body.length && body[at] !== 0x0a) continue
    if (at > start) lines.push(body.slice(start, at))
    start = at + 1
  }
  return lines
}

function parse(payload: Uint8Array): Record<string, unknown> | undefined {
  try {
    return JSON.parse(fromUtf8(payload))
  } catch {
    return undefined // a line that is not JSON is what the quarantine is for
  }
}

interface Line {
  payload: Uint8Array
  position: number
  value: Record<string, unknown>
  seq: number
}

function eventOf(request: IngestRequest, { payload, position, value, seq }: Line): StoredEvent {
  return {
    segmentId: `${request.tenant}/${request.stream}/20250601T00/1`,
    docId: `w1-${seq}${position}`,
    batchId: `b-${seq}`,
    position,
    ingestSeq: seq,
    eventId: String(value.id ?? `${seq}-${position}`),
    eventTimeMs: 1_748_779_200_000 + position,
    ingestTimeMs: 1_748_779_200_412,
    source: request.source ?? 'http',
    type: typeof value.type === 'string' ? value.type : null,
    schemaVersion: null,
    entityId: typeof value.user_id === 'string' ? value.user_id : null,
    late: false,
    masked: false,
    payload,
    sha256: hashOf(payload),
  }
}

function refusalOf(request: IngestRequest, payload: Uint8Array, position: number): RefusalRecord {
  return {
    refusal_id: `r-${position}`,
    segment_id: `${request.tenant}/${request.stream}/20250601T00/1`,
    batch_id: 'b-1',
    position,
    ingest_time: '2025-06-01T12:00:00.412Z',
    source: 'http',
    stage: 'decode',
    code: 'malformed_json',
    path: '',
    message: 'not JSON',
    raw: fromUtf8(payload),
    raw_encoding: 'utf8',
    status: 'open',
    resolution: null,
  }
}

function segmentOf({ tenant, stream }: IngestRequest): Segment {
  return {
    segment_id: `${tenant}/${stream}/20250601T00/1`,
    tenant,
    stream,
    from_ms: 1_748_736_000_000,
    until_ms: 1_748_822_400_000,
    generation: 1,
    refusals_only: false,
    first_write_ms: 1_748_779_200_412,
    expires_at_ms: 1_751_414_400_000,
    doc_next: 2,
    refusal_next: 0,
    event_rows: 2,
    refusal_rows: 0,
    raw_bytes: 90,
    columns: [{ name: 'id', path: 'id', type: 'string' }],
    columns_capped: false,
    parts: [],
  }
}

export function hashOf(bytes: Uint8Array): string {
  return toHex(createHash('sha256').update(bytes).digest())
}
