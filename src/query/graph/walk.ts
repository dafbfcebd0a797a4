// A walk through the graph: from some nodes on, in one of three ways, told node by node and edge by edge as it is found.

import { walkInBreadth } from './breadth.ts'
import { walkByRank } from './page-rank.ts'
import { walkAtRandom } from './random-walk.ts'
import { type GraphSource, rankSources } from './source.ts'
import type { GraphEdge } from './tell-edges.ts'
import type { WalkAnswer, WalkEnd, WalkItem, WalkNode, WalkQuestion } from './walk-items.ts'

/** Items in their order; what was found out about the walk as a whole is returned at its end. The window is that of the sources. */
export function walk(
  question: WalkQuestion,
  sources: readonly GraphSource[],
): AsyncGenerator<WalkItem, WalkEnd> {
  return ways[question.strategy](question, rankSources(sources))
}

const ways = { bfs: walkInBreadth, random: walkAtRandom, ppr: walkByRank } as const

/** A walk as a whole. */
export async function collectWalk(items: AsyncGenerator<WalkItem, WalkEnd>): Promise<WalkAnswer> {
  const nodes: WalkNode[] = []
  const edges: GraphEdge[] = []
  for (;;) {
    const { done, value } = await items.next()
    if (done) return { nodes, edges, ...value }
    if (value.kind === 'node') nodes.push(value.node)
    else edges.push(value.edge)
  }
}
