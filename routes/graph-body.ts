// The bodies of walks and paths.

import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { slugSchema } from '../src/contract/envelope.ts'
import type { PathRequest, WalkRequest } from '../src/contract/knowledge.ts'
import { entityTypeSchema } from '../src/contract/pack.ts'
import { tenantOf } from './auth.ts'
import type { Env } from './context.ts'
import { invalid, strict } from './invalid.ts'
import { parseJson, readJsonText } from './json-body.ts'
import { present } from './parameters.ts'
import { nodeKeySchema, timeSchema } from './search-body.ts'

export const evidenceMax = 20
export const edgesMax = 1000
const limitMax = 10_000
const degreeMax = 100_000

const shared = {
  stream: slugSchema.default('events'),
  edge_types: z
    .array(z.string().min(1))
    .min(1)
    .max(64)
    .optional()
    .describe('edges that are followed; all unless told'),
  direction: z.enum(['out', 'in', 'both']).default('both'),
  from: timeSchema.optional().describe('events from this time on'),
  until: timeSchema.optional().describe('events before this time'),
  degree_max: z
    .int()
    .min(1)
    .max(degreeMax)
    .default(1000)
    .describe('edges of one node that are followed: those of the highest counts'),
  evidence: z.int().min(0).max(evidenceMax).default(3).describe('newest events told of each edge'),
}

export const walkBodySchema = strict({
  ...shared,
  start: z.array(nodeKeySchema).min(1).max(100),
  strategy: z
    .enum(['bfs', 'random', 'ppr'])
    .default('bfs')
    .describe('in breadth; seeded random walks; personalised PageRank'),
  hops: z.int().min(0).max(10).default(2).describe('bfs: levels; random: steps of each walk'),
  node_types: z.array(entityTypeSchema).min(1).max(64).optional().describe('nodes that are gone to'),
  limit: z.int().min(1).max(limitMax).default(1000).describe('bfs: edges; random and ppr: nodes'),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(1)
    .describe('random: same seed, same walks'),
})

export const pathBodySchema = strict({
  ...shared,
  source: nodeKeySchema,
  target: nodeKeySchema,
  hops: z.int().min(1).max(10).default(6).describe('edges of the path at most'),
})

/** @throws Refused what is wrong with the body */
export async function readWalk(c: Context<Env>): Promise<WalkRequest> {
  const { node_types, ...body } = await readGraphBody(c, walkBodySchema, 'a walk')
  return { ...questionOf(c, body), ...present({ nodeTypes: node_types }) } as WalkRequest
}

/** @throws Refused what is wrong with the body */
export async function readPath(c: Context<Env>): Promise<PathRequest> {
  const { hops, ...body } = await readGraphBody(c, pathBodySchema, 'a path')
  return { ...questionOf(c, body), hopsMax: hops } as PathRequest
}

/** What both have, as the service calls it. */
function questionOf<Body extends { [Name in keyof typeof shared]?: unknown }>(c: Context<Env>, body: Body) {
  const { from, until, edge_types, degree_max, evidence, ...rest } = body
  return {
    tenant: tenantOf(c),
    ...rest,
    degreeMax: degree_max,
    evidenceMax: evidence,
    ...present({ fromMs: from, untilMs: until, edgeTypes: edge_types }),
  }
}

async function readGraphBody<Schema extends z.ZodType>(
  c: Context<Env>,
  schema: Schema,
  what: string,
): Promise<z.output<Schema>> {
  const hint = 'say where to begin, as {"type": "…", "key": "…"}'
  const parsed = schema.safeParse(parseJson(await readJsonText(c, { what, hint })))
  if (!parsed.success) throw invalid('json', parsed.error)
  return parsed.data
}
