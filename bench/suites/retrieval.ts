// Whether the right text is found: by words, by meaning, and by both. Hybrids have weights; those are chosen on one half of
// the questions and judged on the other.

import type { Fusion } from '../../src/contract/knowledge.ts'
import type { Embedder } from '../../src/ports/embedder.ts'
import { errorOfDifference, gainOf, halfOf, meanOf, ndcg, type Rankings } from '../measure/gains.ts'
import {
  fuseRankings,
  ourModel,
  type Ranking,
  rankByMeaning,
  rankByWords,
  transformer,
} from '../measure/retrieval.ts'
import { type RetrievalSet, retrievalSets } from '../measure/retrieval-sets.ts'
import type { LineChart } from '../report/chart.ts'
import { figure } from './figures.ts'
import type { Outcome, Place, Suite, Table, Target } from './suite.ts'

const teacherShareWanted = 0.9
const defaultFusions: Fusion[] = [
  { method: 'rrf', rankConstant: 60 },
  { method: 'weighted', words: 1, vector: 1 },
]
const rankConstants = [1, 2, 5, 10, 20, 40, 60, 100, 200]
const wordShares = Array.from({ length: 19 }, (_, i) => (i + 1) / 20)

interface System {
  name: string
  rankings: Rankings
}

export const retrieval: Suite = {
  name: 'retrieval',
  title: 'Is the right text found?',
  about:
    'nDCG@10 of queries that have one right text among all of their set: 1 where it comes first, 0.5 where third, 0 behind the tenth. About half of the queries, by a hash of their number, are for tuning; the figures are of the rest, but for the comparison of the static model with its teacher, where nothing is tuned. These are known-item sets cut from public data, not a published collection with judgements, which is still to come. Rankings are the service’s own (128 texts of each), with every vector looked at. Hybrids are fused by reciprocal ranks (RRF) or by weighted scores, first as the service does by default, then with the constant or weight that was best on the tuning half, one for all sets. `--model FOLDER` brings the transformer, made by `models/make/minilm_onnx.py`.',
  async run(place) {
    const sets = retrievalSets(place.isSmall)
    const words = { name: 'words', rankings: await Promise.all(sets.map(rankByWords)) }
    const ours = await byMeaning('static', ourModel(), sets, place)
    const folder = place.modelFolder
    const teacher = folder === undefined ? undefined : await transformer(folder)
    const theirs = teacher && (await byMeaning('transformer', teacher, sets, place))
    const meanings = [ours, ...(theirs ? [theirs] : [])]
    const hybrids = meanings.map(meaning => hybridsOf(sets, words, meaning))
    const systems = [words, ...meanings, ...hybrids.flatMap(({ systems }) => systems)]
    return {
      tables: [
        table(sets, systems),
        byRanks(hybrids),
        {
          title: 'The sets',
          columns: ['', 'from', 'queries judged', 'texts'],
          rows: sets.map(set => [
            set.name,
            set.source,
            figure(set.queries.filter((_, i) => halfOf(i) === 'judged').length),
            figure(set.texts.length),
          ]),
        },
      ],
      targets: place.isSmall ? [] : targetsOf(sets, { words, ours, theirs, hybrids }),
      comparisons: [],
      charts: [byWeight(hybrids)],
      counts: countsOf(sets, [words, ours]),
      repetitions: systems.map(({ name, rankings }) => ({
        name,
        tuned: sets.map((set, i) => ndcg(set, rankings[i]!, 'tuned')),
        judged: sets.map((set, i) => ndcg(set, rankings[i]!, 'judged')),
        all: sets.map((set, i) => ndcg(set, rankings[i]!, 'all')),
      })),
    }
  },
}

async function byMeaning(
  name: string,
  embedder: Embedder,
  sets: readonly RetrievalSet[],
  { tell }: Place,
): Promise<System> {
  const rankings: Ranking[][] = []
  for (const set of sets) {
    rankings.push(await rankByMeaning(set, embedder))
    tell(`${name}, ${set.name}: ${figure(ndcg(set, rankings.at(-1)!, 'judged'))}`)
  }
  return { name, rankings }
}

interface Hybrids {
  name: string
  /** by default by ranks and by scores, then the same two, tuned */
  systems: System[]
  /** mean of the sets on the tuning half */
  tried: { fusion: Fusion; tuned: number }[]
}

