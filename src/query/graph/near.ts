// What lies near a node: the nodes within some hops of it, and the events that mention any of them.

import { textCountOf } from '../../base/text-column.ts'
import type { NodeRef } from '../../segment/graph/name.ts'
import { Neighbourhoods } from './neighbourhoods.ts'
import { MetNodes } from './nodes.ts'
import { type GraphSource, rankSources } from './source.ts'
import { type Capped, cappedOf, startOf, type WalkQuestion } from './walk-items.ts'

export interface NearQuestion
  extends Pick<WalkQuestion, 'hops' | 'direction' | 'edgeTypes' | 'nodeTypes' | 'degreeMax'> {
  node: NodeRef
  /** nodes within reach, the nearest first and by the strongest edges */
  nodesMax: number
}

export interface NearAnswer {
  /** of each source in turn: docs within its scope, rising; none at all when nothing mentions the node */
  docs: Uint32Array[]
  nodeCount: number
  capped: Capped
}

/** The window is that of the sources. */
export async function docsNear(question: NearQuestion, sources: readonly GraphSource[]): Promise<NearAnswer> {
  const ranked = rankSources(sources)
  const nodes = new MetNodes()
  const around = new Neighbourhoods(ranked, nodes, question)
  const { known } = await startOf({ start: [question.node] }, nodes, ranked)
  const reached = new Set(known.map(({ node }) => node))
  let isOver = false
  let frontier = [...reached]
  for (let hops = 0; hops < question.hops && frontier.length > 0 && !isOver; hops++) {
    await around.read(frontier)
    const before = reached.size
    for (const node of frontier) {
      for (const { neighbour } of around.of(node)?.edges ?? []) {
        isOver ||= reached.size === question.nodesMax && !reached.has(neighbour)
        if (reached.size < question.nodesMax) reached.add(neighbour)
      }
    }
    frontier = [...reached].slice(before)
  }
  const names = nodes.names([...reached])
  const docs = await Promise.all(ranked.map(({ run, scope }) => run.docsOf(names, scope)))
  const capped = cappedOf(nodes, around.hubs, { limit: isOver, reach: around.isFull })
  return { docs, nodeCount: textCountOf(names), capped }
}
