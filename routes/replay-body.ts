// The body of a replay: which refusals, and how they are repaired.

import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { fromUtf8Strict } from '../src/base/bytes.ts'
import { slugSchema } from '../src/contract/envelope.ts'
import { refusalCodes } from '../src/contract/refusal.ts'
import { Refused } from '../src/contract/refused.ts'
import { announcedBytes, readBody } from './body.ts'
import type { Env } from './context.ts'
import { fieldShape } from './field-map.ts'
import { invalid, strict } from './invalid.ts'
import { bodyEncoding, bodyFormat } from './media.ts'
import { checkLimit, idText } from './parameters.ts'

const refusalsMax = 10_000

export const replayBodySchema = strict({
  stream: slugSchema.default('events'),
  refusal_ids: z.array(idText).min(1).max(refusalsMax).optional().describe('these refusals'),
  code: z.enum(refusalCodes).optional().describe('all open refusals of this code, up to `limit`'),
  patch: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('merge patch (RFC 7396) over each event that is an object'),
  replacements: z.record(idText, z.unknown()).optional().describe('the whole event instead, by refusal id'),
  ...fieldShape,
  reopen: z.boolean().default(false).describe('start a new generation for slices that were evicted'),
  limit: z.int().min(1).default(1000).describe('how many at most; bounded by `page_events_max`'),
})

export const replayAnswerSchema = z
  .object({
    batch_id: z.string(),
    replayed: z.int(),
    accepted: z.int(),
    duplicate: z.int(),
    quarantined: z.int().describe('refused again'),
    outcomes: z.array(
      z.object({
        refusal_id: z.string(),
        outcome: z.enum(['accepted', 'duplicate', 'quarantined']),
        code: z.enum(refusalCodes).optional(),
        message: z.string().optional(),
        event_id: z.string().optional(),
      }),
    ),
  })
  .openapi('ReplayAnswer')

/** @throws Refused what is wrong with the body */
export async function readReplay(c: Context<Env>): Promise<z.output<typeof replayBodySchema>> {
  const parsed = replayBodySchema.safeParse(parseJson(await readJsonText(c)))
  if (!parsed.success) throw invalid('json', parsed.error)
  const replay = parsed.data
  checkLimit(replay.limit, c.var.app)
  if (replay.refusal_ids || replay.code || replay.replacements) return replay
  throw new Refused('bad_request', 'say which: refusal_ids, code or replacements')
}

async function readJsonText(c: Context<Env>): Promise<string> {
  const { app } = c.var
  if (bodyFormat(c.req.header('content-type')) !== 'json') {
    throw new Refused(
      'unsupported_media_type',
      "a replay is asked for in JSON: add -H 'content-type: application/json'",
    )
  }
  const encoding = bodyEncoding(c.req.header('content-encoding'), app.inflate.encodings)
  const { tenant } = c.var.identity!
  const announced = announcedBytes(c.req.raw)
  app.service.admit(tenant, announced ?? 0)
  const hold = app.intake.hold()
  try {
    const onSent = (sentBytes: number) => c.set('bodyBytes', sentBytes)
    const text = fromUtf8Strict(await readBody(app, { request: c.req.raw, encoding, hold, onSent }))
    if (announced === undefined) app.service.admit(tenant, c.var.bodyBytes) // as in ingest.ts
    if (text === undefined) throw new Refused('bad_request', 'the body is not UTF-8')
    if (text.trim() === '') throw new Refused('empty_body', 'the body is empty; say which refusals to replay')
    return text
  } finally {
    hold.release()
  }
}

/** A whole number that a double can't hold would be stored as another one, so it is turned away. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text, (_key, value: unknown) => {
      if (typeof value !== 'number' || !Number.isInteger(value) || Number.isSafeInteger(value)) return value
      throw new Refused(
        'bad_request',
        `a replay can't carry whole numbers past 2^53, such as ${value}; send them as strings, or ingest the event anew`,
      )
    })
  } catch (thrown) {
    if (thrown instanceof Refused) throw thrown
    throw new Refused(
      'bad_request',
      `the body can't be read as JSON: ${thrown instanceof Error ? thrown.message : thrown}`,
    )
  }
}
