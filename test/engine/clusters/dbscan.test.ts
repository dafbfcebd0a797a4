import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { OutOfMemory } from '../../../src/engine/arena.ts'
import { BadInput } from '../../../src/engine/checks.ts'
import {
  type DbscanExports,
  type DbscanScanOptions,
  dbscan,
  dbscanThrough,
  type Neighbourhood,
} from '../../../src/engine/clusters/dbscan.ts'
import type { Points } from '../../../src/engine/clusters/points.ts'
import { startKernels } from '../../../src/engine/kernels.ts'
import { HnswIndex } from '../../../src/engine/vectors/hnsw.ts'
import { finish } from '../../../src/engine/work.ts'
import { binaries } from '../binaries.ts'
import { drawBlobs, rowsOf } from './drawn-points.ts'
import { dbscanTwin } from './twins/density.ts'
import { squared } from './twins/kmeans.ts'

interface Golden {
  name: string
  dim: number
  points: number[]
  radius: number
  neighbours_min: number
  dbscan: number[]
  cores: number[]
}

const goldens: Golden[] = JSON.parse(
  readFileSync(new URL('../../golden/density.json', import.meta.url), 'utf8'),
)
const seeds = [1, 2, 3, 4, 5, 6]

function scanOf(points: Points): Neighbourhood {
  const rows = rowsOf(points)
  return {
    rowCount: rows.length,
    neighbours: (row, radius) =>
      Uint32Array.from(
        rows.flatMap((other, i) => (squared(rows[row]!, other) <= radius * radius ? [i] : [])).reverse(),
      ),
  }
}

describe.each(binaries)('dbscan by $name', ({ module }) => {
  const kernels = startKernels<DbscanExports>(module)
  const run = (points: Points, options: DbscanScanOptions) => finish(dbscan(kernels, points, options))

  it.each(goldens)('finds what scikit-learn finds, border rows included: $name', golden => {
    const points = { values: Float32Array.from(golden.points), dim: golden.dim }
    const options = { radius: golden.radius, neighboursMin: golden.neighbours_min }
    const { labels, isCore, clusterCount } = run(points, options)
    expect([...labels]).toEqual(golden.dbscan)
    expect([...isCore].flatMap((core, row) => (core ? [row] : []))).toEqual(golden.cores)
    expect(clusterCount).toBe(Math.max(...golden.dbscan) + 1)
  })

  it.each(seeds)('does as its twin does, seed %i', seed => {
    const points = drawBlobs({ rowCount: 203, dim: seed, blobCount: 8, spread: 1, seed })
    const options = { radius: 0.5 * Math.sqrt(seed), neighboursMin: 2 + (seed % 4) }
    const { labels } = run(points, options)
    expect([...labels]).toEqual(dbscanTwin(points.rows, options.radius, options.neighboursMin))
  })

  it.each(seeds)('finds the same through a neighbourhood, seed %i', seed => {
    const points = drawBlobs({ rowCount: 203, dim: 2, blobCount: 8, spread: 1, seed })
    const options = { radius: 0.6, neighboursMin: 4 }
    expect(finish(dbscanThrough(scanOf(points), options))).toEqual(run(points, options))
  })

  it.each(['l2', 'cosine'] as const)('finds the same through a vector index by %s', metric => {
    const points = drawBlobs({ rowCount: 400, dim: 12, blobCount: 8, spread: 0.5, seed: 11 })
    const index = new HnswIndex(module, { dim: 12, metric })
    finish(index.insert(points.values))
    const neighbours = (row: number, radius: number) => index.neighbours(row, { radius }).ids
    const options = { radius: metric === 'l2' ? 2 : 0.004, neighboursMin: 4 }
    const found = finish(dbscanThrough({ rowCount: 400, neighbours }, options))
    expect(found.clusterCount).toBeGreaterThan(3)
    expect(found).toEqual(run(points, { ...options, metric }))
  })

  it('measures by cosine under cosine', () => {
    const angles = [0, 1, 2, 3, 4, 90, 91, 92, 93, 94, 45]
    const values = Float32Array.from(
      angles.flatMap((angle, i) => [
        (i + 1) * Math.cos((angle * Math.PI) / 180),
        (i + 1) * Math.sin((angle * Math.PI) / 180),
      ]),
    )
    const radius = 1 - Math.cos((2.5 * Math.PI) / 180)
    const { labels } = run({ values, dim: 2 }, { radius, neighboursMin: 3, metric: 'cosine' })
    expect([...labels]).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1, -1])
  })

  it('makes a cluster of each row when a row alone is dense enough, and one of rows on one spot', () => {
    const apart = { values: Float32Array.of(0, 10, 20), dim: 1 }
    expect([...run(apart, { radius: 1, neighboursMin: 1 }).labels]).toEqual([0, 1, 2])
    const together = { values: new Float32Array(300), dim: 3 }
    expect(new Set(run(together, { radius: 1e-9, neighboursMin: 100 }).labels)).toEqual(new Set([0]))
    expect(new Set(run(together, { radius: 1e-9, neighboursMin: 101 }).labels)).toEqual(new Set([-1]))
  })

  it('lets go of its memory when it is left midway', () => {
    const points = drawBlobs({ rowCount: 300, dim: 3, blobCount: 5, spread: 1, seed: 7 })
    const heldBytes = kernels.arena.heldBytes
    const work = dbscan(kernels, points, { radius: 1 })
    for (let chunk = 0; chunk < 45; chunk++) expect(work.next().done).toBe(false)
    work.return(undefined as never)
    expect(kernels.arena.heldBytes).toBe(heldBytes)
  })

  it('says what it can not take, and works on', () => {
    const points = drawBlobs({ rowCount: 20, dim: 4, blobCount: 2, spread: 1, seed: 1 })
    const bad: [Points, Partial<DbscanScanOptions>, RegExp][] = [
      [points, { radius: 0 }, /radius is 0/],
      [points, { radius: -1 }, /radius/],
      [points, { radius: Number.NaN }, /radius/],
      [points, { radius: Number.POSITIVE_INFINITY }, /radius/],
      [points, { neighboursMin: 0 }, /neighboursMin/],
      [points, { neighboursMin: 2.5 }, /neighboursMin/],
      [points, { metric: 'none' as never }, /metric/],
      [{ values: points.values, dim: 3 }, {}, /no whole rows/],
      [{ values: new Float32Array(0), dim: 4 }, {}, /0 rows/],
      [{ values: new Float32Array((1 << 18) + 1), dim: 1 }, {}, /number of rows/],
      [{ values: Float32Array.of(Number.NaN), dim: 1 }, {}, /NaN/],
      [{ values: Float32Array.of(0, 0), dim: 2 }, { metric: 'cosine' }, /row 0 is zero/],
    ]
    const heldBytes = kernels.arena.heldBytes
    for (const [input, options, message] of bad) {
      const attempt = () => run(input, { radius: 1, ...options })
      expect(attempt, String(message)).toThrow(BadInput)
      expect(attempt).toThrow(message)
    }
    expect(kernels.arena.heldBytes).toBe(heldBytes)
    const small = startKernels<DbscanExports>(module, { memoryBytesMax: 1 << 18 })
    const large = { values: new Float32Array(1 << 18), dim: 16 }
    expect(() => finish(dbscan(small, large, { radius: 1 }))).toThrow(OutOfMemory)
    expect(run(points, { radius: 1000 }).clusterCount).toBe(1)
  })
})

