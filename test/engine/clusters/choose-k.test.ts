import { describe, expect, it } from 'vitest'
import { BadInput } from '../../../src/engine/checks.ts'
import { type ChoiceOptions, chooseClusterCount } from '../../../src/engine/clusters/choose-k.ts'
import type { KmeansExports } from '../../../src/engine/clusters/clusters.ts'
import type { Points } from '../../../src/engine/clusters/points.ts'
import type { SilhouetteExports } from '../../../src/engine/clusters/silhouette.ts'
import { startKernels } from '../../../src/engine/kernels.ts'
import { finish } from '../../../src/engine/work.ts'
import { binaries } from '../binaries.ts'
import { drawBlobs } from './drawn-points.ts'

const seeds = [1, 2, 3, 4, 5]

describe.each(binaries)('chooseClusterCount by $name', ({ module }) => {
  const kernels = startKernels<KmeansExports & SilhouetteExports>(module)
  const run = (points: Points, options: ChoiceOptions) => finish(chooseClusterCount(kernels, points, options))

  it.each(seeds)('finds how many blobs there are, seed %i', seed => {
    const blobCount = 2 + seed
    const points = drawBlobs({ rowCount: 80 * blobCount, dim: 5, blobCount, spread: 0.5, seed })
    const { clustering, tried } = run(points, { clusterCountFrom: 2, clusterCountTo: 10, seed })
    expect(clustering.clusterCount).toBe(blobCount)
    expect(tried.map(({ clusterCount }) => clusterCount)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(Math.max(...tried.map(each => each.silhouette))).toBe(tried[blobCount - 2]!.silhouette)
  })

  it('shows by narrow silhouettes that there is no structure', () => {
    const points = drawBlobs({ rowCount: 600, dim: 12, blobCount: 1, spread: 1, seed: 6 })
    const { tried } = run(points, { clusterCountFrom: 2, clusterCountTo: 6 })
    for (const { silhouette: width } of tried) expect(width).toBeLessThan(0.25)
  })

  it('says what it can not take', () => {
    const points = drawBlobs({ rowCount: 10, dim: 2, blobCount: 2, spread: 1, seed: 1 })
    for (const [clusterCountFrom, clusterCountTo] of [
      [1, 4],
      [5, 4],
      [2, 10],
      [2, Number.NaN],
    ] as const)
      expect(() => run(points, { clusterCountFrom, clusterCountTo })).toThrow(BadInput)
    expect(() =>
      run({ values: Float32Array.of(1, 2), dim: 1 }, { clusterCountFrom: 2, clusterCountTo: 2 }),
    ).toThrow(/at least 3/)
  })
})
