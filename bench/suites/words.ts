// The index of words: how fast it is built, how fast it answers, and whether it finds what a query was taken from.

import { answersOf, spreadOf } from '../measure/statistics.ts'
import { type WordCorpus, wordCorpus } from '../measure/word-corpus.ts'
import { type WordsContender, wordsContenders } from '../measure/words.ts'
import { figure, spread } from './figures.ts'
import type { Place, Suite } from './suite.ts'

const k = 10

interface Measured {
  name: string
  buildSeconds: number
  exact: Asked
  /** undefined where wrong letters are not forgiven */
  misspelt: Asked | undefined
}

interface Asked {
  p50: number
  p99: number
  /** queries whose text is among the first k */
  found: number
  /** of each query, the first k */
  hits: readonly (readonly number[])[]
}

export const words: Suite = {
  name: 'words',
  title: 'Search by words',
  about: `Distinct texts in one index, then queries of two or three words of five letters or more, taken from a text, one after the other; found means that this text is among the first ${k}. Misspelt is the same with one letter of each word replaced. Hits as ours: of the first ${k} of an index, the share that is among our first ${k} too, over the queries as they are written. Each index is set up as its documentation begins. Ours is searched as it lies on disk, from memory.`,
  async run(place) {
    const corpus = wordCorpus({ isSmall: place.isSmall, queryCount: place.isSmall ? 100 : 1000 })
    const measured: Measured[][] = []
    for (const contender of contendersOf(place)) {
      const rounds: Measured[] = []
      for (let round = 0; round < place.repeat; round++) rounds.push(await measure(contender, corpus))
      measured.push(rounds)
      place.tell(`${contender.name}: ${figure(rounds[0]!.exact.p50)} ms`)
    }
    const medianOf = (rounds: Measured[], figureOf: (one: Measured) => number) =>
      spreadOf(rounds.map(figureOf)).median
    const [ours, ...peers] = measured as [Measured[], ...Measured[][]]
    return {
      tables: [table(corpus, measured)],
      targets: [],
      comparisons: peers.flatMap(rounds => {
        const compare = (what: string, figureOf: (one: Measured) => number) => ({
          what,
          unit: 'ms',
          ours: medianOf(ours, figureOf),
          theirs: medianOf(rounds, figureOf),
          other: rounds[0]!.name,
          better: 'less' as const,
        })
        return [
          compare('search by words, p50', ({ exact }) => exact.p50),
          ...(rounds[0]!.misspelt
            ? [compare('search by misspelt words, p50', ({ misspelt }) => misspelt!.p50)]
            : []),
        ]
      }),
      charts: [],
      counts: {
        texts: corpus.texts.length,
        queries: corpus.queries.length,
        found: ours[0]!.exact.found,
        'found though misspelt': ours[0]!.misspelt?.found ?? 0,
      },
      repetitions: measured.map(rounds => rounds.map(withoutHits)),
    }
  },
}

/** The small run is a test, and has to find the same on every machine. */
function contendersOf({ isSmall }: Place): WordsContender[] {
  const all = wordsContenders()
  return isSmall ? all.slice(0, 1) : all
}

async function measure(contender: WordsContender, { texts, queries }: WordCorpus): Promise<Measured> {
  const startedMs = performance.now()
  const index = await contender.build(texts)
  const buildSeconds = (performance.now() - startedMs) / 1000
  const ask = async (fuzzy: boolean): Promise<Asked> => {
    const ms: number[] = []
    const all: (readonly number[])[] = []
    let found = 0
    for (const { text, misspelt, source } of queries) {
      const askedMs = performance.now()
      const hits = await index.search(fuzzy ? misspelt : text, { k, fuzzy })
      ms.push(performance.now() - askedMs)
      all.push(hits)
      if (hits.includes(source)) found++
    }
    const { p50, p99 } = answersOf(ms)
    return { p50, p99, found, hits: all }
  }
  const exact = await ask(false)
  return {
    name: contender.name,
    buildSeconds,
    exact,
    misspelt: contender.findsMisspelt ? await ask(true) : undefined,
  }
}

function table({ name, texts, queries }: WordCorpus, measured: readonly Measured[][]) {
  const share = (found: number) => `${figure((100 * found) / queries.length)} %`
  const ours = measured[0]![0]!.exact
  const rows = measured.map(rounds => {
    const each = (figureOf: (one: Measured) => number) => spread(spreadOf(rounds.map(figureOf)))
    const { exact, misspelt } = rounds[0]!
    const ofMisspelt = misspelt
      ? [each(one => one.misspelt!.p50), each(one => one.misspelt!.p99), share(misspelt.found)]
      : ['–', '–', '–']
    return [
      rounds[0]!.name,
      each(({ buildSeconds }) => texts.length / buildSeconds),
      each(one => one.exact.p50),
      each(one => one.exact.p99),
      share(exact.found),
      `${figure(100 * overlap(ours, exact))} %`,
      ...ofMisspelt,
    ]
  })
  return {
    title: `${figure(texts.length)} texts of ${name}, ${figure(queries.length)} queries`,
    columns: [
      '',
      'texts/s',
      'p50 ms',
      'p99 ms',
      'found',
      'hits as ours',
      'misspelt p50 ms',
      'p99 ms',
      'found',
    ],
    rows,
  }
}

/** @returns the mean share of theirs that are among ours; indexes weigh words each in their way, so it is seldom all */
function overlap(ours: Asked, theirs: Asked): number {
  const shares = theirs.hits.flatMap((hits, query) => {
    const own = new Set(ours.hits[query])
    return hits.length > 0 ? [hits.filter(hit => own.has(hit)).length / hits.length] : []
  })
  return shares.reduce((sum, share) => sum + share, 0) / shares.length
}

/** What hits there were is thousands of numbers that nobody reads. */
function withoutHits({ exact, misspelt, ...rest }: Measured) {
  const told = ({ p50, p99, found }: Asked) => ({ p50, p99, found })
  return { ...rest, exact: told(exact), ...(misspelt && { misspelt: told(misspelt) }) }
}
