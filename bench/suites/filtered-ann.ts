// Nearest neighbours among the few that a filter allows, be it independent of the query, with it or against it.

import { compiledEngines, k, linksMax, loadEngine } from '../measure/indexes.ts'
import { seededRandom } from '../measure/random.ts'
import { spreadOf } from '../measure/statistics.ts'
import { cloudSet, gloveSet, type VectorSet } from '../measure/vectors.ts'
import { figure } from './figures.ts'
import type { Place, Suite, Target } from './suite.ts'

const shares = [0.5, 0.1, 0.01, 0.001]
const breadth = 160
/** Of what a search of all finds. */
const recallShareWanted = 0.9

type Kind = (typeof kinds)[number]
const kinds = ['independent', 'with the query', 'against the query'] as const

interface Found {
  kind: Kind
  share: number
  recall: number
  queriesPerSecond: number
  /** of a scan of all that are allowed */
  scansPerSecond: number
}

type Search = (query: number, allow?: Uint32Array, exact?: boolean) => Uint32Array

export const filteredAnn: Suite = {
  name: 'filtered-ann',
  title: 'Nearest neighbours under a filter',
  about: `Recall@${k} and queries a second where a filter allows a half, a tenth, a hundredth and a thousandth of the vectors: drawn by chance, those that are nearest to the query, or those that are farthest from it. Breadth ${breadth}, one thread. Beside each the exact scan of what is allowed, which a search falls back to where that is cheaper.`,
  async run(place) {
    const set = setOf(place)
    const engine = await loadEngine()
    const { name, module } = compiledEngines(engine).at(-1)!
    const index = new engine.HnswIndex(module, { dim: set.dim, metric: 'cosine', linksMax })
    engine.finish(index.insert(set.vectors))
    place.tell(`${set.name}: built by ${name}`)
    const search: Search = (query, allow, exact = false) =>
      index.search(set.queries.subarray(query * set.dim, (query + 1) * set.dim), {
        k,
        breadth,
        exact,
        ...(allow ? { allow } : {}),
      }).ids
    const queryCount = set.queries.length / set.dim
    const unfiltered = recallOf(queryCount, search, () => undefined)
    const orders = Array.from({ length: queryCount }, (_, query) => orderOf(set, query))
    const found = kinds.flatMap(kind =>
      shares.map(share => measure({ kind, share }, { search, orders, repeat: place.repeat })),
    )
    return {
      tables: [
        {
          title: `${set.name}, ${name}: without a filter recall ${unfiltered.toFixed(3)}`,
          columns: ['filter', 'allowed', 'recall', '1/s', 'exact 1/s'],
          rows: found.map(({ kind, share, recall, queriesPerSecond, scansPerSecond }) => [
            kind,
            `${100 * share} %`,
            recall.toFixed(3),
            figure(queriesPerSecond),
            figure(scansPerSecond),
          ]),
        },
      ],
      targets: targetsOf(found, unfiltered),
      comparisons: [],
      charts: [],
      counts: { filters: found.length, found: Math.round(sumOf(found) * queryCount * k) },
      repetitions: found,
    }
  },
}

function setOf({ isSmall }: Place): VectorSet {
  if (isSmall) return cloudSet(100, { count: 5000, queryCount: 10 })
  const size = { count: 100_000, queryCount: 100 }
  return gloveSet(size) ?? cloudSet(100, size)
}

function measure(
  { kind, share }: { kind: Kind; share: number },
  { search, orders, repeat }: { search: Search; orders: readonly Uint32Array[]; repeat: number },
): Found {
  const allows = orders.map(order => allowOf(kind, share, order))
  const timed = (exact: boolean) => {
    const rates = Array.from({ length: repeat }, () => {
      const start = performance.now()
      for (const [query, allow] of allows.entries()) search(query, allow, exact)
      return (1000 * allows.length) / (performance.now() - start)
    })
    return spreadOf(rates).median
  }
  return {
    kind,
    share,
    recall: recallOf(orders.length, search, query => allows[query]),
    queriesPerSecond: timed(false),
    scansPerSecond: timed(true),
  }
}

function recallOf(
  queryCount: number,
  search: Search,
  allowFor: (query: number) => Uint32Array | undefined,
): number {
  let hits = 0
  let wanted = 0
  for (let query = 0; query < queryCount; query++) {
    const exact = search(query, allowFor(query), true)
    const ids = new Set(search(query, allowFor(query)))
    hits += exact.filter(id => ids.has(id)).length
    wanted += exact.length
  }
  return hits / wanted
}

/** All ids, nearest first. */
function orderOf({ vectors, queries, dim }: VectorSet, query: number): Uint32Array {
  const asked = queries.subarray(query * dim, (query + 1) * dim)
  const products = Float32Array.from({ length: vectors.length / dim }, (_, id) => {
    let product = 0
    for (let i = 0; i < dim; i++) product += vectors[id * dim + i]! * asked[i]!
    return product
  })
  return Uint32Array.from(products.keys()).sort((left, right) => products[right]! - products[left]!)
}

function allowOf(kind: Kind, share: number, order: Uint32Array): Uint32Array {
  const size = Math.ceil(share * order.length)
  const random = seededRandom(size)
  const ids = {
    independent: () => order.filter(() => random() < share),
    'with the query': () => order.subarray(0, size),
    'against the query': () => order.subarray(order.length - size),
  }[kind]()
  const words = new Uint32Array(Math.ceil(order.length / 32))
  for (const id of ids) words[id >> 5]! |= 1 << (id & 31)
  return words
}

function sumOf(found: readonly Found[]): number {
  return found.reduce((sum, { recall }) => sum + recall, 0)
}

function targetsOf(found: readonly Found[], unfiltered: number): Target[] {
  return found.map(({ kind, share, recall }) => ({
    what: `recall with ${100 * share} % allowed, ${kind}`,
    wanted: `≥ ${(recallShareWanted * unfiltered).toFixed(3)}`,
    found: recall.toFixed(3),
    met: recall >= recallShareWanted * unfiltered,
  }))
}
