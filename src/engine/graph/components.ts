// Which nodes hang together, whichever way edges point.

import type { Region } from '../arena.ts'
import type { Work } from '../work.ts'
import { edgesPerChunk, overNodes, overRanges } from './chunks.ts'
import type { HeldGraph } from './held.ts'

export interface Components {
  /** u32[nodeCount], numbered from 0 in the order of their first nodes */
  components: Uint32Array
  count: number
}

/** Weakly connected components (union-find, Tarjan 1975). */
export function* components(graph: HeldGraph): Work<Components> {
  const { kernels, nodeCount, outgoing } = graph
  const { arena, call } = kernels
  const scratch = graph.scratch()
  try {
    const parents = scratch.words('parents', nodeCount)
    const numbers = scratch.words('numbers', nodeCount)
    const own = arena.u32(parents)
    for (let node = 0; node < nodeCount; node++) own[node] = node
    yield* overNodes('unite nodes', nodeCount, from =>
      call.graphComponentsUnite(
        outgoing.starts,
        outgoing.targets,
        parents.at,
        nodeCount,
        from,
        edgesPerChunk,
      ),
    )
    yield* overRanges('find roots', nodeCount, (from, until) =>
      call.graphComponentsFlatten(parents.at, from, until),
    )
    const count = yield* numberGroups(graph, { groups: parents, numbers, nodeCount })
    return { components: arena.u32(parents).slice(), count }
  } finally {
    scratch.end()
  }
}

/**
 * Gives groups the numbers 0, 1, 2 … in the order of their first nodes, in place.
 *
 * @param groups   u32[nodeCount], each below nodeCount
 * @param numbers  u32[nodeCount], overwritten
 * @returns how many there are
 */
export function* numberGroups(
  { kernels }: HeldGraph,
  {
    groups,
    numbers,
    nodeCount,
    step = 'number groups',
  }: { groups: Region; numbers: Region; nodeCount: number; step?: string },
): Work<number> {
  kernels.arena.u32(numbers).fill(0xffff_ffff)
  let count = 0
  yield* overRanges(step, nodeCount, (from, until) => {
    count = kernels.call.graphNumber(groups.at, numbers.at, count, from, until) >>> 0
  })
  return count
}
