import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import { OutOfMemory } from '../../../src/engine/arena.ts'
import { BadInput } from '../../../src/engine/checks.ts'
import { FlatIndex } from '../../../src/engine/vectors/flat.ts'
import { VectorMemory } from '../../../src/engine/vectors/vector-memory.ts'
import {
  nearestTwin,
  queryOf,
  randomBits,
  textsOf,
  toldDistance,
} from '../../segment/vectors/vectors-twin.ts'
import { binaries } from '../binaries.ts'

const metrics = ['cosine', 'dot', 'l2'] as const

describe.each(binaries)('a flat index on $name', ({ module }) => {
  const memory = new VectorMemory(module, { bytesMax: 1 << 25 })

  it('refuses what it can not measure', () => {
    const index = new FlatIndex(memory, { dim: 2, metric: 'cosine' })
    expect(() => index.append(Float32Array.of(1, 0, 1))).toThrow(BadInput)
    expect(() => index.append(Float32Array.of(1, 0, Number.NaN, 0))).toThrow(BadInput)
    expect(() => index.append(Float32Array.of(1, 0, 0, 0))).toThrow('it has no direction')
    expect(() => index.append(Float32Array.of(1, 0, 0, 1.01))).toThrow('its length is')
    expect(() => index.search(Float32Array.of(0.5, 0))).toThrow('its length is')
    expect(() => index.search(Float32Array.of(1))).toThrow('expected 2')
    expect(() => index.search(Float32Array.of(1, 0), { k: 4097 })).toThrow(BadInput)
    expect(() => new FlatIndex(memory, { dim: 4097, metric: 'l2' })).toThrow(BadInput)
    expect(index.count).toBe(0)
  })

  it('takes nothing in where not all fits, and goes on', () => {
    const small = new VectorMemory(module, { bytesMax: 1 << 19 })
    const index = new FlatIndex(small, { dim: 64, metric: 'l2' })
    index.append(new Float32Array(64 * 100).fill(1))
    expect(() => index.append(new Float32Array(64 * 5000))).toThrow(OutOfMemory)
    expect(index.count).toBe(100)
    index.append(new Float32Array(64))
    expect([...index.search(new Float32Array(64), { k: 2 }).ids]).toEqual([100, 0])
  })

  it.each([1, 3, 4, 15, 16, 17, 48, 100, 257, 4096])(
    'of %i components tells distances to the last bit as they are promised',
    dims => {
      for (const metric of metrics) {
        const texts = textsOf({ count: 60, dims, metric, seed: dims })
        const query = queryOf(texts, dims)
        const index = new FlatIndex(memory, { dim: dims, metric })
        index.append(texts.vectors)
        const { ids, distances } = index.search(query, { k: 60 })
        for (const [i, id] of ids.entries()) {
          const row = texts.vectors.subarray(id * dims, (id + 1) * dims)
          expect(distances[i], `${metric}, row ${id}`).toBe(toldDistance(metric, row, query))
        }
        expect(memory.measure(metric, query, texts.vectors.slice(0, 5 * dims))).toEqual(
          Float32Array.from({ length: 5 }, (_, i) =>
            toldDistance(metric, texts.vectors.subarray(i * dims, (i + 1) * dims), query),
          ),
        )
        index.free()
      }
    },
  )

  it('finds what brute force finds, however vectors came, beside others in its memory', () => {
    for (let seed = 1; seed <= 12; seed++) {
      const random = seededRandom(seed)
      const dims = 1 + Math.floor(random() * 80)
      const metric = metrics[seed % 3]!
      const count = Math.floor(random() * 3000)
      const texts = textsOf({ count, dims, metric, seed, twinShare: 0.2 })
      const index = new FlatIndex(memory, { dim: dims, metric })
      const other = new FlatIndex(memory, { dim: 5, metric: 'l2' })
      for (let from = 0; from < count; ) {
        const until = Math.min(count, from + Math.floor(random() * 900))
        expect(index.append(texts.vectors.subarray(from * dims, until * dims))).toBe(from)
        other.append(new Float32Array(5 * 20_000))
        from = until
      }
      const query = queryOf(texts, seed)
      for (const share of [1, 0.5, 0.01]) {
        const allow = randomBits(count, share, seed)
        const until = Math.floor(random() * count)
        const wanted = nearestTwin(texts, query, { k: 15, allow, textUntil: until })
        const found = index.search(query, { k: 15, allow, until })
        expect({ texts: found.ids, distances: found.distances }, `seed ${seed}`).toEqual(wanted)
      }
      index.free()
      other.free()
    }
    expect(memory.extents.heldBytes).toBe(0)
  })
})
