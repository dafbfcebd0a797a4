// Components, hops and distances by going round until nothing changes.

import type { EdgeList } from '../../../../src/engine/graph/csr.ts'
import { outgoing } from './rows.ts'

/** Bellman-Ford. */
export function distancesTwin(edges: EdgeList, source: number): number[] {
  const rows = outgoing(edges)
  const distances = rows.map((_, node) => (node === source ? 0 : Infinity))
  for (let round = 0; round < edges.nodeCount; round++) {
    rows.forEach((row, node) => {
      for (const { node: to, weight } of row) {
        distances[to] = Math.min(distances[to]!, distances[node]! + weight)
      }
    })
  }
  return distances
}

/** @returns Infinity for a node that is not reached */
export function hopsTwin(edges: EdgeList, sources: readonly number[]): number[] {
  const { weights: _, ...hops } = edges
  const each = sources.map(source => distancesTwin(hops, source))
  return Array.from({ length: edges.nodeCount }, (_, node) => Math.min(...each.map(all => all[node]!)))
}

/** Each node's component, numbered in the order of first nodes. */
export function componentsTwin(edges: EdgeList): number[] {
  const found: number[] = []
  let count = 0
  for (let node = 0; node < edges.nodeCount; node++) {
    if (found[node] !== undefined) continue
    hopsTwin({ ...edges, isDirected: false }, [node]).forEach((hops, other) => {
      if (hops < Infinity) found[other] = count
    })
    count++
  }
  return found
}

export function reversedEdges(edges: EdgeList): EdgeList {
  return { ...edges, sources: edges.targets, targets: edges.sources }
}
