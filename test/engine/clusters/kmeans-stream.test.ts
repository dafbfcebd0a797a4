import { describe, expect, it } from 'vitest'
import { OutOfMemory } from '../../../src/engine/arena.ts'
import { BadInput } from '../../../src/engine/checks.ts'
import type { KmeansExports } from '../../../src/engine/clusters/clusters.ts'
import { KmeansStream, type StreamOptions } from '../../../src/engine/clusters/kmeans-stream.ts'
import type { Points } from '../../../src/engine/clusters/points.ts'
import { startKernels } from '../../../src/engine/kernels.ts'
import { binaries } from '../binaries.ts'
import { drawBlobs, rowsOf } from './drawn-points.ts'
import { squared } from './twins/kmeans.ts'

const seeds = [1, 2, 3, 4, 5]

function batchesOf({ values, dim }: Points, batchRows: number): Points[] {
  return Array.from({ length: Math.ceil(values.length / dim / batchRows) }, (_, batch) => ({
    values: values.slice(batch * batchRows * dim, (batch + 1) * batchRows * dim),
    dim,
  }))
}

describe.each(binaries)('KmeansStream by $name', ({ module }) => {
  const kernels = startKernels<KmeansExports>(module)

  it.each(seeds)('finds clear blobs batch by batch, seed %i', seed => {
    const points = drawBlobs({ rowCount: 4000, dim: 5, blobCount: 7, spread: 0.3, seed })
    const stream = new KmeansStream({ clusterCount: 7, dim: 5, seed })
    const assignments = batchesOf(points, 400).flatMap(batch => [...stream.add(kernels, batch)])
    expect(stream.rowCount).toBe(4000)
    const pairs = new Set(points.blobs.map((blob, row) => `${blob} ${assignments[row]}`))
    expect(pairs.size).toBe(7)
    expect(stream.weights.reduce((sum, weight) => sum + weight)).toBe(4000)
  })

  it.each(seeds)('moves each centroid to the mean of all that fell to it, seed %i', seed => {
    const points = drawBlobs({ rowCount: 900, dim: 3, blobCount: 4, spread: 3, seed })
    const stream = new KmeansStream({ clusterCount: 5, dim: 3, seed })
    const assignments = batchesOf(points, 90).flatMap(batch => [...stream.add(kernels, batch)])
    for (const [cluster, centroid] of rowsOf({ values: stream.centroids, dim: 3 }).entries()) {
      const own = points.rows.filter((_, row) => assignments[row] === cluster)
      const mean = [0, 1, 2].map(i => own.reduce((sum, row) => sum + row[i]!, 0) / own.length)
      expect(squared(mean, centroid)).toBeLessThan(1e-6)
    }
  })

  it('follows a cluster that wanders when old rows count for less', () => {
    const at = (place: number) =>
      drawBlobs({ rowCount: 200, dim: 2, blobCount: 1, spread: 0.1, seed: 1 }).values.map(
        value => value + place,
      )
    const stays = new KmeansStream({ clusterCount: 1, dim: 2 })
    const follows = new KmeansStream({ clusterCount: 1, dim: 2, halfLifeRows: 200 })
    const start = at(0)
    for (let place = 0; place < 20; place++) {
      stays.add(kernels, { values: at(place), dim: 2 })
      follows.add(kernels, { values: at(place), dim: 2 })
    }
    const mean = start.filter((_, i) => i % 2 === 0).reduce((sum, value) => sum + value, 0) / 200
    expect(stays.centroids[0]).toBeCloseTo(mean + 9.5, 3)
    // Σ place·2^(place − 19) / Σ 2^(place − 19), near 19 − 1
    expect(follows.centroids[0]).toBeCloseTo(mean + 18, 2)
    expect(follows.weights[0]).toBeCloseTo(400, 1)
  })

  it('gives a forgotten cluster to what is far from all others', () => {
    const stream = new KmeansStream({ clusterCount: 2, dim: 1, halfLifeRows: 10 })
    stream.add(kernels, {
      values: Float32Array.of(...new Array(50).fill(0), ...new Array(50).fill(10)),
      dim: 1,
    })
    expect([...stream.centroids].sort()).toEqual([0, 10])
    for (let batch = 0; batch < 3; batch++)
      stream.add(kernels, { values: Float32Array.of(...new Array(40).fill(0), 0.5), dim: 1 })
    const assignments = stream.add(kernels, {
      values: Float32Array.of(...new Array(40).fill(0), 0.5),
      dim: 1,
    })
    expect(stream.clusterCount).toBe(2)
    expect(assignments[40]).not.toBe(assignments[0])
  })

  it('has as many clusters as distinct rows have come', () => {
    const stream = new KmeansStream({ clusterCount: 3, dim: 2 })
    expect([...stream.add(kernels, { values: Float32Array.of(1, 1, 1, 1), dim: 2 })]).toEqual([0, 0])
    expect(stream.clusterCount).toBe(1)
    expect([...stream.add(kernels, { values: Float32Array.of(1, 1, 5, 5), dim: 2 })]).toEqual([0, 1])
    expect(stream.clusterCount).toBe(2)
    expect([...stream.add(kernels, { values: Float32Array.of(9, 9, 5, 5), dim: 2 })]).toEqual([2, 1])
    expect([...stream.centroids]).toEqual([1, 1, 5, 5, 9, 9])
  })

  it('compares directions alone under cosine', () => {
    const points = drawBlobs({ rowCount: 600, dim: 6, blobCount: 4, spread: 0.3, seed: 2 })
    const scaled = Float32Array.from(points.rows.flatMap((row, i) => row.map(value => value * (1 + (i % 3)))))
    const stream = new KmeansStream({ clusterCount: 4, dim: 6, metric: 'cosine' })
    const assignments = batchesOf({ values: scaled, dim: 6 }, 150).flatMap(batch => [
      ...stream.add(kernels, batch),
    ])
    expect(new Set(points.blobs.map((blob, row) => `${blob} ${assignments[row]}`)).size).toBe(4)
    for (const centroid of rowsOf({ values: stream.centroids, dim: 6 }))
      expect(Math.hypot(...centroid)).toBeCloseTo(1, 5)
  })

  it.each(seeds)('goes on from its bytes as if it had never stopped, seed %i', seed => {
    const options: StreamOptions = { clusterCount: 6, dim: 4, halfLifeRows: 150, seed }
    const batches = batchesOf(drawBlobs({ rowCount: 600, dim: 4, blobCount: 5, spread: 2, seed }), 60)
    const whole = new KmeansStream(options)
    let carried = new KmeansStream(options)
    for (const batch of batches) {
      carried = KmeansStream.fromBytes(carried.toBytes())
      expect([...carried.add(kernels, batch)]).toEqual([...whole.add(kernels, batch)])
    }
    expect(carried.toBytes()).toEqual(whole.toBytes())
    expect(carried.options).toEqual(whole.options)
  })

  it('refuses bytes that it did not write', () => {
    const stream = new KmeansStream({ clusterCount: 3, dim: 2 })
    stream.add(kernels, { values: Float32Array.of(1, 1, 5, 5, 9, 9), dim: 2 })
    const bytes = stream.toBytes()
    for (let length = 0; length < bytes.length; length++)
      expect(() => KmeansStream.fromBytes(bytes.subarray(0, length))).toThrow(BadInput)
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.slice()
      damaged[at]! ^= 1 << (at % 8)
      expect(() => KmeansStream.fromBytes(damaged)).toThrow(BadInput)
    }
    expect(() => KmeansStream.fromBytes(Uint8Array.of(...bytes, 0))).toThrow(BadInput)
  })

  it('says what it can not take, and works on', () => {
    for (const options of [
      { clusterCount: 0 },
      { clusterCount: 70_000 },
      { dim: 0 },
      { dim: 5000 },
      { seed: 1.5 },
      { halfLifeRows: 0 },
      { halfLifeRows: Number.NaN },
      { metric: 'none' as never },
    ])
      expect(() => new KmeansStream({ clusterCount: 3, dim: 2, ...options })).toThrow(BadInput)
    const stream = new KmeansStream({ clusterCount: 3, dim: 2, metric: 'cosine' })
    const before = stream.toBytes()
    const heldBytes = kernels.arena.heldBytes
    for (const points of [
      { values: new Float32Array(0), dim: 2 },
      { values: Float32Array.of(1, 2, 3), dim: 3 },
      { values: Float32Array.of(1, 2, 3), dim: 2 },
      { values: Float32Array.of(1, Number.NaN), dim: 2 },
      { values: Float32Array.of(1, 2, 0, 0), dim: 2 },
      { values: new Float32Array(2 * 65_537).fill(1), dim: 2 },
    ])
      expect(() => stream.add(kernels, points)).toThrow(BadInput)
    const small = startKernels<KmeansExports>(module, { memoryBytesMax: 1 << 18 })
    expect(() => stream.add(small, { values: new Float32Array(1 << 17).fill(1), dim: 2 })).toThrow(
      OutOfMemory,
    )
    expect(stream.toBytes()).toEqual(before)
    expect(kernels.arena.heldBytes).toBe(heldBytes)
    expect([...stream.add(small, { values: Float32Array.of(1, 2), dim: 2 })]).toEqual([0])
  })
})
