// Search: events by what they mean, by their words, by their fields, by what they mention.

import { createRoute, z } from '@hono/zod-openapi'
import { concat, toUtf8 } from '../src/base/bytes.ts'
import type { SearchAnswer, SearchHit } from '../src/contract/knowledge.ts'
import {
  type Answer,
  asOfExample,
  asOfSchema,
  curl,
  jsonAnswer,
  keyProblems,
  partialSchema,
  problemAnswers,
  withKey,
} from './answers.ts'
import { needs } from './auth.ts'
import { newRouter, type Router } from './context.ts'
import { citationOf, eventExample, eventJson, eventSchema, spliced } from './event-json.ts'
import { strict } from './invalid.ts'
import { readSearch, searchBodySchema } from './search-body.ts'

export function searchRoutes(): Router {
  const router = newRouter()
  router.openAPIRegistry.register('Search', searchBodySchema)
  return router.openapi(searchRoute, async c => {
    const answer = await c.var.app.knowledge.search(await readSearch(c))
    const { hits, ...rest } = answer
    return c.body(spliced('hits', hitsJson(hits), restJson(rest)), 200, {
      'content-type': 'application/json',
      'cache-control': 'no-store',
    })
  })
}

function restJson({ count, facets, whyNot, notes, partial, asOf }: Omit<SearchAnswer, 'hits'>) {
  return { count, facets, ...(whyNot !== undefined && { why_not: whyNot }), notes, partial, as_of: asOf }
}

/** Payloads leave as they came, so hits are put together as bytes. */
function hitsJson(hits: readonly SearchHit[]): Uint8Array {
  const pieces = hits.flatMap((hit, i) => [toUtf8(i === 0 ? '' : ','), ...hitPieces(hit)])
  return concat([toUtf8('['), ...pieces, toUtf8(']')])
}

function hitPieces({
  event,
  score,
  text,
  sameText,
  highlights,
  group,
  explanation,
}: SearchHit): Uint8Array[] {
  const said = {
    event_id: event.eventId,
    score,
    text,
    same_text: sameText,
    ...(highlights && { highlights }),
    citation: citationOf(event),
    ...(group && { group }),
    ...(explanation && { explanation }),
  }
  return [toUtf8(`${JSON.stringify(said).slice(0, -1)},"event":`), eventJson(event), toUtf8('}')]
}

const rankedSchema = z.object({ rank: z.int(), score: z.number() })

const hitSchema = z
  .object({
    event_id: z.string(),
    score: z.number().describe('higher is better; comparable within one answer'),
    text: z.string().describe('what the pack makes of the event'),
    same_text: z.int().describe('events in scope with this very text'),
    highlights: z
      .array(z.tuple([z.int(), z.int()]))
      .optional()
      .describe('where `text` holds words that were asked for: [start, end) in units of UTF-16'),
    citation: z.string(),
    group: z.object({ value: z.string().nullable(), count: z.int() }).optional(),
    explanation: z
      .object({
        words: rankedSchema
          .extend({ terms: z.array(z.looseObject({ term: z.string(), score: z.number() })) })
          .optional(),
        vector: z.object({ rank: z.int(), similarity: z.number() }).optional(),
        fusion: z.object({ method: z.string(), score: z.number() }),
      })
      .optional(),
    event: eventSchema,
  })
  .openapi('Hit')

const searchRoute = createRoute({
  method: 'post',
  path: '/v1/search',
  operationId: 'search',
  tags: ['search'],
  summary: 'Find events',
  description:
    'Events by meaning, by words or by both, among those that a window, a filter and a node let through. Without text, vector or like: the newest of these. Scope `query`.',
  security: withKey,
  middleware: needs('query'),
  request: {
    query: strict({}),
    body: {
      required: true,
      content: {
        'application/json': {
          schema: { $ref: '#/components/schemas/Search' },
          example: { text: 'login from a new device', k: 5 },
        },
      },
    },
  },
  responses: {
    200: jsonAnswer(
      'The best events, each with its citation',
      z
        .object({
          hits: z.array(hitSchema),
          count: z.int().describe('events that match'),
          facets: z.record(z.string(), z.array(z.object({ value: z.string(), count: z.int() }))),
          why_not: z.string().optional(),
          notes: z.array(z.string()),
          partial: partialSchema,
          as_of: asOfSchema,
        })
        .openapi('SearchAnswer'),
      {
        hits: [
          {
            event_id: 'a1',
            score: 0.0325,
            text: 'u7 login',
            same_text: 1,
            citation: eventExample.citation,
            event: eventExample,
          },
        ],
        count: 1,
        facets: {},
        notes: [],
        partial: false,
        as_of: asOfExample,
      },
    ),
    ...problemAnswers(
      'bad_request',
      'empty_body',
      'bad_content_encoding',
      ...keyProblems,
      'not_found',
      'timeout',
      'body_too_large',
      'unsupported_media_type',
      'not_implemented',
      'not_ready',
    ),
  } as Record<number, Answer>,
  ...curl(`curl -sS http://localhost:8420/v1/search \\
  -H "authorization: Bearer $ALLUVIUM_KEY" \\
  -H 'content-type: application/json' \\
  -d '{"text":"login from a new device","k":5}'`),
})
