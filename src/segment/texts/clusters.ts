// Which cluster each text was given when it first came to its run. The model moves on, what was said of a text stays: with
// the cluster stands how far the model was.

import { assert } from '../../base/assert.ts'
import type { Sections } from '../sections.ts'

/** A text without a vector, or from before there was a model. */
export const noCluster = 0xffff

/** By text. */
export interface TextClusters {
  /** u16: its cluster, or noCluster */
  clusters: Uint16Array
  /** u32: batches that the model had taken in, the text's own among them; 0 beside noCluster */
  steps: Uint32Array
}

export function withoutClusters(textCount: number): TextClusters {
  return { clusters: new Uint16Array(textCount).fill(noCluster), steps: new Uint32Array(textCount) }
}

/** The sections of a part; none where no text has a cluster. */
export function clusterSections({ clusters, steps }: TextClusters) {
  if (!clusters.some(cluster => cluster !== noCluster)) return []
  return [
    { name: 'clusters', element: 'u16', numbers: clusters },
    { name: 'cluster_steps', element: 'u32', numbers: steps },
  ] as const
}

/** @throws CorruptPart */
export async function readClusters(sections: Sections): Promise<TextClusters> {
  if (!sections.has('clusters')) return withoutClusters(sections.count('hashes'))
  const [clusters, steps] = await Promise.all([
    sections.read('clusters', 'u16'),
    sections.read('cluster_steps', 'u32'),
  ])
  return { clusters, steps }
}

export function clustersOf({ clusters, steps }: TextClusters, ids: Uint32Array): TextClusters {
  return {
    clusters: Uint16Array.from(ids, id => clusters[id]!),
    steps: Uint32Array.from(ids, id => steps[id]!),
  }
}

/**
 * @param docCountOf  how many docs a text has
 * @returns u32[clusters]: docs of each cluster, up to the last that has a text
 */
export function docsByCluster(
  { clusters }: Pick<TextClusters, 'clusters'>,
  docCountOf: (text: number) => number,
): Uint32Array {
  const known = clusters.reduce(
    (max, cluster) => (cluster === noCluster ? max : Math.max(max, cluster + 1)),
    0,
  )
  const counts = new Uint32Array(known)
  for (const [text, cluster] of clusters.entries())
    if (cluster !== noCluster) counts[cluster]! += docCountOf(text)
  return counts
}

/** The clusters of merged texts: what the first run that has a text says of it. */
export class MergedClusters {
  readonly #clusters: number[] = []
  readonly #steps: number[] = []

  /** @param ids  what the run's texts are called now; those that are new follow the known */
  add({ clusters, steps }: TextClusters, ids: Uint32Array): void {
    for (const [text, id] of ids.entries()) {
      if (id < this.#clusters.length) continue
      assert(id === this.#clusters.length, 'new texts are numbered as they come')
      this.#clusters.push(clusters[text]!)
      this.#steps.push(steps[text]!)
    }
  }

  finish(): TextClusters {
    return { clusters: Uint16Array.from(this.#clusters), steps: Uint32Array.from(this.#steps) }
  }
}
