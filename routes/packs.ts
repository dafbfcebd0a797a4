// Packs: domain files that say what events of a kind mention and what they say. Listed, read, installed.

import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { stringify } from 'yaml'
import { slugSchema } from '../src/contract/envelope.ts'
import { type InstalledPack, type Pack, packBytesMax, packSchema } from '../src/contract/pack.ts'
import type { FoundPack } from '../src/contract/packs-service.ts'
import { Refused } from '../src/contract/refused.ts'
import { packHash } from '../src/pack/content.ts'
import { type PackFault, parsePack } from '../src/pack/parse.ts'
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
import { type Env, newRouter, type Router } from './context.ts'
import { strict } from './invalid.ts'
import { readText } from './json-body.ts'
import { negotiate } from './media.ts'

export function packsRoutes(): Router {
  return newRouter()
    .openapi(listRoute, async c => {
      const packs = await c.var.app.packs.list(tenantOf(c))
      return json(c, { packs: packs.map(toLine) })
    })
    .openapi(getRoute, async c => {
      const { name } = c.req.valid('param')
      const { version } = c.req.valid('query')
      const pack = await c.var.app.packs.get(tenantOf(c), name, version)
      if (pack) return answerPack(c, pack)
      const which = version === undefined ? '' : ` in version ${version}`
      throw new Refused('not_found', `there is no pack ${name}${which}; GET /v1/catalog/packs lists them`)
    })
    .openapi(putRoute, async c => {
      const pack = readPack(await readPackText(c), c.req.valid('param').name)
      const { name, version, created } = await c.var.app.packs.install(tenantOf(c), pack)
      return c.body(JSON.stringify({ name, version, created }), created ? 201 : 200, {
        'content-type': 'application/json',
        'cache-control': 'no-store',
        location: `/v1/catalog/packs/${name}?version=${version}`,
      })
    })
}

const yamlType = 'application/yaml'
/** Content types taken; YAML is a superset of JSON, so one reader reads both. */
const packTypes = [yamlType, 'application/x-yaml', 'text/yaml', 'text/x-yaml', 'application/json']

const lineSchema = z
  .object({
    name: z.string(),
    version: z.int(),
    description: z.string(),
    origin: z
      .enum(['builtin', 'installed', 'dynamic'])
      .describe('`builtin` comes with the service, `dynamic` is made up as events come'),
    entities: z.array(z.string()).describe('types of nodes'),
    edges: z.array(z.string()).describe('types of edges'),
    hash: z.string().describe('of what it says, apart from its version'),
  })
  .openapi('PackLine')
type PackLine = z.input<typeof lineSchema>

const nameParameter = z.object({ name: slugSchema.openapi({ example: 'gaming' }) })

const shopExample: InstalledPack = {
  pack: 'shop',
  version: 1,
  entities: { customer: { key: 'customer_id' }, product: { key: 'sku', attributes: { name: 'title' } } },
  edges: [{ edge: 'customer -bought-> product', when: { type: 'order' }, weight: 'amount' }],
  text: '{title}: {review}',
}

const listRoute = createRoute({
  method: 'get',
  path: '/v1/catalog/packs',
  operationId: 'listPacks',
  tags: ['packs'],
  summary: 'List the packs',
  description:
    'The newest version of each pack: those that come with the service, and the tenant’s own. Scope `query`.',
  security: withKey,
  middleware: needs('query'),
  request: { query: strict({}) },
  responses: {
    200: jsonAnswer('The packs, by name', z.object({ packs: z.array(lineSchema) }).openapi('Packs'), {
      packs: [
        {
          name: 'shop',
          version: 1,
          description: '',
          origin: 'installed',
          entities: ['customer', 'product'],
          edges: ['bought'],
          hash: '5d41402abc4b2a76b9719d911017c592',
        },
      ],
    }),
    ...problemAnswers('bad_request', ...keyProblems, 'not_ready'),
  } as Record<number, Answer>,
  ...curl(`curl -sS http://localhost:8420/v1/catalog/packs \\
  -H "authorization: Bearer $ALLUVIUM_KEY"`),
})

const getRoute = createRoute({
  method: 'get',
  path: '/v1/catalog/packs/{name}',
  operationId: 'getPack',
  tags: ['packs'],
  summary: 'Read a pack',
  description:
    'The pack as a document, to be read, changed and installed again. `Accept: application/yaml` gives it in YAML. `ETag` changes with its version and with what it says. Scope `query`.',
  security: withKey,
  middleware: needs('query'),
  request: {
    params: nameParameter,
    query: strict({
      version: z
        .string()
        .regex(/^[1-9]\d{0,8}$/, 'a whole number from 1')
        .transform(Number)
        .optional()
        .openapi({ type: 'integer', minimum: 1, description: 'this version; by default the newest' }),
    }),
  },
  responses: {
    200: {
      description: 'The pack',
      content: {
        'application/json': { schema: named('Pack', packSchema), example: shopExample },
        [yamlType]: { schema: { type: 'string' }, example: stringify(shopExample) },
      },
    },
    304: { description: 'It is what `If-None-Match` names' },
    ...problemAnswers('bad_request', ...keyProblems, 'not_found', 'not_acceptable', 'not_ready'),
  } as Record<number, Answer>,
  ...curl(`curl -sS http://localhost:8420/v1/catalog/packs/gaming \\
  -H "authorization: Bearer $ALLUVIUM_KEY" \\
  -H 'accept: application/yaml'`),
})

