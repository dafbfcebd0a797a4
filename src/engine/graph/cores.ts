// How deep in the thick of the graph a node lies.

import type { Work } from '../work.ts'
import { edgesPerChunk, overNodes, slowEdgesPerChunk } from './chunks.ts'
import type { HeldGraph } from './held.ts'

export interface Cores {
  /** u32[nodeCount]: the greatest k such that a node has k edges to nodes of which the same holds */
  cores: Uint32Array
  coreMax: number
}

/**
 * Core numbers (Seidman 1983, by the peeling of Batagelj and Zaversnik 2003). Edges of both directions count, parallel ones
 * each, loops and weights not.
 */
export function* cores(graph: HeldGraph): Work<Cores> {
  const { kernels, nodeCount, outgoing, incoming, isDirected } = graph
  const { arena, call } = kernels
  const ways = [
    outgoing.starts,
    outgoing.targets,
    isDirected ? incoming.starts : 0,
    isDirected ? incoming.targets : 0,
  ] as const
  const scratch = graph.scratch()
  try {
    const degrees = scratch.words('degrees', nodeCount)
    const order = scratch.words('order', nodeCount)
    const positions = scratch.words('positions', nodeCount)
    yield* overNodes('count edges', nodeCount, from =>
      call.graphCoresCount(...ways, degrees.at, nodeCount, from, edgesPerChunk),
    )
    const binCount = greatest(arena.u32(degrees)) + 2
    const bins = scratch.words('bins', binCount)
    arena.u32(bins).fill(0)
    call.graphCoresSort(degrees.at, bins.at, binCount, order.at, positions.at, nodeCount)
    yield* overNodes('peel nodes', nodeCount, from =>
      call.graphCoresPeel(
        ...ways,
        degrees.at,
        bins.at,
        order.at,
        positions.at,
        nodeCount,
        from,
        slowEdgesPerChunk,
      ),
    )
    const found = arena.u32(degrees).slice()
    return { cores: found, coreMax: greatest(found) }
  } finally {
    scratch.end()
  }
}

function greatest(values: Uint32Array): number {
  return values.reduce((most, value) => Math.max(most, value), 0)
}
