import { describe, expect, it } from 'vitest'
import { parseWordsQuery } from '../../../src/segment/words/query.ts'
import { exactly, forgiveUnknown } from '../../../src/segment/words/slips.ts'
import { openRun, saidBy, sealedRun } from './runs.ts'

describe('forgiveUnknown', () => {
  /** `term~2` for each term of the second round, undefined when there is none */
  async function secondRound(text: string): Promise<string | undefined> {
    const runs = [openRun(saidBy(['connection refused'])), await sealedRun(saidBy(['timeouts of a server']))]
    const query = parseWordsQuery(text, { fuzzy: true, prefix: true })
    const expansions = await Promise.all(runs.map(run => run.expand(exactly(query))))
    return forgiveUnknown(query, expansions)
      ?.terms.map(({ term, edits }) => (edits > 0 ? `${term}~${edits}` : term))
      .join(' ')
  }

  it.each<[string, string, string | undefined]>([
    ['no second round for words that some run knows', 'refused server', undefined],
    ['none for the beginning of a known word', 'connection time', undefined],
    ['none for unknown words that allow no slips', 'abc user47 "conection"', undefined],
    ['slips in unknown words alone', 'conection refused serverr', 'conection~2 refused serverr~1'],
  ])('asks for %s', async (_, text, expected) => {
    expect(await secondRound(text)).toBe(expected)
  })
})
