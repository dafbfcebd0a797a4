// Reading events: a page of a scan, or all that carry an id.

import { toHex } from '../base/bytes.ts'
import { type CatalogVersion, segmentsOf } from '../catalog/version.ts'
import type { Segment } from '../contract/segment.ts'
import type { EventsPage, EventsRequest, StoredEvent } from '../contract/service.ts'
import { CorruptPart } from '../segment/checked.ts'
import { type EventMatch, type FoundEvent, Page } from '../segment/event.ts'
import { type SealedScan, scanSealed } from '../segment/sealed.ts'
import { compareSegmentIds, docId, docsBehind } from '../segment/slice.ts'
import { readCursor, writeCursor } from './cursor.ts'
import { asOf, type OpenEventsRequest, publishedAt, type QueryContext } from './snapshot.ts'

export async function readEvents(request: EventsRequest, context: QueryContext): Promise<EventsPage> {
  const { tenant, stream, limit, order, cursor, ...filter } = request
  const question = [tenant, stream, order, filter]
  const position = cursor === undefined ? undefined : readCursor(cursor, question)
  const asked: OpenEventsRequest = {
    tenant,
    stream,
    order,
    limit,
    bytesMax: context.pageBytesMax,
    match: { ...filter, seqMax: position?.seq ?? Number.POSITIVE_INFINITY },
    ...(position && { position }),
  }
  const { moment, events: open } = await context.open.events(asked)
  const sealed = await readSealed(asked, publishedAt(moment, context), context)
  const found = [...sealed.events, ...open].sort(byPosition(order))
  const page = new Page(asked)
  page.fill(found)
  const { events } = page
  const seq = position?.seq ?? moment.seq
  const last = page.isFull ? events.at(-1) : undefined
  return {
    events: await Promise.all(events.map(event => toStored(event, moment.writer))),
    nextCursor: last && writeCursor({ seq, segmentId: last.segmentId, sequence: last.doc }, question),
    partial: sealed.partial,
    asOf: { ...asOf(moment), writers: { [moment.writer]: seq } },
  }
}

/** All live events of an id, one a source; a source or a stream narrows it. */
export async function readEvent(
  request: { tenant: string; eventId: string; source?: string; stream?: string },
  context: QueryContext,
): Promise<{ events: StoredEvent[]; asOf: EventsPage['asOf']; partial: boolean }> {
  const { moment, open, sealed, ...located } = await context.open.locate(request.tenant, request.eventId)
  const catalog = publishedAt(moment, context)
  const found = new Map(open.map(event => [`${event.segmentId}#${event.doc}`, event]))
  let { partial } = located
  for (const { segmentId, doc } of sealed) {
    const segment = catalog.segments.get(segmentId)
    if (!segment || found.has(`${segmentId}#${doc}`)) continue
    const page = new Page({ limit: 1, bytesMax: Number.POSITIVE_INFINITY })
    const scan = { match: everything, docs: { from: doc, until: doc + 1 }, order: 'asc' } as const
    partial = (await scanSegment(segment, scan, page, context)) || partial
    for (const event of page.events) found.set(`${segmentId}#${doc}`, event)
  }
  const events = [...found.values()].filter(
    event =>
      event.eventId === request.eventId &&
      (request.source === undefined || event.source === request.source) &&
      (request.stream === undefined || event.segmentId.split('/')[1] === request.stream),
  )
  return {
    events: await Promise.all(events.map(event => toStored(event, moment.writer))),
    asOf: asOf(moment),
    partial,
  }
}

const everything: EventMatch = { seqMax: Number.POSITIVE_INFINITY }

async function readSealed(asked: OpenEventsRequest, catalog: CatalogVersion, context: QueryContext) {
  const { tenant, stream, match, position, order } = asked
  const segments = segmentsOf(catalog, tenant, stream).filter(
    ({ from_ms, until_ms }) => (match.fromMs ?? from_ms) < until_ms && (match.untilMs ?? until_ms) > from_ms,
  )
  const page = new Page(asked)
  let partial = false
  for (const segment of order === 'asc' ? segments : segments.reverse()) {
    const docs = docsBehind(segment.segment_id, position, order)
    if (docs && !page.isFull)
      partial = (await scanSegment(segment, { match, docs, order }, page, context)) || partial
  }
  return { events: page.events, partial }
}

type SegmentScan = Pick<SealedScan, 'match' | 'docs' | 'order'>

/** A part that is found damaged is left out. @returns whether one was */
async function scanSegment(
  segment: Segment,
  scan: SegmentScan,
  page: Page,
  context: QueryContext,
): Promise<boolean> {
  const parts = segment.parts.filter(({ role }) => role === 'events')
  const raws = segment.parts.filter(({ role }) => role === 'raw')
  let partial = false
  for (const events of scan.order === 'asc' ? parts : parts.reverse()) {
    if (page.isFull) break
    try {
      await scanSealed(context.files, { ...scan, segmentId: segment.segment_id, events, raws }, page)
    } catch (error) {
      if (!(error instanceof CorruptPart)) throw error
      context.onCorrupt(error)
      partial = true
    }
  }
  return partial
}

function byPosition(order: 'asc' | 'desc'): (left: FoundEvent, right: FoundEvent) => number {
  const sign = order === 'asc' ? 1 : -1
  return (left, right) =>
    sign *
    (left.segmentId === right.segmentId
      ? left.doc - right.doc
      : compareSegmentIds(left.segmentId, right.segmentId))
}

export async function toStored({ doc, ...event }: FoundEvent, writer: string): Promise<StoredEvent> {
  const digest = await crypto.subtle.digest('SHA-256', event.payload as Uint8Array<ArrayBuffer>)
  return { ...event, docId: docId(writer, doc), sha256: toHex(new Uint8Array(digest)) }
}
