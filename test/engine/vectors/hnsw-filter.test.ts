import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import { HnswIndex } from '../../../src/engine/vectors/hnsw.ts'
import type { Metric } from '../../../src/engine/vectors/vector-index.ts'
import { finish } from '../../../src/engine/work.ts'
import { binaries } from '../binaries.ts'
import { ranked, recall } from './twins/nearest.ts'
import { allowing, clouds } from './vectors.ts'

const count = 12_000
const dim = 16
const clusters = 40
const queryCount = 20
const metric: Metric = 'cosine'

/** Which ids a query may have, and how many of them there are. */
type Filter = (query: Float32Array, share: number) => (id: number) => boolean

const all = clouds({ count: count + queryCount, dim, seed: 1, clusters, width: 0.5 })
const vectors = all.subarray(0, count * dim)
const queries = Array.from({ length: queryCount }, (_, i) =>
  all.subarray((count + i) * dim, (count + i + 1) * dim),
)

const random = seededRandom(2)
const draws = Float64Array.from({ length: count }, random)
const orders = new Map(queries.map(query => [query, ranked(query, { vectors, dim, metric }).ids]))

const filters: Record<string, Filter> = {
  'independent of the query': (_, share) => id => draws[id]! < share,
  'that like what is near': (query, share) => {
    const near = new Set(orders.get(query)!.slice(0, Math.ceil(share * count)))
    return id => near.has(id)
  },
  'that want what is far': (query, share) => {
    const far = new Set(orders.get(query)!.slice(-Math.ceil(share * count)))
    return id => far.has(id)
  },
  'that know only a few clusters, none of them near': (query, share) => {
    const near = new Set(
      orders
        .get(query)!
        .slice(0, count / 2)
        .map(id => id % clusters),
    )
    return id => !near.has(id % clusters) || draws[id]! < share / 10
  },
}

describe.each(binaries)('a filtered search on $name', ({ module }) => {
  const index = new HnswIndex(module, { dim, metric, memoryBytesMax: 1 << 26 })
  finish(index.insert(vectors))

  describe.each(Object.keys(filters))('by filters %s', name => {
    it.each([0.5, 0.1, 0.01, 0.001])('finds as much as one of all does, where %f are allowed', share => {
      let found = 0
      let unfiltered = 0
      for (const query of queries) {
        const isAllowed = filters[name]!(query, share)
        const wanted = ranked(query, { vectors, dim, metric }, isAllowed).ids
        const { ids } = index.search(query, { allow: allowing(count, isAllowed), breadth: 40 })
        expect(ids).toHaveLength(Math.min(10, wanted.length))
        expect([...ids].filter(id => !isAllowed(id))).toEqual([])
        found += recall(ids, wanted.slice(0, 10)) / queryCount
        unfiltered +=
          recall(index.search(query, { breadth: 40 }).ids, orders.get(query)!.slice(0, 10)) / queryCount
      }
      expect(unfiltered).toBeGreaterThan(0.9)
      expect(found).toBeGreaterThan(0.95 * unfiltered)
    })
  })

  it('finds every allowed vector there is, however few they are and wherever they lie', () => {
    for (const query of queries) {
      for (const size of [0, 1, 7, 40, 200]) {
        const far = orders.get(query)!.slice(-size || count)
        const allow = allowing(count, id => far.includes(id))
        const { ids } = index.search(query, { allow, k: size, breadth: 10 })
        expect([...ids].sort(), `${size} allowed`).toEqual([...far].sort())
      }
    }
  })

  it('walks where that is cheaper than a scan, and finds the same', () => {
    const allow = allowing(count, id => id % 4 !== 0)
    let same = 0
    for (const query of queries) {
      const walked = index.search(query, { allow, breadth: 30 })
      const scanned = index.search(query, { allow, exact: true })
      same += recall(walked.ids, scanned.ids) / queryCount
    }
    expect(same).toBeGreaterThan(0.9)
  })

  it('finds exactly what the twin finds, where that is asked for', () => {
    for (const query of queries.slice(0, 5)) {
      const isAllowed = (id: number) => id % 7 === 3
      const wanted = ranked(query, { vectors, dim, metric }, isAllowed).ids.slice(0, 25)
      const { ids } = index.search(query, { allow: allowing(count, isAllowed), k: 25, exact: true })
      expect([...ids]).toEqual(wanted)
    }
  })

  it('keeps to the filter within a radius', () => {
    const isAllowed = (id: number) => id % 3 === 0
    const { ids, distances } = ranked(queries[0]!, { vectors, dim, metric }, isAllowed)
    const radius = (distances[99]! + distances[100]!) / 2
    const hits = index.within(queries[0]!, { radius, allow: allowing(count, isAllowed) })
    expect([...hits.ids]).toEqual(ids.slice(0, 100))
  })

  it('ignores bits of ids that are not there', () => {
    const small = new HnswIndex(module, { dim, metric, memoryBytesMax: 1 << 24 })
    finish(small.insert(vectors.subarray(0, 301 * dim)))
    const allow = new Uint32Array(100).fill(0xffffffff)
    expect(small.search(queries[0]!, { allow, k: 400 }).ids).toHaveLength(301)
  })
})
