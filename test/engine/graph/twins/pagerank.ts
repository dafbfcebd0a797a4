// PageRank pushed along each edge, as it is told.

import type { EdgeList } from '../../../../src/engine/graph/csr.ts'
import { outgoing } from './rows.ts'

export function pagerankTwin(
  edges: EdgeList,
  { damping, steps, teleport }: { damping: number; steps: number; teleport?: readonly number[] },
): number[] {
  const { nodeCount } = edges
  const rows = outgoing(edges)
  const jumpSum = teleport?.reduce((sum, value) => sum + value, 0) ?? nodeCount
  const jumps = rows.map((_, node) => (teleport?.[node] ?? 1) / jumpSum)
  let ranks = rows.map(() => 1 / nodeCount)
  for (let step = 0; step < steps; step++) {
    const next = jumps.map(jump => (1 - damping) * jump)
    rows.forEach((row, node) => {
      const strength = row.reduce((sum, { weight }) => sum + weight, 0)
      const rank = damping * ranks[node]!
      if (strength > 0) for (const { node: to, weight } of row) next[to]! += (rank * weight) / strength
      else
        jumps.forEach((jump, to) => {
          next[to]! += rank * jump
        })
    })
    ranks = next
  }
  return ranks
}
