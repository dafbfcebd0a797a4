import { describe, expect, it } from 'vitest'
import { Refused } from '../../src/contract/refused.ts'
import { Quotas } from '../../src/service/quotas.ts'

const rate = 1000

/** @returns undefined when it is admitted, else the seconds to wait */
function wait(quotas: Quotas, bytes: number, nowMs: number, tenant = 't'): number | undefined {
  try {
    quotas.admit(tenant, bytes, nowMs)
    return undefined
  } catch (error) {
    expect(error).toBeInstanceOf(Refused)
    expect(error).toMatchObject({ code: 'quota_exceeded' })
    return (error as Refused).retryAfterSeconds
  }
}

describe('the rate of a tenant', () => {
  it('lets ten seconds of it come at once, and then as much as time brings', () => {
    const quotas = new Quotas({ t: { ingest_bytes_per_second: rate } })
    expect(wait(quotas, 6000, 0)).toBeUndefined()
    expect(wait(quotas, 4000, 0)).toBeUndefined()
    expect(wait(quotas, 1, 0)).toBe(1)
    expect(wait(quotas, 500, 499)).toBe(1)
    expect(wait(quotas, 500, 500)).toBeUndefined()
    expect(wait(quotas, 500, 999)).toBe(1)
  })

  it('says how long to wait', () => {
    const quotas = new Quotas({ t: { ingest_bytes_per_second: rate } })
    quotas.admit('t', 10_000, 0)
    expect(wait(quotas, 4500, 0)).toBe(5)
    expect(wait(quotas, 4500, 4500)).toBeUndefined()
  })

  it('lets a body pass that is larger than the bucket when it is full, and makes the next wait for it', () => {
    const quotas = new Quotas({ t: { ingest_bytes_per_second: rate } })
    expect(wait(quotas, 30_000, 0)).toBeUndefined()
    expect(wait(quotas, 1, 20_000)).toBe(1)
    expect(wait(quotas, 1, 20_001)).toBeUndefined()
    expect(wait(quotas, 30_000, 25_000), 'the bucket is not full').toBe(6)
  })

  it('does not gather more than the bucket holds', () => {
    const quotas = new Quotas({ t: { ingest_bytes_per_second: rate } })
    quotas.admit('t', 1, 0)
    expect(wait(quotas, 10_000, 1e9)).toBeUndefined()
    expect(wait(quotas, 1, 1e9)).toBe(1)
  })

  it('is no other tenant’s, and holds sustained over many bodies', () => {
    const quotas = new Quotas({ t: { ingest_bytes_per_second: rate } })
    let taken = 0
    for (let ms = 0; ms < 100_000; ms += 10) {
      if (wait(quotas, 70, ms) === undefined) taken += 70
      expect(wait(quotas, 1e9, ms, 'free')).toBeUndefined()
    }
    expect(taken).toBeLessThanOrEqual(100 * rate + 10 * rate)
    expect(taken).toBeGreaterThan(100 * rate + 9 * rate)
  })
})

describe('what a tenant keeps', () => {
  it('closes its intake from the bound on, until something goes', () => {
    const quotas = new Quotas({ t: { stored_bytes_max: 100 } })
    expect(wait(quotas, 1e9, 0)).toBeUndefined()
    quotas.stored = new Map([
      ['t', 99],
      ['u', 500],
    ])
    expect(wait(quotas, 1e9, 0)).toBeUndefined()
    quotas.stored = new Map([['t', 100]])
    expect(wait(quotas, 0, 0)).toBe(60)
    expect(() => quotas.admit('t', 0, 0)).toThrow('tenant t keeps its 100 bytes already')
    quotas.stored = new Map()
    expect(wait(quotas, 1, 0)).toBeUndefined()
  })

  it('is asked before the rate is charged', () => {
    const quotas = new Quotas({ t: { stored_bytes_max: 1, ingest_bytes_per_second: rate } })
    quotas.stored = new Map([['t', 1]])
    for (let i = 0; i < 100; i++) wait(quotas, 10_000, 0)
    quotas.stored = new Map()
    expect(wait(quotas, 10_000, 0)).toBeUndefined()
  })
})
