import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import { OutOfMemory } from '../../../src/engine/arena.ts'
import { BadInput } from '../../../src/engine/checks.ts'
import { HnswIndex, type HnswOptions } from '../../../src/engine/vectors/hnsw.ts'
import type { Metric } from '../../../src/engine/vectors/vector-index.ts'
import { finish } from '../../../src/engine/work.ts'
import { binaries } from '../binaries.ts'
import { distanceOf, type Rows, ranked, recall } from './twins/nearest.ts'
import { type Clouds, clouds } from './vectors.ts'

const memoryBytesMax = 1 << 26
const metrics: readonly Metric[] = ['cosine', 'dot', 'l2']

describe.each(binaries)('an index on $name', ({ module }) => {
  function indexOf(vectors: Float32Array, options: HnswOptions): HnswIndex {
    const index = new HnswIndex(module, { memoryBytesMax, ...options })
    finish(index.insert(vectors))
    return index
  }

  /** Recall@10, on average over `queryCount` queries like the vectors. */
  function recallOf(cloud: Clouds, metric: Metric, breadth: number) {
    const queryCount = 40
    const { all, vectors } = withQueries(cloud, queryCount)
    const index = indexOf(vectors, { dim: cloud.dim, metric })
    let found = 0
    for (let i = 0; i < queryCount; i++) {
      const query = rowOf(all, cloud.dim, cloud.count + i)
      const wanted = ranked(query, { vectors, dim: cloud.dim, metric }).ids.slice(0, 10)
      found += recall(index.search(query, { breadth }).ids, wanted)
    }
    return found / queryCount
  }

  describe('finds', () => {
    it.each([1, 2, 3])('nearly all neighbours in clusters and in noise, by every metric (seed %i)', seed => {
      for (const metric of metrics) {
        const cloud = { count: 2500, dim: 24, seed }
        expect(recallOf(cloud, metric, 80), `clusters, ${metric}, seed ${seed}`).toBeGreaterThan(0.97)
        expect(
          recallOf({ ...cloud, clusters: 0 }, metric, 80),
          `noise, ${metric}, seed ${seed}`,
        ).toBeGreaterThan(0.95)
      }
    })

    it.each([1e-12, 1e-3, 1e6, 1e12])('as many when all is scaled by %f', scale => {
      for (const metric of metrics)
        expect(recallOf({ count: 1500, dim: 20, seed: 4, scale }, metric, 80), metric).toBeGreaterThan(0.97)
    })

    it('as many when all vectors lie far from the origin', () => {
      expect(recallOf({ count: 1500, dim: 20, seed: 5, offset: 1000 }, 'l2', 80)).toBeGreaterThan(0.97)
    })

    it('as many when later vectors are a million times larger than the first', () => {
      const dim = 16
      const vectors = new Float32Array(3000 * dim)
      vectors.set(clouds({ count: 1500, dim, seed: 6 }))
      vectors.set(clouds({ count: 1500, dim, seed: 7, scale: 1e6 }), 1500 * dim)
      const index = indexOf(vectors, { dim, metric: 'l2' })
      let found = 0
      for (let id = 0; id < 3000; id += 100) {
        const query = rowOf(vectors, dim, id).map(x => x * 1.001)
        const wanted = ranked(query, { vectors, dim, metric: 'l2' }).ids.slice(0, 10)
        found += recall(index.search(query).ids, wanted) / 30
      }
      expect(found).toBeGreaterThan(0.95)
    })

    it.each([0.1, 0.02])('nearly all in clusters of width %f that come one after the other', width => {
      const dim = 24
      const [count, clusters] = [3000, 10]
      const mixed = clouds({ count, dim, seed: 24, clusters, width })
      const ids = Array.from({ length: count }, (_, id) => id)
      const inTurn = ids.sort((left, right) => (left % clusters) - (right % clusters))
      const vectors = Float32Array.from(inTurn.flatMap(id => [...rowOf(mixed, dim, id)]))
      const index = indexOf(vectors, { dim, metric: 'l2' })
      let found = 0
      for (let id = 0; id < count; id += 50) {
        const query = rowOf(vectors, dim, id)
        const wanted = ranked(query, { vectors, dim, metric: 'l2' }).ids.slice(0, 10)
        found += recall(index.search(query).ids, wanted) / (count / 50)
      }
      expect(found).toBeGreaterThan(0.9)
    })

    it.each([1, 3, 17, 64, 300, 1030])('them in %i dimensions', dim => {
      const metric: Metric = dim === 1 ? 'l2' : 'cosine'
      expect(recallOf({ count: 600, dim, seed: 8 }, metric, 100)).toBeGreaterThan(0.97)
    })

    it('them in the most dimensions there may be', () => {
      expect(recallOf({ count: 300, dim: 4096, seed: 9, clusters: 5 }, 'cosine', 100)).toBeGreaterThan(0.97)
    })

    it.each([
      { linksMax: 64, buildBreadth: 256 },
      { linksMax: 8, buildBreadth: 32 },
    ])('all vectors themselves, with %o', options => {
      const dim = 16
      const vectors = clouds({ count: 1500, dim, seed: 23, clusters: 3 })
      const index = indexOf(vectors, { dim, metric: 'l2', ...options })
      for (let id = 0; id < 1500; id += 10)
        expect(index.search(rowOf(vectors, dim, id), { k: 1, breadth: 300 }).ids[0]).toBe(id)
    })

    it('all of what it holds before the graph begins, and the same after', () => {
      const rows: Rows = { vectors: clouds({ count: 300, dim: 8, seed: 10 }), dim: 8, metric: 'l2' }
      const index = new HnswIndex(module, { dim: 8, metric: 'l2', memoryBytesMax })
      for (const count of [1, 2, 10, 200, 255, 256, 257, 300]) {
        finish(index.insert(rows.vectors.subarray(index.count * 8, count * 8)))
        const query = rowOf(rows.vectors, 8, 0)
        const wanted = ranked(query, { ...rows, vectors: rows.vectors.subarray(0, count * 8) }).ids.slice(
          0,
          10,
        )
        expect([...index.search(query, { breadth: 300 }).ids], `${count} vectors`).toEqual(wanted)
      }
    })

    it('every one of many equal vectors, lower ids first', () => {
      const index = indexOf(new Float32Array(2000 * 4).fill(0.5), { dim: 4, metric: 'cosine' })
      const { ids, distances } = index.search(Float32Array.of(1, 1, 1, 1), { k: 20, exact: true })
      expect([...ids]).toEqual(Array.from({ length: 20 }, (_, id) => id))
      expect(Math.max(...distances)).toBeLessThan(1e-6)
      expect(index.search(Float32Array.of(1, 1, 1, 1), { k: 20 }).ids).toHaveLength(20)
    })
  })

  describe('tells', () => {
    it.each(metrics)('the distances that the twin computes (%s)', metric => {
      const dim = 30
      const { all, vectors } = withQueries({ count: 1000, dim, seed: 11 }, 5)
      const index = indexOf(vectors, { dim, metric })
      for (let i = 0; i < 5; i++) {
        const query = rowOf(all, dim, 1000 + i)
        const { ids, distances } = index.search(query)
        for (const [place, id] of ids.entries()) {
          const wanted = distanceOf(metric, query, rowOf(vectors, dim, id))
          expect(Math.abs(distances[place]! - wanted)).toBeLessThan(1e-5 * Math.max(1, Math.abs(wanted)))
        }
        expect([...distances]).toEqual([...distances].sort((left, right) => left - right))
      }
    })

    it('exactly the nearest where that is asked for', () => {
      for (const metric of metrics) {
        const { all, vectors } = withQueries({ count: 1500, dim: 12, seed: 12, clusters: 0 }, 20)
        const index = indexOf(vectors, { dim: 12, metric })
        for (let i = 0; i < 20; i++) {
          const query = rowOf(all, 12, 1500 + i)
          const wanted = ranked(query, { vectors, dim: 12, metric }).ids.slice(0, 50)
          expect([...index.search(query, { k: 50, exact: true }).ids], `${metric}, query ${i}`).toEqual(
            wanted,
          )
        }
      }
    })

    it('what it took in', () => {
      const vectors = clouds({ count: 700, dim: 10, seed: 13 })
      const index = indexOf(vectors, { dim: 10, metric: 'l2' })
      expect(index.count).toBe(700)
      expect(index.vector(0)).toEqual(rowOf(vectors, 10, 0))
      expect(index.vector(699)).toEqual(rowOf(vectors, 10, 699))
    })
  })

  describe('within a radius', () => {
    const dim = 12
    const { all, vectors } = withQueries({ count: 2000, dim, seed: 14 }, 10)

    it.each(metrics)('finds all that is there (%s)', metric => {
      const index = indexOf(vectors, { dim, metric })
      for (let i = 0; i < 10; i++) {
        const query = rowOf(all, dim, 2000 + i)
        const { ids, distances } = ranked(query, { vectors, dim, metric })
        for (const place of [0, 30, 500]) {
          const radius = (distances[place]! + distances[place + 1]!) / 2
          const hits = index.within(query, { radius })
          expect([...hits.ids].sort(), `place ${place}`).toEqual(ids.slice(0, place + 1).sort())
          expect(hits.capped).toBe(false)
        }
      }
    })

    it('keeps the nearest, and says so when there are more', () => {
      const index = indexOf(vectors, { dim, metric: 'l2' })
      const query = rowOf(all, dim, 2000)
      const { ids, distances } = ranked(query, { vectors, dim, metric: 'l2' })
      const radius = (distances[100]! + distances[101]!) / 2
      const most = index.within(query, { radius, hitsMax: 101 })
      expect([most.ids.length, most.capped]).toEqual([101, false])
      const few = index.within(query, { radius, hitsMax: 100 })
      expect([...few.ids]).toEqual(ids.slice(0, 100))
      expect(few.capped).toBe(true)
    })

    it.each(metrics)('counts a vector among its own neighbours at any radius (%s)', metric => {
      const index = indexOf(vectors, { dim, metric })
      for (const id of [0, 77, 1999]) {
        const radius = metric === 'dot' ? distanceOf(metric, index.vector(id), index.vector(id)) * 0.999 : 0
        expect([...index.neighbours(id, { radius }).ids], `id ${id}`).toContain(id)
      }
    })

    it('finds nearly all of it by walking, which is faster', () => {
      const index = indexOf(vectors, { dim, metric: 'cosine' })
      let found = 0
      for (let id = 0; id < 20; id++) {
        const exact = index.neighbours(id, { radius: 0.1 })
        found += recall(index.neighbours(id, { radius: 0.1, exact: false }).ids, exact.ids) / 20
      }
      expect(found).toBeGreaterThan(0.97)
    })

    it('finds nothing below what a distance can be', () => {
      const index = indexOf(vectors, { dim, metric: 'l2' })
      expect(index.within(rowOf(all, dim, 2000), { radius: -1 }).ids).toHaveLength(0)
      expect(index.within(rowOf(vectors, dim, 3), { radius: 0 }).ids).toContain(3)
    })
  })

  it('can be searched between two steps of an insert, and finds as much as one that was built at once', () => {
    const dim = 100
    const cloud = { count: 3000, dim, seed: 15, clusters: 30 }
    const { all, vectors } = withQueries(cloud, 20)
    const whole = indexOf(vectors, { dim, metric: 'cosine' })
    const index = new HnswIndex(module, { dim, metric: 'cosine', memoryBytesMax })
    let steps = 0
    for (const { share } of index.insert(vectors)) {
      steps++
      expect(share).toBeCloseTo(index.count / 3000, 6)
      const query = rowOf(all, dim, 3000 + (steps % 20))
      const before = { vectors: vectors.subarray(0, index.count * dim), dim, metric: 'cosine' as const }
      expect(recall(index.search(query).ids, ranked(query, before).ids.slice(0, 10))).toBeGreaterThan(0.7)
    }
    expect(steps).toBeGreaterThan(10)
    for (let i = 0; i < 20; i++) {
      const query = rowOf(all, dim, 3000 + i)
      expect(index.search(query)).toEqual(whole.search(query))
    }
  })

  describe('when memory ends', () => {
    it('keeps what it took in, and goes on finding it', () => {
      const dim = 64
      const vectors = clouds({ count: 20_000, dim, seed: 16 })
      const index = new HnswIndex(module, { dim, metric: 'l2', memoryBytesMax: 4 << 20 })
      expect(() => finish(index.insert(vectors))).toThrow(OutOfMemory)
      expect(index.count).toBeGreaterThan(1000)
      expect(index.memoryBytes).toBeLessThanOrEqual(4 << 20)
      for (const id of [0, 500, index.count - 1])
        expect(index.search(rowOf(vectors, dim, id), { k: 1 }).ids[0]).toBe(id)
      expect(() => finish(index.insert(vectors.subarray(0, dim)))).toThrow(OutOfMemory)
      expect(index.search(rowOf(vectors, dim, 0), { k: 1 }).ids[0]).toBe(0)
    })

    it('does not begin where not even a block fits', () => {
      const options = { dim: 64, metric: 'l2' as const, memoryBytesMax: 1 << 20 }
      expect(() => new HnswIndex(module, options)).toThrow(OutOfMemory)
    })

    it('takes no more for a vector than it says', () => {
      const dim = 100
      const index = indexOf(clouds({ count: 6000, dim, seed: 17, clusters: 5 }), { dim, metric: 'cosine' })
      const fixedBytes = 800_000
      expect(index.memoryBytes - fixedBytes).toBeLessThan((6000 + 1024) * 662 + (memoryBytesMax / 662) * 6)
    })
  })

  describe('refuses', () => {
    const index = indexOf(clouds({ count: 400, dim: 4, seed: 18 }), { dim: 4, metric: 'cosine' })
    const fine = Float32Array.of(1, 2, 3, 4)

    it.each<[string, Partial<HnswOptions>]>([
      ['no dimension', { dim: 0 }],
      ['half a dimension', { dim: 2.5 }],
      ['too many dimensions', { dim: 4097 }],
      ['a metric that it does not know', { metric: 'manhattan' as Metric }],
      ['links that do not fill a register', { linksMax: 6 }],
      ['too few links', { linksMax: 4 }],
      ['too many links', { linksMax: 68 }],
      ['too narrow a build', { buildBreadth: 15 }],
      ['too broad a build', { buildBreadth: 257 }],
      ['a seed that is no u32', { seed: -1 }],
      ['more memory than there can be', { memoryBytesMax: 2 ** 33 }],
    ])('%s', (_, change) => {
      expect(() => new HnswIndex(module, { dim: 4, metric: 'cosine', ...change })).toThrow(BadInput)
    })

    it.each<[string, () => unknown]>([
      ['a vector that is too short', () => index.insert(Float32Array.of(1, 2, 3))],
      ['NaN', () => index.insert(Float32Array.of(1, 2, Number.NaN, 4))],
      ['infinity', () => index.insert(Float32Array.of(1, 2, -Infinity, 4))],
      ['a vector without direction', () => index.insert(Float32Array.of(1, 2, 3, 4, 0, 0, 0, 0))],
      ['numbers that are no Float32Array', () => index.insert([1, 2, 3, 4] as never)],
      ['a query of another length', () => index.search(new Float32Array(5).fill(1))],
      ['two queries', () => index.search(new Float32Array(8).fill(1))],
      ['an empty query', () => index.search(new Float32Array(0))],
      ['a query with NaN', () => index.search(Float32Array.of(1, Number.NaN, 3, 4))],
      ['a query without direction', () => index.search(new Float32Array(4))],
      ['k below none', () => index.search(fine, { k: -1 })],
      ['k over its bound', () => index.search(fine, { k: 4097 })],
      ['half a hit', () => index.search(fine, { k: 1.5 })],
      ['no breadth', () => index.search(fine, { breadth: 0 })],
      ['a filter that is too short', () => index.search(fine, { allow: new Uint32Array(12) })],
      ['a filter of bytes', () => index.search(fine, { allow: new Uint8Array(400) as never })],
      ['an endless radius', () => index.within(fine, { radius: Infinity })],
      ['a radius that is no number', () => index.within(fine, { radius: Number.NaN })],
      ['no hits', () => index.within(fine, { radius: 1, hitsMax: 0 })],
      ['an id that nobody has', () => index.neighbours(400, { radius: 1 })],
      ['an id below none', () => index.vector(-1)],
    ])('%s, and works on', (_, call) => {
      expect(call).toThrow(BadInput)
      expect(index.count).toBe(400)
      expect(index.search(fine, { k: 3 }).ids).toHaveLength(3)
    })

    it('numbers whose distance no f32 holds', () => {
      const l2 = indexOf(clouds({ count: 10, dim: 4, seed: 19 }), { dim: 4, metric: 'l2' })
      expect(() => l2.insert(Float32Array.of(1, 2, 3, 1e18))).toThrow(BadInput)
      finish(l2.insert(Float32Array.of(1e17, -1e17, 1e17, -1e17)))
      expect(l2.search(Float32Array.of(-1e17, 1e17, -1e17, 1e17), { k: 11 }).distances[10]).toBeLessThan(
        Infinity,
      )
    })

    it('a second insert while one is at work', () => {
      const busy = new HnswIndex(module, { dim: 4, metric: 'l2', memoryBytesMax })
      const work = busy.insert(new Float32Array(4 * 20_000).fill(1))
      work.next()
      expect(() => finish(busy.insert(fine))).toThrow(BadInput)
      work.return(0)
      expect(finish(busy.insert(fine))).toBe(busy.count - 1)
    })
  })

  it('answers what is asked of nothing, for nothing, and for more than there is', () => {
    const index = new HnswIndex(module, { dim: 2, metric: 'l2', memoryBytesMax })
    const query = Float32Array.of(1, 2)
    expect(index.search(query).ids).toHaveLength(0)
    expect(index.within(query, { radius: 10 })).toEqual({
      ids: new Uint32Array(0),
      distances: new Float32Array(0),
      capped: false,
    })
    expect(finish(index.insert(new Float32Array(0)))).toBe(0)
    finish(index.insert(clouds({ count: 3, dim: 2, seed: 20 })))
    expect(index.search(query, { k: 0 }).ids).toHaveLength(0)
    expect(index.search(query, { k: 4096 }).ids).toHaveLength(3)
    finish(index.insert(clouds({ count: 500, dim: 2, seed: 21 })))
    expect(index.search(query, { k: 4096 }).ids).toHaveLength(503)
    expect(index.search(query, { k: 40, breadth: 1 }).ids).toHaveLength(40)
  })

  it('survives shapes and numbers of all kinds', () => {
    const random = seededRandom(22)
    for (let round = 0; round < 60; round++) {
      const dim = 1 + Math.floor(random() * 40)
      const metric = metrics[Math.floor(random() * 3)]!
      const odd = [0, 1, -1, 1e-45, -1e-38, 1e17, 3e38, Number.NaN, Infinity]
      const any = () => (random() < 0.02 ? odd[Math.floor(random() * odd.length)]! : random() - 0.5)
      const options = { dim, metric, linksMax: 8 + 4 * Math.floor(random() * 4), buildBreadth: 16 }
      const index = new HnswIndex(module, { memoryBytesMax: 8 << 20, ...options })
      for (let batch = 0; batch < 4; batch++) {
        const vectors = Float32Array.from(
          { length: dim * Math.floor(random() * 150) + (random() < 0.1 ? 1 : 0) },
          any,
        )
        expectFineOrRefused(() => finish(index.insert(vectors)), `seed 22, round ${round}, insert`)
        expectFineOrRefused(
          () => index.search(Float32Array.from({ length: dim }, any), { k: Math.floor(random() * 20) }),
          `seed 22, round ${round}, search`,
        )
      }
    }
  })
})

function expectFineOrRefused(call: () => unknown, what: string): void {
  try {
    call()
  } catch (error) {
    expect(error, what).toBeInstanceOf(BadInput)
  }
}

function withQueries(cloud: Clouds, queryCount: number): { all: Float32Array; vectors: Float32Array } {
  const all = clouds({ ...cloud, count: cloud.count + queryCount })
  return { all, vectors: all.subarray(0, cloud.count * cloud.dim) }
}

function rowOf(vectors: Float32Array, dim: number, id: number): Float32Array {
  return vectors.subarray(id * dim, (id + 1) * dim)
}
