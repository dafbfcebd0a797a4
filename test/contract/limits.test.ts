import { describe, expect, it } from 'vitest'
import { defaultLimits, limitsSchema } from '../../src/contract/limits.ts'

const names = Object.keys(limitsSchema.shape) as (keyof typeof limitsSchema.shape)[]

describe('the limits', () => {
  it('have a default and a sentence each', () => {
    expect(names.length).toBeGreaterThan(20)
    expect(Object.keys(defaultLimits)).toEqual(names)
    for (const name of names) {
      expect(limitsSchema.shape[name].description?.length, name).toBeGreaterThan(5)
      expect(defaultLimits[name], name).toBeGreaterThan(0)
    }
  })

  it('are what was promised', () => {
    const mib = 1024 * 1024
    expect(defaultLimits).toMatchObject({
      body_bytes_max: 10 * mib,
      body_inflated_bytes_max: 100 * mib,
      inflate_ratio_max: 100,
      event_bytes_max: mib,
      event_depth_max: 32,
      headers_seconds: 10,
      request_seconds: 30,
      connections_max: 2000,
      log_bytes_max: 256 * mib,
      disk_full_ratio: 0.9,
      disk_resume_ratio: 0.85,
      future_hours_max: 24,
      late_hours: 2,
      runs_max: 8,
      idempotency_hours: 24,
      drain_seconds: 30,
    })
  })

  it('carry their unit in their name', () => {
    const units = /_(bytes|bytes_max|max|seconds|hours|hours_max|ratio|ratio_max)$/
    expect(names.filter(name => !units.test(name))).toEqual([])
  })

  it('refuse nothing, less than nothing, and what is misspelt', () => {
    for (const name of names) {
      for (const bad of [0, -1, Number.NaN, '10', null]) {
        expect(limitsSchema.safeParse({ [name]: bad }).success, `${name}: ${bad}`).toBe(false)
      }
    }
    expect(limitsSchema.safeParse({ body_byte_max: 1 }).success).toBe(false)
  })
})
