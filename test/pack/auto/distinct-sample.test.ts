import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../../../src/base/bytes.ts'
import { seededRandom } from '../../../src/base/random.ts'
import { DistinctSample, hashValue } from '../../../src/pack/auto/distinct-sample.ts'

function hashOf(text: string): number {
  const bytes = toUtf8(text)
  return hashValue(bytes, 0, bytes.length)
}

function sampleOf(values: readonly string[]): DistinctSample {
  const sample = new DistinctSample()
  for (const value of values) sample.add(hashOf(value))
  return sample
}

describe('DistinctSample', () => {
  it('is exact while there are few', () => {
    for (const count of [0, 1, 2, 17, 200, 256]) {
      const values = Array.from({ length: count }, (_, i) => `v${i}`)
      expect(sampleOf([...values, ...values]).distinct).toBe(count)
    }
  })

  it('is near the truth above, and never holds more than its bound', () => {
    for (const count of [257, 1000, 5000]) {
      const errors = Array.from({ length: 60 }, (_, stream) => {
        const sample = sampleOf(Array.from({ length: count }, (_, i) => `${stream}/${i}`))
        expect(sample.size).toBeLessThanOrEqual(256)
        expect(sample.repeated).toBe(0)
        return sample.distinct / count - 1
      })
      const standardError = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length)
      expect(standardError, `${count} distinct`).toBeLessThan(0.1)
    }
  })

  it('knows how many of its values came more than once, whatever their order', () => {
    for (const seed of [1, 2, 3]) {
      const random = seededRandom(seed)
      const values = Array.from({ length: 30_000 }, () => `v${Math.floor(8000 * random() ** 3)}`)
      const times = new Map<number, number>()
      for (const value of values) times.set(hashOf(value), (times.get(hashOf(value)) ?? 0) + 1)
      const sample = sampleOf(values)
      const { hashes, counts } = sample.toSnapshot()
      expect(counts, `seed ${seed}`).toEqual(hashes.map(hash => times.get(hash)))
      expect(sample.repeated).toBe(counts.filter(count => count > 1).length)
      expect(sampleOf([...values].sort()).toSnapshot(), `seed ${seed}`).toEqual(sample.toSnapshot())
    }
  })

  it('tells how much two streams have in common', () => {
    const some = (from: number, until: number) =>
      sampleOf(Array.from({ length: until - from }, (_, i) => `v${from + i}`))
    expect(some(0, 100).overlap(some(50, 150))).toEqual({ common: 50, share: 0.5 })
    expect(some(0, 100).overlap(some(200, 300)).common).toBe(0)
    expect(some(0, 4000).overlap(some(2000, 6000)).share).toBeCloseTo(0.5, 0)
    expect(new DistinctSample().overlap(some(0, 9))).toEqual({ common: 0, share: 0 })
  })

  it('goes on from a snapshot as if nothing had been', () => {
    const values = Array.from({ length: 5000 }, (_, i) => `v${i % 1700}`)
    const first = sampleOf(values.slice(0, 2100))
    const restored = DistinctSample.fromSnapshot(JSON.parse(JSON.stringify(first.toSnapshot())))
    for (const value of values.slice(2100)) restored.add(hashOf(value))
    expect(restored.toSnapshot()).toEqual(sampleOf(values).toSnapshot())
  })
})
