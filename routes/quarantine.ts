// Quarantine: the events that were refused, by code, and running them again once they, or the way they are read, have
// been repaired.

import { createRoute, z } from '@hono/zod-openapi'
import { refusalCodes, refusalSchema } from '../src/contract/refusal.ts'
import {
  type Answer,
  asOfExample,
  asOfSchema,
  curl,
  json,
  jsonAnswer,
  keyProblems,
  named,
  nextCursorSchema,
  partialSchema,
  problemAnswers,
  withKey,
} from './answers.ts'
import { needs, tenantOf } from './auth.ts'
import { newRouter, type Router } from './context.ts'
import { fieldMapOf } from './field-map.ts'
import { strict } from './invalid.ts'
import {
  checkLimit,
  cursorParameter,
  fromParameter,
  limitParameter,
  present,
  streamParameter,
  untilParameter,
} from './parameters.ts'
import { readReplay, replayAnswerSchema, replayBodySchema } from './replay-body.ts'

export function quarantineRoutes(): Router {
  const router = newRouter()
  router.openAPIRegistry.register('Replay', replayBodySchema)
  return router
    .openapi(listRoute, async c => {
      const { from, until, code, cursor, ...query } = c.req.valid('query')
      checkLimit(query.limit, c.var.app)
      const filter = present({ fromMs: from, untilMs: until, code, cursor })
      const page = await c.var.app.service.quarantine({ tenant: tenantOf(c), ...query, ...filter })
      return json(c, {
        refusals: page.refusals,
        counts: page.counts,
        next_cursor: page.nextCursor ?? null,
        partial: page.partial,
        as_of: page.asOf,
      })
    })
    .openapi(replayRoute, async c => {
      const { stream, refusal_ids, code, patch, replacements, reopen, limit, ...fields } = await readReplay(c)
      const refusalIds = refusal_ids ?? (code || !replacements ? undefined : Object.keys(replacements))
      const answer = await c.var.app.service.replay({
        tenant: tenantOf(c),
        stream,
        reopen,
        limit,
        fields: fieldMapOf(fields),
        ...present({ refusalIds, code, patch, replacements }),
      })
      return json(c, answer)
    })
}

const listRoute = createRoute({
  method: 'get',
  path: '/v1/quarantine',
  operationId: 'listQuarantine',
  tags: ['quarantine'],
  summary: 'List refused events',
  description:
    'What was refused and why, with the bytes as they came. `counts` are over all that the filter matches, not only this page; `from` and `until` are times of ingest. Scope `query`.',
  security: withKey,
  middleware: needs('query'),
  request: {
    query: strict({
      stream: streamParameter,
      code: z.enum(refusalCodes).optional().openapi({ description: 'only this code' }),
      status: z
        .enum(['open', 'resolved', 'all'])
        .default('open')
        .openapi({ description: 'resolved ones have been replayed' }),
      from: fromParameter,
      until: untilParameter,
      limit: limitParameter,
      cursor: cursorParameter,
    }),
  },
  responses: {
    200: jsonAnswer(
      'A page of refusals, and how many there are of each code',
      z
        .object({
          refusals: z.array(named('Refusal', refusalSchema)),
          counts: z.array(z.object({ code: z.enum(refusalCodes), open: z.int(), resolved: z.int() })),
          next_cursor: nextCursorSchema,
          partial: partialSchema,
          as_of: asOfSchema,
        })
        .openapi('QuarantinePage'),
      {
        refusals: [
          {
            refusal_id: 'r-12',
            segment_id: 'default/events/20250601T00/1',
            batch_id: 'b-1807',
            position: 2,
            ingest_time: '2025-06-01T12:00:00.412Z',
            source: 'shop',
            stage: 'decode',
            code: 'malformed_json',
            path: '',
            message: 'expected a value at byte 17',
            raw: '{"id":"a3","user":}',
            raw_encoding: 'utf8',
            status: 'open',
            resolution: null,
          },
        ],
        counts: [{ code: 'malformed_json', open: 1, resolved: 0 }],
        next_cursor: null,
        partial: false,
        as_of: asOfExample,
      },
    ),
    ...problemAnswers('bad_request', 'bad_cursor', ...keyProblems, 'gone', 'not_ready'),
  } as Record<number, Answer>,
  ...curl(`curl -sS 'http://localhost:8420/v1/quarantine?code=malformed_json' \\
  -H "authorization: Bearer $ALLUVIUM_KEY"`),
})

const replayRoute = createRoute({
  method: 'post',
  path: '/v1/quarantine/replay',
  operationId: 'replayQuarantine',
  tags: ['quarantine'],
  summary: 'Run refused events again',
  description:
    'Repairs refused events and runs them again: with other fields, with a merge patch (RFC 7396) over each, or with a replacement for each. What passes counts as resolved; what is refused again stays open and is not counted twice. Scope `ingest`.',
  security: withKey,
  middleware: needs('ingest'),
  request: {
    query: strict({}),
    body: {
      required: true,
      content: {
        'application/json': {
          schema: { $ref: '#/components/schemas/Replay' },
          example: { refusal_ids: ['r-12'], replacements: { 'r-12': { id: 'a3', user: 'u7' } } },
        },
      },
    },
  },
  responses: {
    200: jsonAnswer('What became of each', replayAnswerSchema, {
      batch_id: 'b-1911',
      replayed: 1,
      accepted: 1,
      duplicate: 0,
      quarantined: 0,
      outcomes: [{ refusal_id: 'r-12', outcome: 'accepted', event_id: 'a3' }],
    }),
    ...problemAnswers(
      'bad_request',
      'empty_body',
      'bad_content_encoding',
      ...keyProblems,
      'timeout',
      'body_too_large',
      'unsupported_media_type',
      'queue_full',
      'quota_exceeded',
      'not_ready',
      'disk_full',
    ),
  } as Record<number, Answer>,
  ...curl(`curl -sS http://localhost:8420/v1/quarantine/replay \\
  -H "authorization: Bearer $ALLUVIUM_KEY" \\
  -H 'content-type: application/json' \\
  -d '{"code":"bad_time","time_field":"when.utc"}'`),
})
