// What a walk is asked and what it tells.

import type { NodeRef } from '../../segment/graph/name.ts'
import type { Direction } from '../../segment/graph/run.ts'
import type { JoinedEdge } from './joined-edges.ts'
import type { GraphNode, MetNodes } from './nodes.ts'
import type { RankedSource } from './source.ts'
import type { GraphEdge } from './tell-edges.ts'

export interface WalkQuestion {
  start: readonly NodeRef[]
  strategy: 'bfs' | 'random' | 'ppr'
  /** bfs: levels; random: steps of each walk; ppr goes as far as its scores reach */
  hops: number
  direction: Direction
  edgeTypes?: readonly string[] | undefined
  /** of nodes that are gone to; any unless told */
  nodeTypes?: readonly string[] | undefined
  /** bfs: edges; random and ppr: nodes */
  limit: number
  /** edges of a node that are followed: those of the highest counts */
  degreeMax: number
  evidenceMax: number
  /** random: same seed, same walks */
  seed: number
}

export interface WalkNode extends GraphNode {
  /** bfs: from the nearest start */
  hops?: number
  /** random: how often walks came by */
  visits?: number
  /** ppr: all scores of a graph add up to 1 */
  score?: number
}

export type WalkItem = { kind: 'node'; node: WalkNode } | { kind: 'edge'; edge: GraphEdge }

export interface WalkEnd {
  /** start nodes that no event of the scope mentions */
  unknown: NodeRef[]
  capped: Capped
}

export interface Capped {
  /** nodes of a higher degree than is followed; the first of them */
  hubs: NodeRef[]
  hubCount: number
  /** there was more to tell */
  limit: boolean
  /** there may have been more to read: as many edges as a walk may hold were read */
  reach: boolean
}

export interface WalkAnswer extends WalkEnd {
  nodes: WalkNode[]
  edges: GraphEdge[]
}

const hubsToldMax = 100

export function cappedOf(
  nodes: MetNodes,
  hubs: readonly number[],
  { limit, reach }: { limit: boolean; reach: boolean },
): Capped {
  return {
    hubs: hubs.slice(0, hubsToldMax).map(node => nodes.ref(node)),
    hubCount: hubs.length,
    ...{ limit, reach },
  }
}

/** One name an edge, whichever of its nodes it is seen from. */
export function edgeName({ from, to, type }: JoinedEdge): string {
  return `${from} ${type} ${to}`
}

/** Start nodes, each once: those that events mention, and the others. */
export async function startOf(
  { start }: Pick<WalkQuestion, 'start'>,
  nodes: MetNodes,
  sources: readonly RankedSource[],
): Promise<{ known: { node: number; told: GraphNode }[]; unknown: NodeRef[] }> {
  const distinct = [...new Set(start.map(node => nodes.numberOf(node)))]
  const told = await nodes.tell(distinct, sources)
  const all = distinct.map((node, i) => ({ node, told: told[i]! }))
  return {
    known: all.filter(({ told }) => told.count > 0),
    unknown: all.filter(({ told }) => told.count === 0).map(({ node }) => nodes.ref(node)),
  }
}
