import { describe, expect, it } from 'vitest'
import { type FoundEvent, Page } from '../../src/segment/event.ts'

function events(...bytes: number[]): FoundEvent[] {
  return bytes.map((size, doc) => ({ doc, payload: new Uint8Array(size) }) as FoundEvent)
}

describe('a page', () => {
  it('takes as many events as it may', () => {
    const page = new Page({ limit: 2, bytesMax: 100 })
    expect(page.eventsLeft).toBe(2)
    page.fill(events(1, 1, 1))
    expect(page.isFull).toBe(true)
    expect(page.events.map(({ doc }) => doc)).toEqual([0, 1])
  })

  it('takes payloads until they reach its bytes, the last one whole', () => {
    const page = new Page({ limit: 10, bytesMax: 100 })
    page.fill(events(60, 60, 60))
    expect(page.events.length).toBe(2)
    expect(page.isFull).toBe(true)
  })

  it('always takes one, so that a reader comes forward', () => {
    const page = new Page({ limit: 10, bytesMax: 1 })
    page.fill(events(1000))
    expect(page.events.length).toBe(1)
  })
})
