// How many clusters: the number whose silhouette is widest on average (Rousseeuw 1987). Of the usual methods it needs no
// reference data, as the gap statistic does, and no eye for a bend, as the elbow does. It can't say that there is but one
// cluster: widths below 0.25 everywhere say so (Kaufman & Rousseeuw 1990).

import { demandWhole } from '../checks.ts'
import type { Kernels } from '../kernels.ts'
import type { Work } from '../work.ts'
import type { KmeansExports } from './clusters.ts'
import { type Clustering, clusterCountMax, type KmeansOptions, kmeans } from './kmeans.ts'
import { demandPoints, type Points } from './points.ts'
import { type SilhouetteExports, type SilhouetteOptions, silhouette } from './silhouette.ts'

export interface ChoiceOptions
  extends Omit<KmeansOptions, 'clusterCount' | 'starts'>,
    Pick<SilhouetteOptions, 'sampleRowsMax'> {
  /** 2 or more */
  clusterCountFrom: number
  /** inclusive, below the number of rows */
  clusterCountTo: number
}

export interface Choice {
  /** the one with the widest silhouette, the smaller on a tie */
  clustering: Clustering
  /** what was tried, by rising `clusterCount` */
  tried: { clusterCount: number; silhouette: number; inertia: number }[]
}

/**
 * K-means for each number of clusters of a range, compared on one seeded sample. Takes as long as all of them together.
 *
 * @throws BadInput for a range that is none, and as `kmeans` and `silhouette` do
 * @throws OutOfMemory
 */
export function* chooseClusterCount(
  kernels: Kernels<KmeansExports & SilhouetteExports>,
  points: Points,
  options: ChoiceOptions,
): Work<Choice> {
  const { clusterCountFrom, clusterCountTo, ...rest } = options
  const rowCount = demandPoints('points', points, 3)
  const most = Math.min(clusterCountMax, rowCount - 1)
  demandWhole('clusterCountFrom', clusterCountFrom, { min: 2, max: most })
  demandWhole('clusterCountTo', clusterCountTo, { min: clusterCountFrom, max: most })
  const tried: Choice['tried'] = []
  let best: { clustering: Clustering; width: number } | undefined
  for (let clusterCount = clusterCountFrom; clusterCount <= clusterCountTo; clusterCount++) {
    const share = (clusterCount - clusterCountFrom) / (clusterCountTo - clusterCountFrom + 1)
    yield { step: 'choose', share }
    const clustering = yield* kmeans(kernels, points, { ...rest, clusterCount })
    const { mean: width } = yield* silhouette(kernels, points, clustering.assignments, rest)
    tried.push({ clusterCount, silhouette: width, inertia: clustering.inertia })
    if (!best || width > best.width) best = { clustering, width }
  }
  return { clustering: best!.clustering, tried }
}
