import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import { OutOfMemory } from '../../../src/engine/arena.ts'
import { BadInput } from '../../../src/engine/checks.ts'
import { startKernels } from '../../../src/engine/kernels.ts'
import { type DistanceExports, distances, hammingDistances } from '../../../src/engine/vectors/distance.ts'
import type { Metric } from '../../../src/engine/vectors/vector-index.ts'
import { binaries } from '../binaries.ts'
import { distanceOf } from './twins/nearest.ts'
import { clouds } from './vectors.ts'

const metrics: readonly Metric[] = ['cosine', 'dot', 'l2']

describe.each(binaries)('distances on $name', ({ module }) => {
  const kernels = startKernels<DistanceExports>(module)

  it.each([1, 2, 3, 4, 5, 15, 16, 17, 31, 100, 256, 1000, 4096])(
    'of %i components are what the twin says',
    dim => {
      const rows = clouds({ count: 40, dim, seed: dim })
      const query = rows.slice(0, dim)
      for (const metric of metrics) {
        const found = distances(kernels, metric, { query, rows })
        expect(found).toHaveLength(40)
        for (const [id, distance] of found.entries()) {
          const row = rows.subarray(id * dim, (id + 1) * dim)
          const wanted = distanceOf(metric, query, row)
          // a product of long vectors may be near 0, but its parts are not
          const size = metric === 'dot' ? lengthOf(query) * lengthOf(row) : Math.max(1, wanted)
          expect(Math.abs(distance - wanted), `${metric}, row ${id}`).toBeLessThan(2e-6 * size + 1e-6)
        }
      }
    },
  )

  it('of more rows than one call takes are in their order', () => {
    const rows = Float32Array.from({ length: 300_000 * 2 }, (_, i) => (i % 2 === 0 ? i / 2 : 0))
    const found = distances(kernels, 'l2', { query: Float32Array.of(0, 0), rows })
    expect(found.every((distance, id) => distance === id)).toBe(true)
  })

  it('of a zero vector are 1 by angle, and 0 from itself by length', () => {
    const rows = Float32Array.of(0, 0, 1, 0)
    expect([...distances(kernels, 'cosine', { query: Float32Array.of(0, 0), rows })]).toEqual([1, 1])
    expect([...distances(kernels, 'l2', { query: Float32Array.of(0, 0), rows })]).toEqual([0, 1])
  })

  it('of bits count those that differ', () => {
    const random = seededRandom(1)
    for (const words of [1, 2, 3, 4, 7, 16, 33, 5000]) {
      const rows = Uint32Array.from({ length: words * 20 }, () => random() * 2 ** 32)
      const query = Uint32Array.from({ length: words }, () => random() * 2 ** 32)
      const wanted = Array.from({ length: 20 }, (_, row) =>
        query.reduce((sum, word, i) => sum + bitsOf(word ^ rows[row * words + i]!), 0),
      )
      expect([...hammingDistances(kernels, { query, rows })], `${words} words`).toEqual(wanted)
    }
    const all = Uint32Array.of(0xffffffff)
    expect([...hammingDistances(kernels, { query: all, rows: Uint32Array.of(0, 0xffffffff) })]).toEqual([
      32, 0,
    ])
  })

  it('are none of no rows', () => {
    expect(distances(kernels, 'l2', { query: Float32Array.of(1), rows: new Float32Array(0) })).toHaveLength(0)
  })

  it.each<[string, () => unknown]>([
    [
      'rows that are not whole',
      () => distances(kernels, 'l2', { query: new Float32Array(3), rows: new Float32Array(4) }),
    ],
    ['no query', () => distances(kernels, 'l2', { query: new Float32Array(0), rows: new Float32Array(4) })],
    ['NaN', () => distances(kernels, 'l2', { query: Float32Array.of(1), rows: Float32Array.of(Number.NaN) })],
    [
      'infinity',
      () => distances(kernels, 'l2', { query: Float32Array.of(Infinity), rows: Float32Array.of(1) }),
    ],
    [
      'a metric nobody knows',
      () => distances(kernels, 'l1' as Metric, { query: Float32Array.of(1), rows: Float32Array.of(1) }),
    ],
    [
      'bits that are not whole',
      () => hammingDistances(kernels, { query: new Uint32Array(2), rows: new Uint32Array(3) }),
    ],
  ])('refuse %s, and go on', (_, call) => {
    expect(call).toThrow(BadInput)
    expect([...distances(kernels, 'dot', { query: Float32Array.of(2), rows: Float32Array.of(3) })]).toEqual([
      -6,
    ])
  })

  it('say when memory ends, and leave it as it was', () => {
    const small = startKernels<DistanceExports>(module, { memoryBytesMax: 1 << 19 })
    const held = small.arena.heldBytes
    const ask = () => distances(small, 'dot', { query: Float32Array.of(2), rows: Float32Array.of(3) })
    expect(ask).toThrow(OutOfMemory)
    expect(small.arena.heldBytes).toBe(held)
  })
})

function lengthOf(vector: Float32Array): number {
  return Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0))
}

function bitsOf(word: number): number {
  let count = 0
  for (let rest = word >>> 0; rest > 0; rest = (rest & (rest - 1)) >>> 0) count++
  return count
}
