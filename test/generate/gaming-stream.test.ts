import { describe, expect, it } from 'vitest'
import { gamingStream } from '../../src/generate/gaming-stream.ts'
import { bytesOf, type Event, eventsOf, optionsFor } from './events-of.ts'

const hourMs = 3_600_000

describe('a gaming stream', () => {
  it('is the same for the same options, and another for another seed', () => {
    const options = optionsFor(7)
    expect(bytesOf(options).equals(bytesOf({ ...options }))).toBe(true)
    expect(bytesOf(options).equals(bytesOf(optionsFor(8)))).toBe(false)
  })

  it('comes in blocks of whole lines, each of them one event in valid JSON with a line of its own', () => {
    for (const block of gamingStream(optionsFor(3))) {
      expect(block.length).toBeLessThan(400_000)
      expect(block.at(-1)).toBe(0x0a)
      for (const line of Buffer.from(block).toString().slice(0, -1).split('\n')) {
        const event = JSON.parse(line)
        expect(JSON.stringify(event)).toBe(line)
      }
    }
  })

  it('has strings only, as the seed’s raw data does, about 1 KB of them', () => {
    const options = optionsFor(4)
    const events = eventsOf(options)
    expect(events.every(event => Object.values(event).every(value => typeof value === 'string'))).toBe(true)
    const meanBytes = bytesOf(options).length / events.length
    expect(meanBytes).toBeGreaterThan(900)
    expect(meanBytes).toBeLessThan(1150)
  })

  it('gives each event an id of its own', () => {
    const events = eventsOf(optionsFor(5))
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(events.length)
    expect(events[0]!.eventId).toMatch(/^[0-9a-f]{16}$/)
  })

  it('shares no id with a stream of other options', () => {
    const ids = new Set(eventsOf(optionsFor(5)).map(({ eventId }) => eventId))
    for (const other of [optionsFor(6), optionsFor(5, { startMs: Date.UTC(2026, 1, 2) })])
      expect(eventsOf(other).filter(({ eventId }) => ids.has(eventId))).toEqual([])
  })

  it('runs in the order of time, but for a few events that were held back for at most two minutes', () => {
    const times = eventsOf(optionsFor(6)).map(event => Date.parse(event['@timestamp']))
    let latest = 0
    let late = 0
    for (const time of times) {
      expect(latest - time).toBeLessThanOrEqual(121_000)
      if (time < latest) late++
      latest = Math.max(latest, time)
    }
    expect(late / times.length).toBeGreaterThan(0.0005)
    expect(late / times.length).toBeLessThan(0.01)
  })

  it('is loud in the evening and quiet before dawn', () => {
    const events = eventsOf(optionsFor(9))
    const countAt = (hour: number) =>
      events.filter(event => new Date(event['@timestamp']).getUTCHours() === hour).length
    expect(countAt(20)).toBeGreaterThan(3 * countAt(8))
  })

  it.each([
    [0.05, 30_000],
    [0.1, 10_000],
    [0.1, 40_000],
    [0.5, 10_000],
    [1, 5000],
  ])('has the share of distinct texts that was asked for: %d of %d', (distinct, count) => {
    for (const seed of [1, 2]) {
      const events = eventsOf(optionsFor(seed, { distinct, rate: count / (2 * 86_400) }))
      const found = new Set(events.map(textOf)).size / events.length
      expect(Math.abs(found - distinct), `seed ${seed}`).toBeLessThan(0.1 * distinct)
    }
  })

  it('keeps its times within its days, whichever hour it begins at', () => {
    const startMs = Date.UTC(2026, 2, 1, 14)
    const times = eventsOf(optionsFor(11, { days: 3, startMs })).map(event => Date.parse(event['@timestamp']))
    expect(Math.min(...times)).toBeGreaterThanOrEqual(startMs)
    expect(Math.max(...times)).toBeLessThan(startMs + 72 * hourMs)
  })

  it('takes as many members as there are', () => {
    const events = eventsOf(optionsFor(12, { members: 1_000_000, rate: 0.02 }))
    expect(new Set(events.map(({ memberCode }) => memberCode)).size).toBeGreaterThan(100)
    expect(eventsOf(optionsFor(12, { members: 20 })).length).toBeGreaterThan(5000)
  })
})

function textOf(event: Event): string {
  return ['event', 'game', 'category', 'popup', 'error', 'stage', 'query', 'message']
    .map(name => event[name] ?? '')
    .join(' ')
}
