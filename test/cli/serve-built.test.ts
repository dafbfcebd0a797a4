// The service in the foreground, as it ships: what it says, what it refuses, and how it leaves.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { spawnBuilt } from './built.ts'
import { run } from './io.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alluvium-serve-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function serve(...argv: string[]) {
  const started = spawnBuilt([
    'serve',
    '--port',
    '0',
    '--data-dir',
    join(folder, 'data'),
    '--log-level',
    'warn',
    ...argv,
  ])
  const url = await new Promise<string>((resolve, reject) => {
    started.child.stdout!.on('data', piece => {
      const found = /serves at (http:\S+),/.exec(String(piece))
      if (found) resolve(found[1]!)
    })
    started.child.once('exit', code => reject(new Error(`left with ${code} before it served`)))
  })
  return { ...started, url }
}

describe('alluvium serve, built', () => {
  it('takes files, keeps them over a restart, and drains on SIGTERM', async () => {
    const path = join(folder, 'e.ndjson')
    await writeFile(path, '{"id":"a","time":"2026-01-01T00:00:00Z","type":"x"}\n{"b":1}\nnot json\n')
    const first = await serve('--set', 'retention_days=36500')
    const env = { ALLUVIUM_URL: first.url, XDG_STATE_HOME: folder }
    expect((await run(['ingest', path], env)).stdout).toMatch(/accepted +2/)
    expect((await run(['ingest', path], env)).stdout).toMatch(/duplicate +2/)
    first.child.kill('SIGTERM')
    expect(await first.said).toMatchObject({ code: 0, stderr: expect.stringContaining('Draining') })

    const second = await serve('--set', 'retention_days=36500')
    const again = { ALLUVIUM_URL: second.url, XDG_STATE_HOME: folder }
    expect((await run(['segments'], again)).stdout).toContain('default/events/2026-01-01/0')
    expect((await run(['ingest', path], again)).stdout).toMatch(/duplicate +2/)
    second.child.kill('SIGINT')
    expect((await second.said).code).toBe(0)
  }, 60_000)

  it('refuses a data directory that another holds', async () => {
    const first = await serve()
    const { code, stderr } = await spawnBuilt(['serve', '--port', '0', '--data-dir', join(folder, 'data')])
      .said
    expect(code).toBe(1)
    expect(stderr).toContain('is in use by another process')
    expect(stderr).toContain('--data-dir')
    first.child.kill('SIGTERM')
    expect((await first.said).code).toBe(0)
  }, 60_000)
})