const putRoute = createRoute({
  method: 'put',
  path: '/v1/catalog/packs/{name}',
  operationId: 'putPack',
  tags: ['packs'],
  summary: 'Install or update a pack',
  description:
    'Installs a pack under the version that it names, which must be above the last, or under the next one. What is installed never changes under its version, and the same content again is no new version. Events that come from then on are read by it. Scope `admin`.',
  security: withKey,
  middleware: needs('admin'),
  request: {
    params: nameParameter,
    query: strict({}),
    body: {
      required: true,
      content: {
        [yamlType]: { schema: { type: 'string' }, example: stringify(shopExample) },
        'application/json': { schema: { $ref: '#/components/schemas/Pack' }, example: shopExample },
      },
    },
  },
  responses: {
    200: jsonAnswer('It was installed already', installedSchema(), {
      name: 'shop',
      version: 1,
      created: false,
    }),
    201: jsonAnswer('A new version', installedSchema(), { name: 'shop', version: 2, created: true }),
    ...problemAnswers(
      'bad_request',
      'empty_body',
      'bad_content_encoding',
      ...keyProblems,
      'timeout',
      'body_too_large',
      'unsupported_media_type',
      'bad_pack',
      'queue_full',
      'not_ready',
      'disk_full',
    ),
  } as Record<number, Answer>,
  ...curl(`curl -sS -X PUT http://localhost:8420/v1/catalog/packs/shop \\
  -H "authorization: Bearer $ALLUVIUM_KEY" \\
  -H 'content-type: application/yaml' --data-binary @shop.yaml`),
})

function installedSchema() {
  return z.object({
    name: z.string(),
    version: z.int(),
    created: z.boolean().describe('false when the last version says the same'),
  })
}

function toLine({ pack, origin }: FoundPack): PackLine {
  const edges = (pack.edges ?? []).map(edge => (typeof edge === 'string' ? edge : edge.edge))
  return {
    name: pack.pack,
    version: pack.version,
    description: pack.description ?? '',
    origin,
    entities: [...new Set(Object.entries(pack.entities ?? {}).map(([name, { type }]) => type ?? name))],
    edges: [...new Set(edges.map(edge => /-(\w+)->/.exec(edge)![1]!))],
    hash: packHash(pack),
  }
}

function answerPack(c: Context<Env>, pack: InstalledPack): Response {
  const type = negotiate(c.req.header('accept'), ['application/json', yamlType])
  const isYaml = type === yamlType
  const etag = `"${pack.version}-${packHash(pack)}-${isYaml ? 'yaml' : 'json'}"`
  const headers = { etag, vary: 'accept', 'cache-control': 'private, no-cache' }
  const known = (c.req.header('if-none-match') ?? '').split(',').map(tag => tag.trim().replace(/^W\//, ''))
  if (known.includes(etag) || known.includes('*')) return c.body(null, 304, headers)
  const text = isYaml ? stringify(pack) : JSON.stringify(pack)
  return c.body(text, 200, { ...headers, 'content-type': type })
}

function readPackText(c: Context<Env>): Promise<string> {
  const type = (c.req.header('content-type') ?? '').toLowerCase().split(';')[0]!.trim()
  if (!packTypes.includes(type))
    throw new Refused(
      'unsupported_media_type',
      `a pack is sent in YAML or JSON: add -H 'content-type: ${yamlType}'`,
    )
  const hint = 'send a pack, such as `pack: shop`'
  return readText(c, {
    hint,
    admit: bytes => {
      if (bytes > packBytesMax)
        throw new Refused('body_too_large', `a pack has at most ${packBytesMax} bytes`)
    },
  })
}

/** @throws Refused bad_pack, with the lines at fault */
function readPack(text: string, name: string): Pack {
  const read = parsePack(text)
  if ('faults' in read) throw faulty(read.faults)
  if (read.pack.pack === name) return read.pack
  const message = `the pack names itself ${read.pack.pack}, and the path ${name}`
  throw new Refused('bad_pack', `pack: ${message}`, {
    errors: [{ path: 'pack', code: 'other_name', message }],
  })
}

function faulty(faults: readonly PackFault[]): Refused {
  const [first] = faults
  const where = `line ${first!.line}${first!.path === '' ? '' : `, ${first!.path}`}`
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more in errors[])` : ''
  const errors = faults.map(fault => ({ code: 'bad_pack', ...fault }))
  return new Refused('bad_pack', `${where}: ${first!.message}${more}`, { errors })
}
