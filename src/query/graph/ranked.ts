// Telling what a walk ranked: its first nodes, and the edges among them.

import type { NodeRef } from '../../segment/graph/name.ts'
import type { JoinedEdge } from './joined-edges.ts'
import type { Neighbourhoods } from './neighbourhoods.ts'
import type { MetNodes } from './nodes.ts'
import type { RankedSource } from './source.ts'
import { tellEdges } from './tell-edges.ts'
import {
  cappedOf,
  edgeName,
  type WalkEnd,
  type WalkItem,
  type WalkNode,
  type WalkQuestion,
} from './walk-items.ts'

/** Edges that are told among nodes that are. */
const rankedEdgesMax = 10_000

interface Ranking {
  /** by node; only what is above 0 */
  ranked: ReadonlyMap<number, number>
  /** how a node tells its rank */
  tell: (rank: number) => Partial<WalkNode>
  question: WalkQuestion
  unknown: NodeRef[]
}

interface Read {
  nodes: MetNodes
  around: Neighbourhoods
  sources: readonly RankedSource[]
}

/** The highest first; of equal ones by name. */
export async function* tellRanked(
  { ranked, tell, question, unknown }: Ranking,
  { nodes, around, sources }: Read,
): AsyncGenerator<WalkItem, WalkEnd> {
  const order = [...ranked].sort(([a, left], [b, right]) => right - left || nodes.compare(a, b))
  const first = order.slice(0, question.limit)
  const told = await nodes.tell(
    first.map(([node]) => node),
    sources,
  )
  for (const [i, [, rank]] of first.entries()) yield { kind: 'node', node: { ...told[i]!, ...tell(rank) } }

  const edges = edgesAmong(
    first.map(([node]) => node),
    around,
  )
  const strongest = edges.slice(0, rankedEdgesMax)
  for (const edge of await tellEdges(strongest, nodes, question.evidenceMax)) yield { kind: 'edge', edge }
  const limit = order.length > first.length || edges.length > strongest.length
  return { unknown, capped: cappedOf(nodes, around.hubs, { limit, reach: around.isFull }) }
}

/** Edges that were read and whose both ends are among the nodes, each once. */
function edgesAmong(among: readonly number[], around: Neighbourhoods): JoinedEdge[] {
  const isAmong = new Set(among)
  const edges = new Map<string, JoinedEdge>()
  for (const node of among) {
    for (const edge of around.of(node)?.edges ?? []) {
      const name = edgeName(edge)
      if (isAmong.has(edge.neighbour) && !edges.has(name)) edges.set(name, edge)
    }
  }
  return [...edges.values()]
}
