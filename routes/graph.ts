// The graph: a node, what lies around it, and how two are connected.

import { createRoute, z } from '@hono/zod-openapi'
import { toUtf8 } from '../src/base/bytes.ts'
import type { WalkAnswer } from '../src/contract/knowledge.ts'
import { entityTypeSchema } from '../src/contract/pack.ts'
import { Refused } from '../src/contract/refused.ts'
import {
  type Answer,
  asOfExample,
  asOfSchema,
  curl,
  json,
  jsonAnswer,
  keyProblems,
  partialSchema,
  problemAnswers,
  withKey,
} from './answers.ts'
import { needs, tenantOf } from './auth.ts'
import { newRouter, type Router } from './context.ts'
import { edgesMax, evidenceMax, pathBodySchema, readPath, readWalk, walkBodySchema } from './graph-body.ts'
import {
  cappedJson,
  cappedSchema,
  edgeExample,
  edgeJson,
  edgeSchema,
  evidenceJson,
  evidenceSchema,
  nodeExample,
  nodeJson,
  nodeSchema,
} from './graph-json.ts'
import { strict } from './invalid.ts'
import { negotiate } from './media.ts'
import { fromParameter, present, streamParameter, untilParameter, wholeParameter } from './parameters.ts'
import { nodeKeySchema } from './search-body.ts'

export function graphRoutes(): Router {
  const router = newRouter()
  router.openAPIRegistry.register('Walk', walkBodySchema)
  router.openAPIRegistry.register('Path', pathBodySchema)
  return router
    .openapi(nodeRoute, async c => {
      const node = c.req.valid('param')
      const { stream, from, until, edges, evidence } = c.req.valid('query')
      const answer = await c.var.app.knowledge.node({
        tenant: tenantOf(c),
        stream,
        node,
        edgesMax: edges,
        evidenceMax: evidence,
        ...present({ fromMs: from, untilMs: until }),
      })
      const found = answer.node
      if (!found)
        throw new Refused(
          'not_found',
          `no event of that time mentions the ${node.type} ${node.key}; keys are told exactly, upper and lower case apart`,
        )
      return json(c, {
        ...nodeJson(found),
        attributes: Object.fromEntries(
          Object.entries(found.attributes).map(([name, { value }]) => [name, JSON.parse(value) as unknown]),
        ),
        degrees: found.degrees,
        edges: found.edges.map(edgeJson),
        evidence: found.evidence.map(evidenceJson),
        capped: found.isCapped,
        notes: answer.notes,
        partial: answer.partial,
        as_of: answer.asOf,
      })
    })
    .openapi(walkRoute, async c => {
      const answer = await c.var.app.knowledge.walk(await readWalk(c))
      if (negotiate(c.req.header('accept'), ['application/json', lines]) === lines)
        return c.body(walkLines(answer), 200, { 'content-type': lines, 'cache-control': 'no-store' })
      const { nodes, edges, unknown, notes, partial, asOf } = answer
      return json(c, {
        nodes: nodes.map(nodeJson),
        edges: edges.map(edgeJson),
        unknown,
        ...cappedJson(answer.capped),
        notes,
        partial,
        as_of: asOf,
      })
    })
    .openapi(pathRoute, async c => {
      const answer = await c.var.app.knowledge.path(await readPath(c))
      const { outcome, nodes, edges, capped, notes, partial, asOf } = answer
      return json(c, {
        outcome,
        nodes: nodes.map(nodeJson),
        edges: edges.map(edgeJson),
        ...cappedJson(capped),
        notes,
        partial,
        as_of: asOf,
      })
    })
}

const lines = 'application/x-ndjson'

/** A node or an edge a line, and what is to be said of the whole at the end. */
function walkLines(answer: WalkAnswer): Uint8Array<ArrayBuffer> {
  const { nodes, edges, unknown, capped, notes, partial, asOf } = answer
  const told = [
    ...nodes.map(node => ({ node: nodeJson(node) })),
    ...edges.map(edge => ({ edge: edgeJson(edge) })),
    { end: { unknown, ...cappedJson(capped), notes, partial, as_of: asOf } },
  ]
  return toUtf8(told.map(line => `${JSON.stringify(line)}\n`).join('')) as Uint8Array<ArrayBuffer>
}

