// One node: what is known of it, how it is linked, and by which events.

import type { NodeRef } from '../../segment/graph/name.ts'
import type { Degree } from './joined-edges.ts'
import { Neighbourhoods } from './neighbourhoods.ts'
import { type DescribedNode, MetNodes } from './nodes.ts'
import { type GraphSource, rankSources } from './source.ts'
import { type GraphEdge, tellEdges } from './tell-edges.ts'

export interface NodeQuestion extends NodeRef {
  /** strongest edges that are told */
  edgesMax: number
  evidenceMax: number
}

export interface NodeAnswer extends DescribedNode {
  /** distinct edges by type and direction; one to itself counts in both */
  degrees: Degree[]
  /** strongest first */
  edges: GraphEdge[]
  /** there are more edges */
  isCapped: boolean
}

/** @returns undefined when no event of the scope mentions it. The window is that of the sources */
export async function readNode(
  { edgesMax, evidenceMax, ...node }: NodeQuestion,
  sources: readonly GraphSource[],
): Promise<NodeAnswer | undefined> {
  const ranked = rankSources(sources)
  const nodes = new MetNodes()
  const number = nodes.numberOf(node)
  const around = new Neighbourhoods(ranked, nodes, { direction: 'both', degreeMax: edgesMax })
  const [described] = await Promise.all([nodes.describe(number, ranked, evidenceMax), around.read([number])])
  if (described.count === 0) return undefined
  const { degrees, edges, isCapped } = around.of(number)!
  return { ...described, degrees: [...degrees], edges: await tellEdges(edges, nodes, evidenceMax), isCapped }
}
