// The client against the real routes, so that what it sends and what they take can't drift apart.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Harness, harness } from '../../routes/harness.ts'
import { run } from '../io.ts'

let routes: Harness
let server: ReturnType<typeof serve>
let folder: string
let env: Record<string, string>

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alluvium-routes-'))
  routes = harness({ limits: { body_bytes_max: 100_000 } })
  await new Promise<void>(resolve => {
    server = serve({ fetch: routes.app.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve())
  })
  env = { ALLUVIUM_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, XDG_STATE_HOME: folder }
})
afterEach(async () => {
  await new Promise(resolve => server.close(resolve))
  await rm(folder, { recursive: true })
})

describe('the client and the routes', () => {
  it('agree on every parameter of an ingest', async () => {
    const path = join(folder, 'e.ndjson')
    await writeFile(path, '{"a":1}\n{"a":2}\n')
    const fields = ['id', 'time', 'type', 'entity', 'source', 'schema-version'].flatMap(name => [
      `--${name}-field`,
      `meta.${name}`,
    ])
    const said = await run(
      ['ingest', '--stream', 'clicks', '--source', 'web', '--pack', 'gaming', '--reopen', ...fields, path],
      env,
    )
    expect(said).toMatchObject({ code: 0, stderr: '' })
    expect(routes.service.ingested).toHaveLength(1)
    expect(routes.service.ingested[0]).toMatchObject({
      stream: 'clicks',
      source: 'web',
      pack: 'gaming',
      format: 'ndjson',
      reopen: true,
      receipts: 'problems',
      file: { firstRow: 0 },
      fields: {
        eventId: 'meta.id',
        eventTime: 'meta.time',
        type: 'meta.type',
        entityId: 'meta.entity',
        source: 'meta.source',
        schemaVersion: 'meta.schema-version',
      },
    })
  })

  it('agree on what is too large, and bring it through in pieces', async () => {
    const path = join(folder, 'e.ndjson')
    const lines = Array.from({ length: 500 }, (_, n) =>
      JSON.stringify({ id: `e${n}`, pad: 'x'.repeat(1000) }),
    )
    await writeFile(path, lines.join('\n'))
    const said = await run(['ingest', path], env)
    expect(said).toMatchObject({ code: 0, stderr: '' })
    expect(said.stdout).toMatch(/accepted +500/)
    const stored = routes.service.ingested.map(({ body }) => Buffer.from(body).toString().trimEnd())
    expect(stored.join('\n').split('\n').sort()).toEqual([...lines].sort())
    expect(routes.service.ingested.length).toBeGreaterThan(5)
  })

  it('agree on segments', async () => {
    await run(['ingest', '-'], env)
    expect(await run(['segments'], env)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/segment|no segments/),
    })
    expect(await run(['evict', 'default/events/2026-03-01/0'], env)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('(404 not_found)'),
    })
  })
})
