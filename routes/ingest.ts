// POST /v1/events: the way in. What can be refused is refused before the body is read; what was read is handed on as
// the bytes it came in.

import { createRoute, z } from '@hono/zod-openapi'
import { toHex } from '../src/base/bytes.ts'
import { slugSchema } from '../src/contract/envelope.ts'
import { batchAnswerSchema } from '../src/contract/receipt.ts'
import { Refused } from '../src/contract/refused.ts'
import type { IngestRequest } from '../src/contract/service.ts'
import {
  type Answer,
  curl,
  json,
  jsonAnswer,
  keyProblems,
  named,
  problemAnswers,
  withKey,
} from './answers.ts'
import { needs, tenantOf } from './auth.ts'
import { announcedBytes, readBody } from './body.ts'
import { type AppState, newRouter, type Router } from './context.ts'
import { fieldMapOf, fieldShape } from './field-map.ts'
import type { Hold } from './intake.ts'
import { strict } from './invalid.ts'
import { type BodyFormat, bodyEncoding, bodyFormat } from './media.ts'
import { flagParameter, nameText, present, streamParameter } from './parameters.ts'

export const ingestPath = '/v1/events'

export function ingestRoutes(): Router {
  return newRouter().openapi(ingestRoute, async c => {
    const { app } = c.var
    const tenant = tenantOf(c)
    const query = c.req.valid('query')
    const format = bodyFormat(c.req.header('content-type'))
    const encoding = bodyEncoding(c.req.header('content-encoding'), app.inflate.encodings)
    const announced = announcedBytes(c.req.raw)
    await app.service.untilRoom(announced ?? 0)
    app.service.admit(tenant, announced ?? 0)

    const hold = app.intake.hold()
    try {
      const onSent = (sentBytes: number) => c.set('bodyBytes', sentBytes)
      const body = await readBody(app, { request: c.req.raw, encoding, hold, onSent })
      if (announced === undefined) app.service.admit(tenant, c.var.bodyBytes) // what came counts, however it came
      const events = await toEvents(app, { format, body, hold })
      const { replayed, ...answer } = await app.service.ingest({
        tenant,
        ...events,
        ...requestOf(query),
        ...present({ idempotencyKey: c.req.valid('header')['idempotency-key'] }),
      })
      const response = json(c, answer)
      if (replayed) response.headers.set('idempotency-replayed', 'true')
      return response
    } finally {
      hold.release()
    }
  })
}

const querySchema = strict({
  stream: streamParameter,
  source: nameText.optional().openapi({ description: 'source of events that name none', example: 'shop' }),
  pack: slugSchema.optional().openapi({ description: 'pack that reads these events' }),
  wait: z.enum(['durable', 'indexed']).default('durable').openapi({
    description: '`durable` answers once the batch would survive a crash, `indexed` once it can also be read',
  }),
  receipts: z.enum(['problems', 'all']).default('problems').openapi({
    description: '`problems` lists only what was not plainly accepted',
  }),
  reopen: flagParameter(
    'start a new generation for slices that were evicted, instead of refusing as `expired`',
  ),
  ...fieldShape,
  file: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'SHA-256 as 64 lower-case hex digits')
    .optional()
    .openapi({
      description:
        'SHA-256 of the file that this body is a piece of; ids that events lack are derived from it',
    }),
  first_row: z
    .string()
    .regex(/^\d{1,15}$/, 'a whole number from 0')
    .transform(Number)
    .optional()
    .openapi({
      type: 'integer',
      minimum: 0,
      description: 'row of the file at which this body begins; wants `file`',
    }),
})
type Query = z.output<typeof querySchema>

const headersSchema = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, '1 to 255 visible ASCII characters')
    .optional()
    .openapi({ description: 'the same key and body again, within 24 hours, give the first answer again' }),
})

const anEvent = '{"id":"a1","time":"2025-06-01T12:00:00Z","type":"login","user_id":"u7"}'

