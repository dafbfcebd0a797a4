import { readFileSync } from 'node:fs'
import { kmeans as mlKmeans } from 'ml-kmeans'
import { describe, expect, it } from 'vitest'
import { OutOfMemory } from '../../../src/engine/arena.ts'
import { BadInput } from '../../../src/engine/checks.ts'
import type { KmeansExports } from '../../../src/engine/clusters/clusters.ts'
import { type Clustering, type KmeansOptions, kmeans } from '../../../src/engine/clusters/kmeans.ts'
import type { Points } from '../../../src/engine/clusters/points.ts'
import { startKernels } from '../../../src/engine/kernels.ts'
import { finish } from '../../../src/engine/work.ts'
import { binaries } from '../binaries.ts'
import { drawBlobs, rowsOf } from './drawn-points.ts'
import { lloyd, squared } from './twins/kmeans.ts'

interface Golden {
  name: string
  dim: number
  points: number[]
  starts: number[]
  cluster_count: number
  iterations_max: number
  assignments: number[]
  centroids: number[]
  inertia: number
}

const goldens: Golden[] = JSON.parse(
  readFileSync(new URL('../../golden/kmeans.json', import.meta.url), 'utf8'),
)
const seeds = [1, 2, 3, 4, 5]

describe.each(binaries)('kmeans by $name', ({ module }) => {
  const kernels = startKernels<KmeansExports>(module)
  const run = (points: Points, options: KmeansOptions): Clustering => finish(kmeans(kernels, points, options))

  it.each(goldens)('finds what scikit-learn finds: $name', golden => {
    const points = { values: Float32Array.from(golden.points), dim: golden.dim }
    const found = run(points, {
      clusterCount: golden.cluster_count,
      starts: Float32Array.from(golden.starts),
      iterationsMax: golden.iterations_max,
      tolerance: 0,
    })
    expect([...found.assignments]).toEqual(golden.assignments)
    expect(found.inertia / golden.inertia).toBeCloseTo(1, 4)
    for (const [i, value] of golden.centroids.entries())
      expect(Math.abs(found.centroids[i]! - value)).toBeLessThan(1e-4 * Math.max(1, Math.abs(value)))
  })

  it.each(seeds)('does as its twin does, seed %i', seed => {
    const dim = 1 + ((seed * 5) % 13)
    const points = drawBlobs({ rowCount: 301, dim, blobCount: 9, spread: 1.5, seed })
    const starts = points.values.slice(0, 11 * dim)
    const found = run(points, { clusterCount: 11, starts, tolerance: 0 })
    const twin = lloyd(points.rows, rowsOf({ values: starts, dim }), 300)
    expect(found.counts).not.toContain(0)
    expect([...found.assignments]).toEqual(twin.assignments)
    expect(found.inertia / twin.inertia).toBeCloseTo(1, 4)
  })

  it.each(seeds)('finds the same with bounds as without, seed %i', seed => {
    // 40 clusters are too many to keep bounds for rows of 4 components, and not for rows of 8
    const { rows } = drawBlobs({ rowCount: 1500, dim: 4, blobCount: 30, spread: 4, seed })
    const options = { clusterCount: 40, seed, tolerance: 0 }
    const plain = run({ values: Float32Array.from(rows.flat()), dim: 4 }, options)
    const padded = rows.flatMap(row => [...row, 0, 0, 0, 0])
    const bounded = run({ values: Float32Array.from(padded), dim: 8 }, options)
    expect(plain.iterationCount).toBeGreaterThan(10)
    expect([...bounded.assignments]).toEqual([...plain.assignments])
    expect(bounded.iterationCount).toBe(plain.iterationCount)
    expect(bounded.inertia / plain.inertia).toBeCloseTo(1, 6)
  })

  it.each(seeds)('ends no worse than ml-kmeans does from the same rows, seed %i', seed => {
    const points = drawBlobs({ rowCount: 500, dim: 8, blobCount: 6, spread: 2, seed })
    const starts = points.rows.slice(0, 6)
    const theirs = mlKmeans(points.rows, 6, { initialization: starts, maxIterations: 300, tolerance: 0 })
    const ours = run(points, { clusterCount: 6, starts: Float32Array.from(starts.flat()), tolerance: 0 })
    const inertia = points.rows.reduce(
      (sum, row, i) => sum + squared(row, theirs.centroids[theirs.clusters[i]!]!),
      0,
    )
    expect(ours.inertia).toBeLessThanOrEqual(inertia * 1.0001)
  })

  it.each(seeds)('finds clear blobs from its own seeds, seed %i', seed => {
    const points = drawBlobs({ rowCount: 600, dim: 6, blobCount: 12, spread: 0.2, seed })
    const { assignments, converged } = run(points, { clusterCount: 12, seed })
    expect(converged).toBe(true)
    const pairs = new Set(points.blobs.map((blob, row) => `${blob} ${assignments[row]}`))
    expect(pairs.size).toBe(12)
  })

  it.each(seeds)('never gets worse by one more iteration, seed %i', seed => {
    const points = drawBlobs({ rowCount: 400, dim: 5, blobCount: 3, spread: 5, seed })
    const inertias = [1, 2, 3, 5, 8, 13].map(
      iterationsMax => run(points, { clusterCount: 9, seed, iterationsMax, tolerance: 0 }).inertia,
    )
    for (let i = 1; i < inertias.length; i++)
      expect(inertias[i]!).toBeLessThanOrEqual(inertias[i - 1]! * 1.00001)
  })

  it('gives a cluster without rows the row that is farthest from its centroid', () => {
    const points = { values: Float32Array.of(0, 0, 1, 0, 0, 1, 50, 50, 51, 50, 90, 0), dim: 2 }
    const starts = Float32Array.of(0, 0, 50, 50, 1000, 1000)
    const { counts, assignments, inertia } = run(points, { clusterCount: 3, starts })
    expect([...assignments]).toEqual([0, 0, 0, 1, 1, 2])
    expect([...counts]).toEqual([3, 2, 1])
    expect(inertia).toBeCloseTo(4 / 3 + 0.5, 4)
  })

  it('makes as many clusters as there are distinct rows when asked for more', () => {
    const values = Float32Array.of(...[1, 1, 2, 2, 1, 1, 2, 2, 1, 1, 3, 3])
    const found = run({ values, dim: 2 }, { clusterCount: 5 })
    expect(found.clusterCount).toBe(3)
    expect(found.inertia).toBe(0)
    expect([...found.counts].sort()).toEqual([1, 2, 3])
  })

  it('compares directions alone under cosine', () => {
    const { values, rows } = drawBlobs({ rowCount: 200, dim: 7, blobCount: 4, spread: 0.3, seed: 9 })
    const scaled = Float32Array.from(rows.flatMap((row, i) => row.map(value => value * (1 + (i % 5)))))
    const options = { clusterCount: 4, metric: 'cosine', seed: 3 } as const
    const plain = run({ values, dim: 7 }, options)
    const stretched = run({ values: scaled, dim: 7 }, options)
    expect([...stretched.assignments]).toEqual([...plain.assignments])
    for (const centroid of rowsOf({ values: plain.centroids, dim: 7 }))
      expect(Math.hypot(...centroid)).toBeCloseTo(1, 5)
    const cosine = (row: number[], centroid: number[]) =>
      row.reduce((sum, value, i) => sum + value * centroid[i]!, 0) / Math.hypot(...row)
    const centroids = rowsOf({ values: plain.centroids, dim: 7 })
    const inertia = rows.reduce((sum, row, i) => sum + 1 - cosine(row, centroids[plain.assignments[i]!]!), 0)
    expect(plain.inertia).toBeCloseTo(inertia, 3)
  })

  it('gives the same for the same seed, and leaves no memory behind', () => {
    const points = drawBlobs({ rowCount: 500, dim: 3, blobCount: 5, spread: 4, seed: 7 })
    const heldBytes = kernels.arena.heldBytes
    const first = run(points, { clusterCount: 8, seed: 42 })
    expect(run(points, { clusterCount: 8, seed: 42 })).toEqual(first)
    expect(kernels.arena.heldBytes).toBe(heldBytes)
  })

  it('lets go of its memory when it is left midway', () => {
    const points = drawBlobs({ rowCount: 500, dim: 3, blobCount: 5, spread: 4, seed: 7 })
    const heldBytes = kernels.arena.heldBytes
    const work = kmeans(kernels, points, { clusterCount: 8 })
    for (let chunk = 0; chunk < 9; chunk++) expect(work.next().done).toBe(false)
    work.return(undefined as never)
    expect(kernels.arena.heldBytes).toBe(heldBytes)
  })

  it('says what it can not take, and works on', () => {
    const points = drawBlobs({ rowCount: 20, dim: 4, blobCount: 2, spread: 1, seed: 1 })
    const bad: [Points, Partial<KmeansOptions>, RegExp][] = [
      [points, { clusterCount: 0 }, /clusterCount is 0/],
      [points, { clusterCount: 21 }, /clusterCount is 21: expected a whole number from 1 to 20/],
      [points, { clusterCount: 1.5 }, /clusterCount/],
      [points, { clusterCount: Number.NaN }, /clusterCount/],
      [points, { iterationsMax: 0 }, /iterationsMax/],
      [points, { tolerance: -1 }, /tolerance/],
      [points, { tolerance: Number.NaN }, /tolerance/],
      [points, { seed: -1 }, /seed/],
      [points, { metric: 'taxicab' as never }, /metric is taxicab/],
      [points, { starts: new Float32Array(4) }, /starts has 1 rows: expected 3/],
      [points, { starts: new Float32Array(5) }, /no whole rows/],
      [points, { starts: new Float32Array(12).fill(Number.NaN) }, /starts\[0\] is NaN/],
      [{ values: points.values, dim: 3 }, {}, /no whole rows of 3/],
      [{ values: points.values, dim: 0 }, {}, /dim/],
      [{ values: points.values, dim: 4097 }, {}, /dim/],
      [{ values: new Float32Array(0), dim: 4 }, {}, /0 rows/],
      [{ values: Float32Array.of(1, Number.NaN, 3, 4, 5, 6), dim: 2 }, {}, /points\[1\] is NaN/],
      [{ values: Float32Array.of(1, 2, 3, Number.NEGATIVE_INFINITY, 0, 0), dim: 2 }, {}, /points\[3\]/],
      [{ values: Float32Array.of(1, 2, 3, 1e20, 0, 0), dim: 2 }, {}, /within/],
      [{ values: Float32Array.of(1, 2, 0, 0, 5, 6), dim: 2 }, { metric: 'cosine' }, /row 1 is zero/],
    ]
    const heldBytes = kernels.arena.heldBytes
    for (const [input, options, message] of bad) {
      const attempt = () => run(input, { clusterCount: 3, ...options })
      expect(attempt, String(message)).toThrow(BadInput)
      expect(attempt).toThrow(message)
    }
    expect(kernels.arena.heldBytes).toBe(heldBytes)
    expect(run(points, { clusterCount: 2 }).clusterCount).toBe(2)
  })

  it('is out of memory before it computes, and works on', () => {
    const small = startKernels<KmeansExports>(module, { memoryBytesMax: 1 << 20 })
    const large = { values: new Float32Array(1 << 20), dim: 16 }
    expect(() => finish(kmeans(small, large, { clusterCount: 3 }))).toThrow(OutOfMemory)
    const points = drawBlobs({ rowCount: 20, dim: 4, blobCount: 2, spread: 1, seed: 1 })
    expect(finish(kmeans(small, points, { clusterCount: 2 })).clusterCount).toBe(2)
  })
})

it('finds the same by both binaries', () => {
  const points = drawBlobs({ rowCount: 700, dim: 10, blobCount: 6, spread: 1, seed: 5 })
  const [first, ...rest] = binaries.map(({ module }) =>
    finish(kmeans(startKernels<KmeansExports>(module), points, { clusterCount: 6, seed: 2 })),
  )
  for (const other of rest) {
    expect(other.assignments).toEqual(first!.assignments)
    expect(other.inertia / first!.inertia).toBeCloseTo(1, 5)
  }
})
