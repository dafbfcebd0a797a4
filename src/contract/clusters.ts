// What groups the texts and the entities of a stream fall into, as the routes see it.

import type { AsOf } from './service.ts'

export interface ClustersRequest {
  tenant: string
  stream: string
  /** an entity whose cluster is told too */
  entity?: string
}

export interface TextCluster {
  id: number
  /** live events whose text was given this cluster */
  events: number
  /** those nearest to its middle */
  texts: string[]
}

export interface BehaviourCluster {
  id: number
  entities: number
  /** what its entities do more than others, the most telling first */
  types: string[]
  /** how much of what they do falls into each two hours of the day (UTC) and each day from Monday; 1 is as much as any */
  hours: number[]
  weekdays: number[]
}

export interface ClustersAnswer extends Omit<KnownClusters, 'texts'> {
  texts: { space: string; step: number; clusters: TextCluster[] } | undefined
  partial: boolean
  asOf: AsOf
}

/** What the models of a stream say. `step` counts a model's moves: it is its version. */
export interface KnownClusters {
  /** undefined where texts are not embedded as they come */
  texts: { space: string; step: number; dims: number; centroids: Float32Array } | undefined
  behaviour: { step: number; entities: number; clusters: BehaviourCluster[] }
  /** undefined where it was not asked for, is not known, or no longer; its cluster, where it has too few events for one */
  entity: { cluster: number | undefined; events: number } | undefined
}
