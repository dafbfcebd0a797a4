// Nearest neighbours: how fast an index is built and searched, beside others at the same recall.

import {
  type Contender,
  k,
  loadEngine,
  ourContenders,
  peerContenders,
  secondsOf,
} from '../measure/indexes.ts'
import { type Spread, spreadOf } from '../measure/statistics.ts'
import { cloudSet, gloveSet, type SetSize, type VectorSet } from '../measure/vectors.ts'
import { figure, spread } from './figures.ts'
import type { Comparison, Place, Suite, Table, Target } from './suite.ts'

const breadths = [40, 80, 120, 160, 240, 320, 480]
const recallWanted = 0.955
/** The most that usearch's bytes came to where this was first measured. */
const recallOfBytes = 0.914

interface Point {
  breadth: number
  recall: number
  queriesPerSecond: Spread
}

interface Measured {
  name: string
  insertsPerSecond: number
  points: Point[]
}

interface MeasuredSet {
  name: string
  measured: Measured[]
}

export const ann: Suite = {
  name: 'ann',
  title: 'Nearest neighbours',
  about: `Recall@${k} against the exact answer, and queries a second, over how many candidates a search keeps; figures at a recall are read off between the two nearest. One thread and its processor time, 16 links, 100 candidates an insert, cosine; breadth by breadth, one index after the other, medians of the repetitions. GloVe are word vectors; clusters are seeded.`,
  async run(place) {
    const engine = await loadEngine()
    const contenders = [...ourContenders(engine), ...(place.isSmall ? [] : peerContenders(place.folder))]
    const sets: MeasuredSet[] = []
    let found = 0
    for (const make of setsOf(place)) {
      const set = make()
      if (!set) continue
      const outcome = measureSet(set, contenders, place)
      sets.push({ name: set.name, measured: outcome.measured })
      found += outcome.found
    }
    return {
      tables: sets.flatMap(tablesOf),
      targets: place.isSmall ? [] : targetsOf(sets[0]!),
      comparisons: sets.flatMap(comparisonsOf),
      charts: [
        {
          kind: 'bars',
          title: `Queries a second at recall ${recallWanted}, ${sets[0]!.name}`,
          unit: '1/s',
          bars: sets[0]!.measured.map(one => ({ name: one.name, value: rateAt(one, recallWanted) ?? 0 })),
        },
      ],
      counts: { sets: sets.length, found },
      repetitions: sets,
    }
  },
}

function setsOf({ isSmall }: Place): (() => VectorSet | undefined)[] {
  const size = (count: number, queryCount: number): SetSize => ({ count, queryCount })
  if (isSmall) return [() => cloudSet(100, size(5000, 100))]
  return [
    () => gloveSet(size(100_000, 1000)),
    () => gloveSet(size(300_000, 1000)),
    () => cloudSet(256, size(50_000, 500)),
    () => cloudSet(384, size(50_000, 500)),
  ]
}

function measureSet(set: VectorSet, contenders: readonly Contender[], { repeat, tell }: Place) {
  const { vectors, queries, dim } = set
  const built = contenders.map(contender => {
    const { seconds, index } = contender.build(vectors, queries, dim)
    const insertsPerSecond = vectors.length / dim / seconds
    tell(`${set.name}, ${contender.name}: ${figure(insertsPerSecond)} inserts/s`)
    return { name: contender.name, insertsPerSecond, index, points: [] as Point[] }
  })
  const queryCount = queries.length / dim
  const wanted = exactAnswers(set)
  let found = 0
  for (const breadth of breadths) {
    const rates = built.map(() => [] as number[])
    const recalls = built.map(() => 0)
    for (let round = 0; round < repeat; round++) {
      for (const [i, { index }] of built.entries()) {
        index.search(0, breadth)
        let answers: ArrayLike<number | bigint>[] = []
        const seconds = secondsOf(() => {
          answers = Array.from({ length: queryCount }, (_, query) => index.search(query, breadth))
        })
        rates[i]!.push(queryCount / seconds)
        recalls[i] = hitsOf(answers, wanted) / (queryCount * k)
      }
    }
    found += Math.round(recalls[0]! * queryCount * k)
    for (const [i, { points }] of built.entries())
      points.push({ breadth, recall: recalls[i]!, queriesPerSecond: spreadOf(rates[i]!) })
  }
  return { measured: built.map(({ index: _, ...measured }) => measured), found }
}

