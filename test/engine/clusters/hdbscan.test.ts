import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../bench/measure/random.ts'
import { OutOfMemory } from '../../../src/engine/arena.ts'
import { BadInput } from '../../../src/engine/checks.ts'
import { type HdbscanExports, type HdbscanOptions, hdbscan } from '../../../src/engine/clusters/hdbscan.ts'
import type { Points } from '../../../src/engine/clusters/points.ts'
import { startKernels } from '../../../src/engine/kernels.ts'
import { finish } from '../../../src/engine/work.ts'
import { binaries } from '../binaries.ts'
import { drawBlobs, renamed } from './drawn-points.ts'
import { hdbscanTwin } from './twins/density.ts'

interface Golden {
  name: string
  dim: number
  points: number[]
  neighbours_min: number
  cluster_rows_min: number
  hdbscan?: number[]
  strengths: number[]
}

const goldens: Golden[] = JSON.parse(
  readFileSync(new URL('../../golden/density.json', import.meta.url), 'utf8'),
)
const seeds = [1, 2, 3, 4, 5, 6]

describe.each(binaries)('hdbscan by $name', ({ module }) => {
  const kernels = startKernels<HdbscanExports>(module)
  const run = (points: Points, options?: HdbscanOptions) => finish(hdbscan(kernels, points, options))

  it.each(goldens.filter(golden => golden.hdbscan))('finds what scikit-learn finds: $name', golden => {
    const points = { values: Float32Array.from(golden.points), dim: golden.dim }
    const { labels, strengths, sample } = run(points, {
      clusterRowsMin: golden.cluster_rows_min,
      neighboursMin: golden.neighbours_min,
    })
    expect(renamed(labels)).toEqual(renamed(golden.hdbscan!))
    for (const [row, strength] of golden.strengths.entries()) expect(strengths[row]).toBeCloseTo(strength, 4)
    expect(sample).toBeUndefined()
  })

  it.each(seeds)('does as its twin does, seed %i', seed => {
    const points = drawBlobs({ rowCount: 121, dim: 1 + seed, blobCount: 5, spread: 1.5, seed })
    const { labels } = run(points, { clusterRowsMin: 4 + seed, neighboursMin: 3 })
    expect(renamed(labels)).toEqual(renamed(hdbscanTwin(points.rows, 4 + seed, 3)))
  })

  it.each(seeds)('does as its twin does where there is nothing to find, seed %i', seed => {
    const points = drawBlobs({ rowCount: 121, dim: 2, blobCount: 1, spread: 3, seed })
    expect(renamed(run(points).labels)).toEqual(renamed(hdbscanTwin(points.rows, 5, 5)))
  })

  it.each(seeds)('finds the same in whatever order the rows come, seed %i', seed => {
    const { rows, dim } = drawBlobs({ rowCount: 300, dim: 2, blobCount: 6, spread: 2, seed })
    const random = seededRandom(seed)
    const order = rows.map((_, row) => ({ row, key: random() })).sort((left, right) => left.key - right.key)
    const values = Float32Array.from(order.flatMap(({ row }) => rows[row]!))
    const shuffled = run({ values, dim }).labels
    const back = rows.map(() => 0)
    for (const [i, { row }] of order.entries()) back[row] = shuffled[i]!
    expect(renamed(back)).toEqual(renamed(run({ values: Float32Array.from(rows.flat()), dim }).labels))
  })

  it.each(seeds)('finds blobs of different densities without being told a radius, seed %i', seed => {
    const dense = drawBlobs({ rowCount: 150, dim: 3, blobCount: 1, spread: 0.05, seed })
    const wide = drawBlobs({ rowCount: 150, dim: 3, blobCount: 1, spread: 1.5, seed: seed + 100 })
    const values = Float32Array.from([...dense.values, ...wide.values.map(value => value + 40)])
    const { labels, clusterCount } = run({ values, dim: 3 }, { clusterRowsMin: 30 })
    expect(clusterCount).toBe(2)
    const [first, second] = [labels.subarray(0, 150), labels.subarray(150)]
    expect(first.filter(label => label === 0).length).toBeGreaterThan(130)
    expect(second.filter(label => label === 1).length).toBeGreaterThan(130)
  })

  it.each(seeds)('clusters a sample and lets the other rows follow, seed %i', seed => {
    const points = drawBlobs({ rowCount: 2000, dim: 4, blobCount: 4, spread: 0.3, seed })
    const { labels, strengths, sample, clusterCount } = run(points, {
      clusterRowsMin: 10,
      sampleRowsMax: 400,
      seed,
    })
    expect(sample!.length).toBe(400)
    const distinct = new Set(points.blobs).size
    expect(clusterCount).toBe(distinct)
    const pairs = new Set(
      points.blobs.flatMap((blob, row) => (labels[row] === -1 ? [] : [`${blob} ${labels[row]}`])),
    )
    expect(pairs.size).toBe(distinct)
    expect(labels.filter(label => label >= 0).length).toBeGreaterThan(1500)
    expect(
      strengths.every(
        (strength, row) => strength >= 0 && strength <= 1 && strength > 0 === labels[row]! >= 0,
      ),
    ).toBe(true)
    expect(run(points, { clusterRowsMin: 10, sampleRowsMax: 400, seed }).labels).toEqual(labels)
  })

  it('takes rows on one spot, a single row, and fewer rows than a cluster needs', () => {
    expect([...run({ values: Float32Array.of(1, 2), dim: 2 }).labels]).toEqual([-1])
    expect([...run({ values: Float32Array.of(1, 2, 3), dim: 1 }).labels]).toEqual([-1, -1, -1])
    expect(run({ values: new Float32Array(60), dim: 2 }).clusterCount).toBe(0)
    const spots = Float32Array.from({ length: 40 }, (_, row) => (row < 20 ? 1 : 9))
    const { labels, strengths } = run({ values: spots, dim: 1 })
    expect([...labels]).toEqual([...spots].map(spot => (spot === 1 ? 0 : 1)))
    expect(new Set(strengths)).toEqual(new Set([1]))
  })

  it('compares directions alone under cosine', () => {
    const { rows, dim } = drawBlobs({ rowCount: 300, dim: 5, blobCount: 3, spread: 0.5, seed: 8 })
    const values = Float32Array.from(rows.flatMap((row, i) => row.map(value => value * (1 + (i % 7)))))
    const options = { clusterRowsMin: 20, metric: 'cosine' } as const
    const stretched = run({ values, dim }, options)
    expect(stretched.clusterCount).toBe(3)
    expect(renamed(stretched.labels)).toEqual(
      renamed(run({ values: Float32Array.from(rows.flat()), dim }, options).labels),
    )
  })

  it('lets go of its memory when it is left midway', () => {
    const points = drawBlobs({ rowCount: 300, dim: 3, blobCount: 5, spread: 1, seed: 7 })
    const heldBytes = kernels.arena.heldBytes
    for (const chunks of [1, 20, 39]) {
      const work = hdbscan(kernels, points)
      for (let chunk = 0; chunk < chunks; chunk++) expect(work.next().done).toBe(false)
      work.return(undefined as never)
      expect(kernels.arena.heldBytes).toBe(heldBytes)
    }
  })

  it('says what it can not take, and works on', () => {
    const points = drawBlobs({ rowCount: 20, dim: 4, blobCount: 2, spread: 1, seed: 1 })
    const bad: [Points, HdbscanOptions, RegExp][] = [
      [points, { clusterRowsMin: 1 }, /clusterRowsMin/],
      [points, { clusterRowsMin: Number.NaN }, /clusterRowsMin/],
      [points, { neighboursMin: 0 }, /neighboursMin/],
      [points, { neighboursMin: 5000 }, /neighboursMin/],
      [points, { sampleRowsMax: 1 }, /sampleRowsMax/],
      [points, { sampleRowsMax: 100_000 }, /sampleRowsMax/],
      [points, { seed: -3 }, /seed/],
      [points, { metric: 'none' as never }, /metric/],
      [{ values: points.values, dim: 3 }, {}, /no whole rows/],
      [{ values: new Float32Array(0), dim: 4 }, {}, /0 rows/],
      [{ values: Float32Array.of(Number.NaN), dim: 1 }, {}, /NaN/],
      [{ values: Float32Array.of(0, 0), dim: 2 }, { metric: 'cosine' }, /row 0 is zero/],
    ]
    const heldBytes = kernels.arena.heldBytes
    for (const [input, options, message] of bad) {
      const attempt = () => run(input, options)
      expect(attempt, String(message)).toThrow(BadInput)
      expect(attempt).toThrow(message)
    }
    expect(kernels.arena.heldBytes).toBe(heldBytes)
    const small = startKernels<HdbscanExports>(module, { memoryBytesMax: 1 << 18 })
    const large = { values: new Float32Array(1 << 18), dim: 16 }
    expect(() => finish(hdbscan(small, large))).toThrow(OutOfMemory)
    expect(small.arena.regions.length).toBe(0)
    expect(run(points).labels.length).toBe(20)
  })
})

it('finds the same by both binaries', () => {
  const points = drawBlobs({ rowCount: 300, dim: 10, blobCount: 6, spread: 1, seed: 5 })
  const [first, ...rest] = binaries.map(({ module }) =>
    finish(hdbscan(startKernels<HdbscanExports>(module), points)),
  )
  for (const other of rest) {
    expect(other.labels).toEqual(first!.labels)
    for (const [row, strength] of first!.strengths.entries())
      expect(other.strengths[row]).toBeCloseTo(strength, 4)
  }
})
