import { describe, expect, it } from 'vitest'
import { OutOfMemory } from '../../../src/engine/arena.ts'
import { BadInput } from '../../../src/engine/checks.ts'
import { HnswIndex } from '../../../src/engine/vectors/hnsw.ts'
import { ShardedIndex } from '../../../src/engine/vectors/hnsw-sharded.ts'
import { finish } from '../../../src/engine/work.ts'
import { binaries } from '../binaries.ts'
import { ranked, recall } from './twins/nearest.ts'
import { allowing, clouds } from './vectors.ts'

const dim = 32
const count = 9000
const all = clouds({ count: count + 20, dim, seed: 1 })
const vectors = all.subarray(0, count * dim)
const rows = { vectors, dim, metric: 'l2' as const }
const options = { dim, metric: 'l2' as const, shardBytesMax: 5 << 19 }
const queries = Array.from({ length: 20 }, (_, i) => all.subarray((count + i) * dim, (count + i + 1) * dim))

describe.each(binaries)('an index in shards on $name', ({ module }) => {
  const index = new ShardedIndex(module, options)
  const first = finish(index.insert(vectors))

  it('takes more than an instance may hold', () => {
    expect(() =>
      finish(new HnswIndex(module, { dim, metric: 'l2', memoryBytesMax: 5 << 19 }).insert(vectors)),
    ).toThrow(OutOfMemory)
    expect(first).toBe(0)
    expect(index.count).toBe(count)
    expect(index.memoryBytes).toBeGreaterThan(options.shardBytesMax)
  })

  it('finds as one index would, by the ids of the whole', () => {
    let found = 0
    for (const query of queries) {
      const wanted = ranked(query, rows)
      expect([...index.search(query, { exact: true }).ids]).toEqual(wanted.ids.slice(0, 10))
      found += recall(index.search(query).ids, wanted.ids.slice(0, 10)) / queries.length
    }
    expect(found).toBeGreaterThan(0.98)
  })

  it('gives each shard its part of a filter', () => {
    const isAllowed = (id: number) => id % 11 === 5
    const allow = allowing(count, isAllowed)
    for (const query of queries) {
      const wanted = ranked(query, rows, isAllowed).ids.slice(0, 10)
      expect([...index.search(query, { allow, exact: true }).ids]).toEqual(wanted)
      expect(recall(index.search(query, { allow }).ids, wanted)).toBeGreaterThan(0.8)
    }
  })

  it('finds all within a radius, and all neighbours of a vector', () => {
    const { ids, distances } = ranked(queries[0]!, rows)
    const radius = (distances[199]! + distances[200]!) / 2
    expect([...index.within(queries[0]!, { radius }).ids]).toEqual(ids.slice(0, 200))
    const few = index.within(queries[0]!, { radius, hitsMax: 150 })
    expect([...few.ids]).toEqual(ids.slice(0, 150))
    expect(few.capped).toBe(true)
    for (const id of [0, 4321, count - 1]) {
      expect(index.vector(id)).toEqual(vectors.subarray(id * dim, (id + 1) * dim))
      expect(index.neighbours(id, { radius: 0 }).ids).toContain(id)
    }
  })

  it('comes back from its bytes as it was, and goes on', () => {
    const pieces = [...index.save()]
    const again = ShardedIndex.load(module, pieces, { shardBytesMax: options.shardBytesMax })
    for (const query of queries) expect(again.search(query)).toEqual(index.search(query))
    expect(finish(again.insert(vectors.subarray(0, 3000 * dim)))).toBe(count)
    expect(again.count).toBe(count + 3000)
    expect(() => ShardedIndex.load(module, pieces.slice(0, -1))).toThrow(BadInput)
    expect(() => ShardedIndex.load(module, [...pieces, Uint8Array.of(1)])).toThrow(BadInput)
    expect(() => ShardedIndex.load(module, pieces.slice(1))).toThrow(BadInput)
  })

  it('ends where its shards do, and goes on finding', () => {
    const bounded = new ShardedIndex(module, { ...options, shardsMax: 2 })
    expect(() => finish(bounded.insert(vectors))).toThrow(OutOfMemory)
    expect(bounded.count).toBeGreaterThan(2000)
    expect(bounded.search(vectors.subarray(0, dim), { k: 1 }).ids[0]).toBe(0)
  })

  it('refuses what an index refuses', () => {
    expect(() => index.insert(new Float32Array(3))).toThrow(BadInput)
    expect(() => index.search(queries[0]!, { k: -1 })).toThrow(BadInput)
    expect(() => index.search(queries[0]!, { allow: new Uint32Array(2) })).toThrow(BadInput)
    expect(() => index.neighbours(count, { radius: 1 })).toThrow(BadInput)
    expect(() => new ShardedIndex(module, { ...options, shardsMax: 0 })).toThrow(BadInput)
  })
})