/** u32[k] for each query, by looking at every vector: slow, but once, and by none of those who are compared. */
function exactAnswers({ vectors, queries, dim }: VectorSet): Uint32Array[] {
  const count = vectors.length / dim
  return Array.from({ length: queries.length / dim }, (_, query) => {
    const ids = new Uint32Array(k)
    const products = new Float64Array(k).fill(-2)
    const asked = queries.subarray(query * dim, (query + 1) * dim)
    for (let id = 0; id < count; id++) {
      let product = 0
      for (let i = 0, at = id * dim; i < dim; i++, at++) product += vectors[at]! * asked[i]!
      if (product <= products[k - 1]!) continue
      let place = k - 1
      for (; place > 0 && products[place - 1]! < product; place--) {
        products[place] = products[place - 1]!
        ids[place] = ids[place - 1]!
      }
      products[place] = product
      ids[place] = id
    }
    return ids
  })
}

function hitsOf(answers: readonly ArrayLike<number | bigint>[], wanted: readonly Uint32Array[]): number {
  return answers.reduce((sum, answer, query) => {
    const ids = new Set(Array.from(answer, Number))
    return sum + wanted[query]!.reduce((hits, id) => hits + (ids.has(id) ? 1 : 0), 0)
  }, 0)
}

/** Queries a second at a recall, on the line between the breadths around it; undefined where it is never reached. */
function rateAt({ points }: Measured, recall: number): number | undefined {
  const above = points.findIndex(point => point.recall >= recall)
  if (above < 0) return undefined
  const high = points[above]!
  const low = points[above - 1]
  if (!low) return high.queriesPerSecond.median
  const share = (recall - low.recall) / (high.recall - low.recall)
  return low.queriesPerSecond.median * (high.queriesPerSecond.median / low.queriesPerSecond.median) ** share
}

function best(of: readonly Measured[], figureOf: (one: Measured) => number): number {
  return Math.max(...of.filter(isOurs).map(figureOf))
}

function isOurs({ name }: Measured): boolean {
  return name.startsWith('Alluvium')
}

function comparisonsOf({ name, measured }: MeasuredSet): Comparison[] {
  return measured
    .filter(one => !isOurs(one))
    .flatMap(peer => {
      const recall = Math.min(recallWanted, peer.points.at(-1)!.recall)
      const search = {
        what: `${name}: search at recall ${recall.toFixed(3)}`,
        unit: '1/s',
        ours: best(measured, one => rateAt(one, recall) ?? 0),
        theirs: rateAt(peer, recall)!,
        other: peer.name,
        better: 'more' as const,
      }
      const build = {
        ...search,
        what: `${name}: build`,
        ours: best(measured, one => one.insertsPerSecond),
        theirs: peer.insertsPerSecond,
      }
      return [search, build]
    })
}

function targetsOf(set: MeasuredSet): Target[] {
  const { name, measured } = set
  const target = (peerName: string, recall: number, factor: number): Target[] => {
    const peer = measured.find(one => one.name.startsWith(peerName))
    const theirs = peer && rateAt(peer, Math.min(recall, peer.points.at(-1)!.recall))
    const reached = peer && Math.min(recall, peer.points.at(-1)!.recall)
    if (!theirs || !reached) return []
    const ratio = best(measured, one => rateAt(one, reached) ?? 0) / theirs
    const what = `${name}: search beside ${peerName} at recall ${reached.toFixed(3)}`
    return [{ what, wanted: `≥ ${factor}×`, found: `${figure(ratio)}×`, met: ratio >= factor }]
  }
  const hnswlib = measured.find(one => one.name.startsWith('hnswlib'))
  const buildRatio = hnswlib ? best(measured, one => one.insertsPerSecond) / hnswlib.insertsPerSecond : 0
  return [
    ...target('hnswlib', recallWanted, 3),
    ...target('usearch 2.26 f32', recallWanted, 3.7),
    ...target('usearch 2.26 i8', recallOfBytes, 4.2),
    ...(hnswlib
      ? [
          {
            what: `${name}: build beside hnswlib`,
            wanted: '≥ 3×',
            found: `${figure(buildRatio)}×`,
            met: buildRatio >= 3,
          },
        ]
      : []),
  ]
}

function tablesOf({ name, measured }: MeasuredSet): Table[] {
  const at = (one: Measured, recall: number) => {
    const rate = rateAt(one, recall)
    return rate === undefined ? '–' : figure(rate)
  }
  return [
    {
      title: name,
      columns: ['', 'inserts/s', `1/s at ${recallOfBytes}`, `1/s at ${recallWanted}`, 'most recall'],
      rows: measured.map(one => [
        one.name,
        figure(one.insertsPerSecond),
        at(one, recallOfBytes),
        at(one, recallWanted),
        one.points.at(-1)!.recall.toFixed(3),
      ]),
    },
    {
      title: `${name}: recall and queries a second by breadth`,
      columns: ['', ...breadths.map(String)],
      rows: measured.map(one => [
        one.name,
        ...one.points.map(point => `${point.recall.toFixed(3)} · ${spread(point.queriesPerSecond)}`),
      ]),
    },
  ]
}
