import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../../src/base/bytes.ts'
import type { BatchAnswer } from '../../src/contract/receipt.ts'
import { Refused } from '../../src/contract/refused.ts'
import { hashRequest, IdempotencyKeys } from '../../src/ingest/idempotency.ts'

const bounds = { rememberedMs: 1000, keysMax: 3 }

function answerOf(batch_id: string): BatchAnswer {
  return { batch_id, sent: 1, accepted: 1, duplicate: 0, late: 0, masked: 0, quarantined: 0, receipts: [] }
}

/** As the service does it: an answer is remembered before it is told. */
function asking(keys = new IdempotencyKeys(bounds)) {
  const answered: string[] = []
  const ask = (key: string, more: { sha256?: string; nowMs?: number; tenant?: string } = {}) => {
    const { sha256 = 'h', nowMs = 0, tenant = 't' } = more
    return keys.once(tenant, key, sha256, nowMs, async () => {
      const answer = answerOf(`${key} ${answered.push(key)}`)
      keys.remember(tenant, key, { request_sha256: sha256, time_ms: nowMs, answer })
      return answer
    })
  }
  return { keys, ask, answered }
}

describe('an Idempotency-Key', () => {
  it('gives the first answer again', async () => {
    const { ask, answered } = asking()
    expect(await ask('a')).toEqual({ answer: answerOf('a 1'), replayed: false })
    expect(await ask('a')).toEqual({ answer: answerOf('a 1'), replayed: true })
    expect(answered).toEqual(['a'])
  })

  it('is refused with another request, and goes on standing for the first', async () => {
    const { ask, answered } = asking()
    await ask('a')
    const other = ask('a', { sha256: 'other' })
    await expect(other).rejects.toThrow(Refused)
    await expect(other).rejects.toMatchObject({ code: 'idempotency_conflict' })
    await expect(other).rejects.toThrow('the Idempotency-Key "a" was used with another body')
    expect(await ask('a')).toMatchObject({ replayed: true })
    expect(answered).toEqual(['a'])
  })

  it('belongs to one tenant', async () => {
    const { ask } = asking()
    await ask('a')
    expect(await ask('a', { tenant: 'u', sha256: 'other' })).toMatchObject({ replayed: false })
    expect(await ask('b\na', { tenant: 'x' })).toMatchObject({ replayed: false })
  })

  it('makes requests that come side by side wait for the first, which alone is answered', async () => {
    const { keys, answered } = asking()
    let release = () => {}
    const held = new Promise<void>(resolve => {
      release = resolve
    })
    const ask = (sha256: string) =>
      keys.once('t', 'a', sha256, 0, async () => {
        await held
        const answer = answerOf(`${answered.push('a')}`)
        keys.remember('t', 'a', { request_sha256: sha256, time_ms: 0, answer })
        return answer
      })
    const asked = [ask('h'), ask('h'), ask('other'), ask('h')].map(promise =>
      promise.then(
        ({ replayed }) => (replayed ? 'again' : 'first'),
        ({ code }) => code,
      ),
    )
    release()
    expect(await Promise.all(asked)).toEqual(['first', 'again', 'idempotency_conflict', 'again'])
    expect(answered.length).toBe(1)
  })

  it('is free again when its request failed: one of those that wait is the next', async () => {
    const keys = new IdempotencyKeys(bounds)
    let tries = 0
    const ask = () =>
      keys.once('t', 'a', 'h', 0, async () => {
        if (++tries === 1) throw new Error('no log')
        const answer = answerOf('a')
        keys.remember('t', 'a', { request_sha256: 'h', time_ms: 0, answer })
        return answer
      })
    const told = await Promise.allSettled([ask(), ask(), ask()])
    expect(told.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
    expect(tries).toBe(2)
  })

  it('is forgotten when its time is over, and not a ms before', async () => {
    const { ask } = asking()
    await ask('a', { nowMs: 5 })
    expect(await ask('a', { nowMs: 1004 })).toMatchObject({ replayed: true })
    expect(await ask('a', { nowMs: 1005, sha256: 'other' })).toMatchObject({ replayed: false })
  })

  it('is forgotten, the oldest first, when there are too many of a tenant', async () => {
    const { ask } = asking()
    for (const key of ['a', 'b', 'c']) await ask(key)
    await ask('x', { tenant: 'u' })
    expect(await ask('a')).toMatchObject({ replayed: true })
    await ask('d')
    expect(await ask('b')).toMatchObject({ replayed: true })
    expect(await ask('d')).toMatchObject({ replayed: true })
    expect(await ask('a')).toMatchObject({ replayed: false })
  })
})

describe('the hash of a request', () => {
  const hash = (parameters: unknown, body: string) => hashRequest(parameters, toUtf8(body))

  it('tells bodies and parameters apart', async () => {
    const hashes = await Promise.all([
      hash({ source: 'a' }, 'x'),
      hash({ source: 'b' }, 'x'),
      hash({ source: 'a' }, 'y'),
      hash({}, 'x'),
      hash({}, ''),
    ])
    expect(new Set(hashes).size).toBe(5)
    expect(hashes[0]).toBe(await hash({ source: 'a' }, 'x'))
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/)
  })

  it('is not fooled by a body that goes on where the parameters end', async () => {
    expect(await hash({}, '\nx')).not.toBe(await hash({}, 'x'))
  })
})
