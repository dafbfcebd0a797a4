// Reading events: a page of a stream, one event, and the exact bytes of one payload.

import { createRoute, z } from '@hono/zod-openapi'
import { Refused } from '../src/contract/refused.ts'
import type { StoredEvent } from '../src/contract/service.ts'
import {
  type Answer,
  asOfExample,
  asOfSchema,
  curl,
  jsonAnswer,
  keyProblems,
  nextCursorSchema,
  partialSchema,
  problemAnswers,
  withKey,
} from './answers.ts'
import { needs, tenantOf } from './auth.ts'
import { type AppState, newRouter, type Router } from './context.ts'
import {
  citationOf,
  eventExample,
  eventJson,
  eventLines,
  eventSchema,
  eventsJson,
  spliced,
} from './event-json.ts'
import { strict } from './invalid.ts'
import { negotiate } from './media.ts'
import {
  checkLimit,
  cursorParameter,
  fromParameter,
  idText,
  limitParameter,
  nameText,
  present,
  streamParameter,
  untilParameter,
} from './parameters.ts'

export function eventsRoutes(): Router {
  return newRouter()
    .openapi(pageRoute, async c => {
      const { from, until, entity_id, type, source, cursor, ...query } = c.req.valid('query')
      checkLimit(query.limit, c.var.app)
      const mediaType = negotiate(c.req.header('accept'), [jsonType, ndjsonType])
      const filter = present({ fromMs: from, untilMs: until, entityId: entity_id, type, source, cursor })
      const page = await c.var.app.service.events({ tenant: tenantOf(c), ...query, ...filter })
      if (mediaType === ndjsonType) {
        return c.body(eventLines(page.events) as Uint8Array<ArrayBuffer>, 200, {
          'content-type': ndjsonType,
          'cache-control': 'no-store',
          ...(page.nextCursor !== undefined && { 'next-cursor': page.nextCursor }),
          ...(page.partial && { partial: 'true' }),
          'as-of': JSON.stringify(page.asOf),
        })
      }
      const rest = { next_cursor: page.nextCursor ?? null, partial: page.partial, as_of: page.asOf }
      return c.body(spliced('events', eventsJson(page.events), rest), 200, jsonHeaders)
    })
    .openapi(eventRoute, async c => {
      const found = await find(c.var.app, tenantOf(c), { ...c.req.valid('param'), ...c.req.valid('query') })
      const rest = { also_in: found.others.map(whereabouts), partial: found.partial, as_of: found.asOf }
      return c.body(spliced('event', eventJson(found.event), rest), 200, jsonHeaders)
    })
    .openapi(payloadRoute, async c => {
      const { event } = await find(c.var.app, tenantOf(c), {
        ...c.req.valid('param'),
        ...c.req.valid('query'),
      })
      const etag = `"${event.sha256}"`
      // A cache may keep the bytes but must ask each time, because an evicted event is gone at once.
      const headers = { etag, 'cache-control': 'private, no-cache' }
      if (matches(c.req.header('if-none-match'), etag)) return c.body(null, 304, headers)
      return c.body(event.payload as Uint8Array<ArrayBuffer>, 200, { 'content-type': jsonType, ...headers })
    })
}

const jsonType = 'application/json'
const ndjsonType = 'application/x-ndjson'
const jsonHeaders = { 'content-type': jsonType, 'cache-control': 'no-store' }

const whereaboutsSchema = z
  .object({
    source: z.string(),
    segment_id: z.string(),
    doc_id: z.string(),
    event_time: z.iso.datetime(),
    citation: z.string(),
  })
  .openapi('Whereabouts')

const pageSchema = z
  .object({
    events: z.array(eventSchema),
    next_cursor: nextCursorSchema,
    partial: partialSchema,
    as_of: asOfSchema,
  })
  .openapi('EventsPage')

