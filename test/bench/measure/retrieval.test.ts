import { describe, expect, it } from 'vitest'
import { gainOf } from '../../../bench/measure/gains.ts'
import { fuseRankings, rankByWords } from '../../../bench/measure/retrieval.ts'
import { type RetrievalSet, retrievalSets } from '../../../bench/measure/retrieval-sets.ts'

const ranking = (...texts: number[]) => texts.map((text, i) => ({ text, score: 1 / (i + 1) }))

describe('what a ranking gains', () => {
  it('is nothing behind the tenth text, and nothing where the right one is missing', () => {
    const eleven = ranking(...Array.from({ length: 11 }, (_, text) => text))
    expect(gainOf(eleven, 10)).toBe(0)
    expect(gainOf(eleven, 9)).toBeCloseTo(1 / Math.log2(11))
    expect(gainOf(eleven, 99)).toBe(0)
    expect(gainOf([], 0)).toBe(0)
  })

  it('is one for the first place, and half for the third', () => {
    expect(gainOf(ranking(4, 5, 6), 4)).toBe(1)
    expect(gainOf(ranking(4, 5, 6), 6)).toBe(0.5)
  })
})

describe('two rankings as one', () => {
  it('put first what both know', () => {
    const [first] = fuseRankings(ranking(1, 2), ranking(3, 2), { method: 'rrf', rankConstant: 60 })
    expect(first!.text).toBe(2)
  })

  it('are the one of them that has all the weight', () => {
    const [first, second] = fuseRankings(ranking(7, 8), ranking(8, 9), {
      method: 'weighted',
      words: 1,
      vector: 0,
    })
    expect([first!.text, second!.text]).toEqual([7, 8])
  })
})

describe('sets of questions', () => {
  const sets = retrievalSets(true)

  it('have one right text for each question, and no text twice', () => {
    for (const { texts, queries } of sets) {
      expect(new Set(texts).size).toBe(texts.length)
      expect(new Set(queries.map(({ text }) => text)).size).toBe(queries.length)
      for (const { right } of queries) expect(texts[right]).toBeDefined()
    }
  })

  it('are drawn the same each time', () => {
    expect(retrievalSets(true)).toEqual(sets)
  })

  it('have no markup left in them', () => {
    for (const { texts } of sets) for (const text of texts) expect(text).not.toMatch(/\{@link|```|^\s|\*\//)
  })

  it('are answered by words that a text says, never by signs in a question', async () => {
    const set: RetrievalSet = {
      name: 'two',
      source: 'here',
      isShort: true,
      texts: ['the socket was closed', 'the file was "opened"'],
      queries: [
        { text: '-socket "closed', right: 0 },
        { text: 'opened?', right: 1 },
      ],
    }
    const rankings = await rankByWords(set)
    expect(rankings.map(found => found[0]!.text)).toEqual([0, 1])
  })
})
