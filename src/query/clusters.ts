// What a stream's clusters are, told by what can be found now: a cluster of texts is as large as the events in live runs
// that say a text of it, and is labelled with the texts nearest to its middle. So an evicted segment is in none of it.

import { fromUtf8 } from '../base/bytes.ts'
import type { ClustersAnswer, ClustersRequest, KnownClusters, TextCluster } from '../contract/clusters.ts'
import { runsOf, type TextRun } from './runs.ts'
import { askOfWhole } from './set-aside.ts'
import { asOf, type QueryContext } from './snapshot.ts'

const labelsMax = 3
/** Runs whose texts may be labels: the newest, since each costs a search for each cluster. */
const labelRunsMax = 4
const labelCharsMax = 200

export async function askClusters(
  { entity, ...name }: ClustersRequest,
  context: QueryContext,
): Promise<ClustersAnswer> {
  const known = await context.openRuns.clusters(name, entity)
  const { answer, partial } = await askOfWhole(async aside => {
    const { moment, texts } = await runsOf(name, context, aside)
    return { texts: known.texts && (await tellTexts(known.texts, texts)), asOf: asOf(moment) }
  }, context.onCorrupt)
  return { ...known, ...answer, partial }
}

async function tellTexts(
  { space, step, dims, centroids }: NonNullable<KnownClusters['texts']>,
  runs: readonly TextRun[],
): Promise<ClustersAnswer['texts']> {
  const sizes = await Promise.all(runs.map(run => run.texts.clusterSizes(run.place.docUntil)))
  const labelled = runs.filter(run => run.space === space).slice(-labelRunsMax)
  const clusters: TextCluster[] = []
  for (let id = 0; id < centroids.length / dims; id++) {
    const centroid = centroids.slice(id * dims, (id + 1) * dims)
    const events = sizes.reduce((sum, counts) => sum + (counts[id] ?? 0), 0)
    clusters.push({ id, events, texts: await nearestTexts(centroid, labelled) })
  }
  return { space, step, clusters }
}

async function nearestTexts(centroid: Float32Array, runs: readonly TextRun[]): Promise<string[]> {
  // opposite rows leave a centroid of no direction: nothing is near to it
  if (!centroid.some(value => value !== 0)) return []
  const found = await Promise.all(
    runs.map(async ({ vectors, place, texts }) => {
      const hits = await vectors!.nearest(centroid, { k: labelsMax, ...untilOf(place.textUntil) })
      const column = await texts.texts(hits.texts)
      return Array.from(hits.distances, (distance, i) => ({
        distance,
        text: fromUtf8(column.data.subarray(column.offsets[i]!, column.offsets[i + 1]!)),
      }))
    }),
  )
  const nearest = found.flat().sort((left, right) => left.distance - right.distance)
  return [...new Set(nearest.map(({ text }) => text.slice(0, labelCharsMax)))].slice(0, labelsMax)
}

function untilOf(textUntil: number): { textUntil?: number } {
  return textUntil === Number.POSITIVE_INFINITY ? {} : { textUntil }
}
