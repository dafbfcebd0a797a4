// Searches that a person would make of data that no one here wrote, and what must come of them by an independent look at
// the raw lines.

import { beforeAll, expect, it } from 'vitest'
import type { SearchAnswer, SearchRequest } from '../../../src/contract/knowledge.ts'
import { describeWith, readData } from '../../e2e/real-data.ts'
import { type Running, running } from '../../service/running.ts'
import { plainRequest } from './world.ts'

const wiki = 'wikiticker/edits-2015-09-12.ndjson.gz'
const github = 'github-events/events.ndjson'
/** Half of the edits, so that a busy machine has done in time. */
const editsMax = 20_000
const linesPerBatch = 4000

// biome-ignore lint/suspicious/noExplicitAny: lines of two sources, each with fields of its own
type Line = Record<string, any>

interface Loaded {
  service: Running
  lines: Line[]
  ask(request: Partial<SearchRequest>): Promise<SearchAnswer>
}

async function load(name: string, pack: string): Promise<Loaded> {
  const lines = readData(name).toString('utf8').split('\n').filter(Boolean).slice(0, editsMax)
  const service = await running({
    config: { retention_days: 36_500, limits: { flush_bytes: 4 << 20, runs_max: 2 } },
  })
  for (let at = 0; at < lines.length; at += linesPerBatch)
    await service.send(lines.slice(at, at + linesPerBatch).join('\n'), { pack })
  return {
    service,
    lines: lines.map(line => JSON.parse(line)),
    ask: request => service.service.knowledge.search({ ...plainRequest, ...request }),
  }
}

describeWith(wiki, 'edits of Wikipedia', () => {
  let loaded: Loaded
  beforeAll(async () => {
    loaded = await load(wiki, 'wiki')
  }, 60_000)

  it('are counted as in the raw lines, by any field', async () => {
    const { ask, lines } = loaded
    const answer = await ask({
      filter: {
        must: [
          { key: 'isRobot', match: true },
          { key: 'delta', range: { gt: 100 } },
        ],
      },
      facets: ['channel'],
      k: 1,
    })
    const matching = lines.filter(({ isRobot, delta }) => isRobot && delta > 100)
    expect(answer.count).toBe(matching.length)
    const counts = new Map<string, number>()
    for (const { channel } of matching) counts.set(channel, (counts.get(channel) ?? 0) + 1)
    expect(new Map(answer.facets.channel!.map(({ value, count }) => [value, count]))).toEqual(counts)
  })

  it('about vandalism are found by their words, and no others are', async () => {
    const { ask, lines } = loaded
    const answer = await ask({ text: '+vandalism', k: 1000 })
    const words = (line: Line) => `${line.page}: ${line.comment}`.toLowerCase().split(/[^\p{L}\p{N}]+/u)
    expect(answer.count).toBe(lines.filter(line => words(line).includes('vandalism')).length)
    for (const { text } of answer.hits) expect(text.toLowerCase()).toContain('vandalism')
  })

  it('that report vandalism are found by a question', async () => {
    const { hits } = await loaded.ask({
      text: 'vandalism reports',
      mode: 'hybrid',
      exact: false,
      fuzzy: true,
      k: 10,
    })
    const about = hits.filter(({ text }) => /vandal/i.test(text))
    expect(about.length).toBeGreaterThanOrEqual(8)
  })

  it('of a page are found by its name with a typo', async () => {
    const { hits } = await loaded.ask({
      text: 'Oswald Tilgham',
      mode: 'hybrid',
      fuzzy: true,
      exact: false,
      k: 5,
    })
    expect(hits[0]!.text).toContain('Oswald Tilghman')
  })
})

describeWith(github, 'events of GitHub', () => {
  let loaded: Loaded
  beforeAll(async () => {
    loaded = await load(github, 'github')
  }, 60_000)

  it('about crashes are found by a question', async () => {
    const { hits } = await loaded.ask({
      text: 'crash on startup',
      mode: 'hybrid',
      fuzzy: true,
      exact: false,
      k: 5,
    })
    expect(hits.some(({ text }) => /crash/i.test(text))).toBe(true)
  })

  it('are counted by their type, which is in the envelope and not in the payload', async () => {
    const { ask, lines } = loaded
    const answer = await ask({
      filter: { must: [{ key: 'payload.action', match: 'opened' }] },
      facets: ['type'],
    })
    const opened = lines.filter(({ payload }) => payload.action === 'opened')
    expect(answer.count).toBe(opened.length)
    for (const { value, count } of answer.facets.type!)
      expect(count).toBe(opened.filter(({ type }) => type === value).length)
  })
})
