import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../../../src/base/bytes.ts'
import { seededRandom } from '../../../src/base/random.ts'
import { EditMatcher } from '../../../src/segment/words/fuzzy.ts'
import { parseWordsQuery } from '../../../src/segment/words/query.ts'
import { openRun, saidBy, sealedRun } from './runs.ts'

/** Optimal string alignment by its definition. */
function editsBetween(x: readonly string[], y: readonly string[]): number {
  const known = new Map<string, number>()
  const edits = (i: number, j: number): number => {
    if (i === 0 || j === 0) return i + j
    const key = `${i} ${j}`
    const found = known.get(key)
    if (found !== undefined) return found
    const isSame = x[i - 1] === y[j - 1]
    const ways = [edits(i - 1, j) + 1, edits(i, j - 1) + 1, edits(i - 1, j - 1) + (isSame ? 0 : 1)]
    if (i > 1 && j > 1 && x[i - 1] === y[j - 2] && x[i - 2] === y[j - 1]) ways.push(edits(i - 2, j - 2) + 1)
    known.set(key, Math.min(...ways))
    return known.get(key)!
  }
  return edits(x.length, y.length)
}

function randomWord(random: () => number): string {
  const letters = ['a', 'b', 'c', 'д', 'e']
  return Array.from({ length: 4 + Math.floor(random() * 6) }, () => letters[Math.floor(random() * 5)]!).join(
    '',
  )
}

/** In the order of their bytes, which is that of code points. */
function sortedWords(random: () => number, count: number): string[] {
  return [...new Set(Array.from({ length: count }, () => randomWord(random)))].sort()
}

describe('EditMatcher', () => {
  it('counts edits as their definition does, over terms in their order', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = seededRandom(seed)
      const asked = randomWord(random)
      for (const editsMax of [1, 2]) {
        const matcher = new EditMatcher(asked, editsMax)
        let before = new Uint8Array(0)
        for (const word of sortedWords(random, 300)) {
          const bytes = new Uint8Array(toUtf8(word))
          let shared = 0
          while (shared < before.length && before[shared] === bytes[shared]) shared++
          const edits = editsBetween([...asked], [...word])
          expect(matcher.edits(bytes, bytes.length, shared), `seed ${seed}: ${asked} ${word}`).toBe(
            edits <= editsMax ? edits : -1,
          )
          before = bytes
        }
      }
    }
  })

  it('gives up no beginning that could still be near', () => {
    const random = seededRandom(7)
    for (let round = 0; round < 2000; round++) {
      const asked = randomWord(random)
      const word = toUtf8(randomWord(random))
      const end = Math.floor(random() * word.length)
      if (new EditMatcher(asked, 2).edits(word, word.length, 0) < 0) continue
      expect(new EditMatcher(asked, 2).canBegin(word, end, 0)).toBe(true)
    }
  })

  it('takes the longest terms there are', () => {
    const bytes = toUtf8('x'.repeat(64))
    expect(new EditMatcher('x'.repeat(64), 2).edits(bytes, 64, 0)).toBe(0)
    expect(new EditMatcher('x'.repeat(62), 2).edits(bytes, 64, 0)).toBe(2)
    expect(new EditMatcher('x'.repeat(61), 2).edits(bytes, 64, 0)).toBe(-1)
  })
})

describe('a fuzzy query', () => {
  it('means the terms that brute force over the dictionary finds, in open and sealed runs', async () => {
    for (let seed = 1; seed <= 5; seed++) {
      const random = seededRandom(seed)
      const words = sortedWords(random, 1500)
      const said = saidBy(words.map((_, i) => words.slice(i, i + 3).join(' ')))
      const runs = [openRun(said), await sealedRun(said)]
      for (let round = 0; round < 10; round++) {
        const asked = randomWord(random)
        const query = parseWordsQuery(asked, { fuzzy: true, prefix: round % 2 === 0 })
        const editsMax = [...asked].length < 8 ? 1 : 2
        const expected = words.filter(
          word =>
            editsBetween([...asked], [...word]) <= editsMax ||
            (query.terms[0]!.prefix && word.startsWith(asked)),
        )
        for (const run of runs) {
          const { terms, docs } = (await run.expand(query)).terms[0]!
          expect([...terms].sort(), `seed ${seed}: ${asked}`).toEqual(expected)
          for (const [i, term] of terms.entries()) {
            const holding = said.texts.filter(text => text.split(' ').includes(term)).length
            expect(docs[i], `seed ${seed}: ${term}`).toBe(holding)
          }
        }
      }
    }
  })
})
