// Everything that a service shows of some tenants, read as a client reads it: page by page, and each event by its id.

import { fromUtf8 } from '../../src/base/bytes.ts'
import type { RefusalRecord } from '../../src/contract/refusal.ts'
import type { EventsPage, QuarantinePage, Service, StoredEvent } from '../../src/contract/service.ts'

export interface ReadEvent extends Omit<StoredEvent, 'payload'> {
  tenant: string
  stream: string
  text: string
}

export interface ReadRefusal extends RefusalRecord {
  tenant: string
  stream: string
}

export interface Contents {
  events: ReadEvent[]
  refusals: ReadRefusal[]
  /** `tenant/stream` → counts by code, as the service adds them up */
  counts: Record<string, QuarantinePage['counts']>
  segments: { segmentId: string; events: number; refusals: number; rawBytes: number; columns: string[] }[]
  partial: boolean
}

export interface ReadScope {
  tenants: readonly string[]
  streams: readonly string[]
  pageEvents?: number
}

export async function readContents(
  service: Service,
  { tenants, streams, pageEvents = 7 }: ReadScope,
): Promise<Contents> {
  const contents: Contents = { events: [], refusals: [], counts: {}, segments: [], partial: false }
  for (const tenant of tenants) {
    for (const stream of streams) {
      const ask = { tenant, stream, limit: pageEvents }
      for await (const page of eventPages(service, { ...ask, order: 'asc' })) {
        contents.events.push(...page.events.map(event => withText(event, tenant, stream)))
        contents.partial ||= page.partial
      }
      for await (const page of refusalPages(service, ask)) {
        contents.refusals.push(...page.refusals.map(refusal => ({ ...refusal, tenant, stream })))
        contents.counts[`${tenant}/${stream}`] = page.counts
        contents.partial ||= page.partial
      }
    }
    const { segments } = await service.segments(tenant)
    for (const { segment_id, event_rows, refusal_rows, raw_bytes, columns } of segments) {
      contents.segments.push({
        segmentId: segment_id,
        events: event_rows,
        refusals: refusal_rows,
        rawBytes: raw_bytes,
        columns: columns.map(({ name, type }) => `${name}:${type}`),
      })
    }
  }
  return contents
}

/** The same events from the newest back, to be compared with the scan from the oldest on. */
export async function readBackwards(service: Service, scope: ReadScope): Promise<ReadEvent[]> {
  const events: ReadEvent[] = []
  for (const tenant of scope.tenants) {
    for (const stream of scope.streams) {
      const ask = { tenant, stream, limit: scope.pageEvents ?? 7, order: 'desc' as const }
      for await (const page of eventPages(service, ask))
        events.push(...page.events.map(event => withText(event, tenant, stream)))
    }
  }
  return events
}

/** Each event asked for by its id, which takes another way than the scan. */
export async function readById(service: Service, event: ReadEvent): Promise<ReadEvent[]> {
  const { tenant, stream, eventId, source } = event
  const { events } = await service.event({ tenant, stream, eventId, source })
  return events.map(found => withText(found, tenant, stream))
}

const pagesMax = 10_000

async function* eventPages(
  service: Service,
  ask: { tenant: string; stream: string; limit: number; order: 'asc' | 'desc' },
): AsyncGenerator<EventsPage> {
  let page = await service.events(ask)
  for (let count = 1; count < pagesMax; count++) {
    yield page
    if (page.nextCursor === undefined) return
    page = await service.events({ ...ask, cursor: page.nextCursor })
  }
  throw new Error(`more than ${pagesMax} pages`)
}

async function* refusalPages(
  service: Service,
  ask: { tenant: string; stream: string; limit: number },
): AsyncGenerator<QuarantinePage> {
  let page = await service.quarantine({ ...ask, status: 'all' })
  for (let count = 1; count < pagesMax; count++) {
    yield page
    if (page.nextCursor === undefined) return
    page = await service.quarantine({ ...ask, status: 'all', cursor: page.nextCursor })
  }
  throw new Error(`more than ${pagesMax} pages`)
}

function withText({ payload, ...event }: StoredEvent, tenant: string, stream: string): ReadEvent {
  return { ...event, tenant, stream, text: fromUtf8(payload) }
}