const ingestRoute = createRoute({
  method: 'post',
  path: ingestPath,
  operationId: 'ingestEvents',
  tags: ['events'],
  summary: 'Store events',
  description:
    'Takes a JSON object or array, NDJSON, an Arrow IPC stream or a Parquet file, compressed with gzip, br, zstd (where the runtime has it) or not at all. A 200 means durable. One bad event never fails its batch: it is quarantined, and the answer says so. Scope `ingest`.',
  security: withKey,
  middleware: needs('ingest'),
  request: {
    query: querySchema,
    headers: headersSchema,
    body: {
      required: true,
      content: {
        'application/json': {
          schema: { type: ['object', 'array'], description: 'one event, or an array of events' },
          example: [JSON.parse(anEvent)],
        },
        'application/x-ndjson': {
          schema: { type: 'string', description: 'one event a line' },
          example: `${anEvent}\n`,
        },
        'application/vnd.apache.arrow.stream': { schema: { type: 'string', format: 'binary' } },
        'application/vnd.apache.parquet': { schema: { type: 'string', format: 'binary' } },
      },
    },
  },
  responses: {
    200: {
      ...jsonAnswer(
        'The batch is durable; sent = accepted + duplicate + quarantined',
        named('BatchAnswer', batchAnswerSchema),
        {
          batch_id: 'b-1807',
          sent: 3,
          accepted: 1,
          duplicate: 1,
          late: 0,
          masked: 0,
          quarantined: 1,
          receipts: [
            { position: 1, outcome: 'duplicate', event_id: 'a1' },
            {
              position: 2,
              outcome: 'quarantined',
              stage: 'decode',
              code: 'malformed_json',
              path: '',
              message: 'expected a value at byte 17',
              refusal_id: 'r-12',
            },
          ],
        },
      ),
      headers: {
        'idempotency-replayed': {
          description: '`true` when this is the first answer again',
          schema: { type: 'string', const: 'true' },
        },
      },
    },
    ...problemAnswers(
      'bad_request',
      'empty_body',
      'bad_content_encoding',
      'malformed_arrow',
      'malformed_parquet',
      ...keyProblems,
      'timeout',
      'body_too_large',
      'too_many_events',
      'unsupported_media_type',
      'idempotency_conflict',
      'queue_full',
      'quota_exceeded',
      'not_ready',
      'disk_full',
    ),
  } as Record<number, Answer>,
  ...curl(`curl -sS 'http://localhost:8420/v1/events?source=shop' \\
  -H "authorization: Bearer $ALLUVIUM_KEY" \\
  -H 'content-type: application/x-ndjson' \\
  --data-binary @events.ndjson`),
})

function requestOf(query: Query): Omit<IngestRequest, 'tenant' | 'format' | 'body'> {
  if (query.first_row !== undefined && query.file === undefined) {
    throw new Refused('bad_request', 'query.first_row: wants file, the hash of the file that it counts in', {
      errors: [{ path: 'query.first_row', code: 'unexpected', message: 'wants file' }],
    })
  }
  return {
    stream: query.stream,
    wait: query.wait,
    receipts: query.receipts,
    reopen: query.reopen,
    fields: fieldMapOf(query),
    ...present({ source: query.source, pack: query.pack }),
    ...(query.file !== undefined && { file: { hash: query.file, firstRow: query.first_row ?? 0 } }),
  }
}

type Events = Pick<IngestRequest, 'format' | 'body' | 'file'>

async function toEvents(
  app: AppState,
  { format, body, hold }: { format: BodyFormat; body: Uint8Array<ArrayBuffer>; hold: Hold },
): Promise<Events> {
  if (isBlank(body)) throw new Refused('empty_body', 'the body holds no event; with curl use --data-binary')
  if (format === 'json' || format === 'ndjson') return { format, body }
  const file = format === 'parquet' ? { hash: await sha256(body), firstRow: 0 } : undefined
  const { ndjson, rowCount } = await app.columnar(format, body)
  if (rowCount === 0) throw new Refused('empty_body', `the ${format} body holds no rows`)
  hold.resize(ndjson.byteLength)
  return { format: 'ndjson', body: ndjson, ...(file && { file }) }
}

/** Nothing but spaces, tabs and line breaks, perhaps behind a byte order mark. */
function isBlank(body: Uint8Array): boolean {
  const start = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0
  return body.subarray(start).every(byte => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d))
}

async function sha256(body: Uint8Array<ArrayBuffer>): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', body)))
}
