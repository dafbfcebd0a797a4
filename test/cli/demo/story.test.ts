import { describe, expect, it } from 'vitest'
import { storyOf } from '../../../src/cli/demo/story.ts'

const nowMs = Date.UTC(2026, 2, 3, 15, 20)
const options = { seed: 7, nowMs, eventCount: 15_000 }
const story = storyOf(options)
const lines = Buffer.concat(story.blocks).toString().slice(0, -1).split('\n')
const events = lines.flatMap(line => {
  try {
    const event = JSON.parse(line)
    return Array.isArray(event) ? [] : [event]
  } catch {
    return [] // one of the broken ones
  }
})

describe('the story of the demo', () => {
  it('is the same for the same seed, and another for another', () => {
    const same = storyOf(options)
    expect(Buffer.concat(same.blocks).equals(Buffer.concat(story.blocks))).toBe(true)
    expect([same.member, same.stranger]).toEqual([story.member, story.stranger])
    const other = storyOf({ ...options, seed: 8 })
    expect(Buffer.concat(other.blocks).equals(Buffer.concat(story.blocks))).toBe(false)
  })

  it('spans three days, up to the last whole hour', () => {
    const times = events.map(event => Date.parse(event['@timestamp'])).filter(ms => ms < nowMs)
    expect(Math.max(...times)).toBeLessThan(Date.UTC(2026, 2, 3, 15))
    expect(Math.min(...times)).toBeGreaterThanOrEqual(Date.UTC(2026, 1, 28, 15))
    expect(new Set(times.map(ms => new Date(ms).toISOString().slice(0, 10))).size).toBe(4)
  })

  it('has the faults of real producers: broken lines, duplicates, times that are none', () => {
    expect(story.lineCount).toBe(lines.length)
    expect(lines.length - events.length).toBe(4)
    expect(events.filter(event => event['@timestamp'] === 'yesterday, around noon').length).toBe(5)
    expect(lines.length - new Set(lines).size).toBeGreaterThan(60)
    expect(events.filter(event => Date.parse(event['@timestamp']) > nowMs).length).toBe(1)
  })

  it('has a member who shares a device with another, and a stranger who does not', () => {
    const devicesOf = (member: string) =>
      new Set(events.filter(event => event.memberCode === member).map(event => event.fingerprint))
    const shared = (one: string, other: string) =>
      [...devicesOf(one)].filter(device => devicesOf(other).has(device)).length
    expect(shared(story.member, story.accomplice)).toBe(1)
    expect(shared(story.member, story.stranger)).toBe(0)
    expect(devicesOf(story.stranger).size).toBeGreaterThan(0)
  })
})
