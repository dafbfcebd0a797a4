// The pack that is made up as events come: what it has decided, and why.

import { createRoute, z } from '@hono/zod-openapi'
import { packSchema } from '../src/contract/pack.ts'
import { exportYaml } from '../src/pack/auto/export-yaml.ts'
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
import { newRouter, type Router } from './context.ts'
import { strict } from './invalid.ts'
import { negotiate } from './media.ts'
import { streamParameter } from './parameters.ts'

const yamlType = 'application/yaml'

export function autoPackRoutes(): Router {
  return newRouter().openapi(autoRoute, async c => {
    const { stream } = c.req.valid('query')
    const explanation = await c.var.app.knowledge.autoPack({ tenant: tenantOf(c), stream })
    if (negotiate(c.req.header('accept'), ['application/json', yamlType]) === 'application/json')
      return json(c, explanation)
    return c.body(exportYaml(explanation), 200, { 'content-type': yamlType, 'cache-control': 'no-store' })
  })
}

const why = z.string().describe('a sentence')

const autoRoute = createRoute({
  method: 'get',
  path: '/v1/catalog/packs/auto',
  operationId: 'getAutoPack',
  tags: ['packs'],
  summary: 'What `auto` has made of a stream',
  description:
    'The pack that reads events which name none: the document so far, and why each field, entity and edge is what it is. `Accept: application/yaml` gives it as a pack file to edit and install. Scope `query`.',
  security: withKey,
  middleware: needs('query'),
  request: { query: strict({ stream: streamParameter }) },
  responses: {
    200: {
      ...jsonAnswer(
        'The pack and its reasons',
        z
          .looseObject({
            events: z.int().describe('events that it has seen'),
            pack: named('Pack', packSchema),
            fields: z.array(z.looseObject({ field: z.string(), role: z.string(), why })),
          })
          .openapi('AutoPack'),
        { events: 1, pack: { pack: 'auto', version: 1 }, fields: [] },
      ),
    },
    ...problemAnswers('bad_request', ...keyProblems, 'not_acceptable', 'not_ready'),
  } as Record<number, Answer>,
  ...curl(`curl -sS http://localhost:8420/v1/catalog/packs/auto \\
  -H 'accept: application/yaml' \\
  -H "authorization: Bearer $ALLUVIUM_KEY"`),
})