const pageRoute = createRoute({
  method: 'get',
  path: '/v1/events',
  operationId: 'listEvents',
  tags: ['events'],
  summary: 'Read events',
  description:
    'A page of a stream: slice by slice in event time, and within a slice in the order in which the events came. The cursor holds the version that the first page was read at, so the pages fit together while new events come in. With `Accept: application/x-ndjson` one event a line, and the cursor in the `next-cursor` header. Scope `query`.',
  security: withKey,
  middleware: needs('query'),
  request: {
    query: strict({
      stream: streamParameter,
      type: nameText.optional().openapi({ description: 'only events of this type' }),
      entity_id: idText.optional().openapi({ description: 'only events of this entity', example: 'u7' }),
      source: nameText.optional().openapi({ description: 'only events of this source' }),
      from: fromParameter,
      until: untilParameter,
      limit: limitParameter,
      order: z
        .enum(['asc', 'desc'])
        .default('asc')
        .openapi({ description: '`asc`: the oldest slice, and in it what came first, first' }),
      cursor: cursorParameter,
    }),
  },
  responses: {
    200: {
      description: 'A page of events',
      content: {
        [jsonType]: {
          schema: pageSchema,
          example: { events: [eventExample], next_cursor: null, partial: false, as_of: asOfExample },
        },
        [ndjsonType]: { schema: { type: 'string', description: 'one Event a line' } },
      },
      headers: {
        'next-cursor': {
          description: 'with NDJSON: the cursor of the next page',
          schema: { type: 'string' },
        },
        'as-of': { description: 'with NDJSON: the version, as JSON', schema: { type: 'string' } },
      },
    },
    ...problemAnswers(
      'bad_request',
      'bad_cursor',
      ...keyProblems,
      'not_acceptable',
      'gone',
      'timeout',
      'not_ready',
    ),
  } as Record<number, Answer>,
  ...curl(`curl -sS 'http://localhost:8420/v1/events?entity_id=u7&limit=10' \\
  -H "authorization: Bearer $ALLUVIUM_KEY"`),
})

const oneParams = z.object({ event_id: idText.openapi({ example: 'a1' }) })
const oneQuery = strict({
  source: nameText.optional().openapi({ description: 'which one, when several sources have this id' }),
  stream: streamParameter.unwrap().optional().openapi({ description: 'only in this stream' }),
})

const eventRoute = createRoute({
  method: 'get',
  path: '/v1/events/{event_id}',
  operationId: 'getEvent',
  tags: ['events'],
  summary: 'Read one event',
  description:
    'The event with its payload and a citation. An id is unique within a source; where several sources have it, `also_in` names the others. Scope `query`.',
  security: withKey,
  middleware: needs('query'),
  request: { params: oneParams, query: oneQuery },
  responses: {
    200: jsonAnswer(
      'The event',
      z
        .object({
          event: eventSchema,
          also_in: z.array(whereaboutsSchema),
          partial: partialSchema,
          as_of: asOfSchema,
        })
        .openapi('FoundEvent'),
      { event: eventExample, also_in: [], partial: false, as_of: asOfExample },
    ),
    ...problemAnswers('bad_request', ...keyProblems, 'not_found', 'not_ready'),
  } as Record<number, Answer>,
  ...curl(`curl -sS http://localhost:8420/v1/events/a1 \\
  -H "authorization: Bearer $ALLUVIUM_KEY"`),
})

const payloadRoute = createRoute({
  method: 'get',
  path: '/v1/events/{event_id}/payload',
  operationId: 'getPayload',
  tags: ['events'],
  summary: 'Read the exact bytes of one event',
  description:
    'The payload as it was sent, byte for byte. The ETag is its SHA-256, the same as in the citation. Scope `query`.',
  security: withKey,
  middleware: needs('query'),
  request: { params: oneParams, query: oneQuery },
  responses: {
    200: {
      description: 'The payload',
      content: { [jsonType]: { schema: { type: 'object' }, example: eventExample.payload } },
      headers: { etag: { description: 'SHA-256 of the payload', schema: { type: 'string' } } },
    },
    304: { description: 'The bytes are those of If-None-Match' },
    ...problemAnswers('bad_request', ...keyProblems, 'not_found', 'not_ready'),
  } as Record<number, Answer>,
  ...curl(`curl -sS http://localhost:8420/v1/events/a1/payload \\
  -H "authorization: Bearer $ALLUVIUM_KEY" | sha256sum`),
})

interface Wanted {
  event_id: string
  source?: string | undefined
  stream?: string | undefined
}

async function find(app: AppState, tenant: string, { event_id, source, stream }: Wanted) {
  const { events, asOf, partial } = await app.service.event({
    tenant,
    eventId: event_id,
    ...present({ source, stream }),
  })
  const [event, ...others] = events
  if (event) return { event, others, asOf, partial }
  const doubt = partial ? '; a part that is damaged was left out, and it may have been there' : ''
  throw new Refused('not_found', `there is no live event ${JSON.stringify(event_id)}${doubt}`)
}

function whereabouts(event: StoredEvent): z.input<typeof whereaboutsSchema> {
  return {
    source: event.source,
    segment_id: event.segmentId,
    doc_id: event.docId,
    event_time: new Date(event.eventTimeMs).toISOString(),
    citation: citationOf(event),
  }
}

function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false
  return ifNoneMatch.split(',').some(tag => ['*', etag].includes(tag.trim().replace(/^W\//, '')))
}
