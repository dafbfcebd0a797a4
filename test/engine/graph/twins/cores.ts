// Core numbers by their definition: take away whoever has fewer than k edges left, for each k.

import type { EdgeList } from '../../../../src/engine/graph/csr.ts'
import { aroundWithoutLoops } from './rows.ts'

export function coresTwin(edges: EdgeList): number[] {
  const rows = aroundWithoutLoops(edges)
  const cores = rows.map(() => 0)
  const left = new Set(rows.keys())
  for (let k = 1; left.size > 0; k++) {
    for (let gone = -1; gone !== 0; ) {
      const weak = [...left].filter(node => rows[node]!.filter(other => left.has(other)).length < k)
      for (const node of weak) left.delete(node)
      gone = weak.length
    }
    for (const node of left) cores[node] = k
  }
  return cores
}
