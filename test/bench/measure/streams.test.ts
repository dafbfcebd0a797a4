import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasWiki, StreamBodies, type StreamOptions } from '../../../bench/measure/streams.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alluvium-streams-'))
})
afterAll(() => rm(folder, { recursive: true }))

const gaming = (more: Partial<StreamOptions> = {}): StreamOptions => ({
  kind: 'gaming',
  distinct: 0.1,
  bodyBytes: 50_000,
  bodies: 8,
  folder,
  ...more,
})

function textsOf(options: StreamOptions): string[] {
  const bodies = new StreamBodies(options)
  return Array.from({ length: options.bodies }, (_, i) => Buffer.from(bodies.body(i).bytes).toString())
}

describe('a stream of bodies', () => {
  it('is the same for the same options', () => {
    expect(textsOf(gaming())).toEqual(textsOf(gaming()))
  })

  it('has bodies of whole lines, about as large as was asked for', () => {
    for (const text of textsOf(gaming())) {
      expect(text.length).toBeLessThanOrEqual(50_000)
      expect(text.length).toBeGreaterThan(48_000)
      for (const line of text.slice(0, -1).split('\n')) expect(() => JSON.parse(line)).not.toThrow()
      expect(text.endsWith('\n')).toBe(true)
    }
  })

  it('sends no event twice, not on another first day either', () => {
    const texts = [...textsOf(gaming()), ...textsOf(gaming({ dayFirst: 1 }))]
    const ids = texts.join('').match(/"eventId":"[^"]+"/g)!
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('spreads over as many days as it is told', () => {
    const dates = textsOf(gaming({ days: 33, bodies: 20 }))
      .join('')
      .match(/"@timestamp":"[^T]+/g)!
    expect(new Set(dates).size).toBeGreaterThan(20)
  })

  it.runIf(hasWiki())('goes through the edits again with other comments', () => {
    const texts = textsOf(gaming({ kind: 'wiki', bodyBytes: 1_000_000, bodies: 20 }))
    expect(texts[0]).toContain('"comment":"added project"')
    expect(texts.join('')).toContain('"comment":"#2 added project"')
  })
})
