// How far nodes are, by the weights of the edges between.

import { demand } from '../checks.ts'
import type { Work } from '../work.ts'
import { type Direction, rowsOf, unreached } from './bfs.ts'
import { slowEdgesPerChunk } from './chunks.ts'
import type { HeldGraph } from './held.ts'

export interface PathsOptions {
  source: number
  /** the only node that is asked for: the search ends there; none for all */
  target?: number | undefined
  /** which edges to follow: with their direction (the default) or against it */
  direction?: Exclude<Direction, 'both'>
  /** farther nodes are not reached; default: no bound */
  distanceMax?: number
}

export interface Paths {
  /** f64[nodeCount], Infinity where there is no way. With a target, only it and what is nearer is final */
  distances: Float64Array
  /** u32[nodeCount], the node before on a shortest way; `unreached` (all ones) at the source and where there is no way */
  parents: Uint32Array
}

/**
 * Shortest paths from one node (Dijkstra 1959), by weight, or by hops where edges have none. Of several shortest ways a node
 * has the one that was found first, nodes of one distance being settled by their number.
 *
 * @throws BadInput when source or target is no node, or `distanceMax` negative
 */
export function* paths(graph: HeldGraph, options: PathsOptions): Work<Paths> {
  const { source, target, direction = 'out', distanceMax = Infinity } = options
  graph.demandNode('source', source)
  if (target !== undefined) graph.demandNode('target', target)
  demand(distanceMax >= 0, `distanceMax is ${distanceMax}: expected 0 or more`)
  const [rows] = rowsOf(graph, direction)
  const { kernels, nodeCount } = graph
  const { arena, call } = kernels
  const scratch = graph.scratch()
  try {
    const distances = scratch.reals('distances', nodeCount)
    const parents = scratch.words('parents', nodeCount)
    const entries = scratch.bytes('heap', nodeCount * 16)
    const positions = scratch.words('heap positions', nodeCount)
    const heapCount = scratch.words('heap count', 1)
    arena.f64(distances).fill(Infinity)
    arena.u32(parents).fill(unreached)
    arena.u32(positions).fill(0)
    // the source is the heap's one entry: key 0, then its number
    arena.f64(entries)[0] = 0
    arena.u32(entries)[2] = source
    arena.u32(positions)[source] = 1
    arena.u32(heapCount)[0] = 1
    arena.f64(distances)[source] = 0
    let isMore = true
    while (isMore) {
      isMore =
        call.graphPathsSettle(
          rows.starts,
          rows.targets,
          rows.weights,
          distances.at,
          parents.at,
          entries.at,
          positions.at,
          heapCount.at,
          target ?? nodeCount,
          distanceMax,
          slowEdgesPerChunk,
        ) === 1
      // how many are left to find is not known, only that some are
      yield { step: 'settle nodes', share: isMore ? 0 : 1 }
    }
    return { distances: arena.f64(distances).slice(), parents: arena.u32(parents).slice() }
  } finally {
    scratch.end()
  }
}

/**
 * The nodes of a way, from its source to `target`.
 *
 * @param parents  of `bfs` or `paths`
 * @returns none when there is no way
 */
export function pathTo(
  { parents }: { parents: Uint32Array },
  { source, target }: { source: number; target: number },
): Uint32Array {
  const nodes = [target]
  let node = target
  while (node !== source) {
    node = parents[node] ?? unreached
    if (node === unreached) return new Uint32Array()
    nodes.push(node)
  }
  return Uint32Array.from(nodes.reverse())
}
