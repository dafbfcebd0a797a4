// What the other twins of graphs start from: each node's edges as a plain list.

import type { EdgeList } from '../../../../src/engine/graph/csr.ts'

export interface Neighbour {
  node: number
  weight: number
}

/** Outgoing edges of each node; without direction an edge stands at both ends, a loop once. Parallel edges are kept. */
export function outgoing({ nodeCount, isDirected, sources, targets, weights }: EdgeList): Neighbour[][] {
  const rows: Neighbour[][] = Array.from({ length: nodeCount }, () => [])
  sources.forEach((source, i) => {
    const target = targets[i]!
    const weight = weights?.[i] ?? 1
    rows[source]!.push({ node: target, weight })
    if (!isDirected && source !== target) rows[target]!.push({ node: source, weight })
  })
  return rows
}

/** Edges of either direction, each at both ends, without loops. */
export function aroundWithoutLoops(edges: EdgeList): number[][] {
  const rows = outgoing({ ...edges, isDirected: false })
  return rows.map((row, node) => row.map(neighbour => neighbour.node).filter(other => other !== node))
}
