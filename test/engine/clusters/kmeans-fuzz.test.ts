// Rows of every odd kind through every face that clusters them: whatever they are, what comes out is a clustering, and the
// instance is as it was.

import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../bench/measure/random.ts'
import type { KmeansExports } from '../../../src/engine/clusters/clusters.ts'
import { type DbscanExports, dbscan } from '../../../src/engine/clusters/dbscan.ts'
import { type HdbscanExports, hdbscan } from '../../../src/engine/clusters/hdbscan.ts'
import { kmeans } from '../../../src/engine/clusters/kmeans.ts'
import { KmeansStream } from '../../../src/engine/clusters/kmeans-stream.ts'
import type { ClusterMetric, Points } from '../../../src/engine/clusters/points.ts'
import { type SilhouetteExports, silhouette } from '../../../src/engine/clusters/silhouette.ts'
import { startKernels } from '../../../src/engine/kernels.ts'
import { finish } from '../../../src/engine/work.ts'
import { binaries } from '../binaries.ts'

type Exports = KmeansExports & SilhouetteExports & DbscanExports & HdbscanExports

const kinds: Record<string, (random: () => number) => number> = {
  'small whole numbers': random => Math.floor(random() * 3),
  'almost all the same': random => (random() < 0.95 ? 1 : 1 + random() * 1e-6),
  'as large as may be': random => (random() < 0.5 ? 1e15 : -1e15) * (1 - random() * 1e-3),
  'vanishingly small': random => random() * 1e-38,
  'of all magnitudes': random => (random() - 0.5) * 10 ** (random() * 30 - 20),
  'far from the origin': random => 1e6 + random(),
}

function drawCase(kind: string, seed: number) {
  const random = seededRandom(seed * 7919)
  const below = (count: number) => Math.floor(random() * count)
  const dim = 1 + below(21)
  const rowCount = 2 + below(130)
  const values = Float32Array.from({ length: rowCount * dim }, () => kinds[kind]!(random))
  // under cosine no row may be zero
  for (let row = 0; row < rowCount; row++) values[row * dim] ||= 1e-3
  const metric: ClusterMetric = random() < 0.5 ? 'l2' : 'cosine'
  return {
    points: { values, dim } satisfies Points,
    rowCount,
    metric,
    clusterCount: 1 + below(rowCount),
    below,
  }
}

const cases = Object.keys(kinds).flatMap(kind =>
  Array.from({ length: 12 }, (_, seed) => ({ kind, seed: seed + 1 })),
)

describe.each(binaries)('clusters by $name', ({ module }) => {
  const kernels = startKernels<Exports>(module)
  const heldBytes = kernels.arena.heldBytes

  it.each(cases)('are found among rows that are $kind, seed $seed', ({ kind, seed }) => {
    const { points, rowCount, metric, clusterCount, below } = drawCase(kind, seed)
    const found = finish(
      kmeans(kernels, points, { clusterCount, metric, seed, tolerance: 0, iterationsMax: 40 }),
    )
    expect(found.clusterCount).toBeLessThanOrEqual(clusterCount)
    expect(found.assignments.every(cluster => cluster < found.clusterCount)).toBe(true)
    expect(found.counts.reduce((sum, count) => sum + count, 0)).toBe(rowCount)
    expect(found.centroids.every(Number.isFinite)).toBe(true)
    expect(found.inertia).toBeGreaterThanOrEqual(0)
    expect(found.inertia).toBeLessThan(Number.POSITIVE_INFINITY)

    const { widths } = finish(
      silhouette(kernels, points, found.assignments, { metric, sampleRowsMax: 2 + below(rowCount) }),
    )
    expect(widths.every(width => width >= -1 && width <= 1)).toBe(true)

    const stream = new KmeansStream({
      clusterCount,
      dim: points.dim,
      metric,
      seed,
      halfLifeRows: 1 + below(50),
    })
    for (let batch = 0; batch < 4; batch++)
      expect(stream.add(kernels, points).every(cluster => cluster < stream.clusterCount)).toBe(true)
    expect(stream.centroids.every(Number.isFinite)).toBe(true)
    expect(KmeansStream.fromBytes(stream.toBytes()).toBytes()).toEqual(stream.toBytes())

    const density = finish(
      dbscan(kernels, points, { radius: 10 ** (below(30) - 20), neighboursMin: 1 + below(6), metric }),
    )
    const tree = finish(
      hdbscan(kernels, points, {
        clusterRowsMin: 2 + below(9),
        metric,
        sampleRowsMax: 2 + below(2 * rowCount),
      }),
    )
    for (const { labels, clusterCount: most } of [density, tree]) {
      expect(labels.every(label => label >= -1 && label < most)).toBe(true)
      expect(new Set(labels.filter(label => label >= 0)).size).toBe(most)
    }
    expect(
      tree.strengths.every(
        (strength, row) => strength >= 0 && strength <= 1 && (strength === 0 || tree.labels[row]! >= 0),
      ),
    ).toBe(true)
    expect(kernels.arena.heldBytes).toBe(heldBytes)
  })
})
