import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fileKeys } from '../../src/adapters/keys-file.ts'
import type { KeyEntry } from '../../src/contract/api-key.ts'

const entry: KeyEntry = {
  id: 'ci',
  tenant: 'acme',
  scopes: ['ingest'],
  sha256: 'ab'.repeat(32),
  created_at: '2025-06-01T00:00:00.000Z',
}

describe('keys in a file', () => {
  let dir: string
  let path: string
  const at = { ms: 0 }
  const clock = { nowMs: () => at.ms, after: () => () => {} }
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'alluvium-keys-'))
    path = join(dir, 'deep', 'keys.json')
    at.ms = 0
  })
  afterEach(() => rm(dir, { recursive: true }))

  it('come back as they were written, and only the owner may read them', async () => {
    const keys = fileKeys(path, clock)
    expect(await keys.read()).toBeUndefined()
    await keys.write([entry])
    expect(await keys.read()).toEqual([entry])
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readdir(join(dir, 'deep'))).toEqual(['keys.json'])
  })

  it('are looked at once a second at most, and read again only when changed', async () => {
    const keys = fileKeys(path, clock)
    await keys.write([entry])
    const first = await keys.read()
    await fileKeys(path, clock).write([{ ...entry, id: 'other' }])
    at.ms = 999
    expect(await keys.read()).toBe(first)
    at.ms = 1000
    expect((await keys.read())!.map(({ id }) => id)).toEqual(['other'])
    const second = await keys.read()
    at.ms = 5000
    expect(await keys.read()).toBe(second)
  })

  it('are gone when the file is', async () => {
    const keys = fileKeys(path, clock)
    await keys.write([entry])
    await keys.read()
    await rm(path)
    at.ms = 1000
    expect(await keys.read()).toBeUndefined()
  })

  it.each([
    ['{', 'is not JSON'],
    ['[]', 'expected object'],
    ['{"version":2,"keys":[]}', 'version'],
    ['{"version":1,"keys":[{"id":"a"}]}', 'tenant'],
    [JSON.stringify({ version: 1, keys: [{ ...entry, secret: 'x' }] }), 'secret'],
  ])('are refused in a file that holds %s', async (text, message) => {
    const keys = fileKeys(path, clock)
    await keys.write([])
    await writeFile(path, text)
    at.ms = 1000
    await expect(keys.read()).rejects.toThrow(message)
    await expect(fileKeys(path, clock).read()).rejects.toThrow(path)
  })

  it('that are no keys are not written, and the old ones stay', async () => {
    const keys = fileKeys(path, clock)
    await keys.write([entry])
    await expect(keys.write([{ ...entry, sha256: 'x' }])).rejects.toThrow()
    expect(JSON.parse(await readFile(path, 'utf8')).keys).toEqual([entry])
    expect(await readdir(join(dir, 'deep'))).toEqual(['keys.json'])
  })
})
