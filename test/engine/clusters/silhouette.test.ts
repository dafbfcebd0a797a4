import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { OutOfMemory } from '../../../src/engine/arena.ts'
import { BadInput } from '../../../src/engine/checks.ts'
import type { Points } from '../../../src/engine/clusters/points.ts'
import {
  type SilhouetteExports,
  type SilhouetteOptions,
  silhouette,
} from '../../../src/engine/clusters/silhouette.ts'
import { startKernels } from '../../../src/engine/kernels.ts'
import { finish } from '../../../src/engine/work.ts'
import { binaries } from '../binaries.ts'
import { drawBlobs } from './drawn-points.ts'
import { silhouettes } from './twins/kmeans.ts'

const goldens: {
  name: string
  dim: number
  points: number[]
  assignments: number[]
  silhouettes: number[]
}[] = JSON.parse(readFileSync(new URL('../../golden/kmeans.json', import.meta.url), 'utf8'))
const seeds = [1, 2, 3, 4, 5]

describe.each(binaries)('silhouette by $name', ({ module }) => {
  const kernels = startKernels<SilhouetteExports>(module)
  const run = (points: Points, assignments: Uint32Array, options?: SilhouetteOptions) =>
    finish(silhouette(kernels, points, assignments, options))

  it.each(goldens)('finds what scikit-learn finds: $name', golden => {
    const points = { values: Float32Array.from(golden.points), dim: golden.dim }
    const { widths } = run(points, Uint32Array.from(golden.assignments))
    for (const [row, width] of golden.silhouettes.entries())
      expect(Math.abs(widths[row]! - width)).toBeLessThan(2e-4)
  })

  it.each(seeds)('is exact on its sample, seed %i', seed => {
    const points = drawBlobs({ rowCount: 400, dim: 3, blobCount: 7, spread: 2, seed })
    const { mean, rows, widths } = run(points, Uint32Array.from(points.blobs), { sampleRowsMax: 90, seed })
    expect(new Set(rows).size).toBe(90)
    expect([...rows]).toEqual([...rows].sort((left, right) => left - right))
    const twin = silhouettes(
      [...rows].map(row => points.rows[row]!),
      [...rows].map(row => points.blobs[row]!),
    )
    for (const [i, width] of twin.entries()) expect(widths[i]).toBeCloseTo(width, 4)
    expect(mean).toBeCloseTo(twin.reduce((sum, width) => sum + width, 0) / 90, 5)
  })

  it('measures by cosine under cosine', () => {
    const points = { values: Float32Array.of(1, 0, 5, 0.1, 0, 2, 0.1, 3), dim: 2 }
    const { widths } = run(points, Uint32Array.of(0, 0, 1, 1), { metric: 'cosine' })
    const cosine = (a: number, b: number, c: number, d: number) =>
      1 - (a * c + b * d) / (Math.hypot(a, b) * Math.hypot(c, d))
    const within = cosine(1, 0, 5, 0.1)
    const around = (cosine(1, 0, 0, 2) + cosine(1, 0, 0.1, 3)) / 2
    expect(widths[0]).toBeCloseTo((around - within) / around, 5)
  })

  it('is 0 for one cluster alone, and for a row that is alone in its cluster', () => {
    const points = { values: Float32Array.of(1, 2, 3, 9), dim: 1 }
    expect([...run(points, Uint32Array.of(4, 4, 4, 4)).widths]).toEqual([0, 0, 0, 0])
    expect(run(points, Uint32Array.of(0, 0, 0, 1)).widths[3]).toBe(0)
  })

  it('says what it can not take, and works on', () => {
    const points = { values: Float32Array.of(1, 2, 3, 9), dim: 1 }
    const bad: [Points, number[], SilhouetteOptions, RegExp][] = [
      [points, [0, 1, 1], {}, /assignments has 3 entries: expected 4/],
      [points, [0, 1, 1, 65_536], {}, /largest cluster id/],
      [points, [0, 1, 1, 0xffff_ffff], {}, /largest cluster id/],
      [points, [0, 1, 1, 1], { sampleRowsMax: 1 }, /sampleRowsMax/],
      [points, [0, 1, 1, 1], { seed: 0.5 }, /seed/],
      [points, [0, 1, 1, 1], { metric: 'none' as never }, /metric/],
      [{ values: Float32Array.of(1), dim: 1 }, [0], {}, /at least 2/],
      [{ values: Float32Array.of(1, Number.NaN), dim: 1 }, [0, 1], {}, /NaN/],
      [{ values: Float32Array.of(1, 0), dim: 1 }, [0, 1], { metric: 'cosine' }, /row 1 is zero/],
    ]
    const heldBytes = kernels.arena.heldBytes
    for (const [input, assignments, options, message] of bad) {
      const attempt = () => run(input, Uint32Array.from(assignments), options)
      expect(attempt, String(message)).toThrow(BadInput)
      expect(attempt).toThrow(message)
    }
    const small = startKernels<SilhouetteExports>(module, { memoryBytesMax: 1 << 18 })
    const many = { values: new Float32Array(1 << 18).fill(1), dim: 64 }
    expect(() => finish(silhouette(small, many, new Uint32Array(1 << 12)))).toThrow(OutOfMemory)
    expect(kernels.arena.heldBytes).toBe(heldBytes)
    expect(run(points, Uint32Array.of(0, 0, 0, 1)).rows.length).toBe(4)
  })
})
