// Local clustering by asking of every pair of neighbours whether an edge joins it.

import type { EdgeList } from '../../../../src/engine/graph/csr.ts'
import { aroundWithoutLoops, outgoing } from './rows.ts'

export function clusteringTwin(edges: EdgeList): number[] {
  const joined = outgoing(edges).map(row => new Set(row.map(({ node }) => node)))
  return aroundWithoutLoops(edges).map(row => {
    const neighbours = [...new Set(row)]
    if (neighbours.length < 2) return 0
    const pairs = neighbours.flatMap(left =>
      neighbours.filter(right => left !== right && joined[left]!.has(right)),
    )
    return pairs.length / (neighbours.length * (neighbours.length - 1))
  })
}
