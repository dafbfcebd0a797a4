import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/base/random.ts'
import type { Part, PartRole, Segment } from '../../src/contract/segment.ts'
import { planMerge } from '../../src/service/merge-plan.ts'

const runsMax = 8

/** Parts in log order, of the sizes given. */
function partsOf(sizes: readonly number[], role: PartRole = 'events'): Part[] {
  return sizes.map(
    (bytes, seq) => ({ role, key: `${role}-${seq}`, bytes, seq_first: seq, seq_last: seq }) as Part,
  )
}

function segmentOf(parts: Part[], id = 'a/events/2026-01-01/0'): Segment {
  return { segment_id: id, parts } as Segment
}

function sizesOf(plan: ReturnType<typeof planMerge>): number[] | undefined {
  return plan?.parts.map(({ bytes }) => bytes)
}

/** Flushes of these sizes into one segment, which is merged after each until nothing is left to merge. */
function simulate(sizes: readonly number[]) {
  const segment = segmentOf([])
  const rewrites = new Map<Part, number>()
  let rewritten = 0
  let mergesAtOnceMax = 0
  for (const [seq, bytes] of sizes.entries()) {
    segment.parts.push(partsOf([bytes])[0]!)
    rewrites.set(segment.parts.at(-1)!, 0)
    let merges = 0
    for (let plan = planMerge([segment], runsMax); plan; plan = planMerge([segment], runsMax)) {
      const { parts } = plan
      const first = segment.parts.indexOf(parts[0]!)
      expect(segment.parts.slice(first, first + parts.length), 'neighbours, in order').toEqual(parts)
      const [merged] = partsOf([parts.reduce((sum, part) => sum + part.bytes, 0)])
      segment.parts.splice(first, parts.length, merged!)
      rewrites.set(merged!, 1 + Math.max(...parts.map(part => rewrites.get(part)!)))
      rewritten += merged!.bytes
      merges++
    }
    mergesAtOnceMax = Math.max(mergesAtOnceMax, merges)
    expect(segment.parts.length, `after flush ${seq}`).toBeLessThanOrEqual(runsMax)
  }
  const flushed = sizes.reduce((sum, bytes) => sum + bytes, 0)
  const deepest = Math.max(...segment.parts.map(part => rewrites.get(part)!))
  return {
    perByte: rewritten / flushed,
    deepest,
    mergesAtOnceMax,
    parts: segment.parts.map(({ bytes }) => bytes),
  }
}

describe('planMerge', () => {
  it('leaves a segment alone that has no more parts than it may', () => {
    expect(planMerge([], runsMax)).toBeUndefined()
    expect(planMerge([segmentOf(partsOf(Array(8).fill(1)))], runsMax)).toBeUndefined()
  })

  it('counts each role by itself, and takes the one that has the most parts of all segments', () => {
    const many = [...partsOf(Array(9).fill(1), 'events'), ...partsOf(Array(10).fill(1), 'raw')]
    const more = partsOf(Array(11).fill(1), 'ids')
    expect(planMerge([segmentOf(many)], runsMax)).toMatchObject({ role: 'raw' })
    const plan = planMerge([segmentOf(many), segmentOf(more, 'b/events/2026-01-01/0')], runsMax)
    expect(plan).toMatchObject({ segmentId: 'b/events/2026-01-01/0', role: 'ids' })
    expect(plan!.parts.every(({ role }) => role === 'ids')).toBe(true)
  })

  it('merges what is alike', () => {
    expect(sizesOf(planMerge([segmentOf(partsOf(Array(9).fill(5)))], runsMax))).toEqual(Array(9).fill(5))
    const sizes = [900, 90, 80, 9, 8, 9, 8, 9, 8]
    expect(sizesOf(planMerge([segmentOf(partsOf(sizes))], runsMax))).toEqual([9, 8, 9, 8, 9, 8])
  })

  it('does not rewrite a huge part for tiny ones, on whichever side they are', () => {
    for (const sizes of [
      [1e9, ...Array(8).fill(1)],
      [...Array(8).fill(1), 1e9],
    ]) {
      expect(sizesOf(planMerge([segmentOf(partsOf(sizes))], runsMax))).toEqual(Array(8).fill(1))
    }
    const between = [1, 1, 1, 1, 1e9, 1, 1, 1, 1, 1]
    expect(sizesOf(planMerge([segmentOf(partsOf(between))], runsMax))).toEqual(Array(5).fill(1))
  })

  it('opens a bounded number of files, however many wait', () => {
    const plan = planMerge([segmentOf(partsOf(Array(5000).fill(1)))], runsMax)
    expect(plan!.parts).toHaveLength(64)
  })

  it('neither merges damaged parts nor across them', () => {
    const parts = partsOf(Array(12).fill(1))
    const aside = new Set(['events-3', 'events-5'])
    const plan = planMerge([segmentOf(parts)], runsMax, aside)
    expect(plan!.parts.map(({ key }) => key)).toEqual(parts.slice(6).map(({ key }) => key))
    expect(planMerge([segmentOf(parts.slice(0, 9))], runsMax, aside), 'eight are left').toBeUndefined()
    const everySecond = new Set(parts.filter((_, i) => i % 2 === 0).map(({ key }) => key))
    expect(planMerge([segmentOf(parts)], 2, everySecond), 'no two are neighbours').toBeUndefined()
  })

  it('merges small segments whatever the bound, down to one run', () => {
    expect(sizesOf(planMerge([segmentOf(partsOf([3, 1]))], 1))).toEqual([3, 1])
  })
})

describe('merging after every flush', () => {
  /** log2(segment / flush), as merge-plan.ts states it */
  const bound = (flushes: number) => Math.log2(flushes)

  it.each([500, 5000, 20_000])('writes each byte of %i equal flushes again few times', flushes => {
    const { perByte, deepest, mergesAtOnceMax, parts } = simulate(Array(flushes).fill(1))
    console.log(
      `${flushes} flushes: a byte is rewritten ${perByte.toFixed(2)} times, at most ${deepest}; parts ${parts}`,
    )
    expect(perByte).toBeLessThanOrEqual(bound(flushes))
    expect(mergesAtOnceMax).toBe(1)
  })

  it('does so whatever the sizes', () => {
    const seed = Date.now() % 1e9
    const random = seededRandom(seed)
    const loads = {
      even: () => 1 + random(),
      anything: () => 1 + random() * 1000,
      'now and then a hundredfold': () => (random() < 0.1 ? 100 : 1),
      'heavy tails': () => 1 + (1 - random()) ** -1.2,
    }
    for (const [name, sizeOf] of Object.entries(loads)) {
      const sizes = Array.from({ length: 3000 }, sizeOf)
      const { perByte } = simulate(sizes)
      console.log(`seed ${seed}: ${name}: a byte is rewritten ${perByte.toFixed(2)} times`)
      expect(perByte, `seed ${seed}: ${name}`).toBeLessThanOrEqual(bound(sizes.length))
    }
  })

  it('leaves a huge part alone while late events trickle in beside it', () => {
    const { perByte, parts } = simulate([1e6, ...Array(2000).fill(1)])
    expect(parts[0]).toBe(1e6)
    expect(perByte * (1e6 + 2000)).toBeLessThanOrEqual(2000 * bound(2000))
  })
})
