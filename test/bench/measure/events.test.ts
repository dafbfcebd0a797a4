import { describe, expect, it } from 'vitest'
import { EventPool, eventId } from '../../../bench/measure/events.ts'

const options = {
  seed: 7,
  bodyBytes: 50_000,
  poolBodies: 2,
  fromMs: Date.UTC(2024, 2, 1),
  spanMs: 3_600_000,
}

function linesOf(bytes: Uint8Array): string[] {
  return Buffer.from(bytes).toString().trimEnd().split('\n')
}

describe('the events of the benchmarks', () => {
  it('are 400 to 900 bytes of JSON each', () => {
    const { bytes, eventCount } = new EventPool(options).body(0)
    const sizes = linesOf(bytes).map(line => Buffer.byteLength(line))
    expect(sizes.length).toBe(eventCount)
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(400)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(900)
    expect(bytes.length).toBeGreaterThanOrEqual(options.bodyBytes)
  })

  it('are the same bytes again from the same seed, and others from another', () => {
    const textOf = (seed: number) => Buffer.from(new EventPool({ ...options, seed }).body(1).bytes).toString()
    expect(textOf(7)).toBe(textOf(7))
    expect(textOf(8)).not.toBe(textOf(7))
  })

  it('never share an id, also where a pool comes round again', () => {
    const pool = new EventPool(options)
    const ids = [0, 1, 2, 3].flatMap(sequence =>
      linesOf(pool.body(sequence).bytes).map(line => JSON.parse(line).event_id),
    )
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('leave a body that was handed out as it is when the next one is made', () => {
    const pool = new EventPool(options)
    const first = pool.body(0)
    const before = Buffer.from(first.bytes).toString()
    pool.body(2)
    expect(Buffer.from(first.bytes).toString()).toBe(before)
  })

  it('have the id that their place in the run tells', () => {
    const lines = linesOf(new EventPool(options).body(5).bytes)
    expect(JSON.parse(lines[3]!).event_id).toBe(eventId(5, 3))
  })

  it('move to another day and keep their time of day', () => {
    const pool = new EventPool(options)
    const [at, moved] = [pool.body(0), pool.body(0, '2025-12-31')].map(
      ({ bytes }) => JSON.parse(linesOf(bytes)[9]!).event_time,
    )
    expect(moved).toBe(at.replace('2024-03-01', '2025-12-31'))
  })
})
