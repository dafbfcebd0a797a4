import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  compareSegmentIds,
  docId,
  docsBehind,
  parseSegmentId,
  segmentId,
  sliceName,
  sliceOf,
} from '../../src/segment/slice.ts'

const HOUR_MS = 3_600_000
const sliceHours = fc.constantFrom(1, 2, 3, 4, 6, 8, 12, 24)
const time = fc.integer({ min: Date.UTC(1, 0, 1), max: Date.UTC(9998, 0, 1) })

describe('a slice', () => {
  it('is whole hours of a UTC day that hold the time, wherever the epoch lies', () => {
    fc.assert(
      fc.property(time, sliceHours, (timeMs, hours) => {
        const { fromMs, untilMs } = sliceOf(timeMs, hours)
        expect(fromMs <= timeMs && timeMs < untilMs).toBe(true)
        expect(untilMs - fromMs).toBe(hours * HOUR_MS)
        expect(new Date(fromMs).getUTCHours() % hours).toBe(0)
        expect(new Date(fromMs).toISOString()).toMatch(/T\d\d:00:00.000Z$/)
      }),
    )
  })

  it('is named by its day, or its hour where it is shorter', () => {
    const timeMs = Date.UTC(2015, 8, 12, 7, 30)
    expect(sliceName(sliceOf(timeMs, 24))).toBe('2015-09-12')
    expect(sliceName(sliceOf(timeMs, 6))).toBe('2015-09-12T06')
    expect(sliceName(sliceOf(timeMs, 1))).toBe('2015-09-12T07')
    expect(sliceName(sliceOf(-1, 24))).toBe('1969-12-31')
  })
})

describe('a segment id', () => {
  const slug = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,62}$/)
  const name = fc.record({
    tenant: slug,
    stream: slug,
    slice: fc.tuple(time, sliceHours).map(([timeMs, hours]) => sliceName(sliceOf(timeMs, hours))),
    generation: fc.nat(999_999_999),
  })

  it('says what it is made of', () => {
    fc.assert(fc.property(name, parts => void expect(parseSegmentId(segmentId(parts))).toEqual(parts)))
  })

  it.each([
    '',
    'a/b/2015-09-12',
    'a/b/2015-09-12/',
    'a/b/2015-09-12/x',
    'a/b/2015-09-12/-1',
    'a/b/2015-09-12/1234567890',
    'a/b/2015-9-12/0',
    'a/b/2015-09-12T6/0',
    'A/b/2015-09-12/0',
    '-a/b/2015-09-12/0',
    'a/../2015-09-12/0',
    'a/b/2015-09-12/0/c',
    ' a/b/2015-09-12/0',
    'a/b/2015-09-12/0\n',
  ])('is not %j', text => {
    expect(parseSegmentId(text)).toBeUndefined()
  })

  it('comes by time, then by generation', () => {
    const ids = [
      't/s/2015-09-11/0',
      't/s/2015-09-12/2',
      't/s/2015-09-12/10',
      't/s/2015-09-12T00/0',
      't/s/2015-09-12T06/0',
    ]
    for (let i = 0; i < ids.length; i++)
      for (let j = 0; j < ids.length; j++) {
        expect(Math.sign(compareSegmentIds(ids[i]!, ids[j]!)), `${ids[i]} ${ids[j]}`).toBe(Math.sign(i - j))
      }
  })
})

describe('the docs behind a position', () => {
  const id = 't/s/2015-09-12/0'
  const all = { from: 0, until: Number.POSITIVE_INFINITY }

  it('are all of them without a position, and in segments further on', () => {
    expect(docsBehind(id, undefined, 'asc')).toEqual(all)
    expect(docsBehind(id, { segmentId: 't/s/2015-09-11/0', sequence: 5 }, 'asc')).toEqual(all)
    expect(docsBehind(id, { segmentId: 't/s/2015-09-13/0', sequence: 5 }, 'desc')).toEqual(all)
    expect(docsBehind(id, { segmentId: 't/s/2015-09-12/1', sequence: 5 }, 'desc')).toEqual(all)
  })

  it('are none in segments gone by', () => {
    expect(docsBehind(id, { segmentId: 't/s/2015-09-13/0', sequence: 5 }, 'asc')).toBeUndefined()
    expect(docsBehind(id, { segmentId: 't/s/2015-09-11/0', sequence: 5 }, 'desc')).toBeUndefined()
  })

  it('begin after the position, or end before it', () => {
    expect(docsBehind(id, { segmentId: id, sequence: 5 }, 'asc')).toEqual({ from: 6, until: all.until })
    expect(docsBehind(id, { segmentId: id, sequence: 5 }, 'desc')).toEqual({ from: 0, until: 5 })
  })
})

it('a doc is named by its writer and its sequence', () => {
  expect(docId('w', 17)).toBe('w-17')
})
