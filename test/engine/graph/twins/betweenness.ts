// Betweenness by its definition: for each pair, the share of shortest paths that lead through a node.

import type { EdgeList } from '../../../../src/engine/graph/csr.ts'
import { hopsTwin } from './reach.ts'
import { outgoing } from './rows.ts'

export function betweennessTwin(edges: EdgeList): number[] {
  const { nodeCount, isDirected } = edges
  const nodes = Array.from({ length: nodeCount }, (_, node) => node)
  const hops = nodes.map(node => hopsTwin(edges, [node]))
  const paths = nodes.map(source => pathCounts(edges, hops[source]!))
  return nodes.map(through => {
    let sum = 0
    for (const source of nodes) {
      for (const target of nodes) {
        if (source === through || target === through || source === target) continue
        if (hops[source]![through]! + hops[through]![target]! !== hops[source]![target]!) continue
        if (hops[source]![target] === Infinity) continue
        sum += (paths[source]![through]! * paths[through]![target]!) / paths[source]![target]!
      }
    }
    return isDirected ? sum : sum / 2
  })
}

/** How many shortest paths lead from where `hops` counts to each node. */
function pathCounts(edges: EdgeList, hops: readonly number[]): number[] {
  const rows = outgoing(edges)
  const counts = hops.map(hop => (hop === 0 ? 1 : 0))
  const order = hops.map((_, node) => node).filter(node => hops[node]! < Infinity)
  order.sort((left, right) => hops[left]! - hops[right]!)
  for (const node of order) {
    for (const { node: to } of rows[node]!) {
      if (hops[to] === hops[node]! + 1) counts[to]! += counts[node]!
    }
  }
  return counts
}
