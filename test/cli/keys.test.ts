import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/adapters/clock-system.ts'
import { fileKeys } from '../../src/adapters/keys-file.ts'
import { openKeyRing } from '../../src/service/keys.ts'
import { run } from './io.ts'

let folder: string
let file: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alluvium-keys-'))
  file = join(folder, 'keys.json')
})
afterEach(() => rm(folder, { recursive: true }))

const keys = (...argv: string[]) => run(['keys', ...argv, '--keys-file', file])
const ring = () =>
  openKeyRing({ listed: [], file: fileKeys(file, systemClock), clock: systemClock, report: () => {} })

describe('alluvium keys', () => {
  it('makes a key that the service takes, and keeps only its hash', async () => {
    const { code, stdout, stderr } = await keys(
      'create',
      '--id',
      'ci',
      '--tenant',
      'shop',
      '--scopes',
      'query+ingest',
    )
    expect(code).toBe(0)
    const secret = stdout.trim()
    expect(secret).toMatch(/^alv_/)
    expect(stderr).toContain('Key ci of tenant shop (ingest+query)')
    expect(await readFile(file, 'utf8')).not.toContain(secret)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const identity = await (await ring()).authenticate(secret)
    expect(identity).toMatchObject({ keyId: 'ci', tenant: 'shop' })
    expect([...identity!.scopes]).toEqual(['ingest', 'query'])
  })

  it('lists keys without their secrets, and revokes one of them', async () => {
    const first = (await keys('create', '--id', 'first')).stdout.trim()
    const second = (await keys('create', '--id', 'second', '--expires-days', '30')).stdout.trim()
    const listed = await keys('list')
    expect(listed.stdout).toMatch(/^first +default +ingest\+query .* never$/m)
    expect(listed.stdout).toMatch(/^second +default +ingest\+query /m)
    expect(listed.stdout).not.toContain('alv_')
    expect(await keys('revoke', 'first')).toEqual({ code: 0, stdout: 'revoked first\n', stderr: '' })
    const now = await ring()
    expect(await now.authenticate(first)).toBeUndefined()
    expect(await now.authenticate(second)).toMatchObject({ keyId: 'second' })
  })

  it('makes up an id where none is given', async () => {
    await keys('create')
    await keys('create')
    const { keys: entries } = JSON.parse(await readFile(file, 'utf8'))
    expect(entries).toHaveLength(2)
    expect(entries[0].id).not.toBe(entries[1].id)
  })

  it.each([
    [['create', '--scopes', 'everything'], 2, '--scopes: "everything" is none of ingest, query, admin'],
    [['create', '--tenant', 'No Slug'], 2, '--tenant: lower-case letters'],
    [['create', '--id', 'a b'], 2, '--id: letters, digits'],
    [['create', '--expires-days', '-1'], 2, '--expires-days needs a value'],
    [['create', '--expires-days=0'], 2, '--expires-days: expected a number above 0'],
    [['revoke', 'nobody'], 1, 'there is no key "nobody"'],
    [['list'], 1, 'there is no key file'],
    [['remove', 'x'], 2, 'expected create, list, or revoke ID'],
  ])('answers %j with %i and the reason', async (argv, code, reason) => {
    const said = await keys(...argv)
    expect(said.stderr).toContain(reason)
    expect(said.code).toBe(code)
  })

  it('refuses an id that is there already', async () => {
    await keys('create', '--id', 'ci')
    const { code, stderr } = await keys('create', '--id', 'ci')
    expect(code).toBe(1)
    expect(stderr).toContain('there is a key "ci" already')
  })

  it('does not touch a file that is no key file', async () => {
    await writeFile(file, '{"something":"else"}')
    const { code, stderr } = await keys('create')
    expect(code).toBe(1)
    expect(stderr).toMatch(/^alluvium: key file .*keys\.json: /)
    expect(stderr).not.toContain('    at ')
    expect(await readFile(file, 'utf8')).toBe('{"something":"else"}')
  })

  it('asks for the file where none is known, and takes it from the configuration', async () => {
    expect((await run(['keys', 'list'])).stderr).toContain('no key file: give --keys-file')
    const { code } = await run(['keys', 'create'], { ALLUVIUM_KEYS_FILE: file })
    expect(code).toBe(0)
  })
})
