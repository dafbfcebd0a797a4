// Events as answers show them. The payload is spliced in as the bytes that came, never parsed: a number with forty
// digits leaves as it arrived. That is why these answers are built as bytes.

import { z } from '@hono/zod-openapi'
import { concat, toUtf8 } from '../src/base/bytes.ts'
import { formatTime } from '../src/base/rfc3339.ts'
import { envelopeSchema } from '../src/contract/envelope.ts'
import type { StoredEvent } from '../src/contract/service.ts'

/** One event as a JSON object. */
export function eventJson(event: StoredEvent): Uint8Array {
  return concat(eventPieces(event, event.payload))
}

/** An array of events, to be spliced into an answer. */
export function eventsJson(events: readonly StoredEvent[]): Uint8Array {
  const pieces = events.flatMap((event, i) => [
    i === 0 ? nothing : comma,
    ...eventPieces(event, event.payload),
  ])
  return concat([openArray, ...pieces, closeArray])
}

/**
 * One event a line. A payload sent over several lines has its line breaks, which stand between tokens, made spaces;
 * its exact bytes are at `/v1/events/{event_id}/payload`.
 */
export function eventLines(events: readonly StoredEvent[]): Uint8Array {
  return concat([
    nothing,
    ...events.flatMap(event => [...eventPieces(event, inOneLine(event.payload)), lineBreak]),
  ])
}

/** A JSON object whose last field is given as bytes, followed by fields of its own. */
export function spliced(
  field: string,
  value: Uint8Array,
  rest: Record<string, unknown>,
): Uint8Array<ArrayBuffer> {
  const tail = JSON.stringify(rest).slice(1)
  return concat([toUtf8(`{${JSON.stringify(field)}:`), value, toUtf8(`,${tail}`)]) as Uint8Array<ArrayBuffer>
}

/** Names one version of one event for good: who has the bytes can check them against the hash. */
export function citationOf({ segmentId, docId, sha256 }: StoredEvent): string {
  return `alluvium:event/${segmentId}/${docId}?sha256=${sha256}`
}

export const eventSchema = envelopeSchema
  .extend({
    segment_id: z.string(),
    doc_id: z.string().describe('`<writer>-<sequence>`'),
    batch_id: z.string(),
    position: z.int().describe('index of the event in its batch'),
    ingest_seq: z.int().describe('log sequence of its batch'),
    late: z.boolean(),
    masked: z.boolean(),
    citation: z.string(),
    payload: z.record(z.string(), z.unknown()).describe('the whole event, byte for byte as it was sent'),
  })
  .openapi('Event')

export const eventExample = {
  event_id: 'a1',
  event_time: '2025-06-01T12:00:00.000Z',
  ingest_time: '2025-06-01T12:00:00.412Z',
  source: 'shop',
  type: 'login',
  schema_version: null,
  entity_id: 'u7',
  segment_id: 'default/events/20250601T00/1',
  doc_id: 'w1-1807',
  batch_id: 'b-1807',
  position: 0,
  ingest_seq: 1807,
  late: false,
  masked: false,
  citation:
    'alluvium:event/default/events/20250601T00/1/w1-1807?sha256=6b1b36cbb04b41490bfc0ab2bfa26f86c9d3c0d5b8c8a8f3f5e1d1f0a9c4b7e2',
  payload: { id: 'a1', time: '2025-06-01T12:00:00Z', type: 'login', user_id: 'u7' },
}

const nothing = new Uint8Array(0)
const comma = toUtf8(',')
const openArray = toUtf8('[')
const closeArray = toUtf8(']')
const closeObject = toUtf8('}')
const lineBreak = toUtf8('\n')

function eventPieces(event: StoredEvent, payload: Uint8Array): Uint8Array[] {
  const envelope: Omit<z.input<typeof eventSchema>, 'payload'> = {
    event_id: event.eventId,
    event_time: formatTime(event.eventTimeMs),
    ingest_time: formatTime(event.ingestTimeMs),
    source: event.source,
    type: event.type,
    schema_version: event.schemaVersion,
    entity_id: event.entityId,
    segment_id: event.segmentId,
    doc_id: event.docId,
    batch_id: event.batchId,
    position: event.position,
    ingest_seq: event.ingestSeq,
    late: event.late,
    masked: event.masked,
    citation: citationOf(event),
  }
  return [toUtf8(`${JSON.stringify(envelope).slice(0, -1)},"payload":`), payload, closeObject]
}

/** Inside a JSON string a line break is always escaped, so a bare one is only white space. */
function inOneLine(payload: Uint8Array): Uint8Array {
  if (!payload.includes(LF) && !payload.includes(CR)) return payload
  return payload.map(byte => (byte === LF || byte === CR ? SPACE : byte))
}

const LF = 0x0a
const CR = 0x0d
const SPACE = 0x20
