// Label propagation by counting in a map.

import type { EdgeList } from '../../../../src/engine/graph/csr.ts'

export function labelsTwin(
  { nodeCount, sources, targets, isDirected }: EdgeList,
  { rounds, isInTurn }: { rounds: number; isInTurn: boolean },
): number[] {
  const around: number[][] = Array.from({ length: nodeCount }, () => [])
  sources.forEach((source, i) => {
    around[source]!.push(targets[i]!)
    if (isDirected || source !== targets[i]) around[targets[i]!]!.push(source)
  })
  let labels = around.map((_, node) => node)
  for (let round = 0; round < rounds; round++) {
    const next = isInTurn ? labels : [...labels]
    around.forEach((neighbours, node) => {
      const counts = new Map<number, number>()
      for (const neighbour of neighbours) {
        counts.set(labels[neighbour]!, (counts.get(labels[neighbour]!) ?? 0) + 1)
      }
      const most = Math.max(0, ...counts.values())
      const best = [...counts.keys()].filter(label => counts.get(label) === most)
      if (best.length > 0 && !(isInTurn && best.includes(labels[node]!))) next[node] = Math.min(...best)
    })
    labels = next
  }
  return labels
}