describe('dbscanThrough', () => {
  it('asks for each row once', () => {
    const points = drawBlobs({ rowCount: 203, dim: 2, blobCount: 8, spread: 1, seed: 3 })
    const asked: number[] = []
    const { neighbours, rowCount } = scanOf(points)
    const watched = {
      rowCount,
      neighbours: (row: number, radius: number) => {
        asked.push(row)
        return neighbours(row, radius)
      },
    }
    finish(dbscanThrough(watched, { radius: 0.6 }))
    expect(asked.sort((left, right) => left - right)).toEqual(Array.from({ length: 203 }, (_, row) => row))
  })

  it('finds the same whether or not a row is among its own neighbours', () => {
    const points = drawBlobs({ rowCount: 100, dim: 2, blobCount: 4, spread: 1, seed: 4 })
    const { neighbours, rowCount } = scanOf(points)
    const others = {
      rowCount,
      neighbours: (row: number, radius: number) => neighbours(row, radius).filter(other => other !== row),
    }
    const options = { radius: 0.6, neighboursMin: 3 }
    expect(finish(dbscanThrough(others, options))).toEqual(
      finish(dbscanThrough({ rowCount, neighbours }, options)),
    )
  })

  it('says so when a neighbour is no row', () => {
    const wrong = { rowCount: 3, neighbours: () => Uint32Array.of(0, 3) }
    expect(() => finish(dbscanThrough(wrong, { radius: 1 }))).toThrow(/neighbours of 0\[1\] is 3/)
    expect(() => finish(dbscanThrough({ ...wrong, rowCount: 0 }, { radius: 1 }))).toThrow(BadInput)
  })
})
