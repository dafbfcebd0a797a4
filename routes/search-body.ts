// The body of a search: what is looked for, among which events, and how the answer is made.

import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { toUtf8 } from '../src/base/bytes.ts'
import { parseTime } from '../src/base/rfc3339.ts'
import { slugSchema } from '../src/contract/envelope.ts'
import { filterSchema } from '../src/contract/filter.ts'
import type { Fusion, SearchRequest } from '../src/contract/knowledge.ts'
import { entityTypeSchema, fieldPathSchema } from '../src/contract/pack.ts'
import { Refused } from '../src/contract/refused.ts'
import { tenantOf } from './auth.ts'
import type { Env } from './context.ts'
import { invalid, strict } from './invalid.ts'
import { parseJson, readJsonText } from './json-body.ts'
import { idText, present } from './parameters.ts'

const hitsMax = 1000
const textCharsMax = 20_000
const hopsMax = 4

/** A time within a JSON body. */
export const timeSchema = z
  .string()
  .transform((text, context) => {
    const bytes = toUtf8(text)
    const timeMs = parseTime(bytes, 0, bytes.length)
    if (!Number.isNaN(timeMs)) return timeMs
    context.addIssue({ code: 'custom', message: 'a time such as 2025-06-01T00:00:00Z' })
    return z.NEVER
  })
  .openapi({ type: 'string', format: 'date-time' })

export const nodeKeySchema = z
  .strictObject({ type: entityTypeSchema, key: z.string().min(1).max(512) })
  .openapi('NodeKey')

/** What did best on the tuning half of the retrieval benchmark, for the static model as for a transformer. */
const usualWeights = { words: 1, vector: 4 }

const fusionSchema = z
  .union([
    z.strictObject({
      method: z.literal('rrf'),
      rank_constant: z.number().min(1).max(1000).default(60).describe('how little the first ranks stand out'),
    }),
    z.strictObject({
      method: z.literal('weighted'),
      words: z.number().min(0).max(100).default(usualWeights.words),
      vector: z.number().min(0).max(100).default(usualWeights.vector),
    }),
  ])
  .describe('how the ranks of words and of meaning become one')

export const searchBodySchema = strict({
  stream: slugSchema.default('events'),
  text: z
    .string()
    .min(1)
    .max(textCharsMax)
    .optional()
    .describe('what is looked for; +word, -word, "as it is", begin*'),
  vector: z
    .array(z.number())
    .min(1)
    .max(4096)
    .optional()
    .describe('a vector of the embedder instead of a text'),
  like: idText.optional().describe('an event id: what is like its text'),
  mode: z.enum(['hybrid', 'vector', 'words']).default('hybrid'),
  filter: filterSchema.optional().describe('conditions on fields: must, should, must_not'),
  from: timeSchema.optional().describe('events from this time on'),
  until: timeSchema.optional().describe('events before this time'),
  near: z
    .strictObject({ node: nodeKeySchema, hops: z.int().min(0).max(hopsMax).default(0) })
    .optional()
    .describe('only events within so many hops of a node; 0: that mention it'),
  k: z.int().min(1).max(hitsMax).default(10).describe('hits at most'),
  exact: z.boolean().default(false).describe('compare every vector'),
  fusion: fusionSchema.optional(),
  fuzzy: z.boolean().default(true).describe('forgive a letter or two in longer words'),
  prefix: z.boolean().default(false).describe('the last word may be the beginning of one'),
  group_by: fieldPathSchema
    .optional()
    .describe('one hit for each value of a field; `text` for each distinct text'),
  facets: z.array(fieldPathSchema).max(16).default([]).describe('fields whose values are counted'),
  explain: z.boolean().default(false).describe('tell how each score came about'),
  why_not: idText.optional().describe('why this event is not among the hits'),
})

/** @throws Refused what is wrong with the body */
export async function readSearch(c: Context<Env>): Promise<SearchRequest> {
  const text = await readJsonText(c, { what: 'a search', hint: 'say what to look for, as {"text": "…"}' })
  const parsed = searchBodySchema.safeParse(parseJson(text))
  if (!parsed.success) throw invalid('json', parsed.error)
  const { from, until, group_by, why_not, fusion, near, filter, ...body } = parsed.data
  const asked = [body.text, body.vector, body.like].filter(given => given !== undefined)
  if (asked.length > 1) throw new Refused('bad_request', 'ask for one of text, vector and like')
  if (body.mode === 'words' && body.vector !== undefined)
    throw new Refused('bad_request', 'a vector has no words: use mode vector or hybrid')
  return {
    tenant: tenantOf(c),
    ...present(body),
    ...present({ fromMs: from, untilMs: until, groupBy: group_by, whyNot: why_not, near }),
    ...(filter && { filter: filter as SearchRequest['filter'] }),
    fusion: toFusion(fusion),
  } as SearchRequest
}

function toFusion(fusion: z.output<typeof fusionSchema> | undefined): Fusion {
  if (fusion?.method === 'rrf') return { method: 'rrf', rankConstant: fusion.rank_constant }
  return fusion ?? { method: 'weighted', ...usualWeights }
}