const nodeRoute = createRoute({
  method: 'get',
  path: '/v1/nodes/{type}/{key}',
  operationId: 'getNode',
  tags: ['graph'],
  summary: 'One node',
  description:
    'A thing that events mention: its attributes, how often and when it was seen, its strongest edges, and the newest events that say so. The key is URL-encoded. Scope `query`.',
  security: withKey,
  middleware: needs('query'),
  request: {
    params: z.object({
      type: entityTypeSchema.openapi({ example: 'member' }),
      key: z.string().min(1).max(512).openapi({ example: 'M09CYC84' }),
    }),
    query: strict({
      stream: streamParameter,
      from: fromParameter,
      until: untilParameter,
      edges: wholeParameter({ max: edgesMax, usual: 25, description: 'strongest edges that are told' }),
      evidence: wholeParameter({ max: evidenceMax, usual: 5, description: 'newest events that are told' }),
    }),
  },
  responses: {
    200: jsonAnswer(
      'The node',
      nodeSchema
        .extend({
          attributes: z.record(z.string(), z.unknown()).describe('newest values'),
          degrees: z.array(z.object({ type: z.string(), direction: z.enum(['out', 'in']), count: z.int() })),
          edges: z.array(edgeSchema),
          evidence: z.array(evidenceSchema),
          capped: z.boolean().describe('there are more edges'),
          notes: z.array(z.string()),
          partial: partialSchema,
          as_of: asOfSchema,
        })
        .openapi('KnownNode'),
      {
        ...nodeExample,
        attributes: { currency: 'EUR' },
        degrees: [{ type: 'opened', direction: 'out', count: 1 }],
        edges: [edgeExample],
        evidence: edgeExample.evidence,
        capped: false,
        notes: [],
        partial: false,
        as_of: asOfExample,
      },
    ),
    ...problemAnswers('bad_request', ...keyProblems, 'not_found', 'not_ready'),
  } as Record<number, Answer>,
  ...curl(`curl -sS http://localhost:8420/v1/nodes/member/M09CYC84 \\
  -H "authorization: Bearer $ALLUVIUM_KEY"`),
})

const bodyProblems = [
  'bad_request',
  'empty_body',
  'bad_content_encoding',
  ...keyProblems,
  'timeout',
  'body_too_large',
  'unsupported_media_type',
  'not_ready',
] as const

const walkRoute = createRoute({
  method: 'post',
  path: '/v1/graph/walk',
  operationId: 'walk',
  tags: ['graph'],
  summary: 'Walk from nodes',
  description:
    'What lies around some nodes: in breadth, by seeded random walks, or by personalised PageRank. Every edge is told with its newest events. NDJSON (`accept: application/x-ndjson`) has a node or an edge a line. Scope `query`.',
  security: withKey,
  middleware: needs('query'),
  request: {
    query: strict({}),
    body: {
      required: true,
      content: {
        'application/json': {
          schema: { $ref: '#/components/schemas/Walk' },
          example: { start: [{ type: 'member', key: 'M09CYC84' }], hops: 2 },
        },
      },
    },
  },
  responses: {
    200: jsonAnswer(
      'Nodes and edges',
      z
        .object({
          nodes: z.array(nodeSchema),
          edges: z.array(edgeSchema),
          unknown: z.array(nodeKeySchema).describe('start nodes that no event of that time mentions'),
          capped: z.boolean(),
          capped_by: cappedSchema,
          notes: z.array(z.string()),
          partial: partialSchema,
          as_of: asOfSchema,
        })
        .openapi('WalkAnswer'),
      {
        nodes: [{ ...nodeExample, hops: 0 }],
        edges: [edgeExample],
        unknown: [],
        capped: false,
        capped_by: { hubs: [], hub_count: 0, limit: false, reach: false },
        notes: [],
        partial: false,
        as_of: asOfExample,
      },
    ),
    ...problemAnswers(...bodyProblems, 'not_acceptable'),
  } as Record<number, Answer>,
  ...curl(`curl -sS http://localhost:8420/v1/graph/walk \\
  -H "authorization: Bearer $ALLUVIUM_KEY" \\
  -H 'content-type: application/json' \\
  -d '{"start":[{"type":"member","key":"M09CYC84"}],"hops":2}'`),
})

const pathRoute = createRoute({
  method: 'post',
  path: '/v1/graph/path',
  operationId: 'findPath',
  tags: ['graph'],
  summary: 'How two nodes are connected',
  description:
    'A shortest path between two nodes, along the strongest edges where there are several, each with its newest events. Scope `query`.',
  security: withKey,
  middleware: needs('query'),
  request: {
    query: strict({}),
    body: {
      required: true,
      content: {
        'application/json': {
          schema: { $ref: '#/components/schemas/Path' },
          example: {
            source: { type: 'member', key: 'M09CYC84' },
            target: { type: 'member', key: 'M0Q0IWWD' },
          },
        },
      },
    },
  },
  responses: {
    200: jsonAnswer(
      'The path, or why there is none',
      z
        .object({
          outcome: z.enum(['found', 'unknown_source', 'unknown_target', 'none']),
          nodes: z.array(nodeSchema).describe('from source to target'),
          edges: z.array(edgeSchema).describe('edge i lies between nodes i and i + 1'),
          capped: z.boolean(),
          capped_by: cappedSchema,
          notes: z.array(z.string()),
          partial: partialSchema,
          as_of: asOfSchema,
        })
        .openapi('PathAnswer'),
      {
        outcome: 'none',
        nodes: [],
        edges: [],
        capped: false,
        capped_by: { hubs: [], hub_count: 0, limit: false, reach: false },
        notes: [],
        partial: false,
        as_of: asOfExample,
      },
    ),
    ...problemAnswers(...bodyProblems),
  } as Record<number, Answer>,
  ...curl(`curl -sS http://localhost:8420/v1/graph/path \\
  -H "authorization: Bearer $ALLUVIUM_KEY" \\
  -H 'content-type: application/json' \\
  -d '{"source":{"type":"member","key":"M09CYC84"},"target":{"type":"member","key":"M0Q0IWWD"}}'`),
})
