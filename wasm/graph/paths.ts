// Shortest paths from one or several sources (Dijkstra 1959), with weights that are not negative.

import { leastNode, pop, push } from '../base/heap'
import { real, setReal, setWord, word } from '../base/words'

/**
 * Settles the nearest nodes, until none are left, the goal is settled, or about `edgesMax` edges and nodes are done.
 *
 * @param weights      f64[edgeCount], or 0 for edges of weight 1
 * @param distances    f64[nodeCount], infinite where a node is not reached; a source lies in the heap with 0
 * @param parents      u32[nodeCount]
 * @param heapCount    u32[1], how many nodes the heap holds
 * @param goal         where to stop; nodeCount or more for nowhere
 * @param distanceMax  what lies farther is not reached
 * @returns 1 when there is more to do
 */
export function settle(
  starts: usize,
  targets: usize,
  weights: usize,
  distances: usize,
  parents: usize,
  entries: usize,
  positions: usize,
  heapCount: usize,
  goal: u32,
  distanceMax: f64,
  edgesMax: u32,
): u32 {
  let count = word(heapCount, 0)
  let spent: u32 = 0
  while (count > 0 && spent < edgesMax) {
    const node = leastNode(entries)
    if (node == goal) {
      setWord(heapCount, 0, count)
      return 0
    }
    count = pop(entries, positions, count)
    const distance = real(distances, node)
    const end = word(starts, node + 1)
    let edge = word(starts, node)
    spent += end - edge + 1
    for (; edge < end; edge++) {
      const target = word(targets, edge)
      const found = distance + (weights == 0 ? 1 : real(weights, edge))
      if (found >= real(distances, target) || found > distanceMax) continue
      setReal(distances, target, found)
      setWord(parents, target, node)
      count = push(entries, positions, count, target, found)
    }
  }
  setWord(heapCount, 0, count)
  return count > 0 ? 1 : 0
}
