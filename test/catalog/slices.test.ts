import { describe, expect, it } from 'vitest'
import { type SlicePolicy, Slices } from '../../src/catalog/slices.ts'
import { day, fromMs, segmentOf } from './stores.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const policy: SlicePolicy = { sliceHours: 24, retentionMs: 30 * dayMs }
const noonMs = fromMs + 12 * hourMs
const name = `t/events/${day}`

const begun = (nowMs = noonMs, slices = new Slices([], [])) => ({
  slices,
  segment: slices.ensure('t', 'events', noonMs, nowMs, policy),
})

describe('a slice', () => {
  it('is new, then live, then evicted', () => {
    const slices = new Slices([], [])
    expect(slices.at('t', 'events', noonMs, policy)).toEqual({ kind: 'new' })
    const segment = slices.ensure('t', 'events', noonMs, noonMs, policy)
    expect(slices.at('t', 'events', fromMs, policy)).toEqual({ kind: 'live', segment })
    expect(slices.at('t', 'events', fromMs + dayMs - 1, policy)).toEqual({ kind: 'live', segment })
    expect(slices.at('t', 'events', fromMs + dayMs, policy)).toEqual({ kind: 'new' })
    expect(slices.evict(segment.segment_id)).toBe(true)
    expect(slices.at('t', 'events', noonMs, policy)).toEqual({ kind: 'evicted' })
  })

  it('is begun once', () => {
    const { slices, segment } = begun()
    expect(slices.ensure('t', 'events', fromMs, noonMs + 1, policy)).toBe(segment)
    expect(slices.ensureForRefusals('t', 'events', fromMs, policy)).toBe(segment)
    expect(slices.countOf('t')).toBe(1)
  })

  it('lies before 1970 as well as behind', () => {
    const slices = new Slices([], [])
    const { segment_id, from_ms } = slices.ensure('t', 'events', -1, noonMs, policy)
    expect(segment_id).toBe('t/events/1969-12-31/0')
    expect(from_ms).toBe(-dayMs)
  })

  it('is of one stream of one tenant', () => {
    const { slices } = begun()
    expect(slices.at('t', 'clicks', noonMs, policy)).toEqual({ kind: 'new' })
    expect(slices.at('u', 'events', noonMs, policy)).toEqual({ kind: 'new' })
  })

  it('expires its retention after its end or its first write, whichever comes last, fixed at the beginning', () => {
    expect(begun(noonMs).segment.expires_at_ms).toBe(fromMs + dayMs + policy.retentionMs)
    const { slices, segment } = begun(noonMs + 100 * dayMs)
    expect(segment.expires_at_ms).toBe(noonMs + 100 * dayMs + policy.retentionMs)
    slices.ensure('t', 'events', noonMs, noonMs + 200 * dayMs, { ...policy, retentionMs: 1 })
    expect(segment.expires_at_ms).toBe(noonMs + 100 * dayMs + policy.retentionMs)
  })

  it('goes on as it was cut when slices become shorter', () => {
    const { slices, segment } = begun()
    const hourly = { ...policy, sliceHours: 1 }
    expect(slices.ensure('t', 'events', noonMs, noonMs, hourly)).toBe(segment)
    expect(slices.ensure('t', 'events', noonMs + dayMs, noonMs, hourly).segment_id).toBe(
      't/events/2026-01-11T12/0',
    )
  })
})

describe('generations', () => {
  it('rise with every eviction', () => {
    const { slices } = begun()
    for (const generation of [0, 1, 2]) {
      const segment = slices.ensure('t', 'events', noonMs, noonMs, policy)
      expect(segment).toMatchObject({ segment_id: `${name}/${generation}`, generation, doc_next: 0 })
      slices.evict(segment.segment_id)
    }
    expect(slices.evicted.get(name)).toBe(2)
  })

  it('go on where an earlier process was', () => {
    const slices = new Slices([], [[name, 4]])
    expect(slices.at('t', 'events', noonMs, policy)).toEqual({ kind: 'evicted' })
    expect(slices.ensure('t', 'events', noonMs, noonMs, policy).generation).toBe(5)
  })
})

describe('refusals', () => {
  it('begin the next generation of an evicted slice, which takes no events until one is let in', () => {
    const slices = new Slices([], [[name, 0]])
    const segment = slices.ensureForRefusals('t', 'events', noonMs, policy)
    expect(segment).toMatchObject({ generation: 1, refusals_only: true })
    expect(slices.at('t', 'events', noonMs, policy)).toEqual({ kind: 'evicted' })
    expect(slices.ensure('t', 'events', noonMs, noonMs, policy)).toBe(segment)
    expect(slices.at('t', 'events', noonMs, policy)).toEqual({ kind: 'live', segment })
  })

  it('begin a slice that was never evicted for events too', () => {
    const slices = new Slices([], [])
    expect(slices.ensureForRefusals('t', 'events', noonMs, policy).refusals_only).toBe(false)
  })
})

describe('eviction', () => {
  it('is of live segments only', () => {
    const { slices, segment } = begun()
    expect(slices.evict(`${name}/1`)).toBe(false)
    expect(slices.evict('nonsense')).toBe(false)
    expect(slices.evict(segment.segment_id)).toBe(true)
    expect(slices.evict(segment.segment_id)).toBe(false)
  })

  it('keeps what went until its publish, and leaves its neighbours', () => {
    const { slices, segment } = begun()
    const next = slices.ensure('t', 'events', noonMs + dayMs, noonMs, policy)
    slices.evict(segment.segment_id)
    expect([...slices.gone.values()]).toEqual([segment])
    expect([...slices.segments.values()]).toEqual([next])
    expect(slices.countOf('t')).toBe(1)
  })
})

it('begins with the segments that were published', () => {
  const live = segmentOf()
  const other = segmentOf({ tenant: 'u' })
  const slices = new Slices([live, other], [])
  expect(slices.at('t', 'events', noonMs, policy)).toEqual({ kind: 'live', segment: live })
  expect(slices.countOf('u')).toBe(1)
  expect(slices.countOf('nobody')).toBe(0)
})
