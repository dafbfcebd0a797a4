// The body of a replay: which refusals, and how they are repaired.

import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { slugSchema } from '../src/contract/envelope.ts'
import { refusalCodes } from '../src/contract/refusal.ts'
import { Refused } from '../src/contract/refused.ts'
import { tenantOf } from './auth.ts'
import type { Env } from './context.ts'
import { fieldShape } from './field-map.ts'
import { invalid, strict } from './invalid.ts'
import { parseJson, readJsonText } from './json-body.ts'
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
  const { app } = c.var
  const text = await readJsonText(c, {
    what: 'a replay',
    hint: 'say which refusals to replay',
    admit: bytes => app.service.admit(tenantOf(c), bytes),
  })
  const parsed = replayBodySchema.safeParse(parseJson(text, wholeNumbers))
  if (!parsed.success) throw invalid('json', parsed.error)
  const replay = parsed.data
  checkLimit(replay.limit, app)
  if (replay.refusal_ids || replay.code || replay.replacements) return replay
  throw new Refused('bad_request', 'say which: refusal_ids, code or replacements')
}

/** A whole number that a double can't hold would be stored as another one, so it is turned away. */
function wholeNumbers(_key: string, value: unknown): unknown {
  if (typeof value !== 'number' || !Number.isInteger(value) || Number.isSafeInteger(value)) return value
  throw new Refused(
    'bad_request',
    `a replay can't carry whole numbers past 2^53, such as ${value}; send them as strings, or ingest the event anew`,
  )
}
