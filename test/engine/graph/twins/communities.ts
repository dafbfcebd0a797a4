// What communities are worth, and whether they hang together, by the definitions.

import type { EdgeList } from '../../../../src/engine/graph/csr.ts'
import { componentsTwin } from './reach.ts'
import { outgoing } from './rows.ts'

export function modularityTwin(edges: EdgeList, communities: ArrayLike<number>, resolution = 1): number {
  const { nodeCount, isDirected } = edges
  const matrix = Array.from({ length: nodeCount }, () => new Array<number>(nodeCount).fill(0))
  outgoing(edges).forEach((row, source) => {
    // without direction both ends of a loop are here
    for (const { node, weight } of row)
      matrix[source]![node]! += !isDirected && node === source ? 2 * weight : weight
  })
  const out = matrix.map(row => row.reduce((sum, weight) => sum + weight, 0))
  const into = matrix.map((_, node) => matrix.reduce((sum, row) => sum + row[node]!, 0))
  const all = out.reduce((sum, weight) => sum + weight, 0)
  if (all === 0) return 0
  let sum = 0
  for (let left = 0; left < nodeCount; left++) {
    for (let right = 0; right < nodeCount; right++) {
      if (communities[left] !== communities[right]) continue
      sum += matrix[left]![right]! / all - (resolution * out[left]! * into[right]!) / all ** 2
    }
  }
  return sum
}

/** How many communities there would be if those that don't hang together were taken apart. */
export function connectedCount(edges: EdgeList, communities: ArrayLike<number>): number {
  const kept = Array.from(edges.sources.keys()).filter(
    i => communities[edges.sources[i]!] === communities[edges.targets[i]!] && (edges.weights?.[i] ?? 1) > 0,
  )
  const inner = {
    ...edges,
    sources: Uint32Array.from(kept, i => edges.sources[i]!),
    targets: Uint32Array.from(kept, i => edges.targets[i]!),
    weights: undefined,
  }
  return new Set(componentsTwin(inner)).size
}
