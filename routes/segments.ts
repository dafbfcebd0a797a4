// Segments: what is kept, how large it is, when it expires, and dropping one.

import { createRoute, z } from '@hono/zod-openapi'
import { formatTime } from '../src/base/rfc3339.ts'
import { Refused } from '../src/contract/refused.ts'
import { columnSchema, type Segment } from '../src/contract/segment.ts'
import {
  type Answer,
  asOfExample,
  asOfSchema,
  curl,
  json,
  jsonAnswer,
  keyProblems,
  problemAnswers,
  withKey,
} from './answers.ts'
import { needs, tenantOf } from './auth.ts'
import { newRouter, type Router } from './context.ts'
import { strict } from './invalid.ts'
import { idText } from './parameters.ts'

export function segmentsRoutes(): Router {
  return newRouter()
    .openapi(listRoute, async c => {
      const { segments, asOf } = await c.var.app.service.segments(tenantOf(c))
      return json(c, { segments: segments.map(toAnswer), as_of: asOf })
    })
    .openapi(evictRoute, async c => {
      const { segment_id } = c.req.valid('param')
      const evicted = await c.var.app.service.evict(tenantOf(c), segment_id)
      if (!evicted) {
        const hint = 'an id has slashes, which a URL wants as %2F'
        throw new Refused('not_found', `there is no live segment ${JSON.stringify(segment_id)}; ${hint}`)
      }
      return c.body(null, 204)
    })
}

const segmentSchema = z
  .object({
    segment_id: z.string().describe('`tenant/stream/slice/generation`'),
    stream: z.string(),
    from: z.iso.datetime().describe('begin of the slice'),
    until: z.iso.datetime().describe('end of the slice, exclusive'),
    generation: z.int(),
    first_write: z.iso.datetime(),
    expires_at: z.iso.datetime(),
    event_count: z.int(),
    refusal_count: z.int(),
    raw_bytes: z.int().describe('bytes of the payloads as they came'),
    stored_bytes: z.int().describe('bytes of the parts as they are kept'),
    part_count: z.int(),
    columns: z.array(columnSchema).describe('fields found in the payloads, with the types inferred'),
    columns_capped: z.boolean().describe('true when there were more fields than `columns_max`'),
  })
  .openapi('Segment')
type SegmentAnswer = z.input<typeof segmentSchema>

const segmentExample: SegmentAnswer = {
  segment_id: 'default/events/20250601T00/1',
  stream: 'events',
  from: '2025-06-01T00:00:00.000Z',
  until: '2025-06-02T00:00:00.000Z',
  generation: 1,
  first_write: '2025-06-01T00:00:03.117Z',
  expires_at: '2025-07-02T00:00:00.000Z',
  event_count: 39244,
  refusal_count: 2,
  raw_bytes: 17106256,
  stored_bytes: 3402113,
  part_count: 4,
  columns: [{ name: 'user_id', path: 'user_id', type: 'string' }],
  columns_capped: false,
}

const listRoute = createRoute({
  method: 'get',
  path: '/v1/segments',
  operationId: 'listSegments',
  tags: ['segments'],
  summary: 'List the live segments',
  description: 'All live segments of the tenant. Scope `query`.',
  security: withKey,
  middleware: needs('query'),
  request: { query: strict({}) },
  responses: {
    200: jsonAnswer(
      'The segments, by stream and slice',
      z.object({ segments: z.array(segmentSchema), as_of: asOfSchema }).openapi('Segments'),
      { segments: [segmentExample], as_of: asOfExample },
    ),
    ...problemAnswers('bad_request', ...keyProblems, 'not_ready'),
  } as Record<number, Answer>,
  ...curl(`curl -sS http://localhost:8420/v1/segments \\
  -H "authorization: Bearer $ALLUVIUM_KEY"`),
})

const evictRoute = createRoute({
  method: 'delete',
  path: '/v1/segments/{segment_id}',
  operationId: 'evictSegment',
  tags: ['segments'],
  summary: 'Evict a segment',
  description:
    'Drops all of a slice at once: events, refusals, columns and ids. From then on every answer is as if it had never been there. Scope `admin`.',
  security: withKey,
  middleware: needs('admin'),
  request: {
    params: z.object({
      segment_id: idText.openapi({
        description: 'URL-encoded: its slashes as %2F',
        example: 'default/events/20250601T00/1',
      }),
    }),
    query: strict({}),
  },
  responses: {
    204: { description: 'It is gone' },
    ...problemAnswers('bad_request', ...keyProblems, 'not_found', 'not_ready'),
  } as Record<number, Answer>,
  ...curl(`curl -sS -X DELETE http://localhost:8420/v1/segments/default%2Fevents%2F20250601T00%2F1 \\
  -H "authorization: Bearer $ALLUVIUM_KEY"`),
})

function toAnswer(segment: Segment): SegmentAnswer {
  return {
    segment_id: segment.segment_id,
    stream: segment.stream,
    from: formatTime(segment.from_ms),
    until: formatTime(segment.until_ms),
    generation: segment.generation,
    first_write: formatTime(segment.first_write_ms),
    expires_at: formatTime(segment.expires_at_ms),
    event_count: segment.event_rows,
    refusal_count: segment.refusal_rows,
    raw_bytes: segment.raw_bytes,
    stored_bytes: segment.parts.reduce((sum, part) => sum + part.bytes, 0),
    part_count: segment.parts.length,
    columns: segment.columns,
    columns_capped: segment.columns_capped,
  }
}