function hybridsOf(sets: readonly RetrievalSet[], words: System, meaning: System): Hybrids {
  const both = `words + ${meaning.name}`
  const fused = (fusion: Fusion): Rankings =>
    sets.map((_, set) =>
      words.rankings[set]!.map((ranking, query) =>
        fuseRankings(ranking, meaning.rankings[set]![query]!, fusion),
      ),
    )
  const tried = [
    ...rankConstants.map(rankConstant => ({ method: 'rrf', rankConstant }) as const),
    ...wordShares.map(share => ({ method: 'weighted', words: share, vector: 1 - share }) as const),
  ].map(fusion => {
    const rankings = fused(fusion)
    return { fusion, rankings, tuned: meanOf(sets, rankings, 'tuned') }
  })
  const best = (method: Fusion['method']) =>
    tried
      .filter(({ fusion }) => fusion.method === method)
      .reduce((one, other) => (other.tuned > one.tuned ? other : one))
  return {
    name: both,
    tried,
    systems: [
      ...defaultFusions.map(fusion => ({ name: `${both}, ${toText(fusion)}`, rankings: fused(fusion) })),
      ...[best('rrf'), best('weighted')].map(({ fusion, rankings }) => ({
        name: `${both}, tuned: ${toText(fusion)}`,
        rankings,
      })),
    ],
  }
}

function toText(fusion: Fusion): string {
  return fusion.method === 'rrf'
    ? `RRF ${fusion.rankConstant}`
    : `weights ${figure(fusion.words)} : ${figure(fusion.vector)}`
}

function table(sets: readonly RetrievalSet[], systems: readonly System[]): Table {
  return {
    title: 'nDCG@10 on the half that was not tuned on',
    columns: ['', ...sets.map(({ name }) => name), 'mean'],
    rows: systems.map(({ name, rankings }) => [
      name,
      ...sets.map((set, i) => ndcg(set, rankings[i]!, 'judged').toFixed(3)),
      meanOf(sets, rankings, 'judged').toFixed(3),
    ]),
  }
}

function byRanks(hybrids: readonly Hybrids[]): Table {
  return {
    title: 'Reciprocal ranks by their constant, nDCG@10 on the tuning half, mean of the sets',
    columns: ['', ...rankConstants.map(String)],
    rows: hybrids.map(({ name, tried }) => [
      name,
      ...tried.flatMap(({ fusion, tuned }) => (fusion.method === 'rrf' ? [tuned.toFixed(3)] : [])),
    ]),
  }
}

function byWeight(hybrids: readonly Hybrids[]): LineChart {
  return {
    kind: 'lines',
    title: 'Weighted scores on the tuning half, mean of the sets',
    x: { name: 'share of words', unit: '' },
    y: { name: 'nDCG@10', unit: '' },
    lines: hybrids.map(({ name, tried }) => ({
      name,
      points: tried.flatMap(({ fusion, tuned }): [number, number][] =>
        fusion.method === 'weighted' ? [[fusion.words, tuned]] : [],
      ),
    })),
  }
}

interface Judged {
  words: System
  ours: System
  theirs: System | undefined
  hybrids: readonly Hybrids[]
}

function targetsOf(sets: readonly RetrievalSet[], { words, ours, theirs, hybrids }: Judged): Target[] {
  const [withOurs, withTheirs] = hybrids.map(({ systems }) => systems.at(-1)!)
  return [
    atLeast(sets, withOurs!, words),
    ...(theirs ? [atLeast(sets, withTheirs!, theirs)] : []),
    ...(theirs ? sets.flatMap((set, i) => (set.isShort ? [nearTeacher(set, i)] : [])) : []),
  ]

  function nearTeacher(set: RetrievalSet, i: number): Target {
    const share = ndcg(set, ours.rankings[i]!, 'all') / ndcg(set, theirs!.rankings[i]!, 'all')
    return {
      what: `nDCG@10 of static, all queries: ${set.name}`,
      wanted: `≥ ${100 * teacherShareWanted} % of its teacher’s`,
      found: `${figure(100 * share)} %`,
      met: share >= teacherShareWanted,
    }
  }
}

function atLeast(sets: readonly RetrievalSet[], hybrid: System, alone: System): Target {
  const bar = meanOf(sets, alone.rankings, 'judged')
  const found = meanOf(sets, hybrid.rankings, 'judged')
  const error = errorOfDifference(sets, hybrid.rankings, alone.rankings)
  return {
    what: `nDCG@10 of ${hybrid.name}`,
    wanted: `≥ ${bar.toFixed(3)}, ${alone.name} alone`,
    found: `${found.toFixed(3)} (the difference ± ${error.toFixed(3)})`,
    met: found >= bar,
  }
}

/** Those of the transformer may differ in last bits from machine to machine. */
function countsOf(sets: readonly RetrievalSet[], systems: readonly System[]): Outcome['counts'] {
  const found = ({ rankings }: System) =>
    sets.reduce(
      (sum, { queries }, i) =>
        sum + queries.filter(({ right }, query) => gainOf(rankings[i]![query]!, right) > 0).length,
      0,
    )
  return {
    sets: sets.length,
    texts: sets.reduce((sum, { texts }) => sum + texts.length, 0),
    queries: sets.reduce((sum, { queries }) => sum + queries.length, 0),
    ...Object.fromEntries(systems.map(system => [`found by ${system.name}`, found(system)])),
  }
}
