// The contract, OpenAPI 3.1, made from the routes. `openapi.yaml` in the repository is this text, and a test fails when
// it differs.

import { stringify } from 'yaml'
import { apiRoutes } from './api.ts'
import type { Router } from './context.ts'
import { problems } from './problem.ts'

export type OpenApiDocument = ReturnType<Router['getOpenAPI31Document']>

/** The document as an object; the same one each time. */
export function openapiDocument(): OpenApiDocument {
  document ??= describe()
  return document
}

/** The document as the text of `openapi.yaml`. */
export function openapiYaml(): string {
  return stringify(openapiDocument(), { lineWidth: 0, aliasDuplicateObjects: false })
}

let document: OpenApiDocument | undefined

function describe(): OpenApiDocument {
  const api = apiRoutes()
  api.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description: 'an API key as `Authorization: Bearer alv_…`',
  })
  api.openAPIRegistry.registerComponent('securitySchemes', 'apiKey', {
    type: 'apiKey',
    in: 'header',
    name: 'X-API-Key',
    description: 'the same key in a header of its own',
  })
  const { webhooks: _, ...described } = api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Alluvium',
      version: '1',
      description: aboutText,
      license: { name: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [
      { name: 'events', description: 'Put events in and read them back.' },
      { name: 'search', description: 'Events by what they mean, say and mention.' },
      { name: 'graph', description: 'What events mention, and how it is connected.' },
      { name: 'quarantine', description: 'Events that were refused: why, and how to repair them.' },
      { name: 'segments', description: 'What is kept, for how long, and dropping it.' },
      { name: 'packs', description: 'What events of a kind mention, and what they say.' },
      { name: 'jobs', description: 'Longer work on what is stored.' },
      { name: 'embeddings', description: 'Texts as vectors: what means the same lies close.' },
      { name: 'operation', description: 'Liveness, readiness, metrics.' },
    ],
    'x-problems': Object.fromEntries(
      Object.entries(problems).map(([code, { status, title, remedy }]) => [code, { status, title, remedy }]),
    ),
  })
  return described
}

const aboutText = [
  'Events go in as JSON, NDJSON, Arrow or Parquet; a 200 means that they are durable.',
  'Names are snake_case, times RFC 3339 in UTC; `from` is inclusive and `until` exclusive.',
  'Every read holds one version of the data and names it in `as_of`; cursors are bound to it.',
  'What can’t be answered is a problem (RFC 9457, `application/problem+json`) with a stable `code`.',
  'An API key goes in `Authorization: Bearer` or `X-API-Key`; its scopes are `ingest`, `query` and `admin`, which includes both, and the tenant comes from the key alone. On loopback without keys none is needed.',
].join('\n\n')
