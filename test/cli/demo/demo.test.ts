// The whole way through the real service, as `npm run demo` goes it, and then the data directory that it leaves.

import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { spawnBuilt } from '../built.ts'
import { run, type Said } from '../io.ts'

let folder: string
let said: Said

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alluvium-demo-'))
  said = await spawnBuilt(['demo', '--once', '--port', '0', '--data-dir', folder]).said
}, 120_000)
afterAll(() => rm(folder, { recursive: true }))

describe('alluvium demo --once', () => {
  it('asks every question and gets an answer', () => {
    expect(said.stderr).toBe('')
    expect(said.code).toBe(0)
    for (const request of [
      'POST /v1/events',
      'POST /v1/search',
      'POST /v1/graph/walk',
      'POST /v1/graph/path',
      'GET /v1/events?entity_id=',
      'GET /v1/events/',
      'GET /v1/quarantine',
      'POST /v1/quarantine/replay',
      'GET /v1/segments',
      'DELETE /v1/segments/',
    ]) {
      expect(said.stdout).toContain(request)
    }
  })

  it('accounts for every line that it sent', () => {
    const count = (label: string) =>
      Number(new RegExp(`^ +${label} +([\\d,]+)`, 'm').exec(said.stdout)![1]!.replaceAll(',', ''))
    expect(count('sent')).toBeGreaterThan(30_000)
    expect(count('accepted') + count('duplicate') + count('quarantined')).toBe(count('sent'))
    expect(count('duplicate')).toBeGreaterThan(140)
    for (const code of ['bad_time', 'malformed_json', 'not_an_object', 'future_time'])
      expect(said.stdout).toContain(code)
  })

  it('repairs one event, and drops a day for good', () => {
    expect(said.stdout).toMatch(/→ accepted as [0-9a-f]{16}; bad_time: \d+ open, 1 resolved/)
    expect(said.stdout).toContain('404, as if it had never been')
  })
})

describe('alluvium verify', () => {
  it('finds all of it sound', async () => {
    const { code, stdout } = await run(['verify', '--data-dir', join(folder, 'demo')])
    expect(stdout).toMatch(/^\d[\d,]* files checked in .*: all sound$/m)
    expect(code).toBe(0)
  })

  it('finds a single changed bit, and changes nothing itself', async () => {
    const copy = join(folder, 'copy')
    await cp(join(folder, 'demo'), copy, { recursive: true })
    const names = await readdir(join(copy, 'store'), { recursive: true, withFileTypes: true })
    const paths = names.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
    const sizes = await Promise.all(paths.map(async path => ({ path, bytes: (await stat(path)).size })))
    const { path } = sizes.reduce((most, next) => (next.bytes > most.bytes ? next : most))
    const bytes = await readFile(path)
    bytes[bytes.length >> 1]! ^= 1
    await writeFile(path, bytes)
    const { code, stdout } = await run(['verify', '--data-dir', copy])
    expect(code).toBe(1)
    expect(stdout).toMatch(/^bad /m)
    expect(stdout).toContain('1 bad')
    expect(await readFile(path)).toEqual(bytes)
  })

  it('wants a data directory', async () => {
    const { code, stderr } = await run(['verify', '--data-dir', join(folder, 'nowhere')])
    expect(code).toBe(1)
    expect(stderr).toContain('is no data directory of Alluvium')
  })
})
