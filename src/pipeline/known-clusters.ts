// What is known of the clusters of a stream, as plain data for those who ask.

import { toUtf8 } from '../base/bytes.ts'
import type { KnownClusters } from '../contract/clusters.ts'
import { noCluster } from '../segment/texts/clusters.ts'
import { behaviourDims, hourSlots, typeSlots } from './behaviour.ts'
import type { EntityClusterer } from './cluster-entities.ts'
import type { TextClusterer } from './cluster-texts.ts'

const typesMax = 5
/** A type that is told stands out by this much. */
const liftMin = 0.02

export function tellClusters(
  texts: TextClusterer | undefined,
  { model, entities, types }: EntityClusterer,
  entity: string | undefined,
): KnownClusters {
  const found = entity === undefined ? undefined : entities.find(toUtf8(entity))
  const { centroids } = model
  const clusterCount = centroids.length / behaviourDims
  const sizes = entities.sizes(clusterCount)
  const usual = usualOf(centroids, sizes)
  return {
    texts: texts && {
      space: texts.space,
      step: texts.model.step,
      dims: texts.model.dims,
      centroids: texts.model.centroids,
    },
    behaviour: {
      step: model.step,
      entities: entities.count,
      clusters: sizes.map((size, id) => {
        const centroid = centroids.subarray(id * behaviourDims, (id + 1) * behaviourDims)
        return {
          id,
          entities: size,
          types: typicalTypes(centroid, usual, types),
          hours: shares(centroid.subarray(typeSlots, typeSlots + hourSlots)),
          weekdays: shares(centroid.subarray(typeSlots + hourSlots)),
        }
      }),
    },
    entity: found && {
      cluster: found.cluster === noCluster ? undefined : found.cluster,
      events: found.events,
    },
  }
}

/** What all entities do, on average. */
function usualOf(centroids: Float32Array, sizes: readonly number[]): Float64Array {
  const usual = new Float64Array(behaviourDims)
  const all = Math.max(
    1,
    sizes.reduce((sum, size) => sum + size, 0),
  )
  for (const [id, size] of sizes.entries())
    for (let slot = 0; slot < behaviourDims; slot++)
      usual[slot]! += (size / all) * centroids[id * behaviourDims + slot]!
  return usual
}

function typicalTypes(centroid: Float32Array, usual: Float64Array, types: readonly string[]): string[] {
  return types
    .map((type, slot) => ({ type, lift: centroid[slot]! - usual[slot]! }))
    .filter(({ lift }) => lift >= liftMin)
    .sort((left, right) => right.lift - left.lift)
    .slice(0, typesMax)
    .map(({ type }) => type)
}

function shares(values: Float32Array): number[] {
  const sum = values.reduce((total, value) => total + value, 0)
  return Array.from(values, value => (sum === 0 ? 0 : Math.round((100 * value * values.length) / sum) / 100))
}
