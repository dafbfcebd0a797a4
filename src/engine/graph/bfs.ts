// How far nodes are, in hops.

import { demand, demandWhole } from '../checks.ts'
import type { Work } from '../work.ts'
import { slowEdgesPerChunk } from './chunks.ts'
import type { HeldGraph, Rows } from './held.ts'

/** Of a node that is not reached, and of a source's parent. */
export const unreached = 0xffff_ffff

export interface BfsOptions {
  /** where to start, all at 0 hops; at least one */
  sources: ArrayLike<number>
  /** which edges to follow: with their direction (the default), against it, or both */
  direction?: Direction
  /** how far to go; default: as far as there are nodes */
  hopsMax?: number
}

export type Direction = 'out' | 'in' | 'both'

export interface Reached {
  /** u32[nodeCount], from the nearest source; `unreached` where there is no way */
  hops: Uint32Array
  /** u32[nodeCount], the node before on a shortest way; `unreached` at sources and where there is no way */
  parents: Uint32Array
  /** u32[…], the nodes that are reached, nearest first */
  order: Uint32Array
}

/**
 * Breadth-first search from one or several nodes (Moore 1959). Of several parents a node has the one that was reached first.
 *
 * @throws BadInput when a source is no node, or `hopsMax` no whole number
 */
export function* bfs(graph: HeldGraph, options: BfsOptions): Work<Reached> {
  const { sources, direction = 'out', hopsMax = graph.nodeCount } = options
  demand(sources.length > 0, 'sources is empty: expected a node to start from')
  for (let i = 0; i < sources.length; i++) graph.demandNode(`sources[${i}]`, sources[i]!)
  demandWhole('hopsMax', hopsMax, { min: 0, max: 0xffff_fffe })
  const [rows, backRows] = rowsOf(graph, direction)
  const { kernels, nodeCount } = graph
  const { arena, call } = kernels
  const scratch = graph.scratch()
  try {
    const hops = scratch.words('hops', nodeCount)
    const parents = scratch.words('parents', nodeCount)
    const queue = scratch.words('queue', nodeCount)
    const tail = scratch.words('tail', 1)
    arena.u32(hops).fill(unreached)
    arena.u32(parents).fill(unreached)
    const distinct = Uint32Array.from(new Set(Array.from(sources)))
    for (const source of distinct) arena.u32(hops)[source] = 0
    arena.u32(queue).set(distinct)
    arena.u32(tail)[0] = distinct.length
    for (let head = 0; head < arena.u32(tail)[0]!; ) {
      head =
        call.graphBfsExpand(
          rows.starts,
          rows.targets,
          backRows?.starts ?? 0,
          backRows?.targets ?? 0,
          hops.at,
          parents.at,
          queue.at,
          tail.at,
          head,
          hopsMax,
          slowEdgesPerChunk,
        ) >>> 0
      yield { step: 'reach nodes', share: head / nodeCount }
    }
    return {
      hops: arena.u32(hops).slice(),
      parents: arena.u32(parents).slice(),
      order: arena.u32(queue).slice(0, arena.u32(tail)[0]!),
    }
  } finally {
    scratch.end()
  }
}

/** The edges that a direction follows; in both, those of a graph without direction once. */
export function rowsOf(graph: HeldGraph, direction: Direction): [rows: Rows, more: Rows | undefined] {
  if (direction === 'out') return [graph.outgoing, undefined]
  if (direction === 'in') return [graph.incoming, undefined]
  demand(direction === 'both', `direction is ${direction}: expected out, in or both`)
  return [graph.outgoing, graph.isDirected ? graph.incoming : undefined]
}
