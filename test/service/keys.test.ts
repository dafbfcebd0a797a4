import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type KeyEntry, keyEntrySchema } from '../../src/contract/api-key.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { KeyFile } from '../../src/ports/key-file.ts'
import { type KeyRingSources, mintKey, openKeyRing, readListedKeys } from '../../src/service/keys.ts'

const nowMs = Date.parse('2025-06-01T00:00:00Z')
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

function ring(sources: Partial<KeyRingSources> & { at?: { nowMs: number } } = {}) {
  const { at = { nowMs }, ...rest } = sources
  const clock: Clock = { nowMs: () => at.nowMs, after: () => () => {} }
  const reported: unknown[] = []
  return openKeyRing({ listed: [], clock, report: error => reported.push(error), ...rest }).then(keys => ({
    keys,
    reported,
  }))
}

function memoryFile(
  entries: readonly KeyEntry[] | undefined,
): KeyFile & { now: readonly KeyEntry[] | undefined | Error } {
  return {
    now: entries,
    async read() {
      if (this.now instanceof Error) throw this.now
      return this.now
    },
    async write(next) {
      this.now = next
    },
  }
}

const random = (seed: number) => new Uint8Array(32).map((_, i) => (i * 37 + seed) & 0xff)

describe('a minted key', () => {
  it('is recognised by its secret, which the entry doesn’t hold', async () => {
    const { secret, entry } = await mintKey(
      { id: 'ci', tenant: 'acme', scopes: ['query', 'ingest'], createdAtMs: nowMs },
      random(1),
    )
    expect(secret).toMatch(/^alv_[A-Za-z0-9_-]{43}$/)
    expect(keyEntrySchema.parse(entry)).toEqual({
      id: 'ci',
      tenant: 'acme',
      scopes: ['ingest', 'query'],
      sha256: sha256(secret),
      created_at: '2025-06-01T00:00:00.000Z',
    })
    const { keys } = await ring({ listed: [entry] })
    expect(await keys.authenticate(secret)).toEqual({
      keyId: 'ci',
      tenant: 'acme',
      scopes: new Set(['ingest', 'query']),
    })
    for (const wrong of [`${secret}x`, secret.slice(1), '', entry.sha256])
      expect(await keys.authenticate(wrong)).toBeUndefined()
  })

  it('ends when it expires', async () => {
    const at = { nowMs }
    const { secret, entry } = await mintKey(
      { id: 'a', tenant: 't', scopes: ['admin'], createdAtMs: nowMs, expiresAtMs: nowMs + 1000 },
      random(2),
    )
    const { keys } = await ring({ listed: [entry], at })
    at.nowMs = nowMs + 999
    expect([...(await keys.authenticate(secret))!.scopes]).toEqual(['ingest', 'query', 'admin'])
    at.nowMs = nowMs + 1000
    expect(await keys.authenticate(secret)).toBeUndefined()
    expect(await keys.required()).toBe(true)
  })
})

describe('keys of the configuration', () => {
  it('are told by their secret or by its hash', async () => {
    const entries = await readListedKeys(
      [
        'one:acme:ingest+query:0123456789abcdef',
        ` two:other:admin:sha256=${sha256('a long enough secret').toUpperCase()} `,
      ],
      nowMs,
    )
    const { keys } = await ring({ listed: entries })
    expect(await keys.authenticate('0123456789abcdef')).toMatchObject({ keyId: 'one', tenant: 'acme' })
    expect(await keys.authenticate('a long enough secret')).toMatchObject({ keyId: 'two', tenant: 'other' })
    for (const entry of entries) expect(keyEntrySchema.safeParse(entry).success).toBe(true)
  })

  it.each([
    [['one:acme:ingest'], 'expected id:tenant:scope+scope:secret'],
    [['one:acme:ingest:0123456789abcdef:more'], 'expected id:tenant'],
    [[''], '(without id)'],
    [['one:acme:write:0123456789abcdef'], 'unknown scope write'],
    [['one:acme:ingest:tooshort'], 'at least 16 characters'],
    [['one:acme:ingest:sha256=abc'], '64 hex digits'],
    [['one:a:ingest:0123456789abcdef', 'one:b:ingest:0123456789abcdeg'], 'one is there twice'],
    [['one:a:ingest:0123456789abcdef', 'two:b:ingest:0123456789abcdef'], 'same secret'],
  ])('%j is refused, without telling the secret', async (texts, message) => {
    const refused = await readListedKeys(texts, nowMs).catch((error: Error) => error.message)
    expect(refused).toContain(message)
    expect(refused).not.toContain('0123456789abcdef')
  })
})

describe('the key file', () => {
  it('is followed while the service runs: added, rotated, revoked', async () => {
    const [first, second] = await Promise.all(
      [3, 4].map(seed =>
        mintKey({ id: `k${seed}`, tenant: 't', scopes: ['query'], createdAtMs: nowMs }, random(seed)),
      ),
    )
    const file = memoryFile(undefined)
    const { keys } = await ring({ file })
    expect(await keys.required()).toBe(false)
    file.now = [first!.entry]
    expect(await keys.required()).toBe(true)
    expect(await keys.authenticate(first!.secret)).toMatchObject({ keyId: 'k3' })
    file.now = [second!.entry]
    expect(await keys.authenticate(first!.secret)).toBeUndefined()
    expect(await keys.authenticate(second!.secret)).toMatchObject({ keyId: 'k4' })
  })

  it('opens nothing when it is emptied or taken away', async () => {
    const { entry } = await mintKey(
      { id: 'k', tenant: 't', scopes: ['query'], createdAtMs: nowMs },
      random(5),
    )
    for (const gone of [[], undefined]) {
      const file = memoryFile([entry])
      const { keys } = await ring({ file })
      file.now = gone
      expect(await keys.required()).toBe(true)
    }
    expect(await (await ring({ file: memoryFile([]) })).keys.required()).toBe(true)
  })

  it('that turns bad is reported, and the keys before it stay', async () => {
    const { secret, entry } = await mintKey(
      { id: 'k', tenant: 't', scopes: ['query'], createdAtMs: nowMs },
      random(6),
    )
    const file = memoryFile([entry])
    const { keys, reported } = await ring({ file })
    file.now = new Error('not JSON')
    expect(await keys.authenticate(secret)).toMatchObject({ keyId: 'k' })
    file.now = [entry, entry]
    expect(await keys.authenticate(secret)).toMatchObject({ keyId: 'k' })
    expect(await keys.authenticate(secret)).toMatchObject({ keyId: 'k' })
    expect(reported.map(error => (error as Error).message)).toEqual(['not JSON', 'API key k is there twice'])
  })

  it('that is bad at the start stops it', async () => {
    const file = memoryFile(undefined)
    file.now = new Error('not JSON')
    await expect(ring({ file })).rejects.toThrow('not JSON')
  })
})
