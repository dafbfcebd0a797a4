import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { createApp } from '../../routes/app.ts'
import { openapiDocument, openapiYaml } from '../../routes/openapi.ts'
import { harness } from './harness.ts'

const document = JSON.parse(JSON.stringify(openapiDocument()))

interface Operation {
  operationId: string
  tags: string[]
  summary: string
  parameters?: { name: string; in: string; required?: boolean; schema: object }[]
  requestBody?: { content: Record<string, { schema: object; example?: unknown }> }
  responses: Record<
    string,
    { description: string; content?: Record<string, { schema: object; example?: unknown }> }
  >
  'x-codeSamples': { source: string }[]
}

const operations: { path: string; method: string; operation: Operation }[] = Object.entries(
  document.paths,
).flatMap(([path, item]) =>
  Object.entries(item as Record<string, Operation>).map(([method, operation]) => ({
    path,
    method,
    operation,
  })),
)

describe('the contract', () => {
  it('is the openapi.yaml of the repository', async () => {
    const committed = await readFile(new URL('../../openapi.yaml', import.meta.url), 'utf8')
    expect(committed, 'the routes have changed: run node scripts/openapi.mjs').toBe(openapiYaml())
  })

  it('is served as JSON and as YAML, the same both times', async () => {
    const { app } = harness()
    const json = await app.request('/openapi.json')
    const yaml = await app.request('/openapi.yaml')
    expect(await json.json()).toEqual(document)
    expect(yaml.headers.get('content-type')).toContain('yaml')
    expect(parse(await yaml.text())).toEqual(document)
  })

  it('describes every route that there is, and none besides', () => {
    const app = createApp({ limits: { intake_bytes_max: 1 } } as never)
    const unlisted = new Set(['/', '/docs', '/openapi.json', '/openapi.yaml'])
    const served = new Set(
      app.routes
        .filter(({ method, path }) => method !== 'ALL' && !unlisted.has(path))
        .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`),
    )
    expect(served.size).toBeGreaterThan(9)
    expect(new Set(operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`))).toEqual(served)
  })

  it('has the frame that OpenAPI 3.1 wants', () => {
    expect(document.openapi).toBe('3.1.0')
    expect(document.info).toMatchObject({ title: expect.any(String), version: expect.any(String) })
    const known = [
      'openapi',
      'info',
      'jsonSchemaDialect',
      'servers',
      'paths',
      'webhooks',
      'components',
      'security',
      'tags',
      'externalDocs',
    ]
    for (const key of Object.keys(document))
      expect(key.startsWith('x-') || known.includes(key), key).toBe(true)
    for (const path of Object.keys(document.paths)) expect(path).toMatch(/^\//)
    for (const name of Object.keys(document.components.schemas)) expect(name).toMatch(/^[A-Za-z0-9._-]+$/)
  })

  it('names every call once, with a tag that is explained', () => {
    const ids = operations.map(({ operation }) => operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
    const tags = new Set(document.tags.map((tag: { name: string }) => tag.name))
    for (const { operation } of operations) for (const tag of operation.tags) expect(tags).toContain(tag)
  })

  it('refers only to what is there', () => {
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(match => match[1]!)
    expect(refs.length).toBeGreaterThan(20)
    for (const ref of new Set(refs)) {
      const found = ref
        .slice(2)
        .split('/')
        .reduce((at, step) => at?.[step], document)
      expect(found, ref).toBeTypeOf('object')
    }
  })

  it('declares exactly the path parameters that a path has', () => {
    for (const { path, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(match => match[1])
      const declared = (operation.parameters ?? []).filter(parameter => parameter.in === 'path')
      expect(declared.map(({ name }) => name)).toEqual(inPath)
      for (const { required } of declared) expect(required).toBe(true)
    }
  })

  it('shows every call: as curl, with a body where it takes one, and with its answer', () => {
    for (const { path, operation } of operations) {
      expect(operation['x-codeSamples'][0]!.source, operation.operationId).toContain('http://localhost:8420')
      expect(path.startsWith('/v1') === JSON.stringify(operation['x-codeSamples']).includes('/v1')).toBe(true)
      if (operation.requestBody) {
        expect(
          Object.values(operation.requestBody.content).some(({ example }) => example !== undefined),
        ).toBe(true)
      }
      const answer = operation.responses['200'] ?? operation.responses['202']
      if (answer) expect(Object.values(answer.content!)[0]!.example, operation.operationId).toBeDefined()
      else expect(operation.responses).toHaveProperty('204')
    }
  })

  it('gives every problem answer the shape of a problem', () => {
    for (const { operation } of operations) {
      for (const [status, answer] of Object.entries(operation.responses)) {
        expect(answer.description).not.toBe('')
        if (Number(status) < 400) continue
        expect(answer.content).toEqual({
          'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
        })
      }
    }
  })

  it('has no type that JSON Schema doesn’t know, and no coerced null', () => {
    const types = new Set<string>()
    JSON.stringify(document.components, (key, value) => {
      if (key === 'type' && (typeof value === 'string' || Array.isArray(value)))
        for (const one of [value].flat()) types.add(one)
      return value
    })
    const known = ['string', 'integer', 'number', 'boolean', 'array', 'object', 'null', 'http', 'apiKey']
    for (const type of types) expect(known).toContain(type)
    for (const { operation } of operations) {
      for (const { schema, name } of operation.parameters ?? [])
        expect(JSON.stringify(schema), name).not.toContain('null')
    }
  })
})
