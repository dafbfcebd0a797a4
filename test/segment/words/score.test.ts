import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../../../src/base/bytes.ts'
import { seededRandom } from '../../../src/base/random.ts'
import { hashText } from '../../../src/segment/texts/hash.ts'
import type { QueryOptions } from '../../../src/segment/words/query.ts'
import type { WordsRun } from '../../../src/segment/words/run.ts'
import { openWords } from '../../../src/segment/words/sealed.ts'
import { fileOf, found, mergedPart, openRun, planOver, type Said, saidBy, sealedRun } from './runs.ts'

const vocabulary = [
  ...['connection', 'connections', 'conection', 'refused', 'timeout', 'timeouts', 'server', 'sever', 'page'],
  ...['user-4711', 'user-4712', 'ERR_TIMEOUT', 'loginPage', 'a', 'the', 'Ärger', '東京都', 'closed', 'close'],
]

function randomEvents(random: () => number, count: number): string[] {
  // the lower words far more often, as words are
  const word = () => vocabulary[Math.floor(random() ** 2 * vocabulary.length)]!
  const text = () => Array.from({ length: 1 + Math.floor(random() * 8) }, word).join(' ')
  const texts = Array.from({ length: Math.ceil(count / 2) }, text)
  return Array.from({ length: count }, () => texts[Math.floor(random() * texts.length)]!)
}

const queries: [text: string, options?: QueryOptions][] = [
  ['connection refused'],
  ['connection timeout server', { fuzzy: true }],
  ['conn', { prefix: true }],
  ['time* +server -page'],
  ['user-4711'],
  ['"server timeout" close', { fuzzy: true, prefix: true }],
  ['東京'],
  ['京', { prefix: true }],
  ['nowhere'],
  ['-page'],
]

/** The events cut into runs, each open, sealed, or merged from several. */
async function cutIntoRuns(random: () => number, events: readonly string[]) {
  const runs: { run: WordsRun; said: Said }[] = []
  for (let at = 0; at < events.length; ) {
    const size = 1 + Math.floor(random() * 40)
    const said = saidBy(events.slice(at, at + size))
    const kind = Math.floor(random() * 3)
    if (kind === 0) runs.push({ run: openRun(said), said })
    if (kind === 1) runs.push({ run: await sealedRun(said), said })
    if (kind === 2) {
      const second = saidBy(events.slice(at + size, at + 2 * size))
      const merged = await mergedPart([said, second])
      runs.push({ run: await openWords(fileOf(merged.bytes)), said: merged.said })
    }
    at += kind === 2 ? 2 * size : size
  }
  return runs
}

/** The best texts of all runs, each run asked for as many as are wanted of all. */
async function best(
  runs: readonly { run: WordsRun; said: Said }[],
  { text, limit, ...options }: { text: string; limit: number } & QueryOptions,
): Promise<string[]> {
  const plan = await planOver(
    runs.map(({ run }) => run),
    text,
    options,
  )
  const scores = new Map<string, number>()
  for (const { run, said } of runs) {
    const scored = await run.score(plan, { limit })
    for (const [i, id] of scored.texts.entries()) scores.set(said.texts[id]!, scored.scores[i]!)
  }
  const hashOf = (text: string) => hashText(toUtf8(text))
  return [...scores.keys()]
    .sort((x, y) => scores.get(y)! - scores.get(x)! || (hashOf(x) < hashOf(y) ? -1 : 1))
    .slice(0, limit)
}

describe('scores', () => {
  it('are the same however events lie in runs, to the last bit', async () => {
    for (let seed = 1; seed <= 25; seed++) {
      const random = seededRandom(seed)
      const events = randomEvents(random, 200)
      const said = saidBy(events)
      const whole = [{ run: openRun(said), said }]
      const runs = await cutIntoRuns(random, events)
      for (const [text, options] of queries) {
        expect(await found(runs, text, options), `seed ${seed}: ${text}`).toEqual(
          await found(whole, text, options),
        )
      }
    }
  })

  it('are those of BM25 over events, written out', async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const random = seededRandom(seed)
      const words = ['red', 'green', 'blue', 'grey', 'pink']
      const events = Array.from({ length: 60 }, () =>
        Array.from({ length: 1 + Math.floor(random() * 6) }, () => words[Math.floor(random() * 5)]!).join(
          ' ',
        ),
      )
      const said = saidBy(events)
      const scores = await found([{ run: await sealedRun(said), said }], 'red grey')
      const average = events.reduce((sum, event) => sum + event.split(' ').length, 0) / events.length
      const expected = new Map<string, number>()
      for (const event of events) {
        let score = 0
        for (const word of ['red', 'grey']) {
          const holding = events.filter(other => other.split(' ').includes(word)).length
          const idf = Math.log(1 + (events.length - holding + 0.5) / (holding + 0.5))
          const count = event.split(' ').filter(other => other === word).length
          const length = event.split(' ').length
          score += (idf * count) / (count + 1.2 * (1 - 0.75 + (0.75 * length) / average))
        }
        if (score > 0) expected.set(event, score)
      }
      expect(Object.keys(scores).sort(), `seed ${seed}`).toEqual([...expected.keys()].sort())
      for (const [event, score] of expected) expect(scores[event]).toBeCloseTo(score, 5)
    }
  })

  it('name the best texts first, of equal ones the lower hash, and as many as were asked for', async () => {
    const said = saidBy(['b', 'a x', 'a', 'c a', 'a y', 'a a', 'q'])
    const equals = [1, 3, 4].sort((x, y) =>
      hashText(toUtf8(said.texts[x]!)) < hashText(toUtf8(said.texts[y]!)) ? -1 : 1,
    )
    const expected = [5, 2, ...equals]
    for (const run of [openRun(said), await sealedRun(said)]) {
      const plan = await planOver([run], 'a')
      for (let limit = 0; limit <= 6; limit++)
        expect([...(await run.score(plan, { limit })).texts]).toEqual(expected.slice(0, limit))
    }
  })

  it('are cut at the same texts however events lie in runs, ties included', async () => {
    for (let seed = 1; seed <= 15; seed++) {
      const random = seededRandom(seed)
      const events = randomEvents(random, 300)
      const said = saidBy(events)
      const runs = await cutIntoRuns(random, events)
      const limit = 1 + Math.floor(random() * 20)
      for (const [text, options] of queries)
        expect(await best(runs, { text, limit, ...options }), `seed ${seed}: ${text}`).toEqual(
          await best([{ run: openRun(said), said }], { text, limit, ...options }),
        )
    }
  })

  it('leave out what is not allowed before they are cut', async () => {
    const said = saidBy(Array.from({ length: 100 }, (_, i) => `word ${i}`))
    for (const run of [openRun(said), await sealedRun(said)]) {
      const plan = await planOver([run], 'word')
      const allow = new Uint32Array(4)
      for (const text of [3, 31, 32, 77, 99]) allow[text >>> 5]! |= 1 << (text & 31)
      const { texts } = await run.score(plan, { limit: 5, allow })
      expect([...texts].sort((x, y) => x - y)).toEqual([3, 31, 32, 77, 99])
      expect((await run.score(plan, { limit: 4, allow })).texts).toEqual(texts.subarray(0, 4))
    }
  })

  it('stay the same when they are asked for again', async () => {
    const said = saidBy(['a b', 'b c', 'c a'])
    const run = await sealedRun(said)
    const plan = await planOver([run], 'a b')
    const first = await run.score(plan, { limit: 3 })
    expect(await run.score(plan, { limit: 3 })).toEqual(first)
  })
})
