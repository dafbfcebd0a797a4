import { describe, expect, it } from 'vitest'
import { explainWords, highlight, placesMax } from '../../../src/segment/words/explain.ts'
import type { QueryOptions } from '../../../src/segment/words/query.ts'
import { found, openRun, planOver, saidBy } from './runs.ts'

const texts = [
  'Die Ärger-Seite: connection REFUSED 👍 for user-4711',
  'connection of the user',
  'nothing of it',
]
const said = saidBy(texts)
const run = openRun(said)

describe('explainWords', () => {
  it('tells shares that add up to the score', async () => {
    for (const [text, options] of [
      ['connection user-4711 -it', {}],
      ['conection us', { fuzzy: true, prefix: true }],
    ] as [string, QueryOptions][]) {
      const plan = await planOver([run], text, options)
      for (const [content, score] of Object.entries(await found([{ run, said }], text, options)))
        expect(explainWords(plan, content).reduce((sum, share) => sum + share.score, 0)).toBeCloseTo(score, 6)
    }
  })

  it('tells nothing of a text without any of the terms', async () => {
    expect(explainWords(await planOver([run], 'connection -it'), 'it is nothing')).toEqual([])
  })
})

describe('highlight', () => {
  async function marked(query: string, text: string, options?: QueryOptions): Promise<string> {
    let marked = ''
    let at = 0
    for (const { start, end } of highlight(await planOver([run], query, options), text)) {
      marked += `${text.slice(at, start)}[${text.slice(start, end)}]`
      at = end
    }
    return marked + text.slice(at)
  }

  it.each<[string, string, string]>([
    ['words with accents', 'arger', 'Die [Ärger]-Seite: connection REFUSED 👍 for user-4711'],
    ['what follows an emoji', 'user-4711', 'Die Ärger-Seite: connection REFUSED 👍 for [user-4711]'],
    ['several words', 'refused connection', 'Die Ärger-Seite: [connection] [REFUSED] 👍 for user-4711'],
    ['an emoji', '👍', 'Die Ärger-Seite: connection REFUSED [👍] for user-4711'],
    ['nothing that must not be', '-refused', 'Die Ärger-Seite: connection REFUSED 👍 for user-4711'],
  ])('marks %s', async (_, query, expected) => {
    expect(await marked(query, texts[0]!)).toBe(expected)
  })

  it('marks so many places and no more', async () => {
    const plan = await planOver([run], 'user')
    expect(highlight(plan, 'user '.repeat(placesMax + 1))).toHaveLength(placesMax)
  })

  it('counts a surrogate without its other half as one unit', async () => {
    expect(await marked('user', '\ud800 user')).toBe('\ud800 [user]')
  })
})
