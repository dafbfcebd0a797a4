// What groups a stream falls into: its texts by what they mean, its entities by how they behave.

import { createRoute, z } from '@hono/zod-openapi'
import type { ClustersAnswer } from '../src/contract/clusters.ts'
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
import { strict } from './invalid.ts'
import { idText, present, streamParameter } from './parameters.ts'

export function clustersRoutes(): Router {
  return newRouter().openapi(clustersRoute, async c => {
    const { stream, entity } = c.req.valid('query')
    const request = { tenant: tenantOf(c), stream, ...present({ entity }) }
    return json(c, clustersJson(await c.var.app.knowledge.clusters(request), entity))
  })
}

const versionSchema = z
  .int()
  .describe(
    'version of the model: it moves with every batch. 0 while there is too little to tell clusters from',
  )
const idSchema = z.int().describe('of the cluster, within its model')
const expiredSchema = z
  .null()
  .describe('how much of what moved the model here has been evicted since; not told yet')
const shareSchema = z.array(z.number())

const clustersSchema = z
  .object({
    texts: z
      .object({
        embedder: z.string(),
        model_version: versionSchema,
        clusters: z.array(
          z.object({
            id: idSchema,
            events: z.int().describe('live events whose text was given this cluster when it first came'),
            texts: z.array(z.string()).describe('nearest to its middle'),
            expired_share: expiredSchema,
          }),
        ),
      })
      .nullable()
      .describe('null where texts are not embedded as they come'),
    behaviour: z.object({
      model_version: versionSchema,
      entities: z.int().describe('entities in memory: those that were seen last'),
      clusters: z.array(
        z.object({
          id: idSchema,
          entities: z.int(),
          types: z.array(z.string()).describe('what they do more than others, the most telling first'),
          hours: shareSchema.describe('what falls into each two hours of the day, UTC; 1 is as much as any'),
          weekdays: shareSchema.describe('the same of each day of the week, from Monday'),
          expired_share: expiredSchema,
        }),
      ),
    }),
    entity: z
      .object({
        id: z.string(),
        cluster: z.int().nullable().describe('of `behaviour`; null while it has too few events'),
        events: z.int().describe('counted of it; old ones fade'),
      })
      .nullable()
      .describe('the one that was asked for; null where it is not known, or no longer'),
    partial: partialSchema,
    as_of: asOfSchema,
  })
  .openapi('Clusters')

const clustersRoute = createRoute({
  method: 'get',
  path: '/v1/catalog/clusters',
  operationId: 'getClusters',
  tags: ['graph'],
  summary: 'What groups a stream falls into',
  description:
    'Clusters that are kept up while events come: of the texts by what they mean, and of the entities (`entity_id`) by what their events are and when they come. Numbers of clusters are kept from version to version, what stands behind them drifts. Scope `query`.',
  security: withKey,
  middleware: needs('query'),
  request: {
    query: strict({
      stream: streamParameter,
      entity: idText
        .optional()
        .openapi({ description: 'an `entity_id` whose cluster is told too', example: 'M1RFFJZK' }),
    }),
  },
  responses: {
    200: jsonAnswer('The clusters', clustersSchema, {
      texts: {
        embedder: 'static-minilm-256',
        model_version: 311,
        clusters: [{ id: 0, events: 5120, texts: ['deposit declined by the bank'], expired_share: null }],
      },
      behaviour: {
        model_version: 298,
        entities: 1000,
        clusters: [
          {
            id: 0,
            entities: 203,
            types: ['search', 'popup', 'chat'],
            hours: [0.9, 0.6, 0.5, 0.7, 0.9, 1, 1.1, 1.1, 1.2, 1.3, 1.4, 1.3],
            weekdays: [0.9, 0.9, 0.9, 1, 1, 1.2, 1.1],
            expired_share: null,
          },
        ],
      },
      entity: { id: 'M1RFFJZK', cluster: 0, events: 48 },
      partial: false,
      as_of: asOfExample,
    }),
    ...problemAnswers('bad_request', ...keyProblems, 'not_ready'),
  } as Record<number, Answer>,
  ...curl(`curl -sS 'http://localhost:8420/v1/catalog/clusters?stream=events&entity=M1RFFJZK' \\
  -H "authorization: Bearer $ALLUVIUM_KEY"`),
})

function clustersJson(
  { texts, behaviour, entity, partial, asOf }: ClustersAnswer,
  id: string | undefined,
): z.input<typeof clustersSchema> {
  return {
    texts: texts
      ? {
          embedder: texts.space,
          model_version: texts.step,
          clusters: texts.clusters.map(cluster => ({ ...cluster, expired_share: null })),
        }
      : null,
    behaviour: {
      model_version: behaviour.step,
      entities: behaviour.entities,
      clusters: behaviour.clusters.map(cluster => ({ ...cluster, expired_share: null })),
    },
    entity:
      entity && id !== undefined ? { id, cluster: entity.cluster ?? null, events: entity.events } : null,
    partial,
    as_of: asOf,
  }
}
