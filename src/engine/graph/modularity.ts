// How good communities are.

import { demand, demandBelow } from '../checks.ts'
import type { Work } from '../work.ts'
import { edgesPerChunk, overNodes } from './chunks.ts'
import type { HeldGraph, Rows } from './held.ts'
import type { At } from './kernels.ts'

export interface ModularityOptions {
  /** more than 0; above 1 smaller communities are better, below 1 greater ones; default 1 */
  resolution?: number
}

/**
 * Modularity (Newman and Girvan 2004; with a resolution, Reichardt and Bornholdt 2006; of directed graphs, Leicht and
 * Newman 2008): the share of weight within communities, less what chance would put there.
 *
 * @param communities  u32[nodeCount], each below nodeCount
 * @returns −½..1 at resolution 1; 0 for a graph without weight
 * @throws BadInput when there isn't a community for each node
 */
export function* modularity(
  graph: HeldGraph,
  communities: Uint32Array,
  options: ModularityOptions = {},
): Work<number> {
  const { resolution = 1 } = options
  const { kernels, nodeCount, outgoing, incoming, isDirected, loopShare } = graph
  demand(resolution > 0 && resolution < Infinity, `resolution is ${resolution}: expected more than 0`)
  demand(
    communities.length === nodeCount,
    `${communities.length} communities for ${nodeCount} nodes: expected one each`,
  )
  demandBelow('communities', communities, nodeCount)
  const { arena, call } = kernels
  const scratch = graph.scratch()
  try {
    const places = scratch.words('communities', nodeCount)
    const strengths = scratch.reals('strengths', nodeCount)
    const totals = scratch.reals('totals', nodeCount)
    const backStrengths = scratch.reals('incoming strengths', isDirected ? nodeCount : 0)
    const backTotals = scratch.reals('incoming totals', isDirected ? nodeCount : 0)
    const inside = scratch.reals('inside', 1)
    arena.u32(places).set(communities)
    arena.f64(totals).fill(0)
    arena.f64(backTotals).fill(0)
    arena.f64(inside).fill(0)
    yield* weighNodes(graph, { rows: outgoing, strengths: strengths.at, step: 'weigh what goes out' })
    if (isDirected) {
      yield* weighNodes(graph, { rows: incoming, strengths: backStrengths.at, step: 'weigh what comes in' })
    }
    const { starts, targets, weights } = outgoing
    yield* overNodes('weigh communities', nodeCount, from =>
      call.graphModularityWeigh(
        starts,
        targets,
        weights,
        loopShare,
        places.at,
        strengths.at,
        totals.at,
        isDirected ? backStrengths.at : 0,
        isDirected ? backTotals.at : 0,
        inside.at,
        nodeCount,
        from,
        edgesPerChunk,
      ),
    )
    const outTotals = arena.f64(totals)
    const inTotals = isDirected ? arena.f64(backTotals) : outTotals
    const all = outTotals.reduce((sum, total) => sum + total, 0)
    if (all === 0) return 0
    let expected = 0
    for (let i = 0; i < nodeCount; i++) expected += (outTotals[i]! / all) * (inTotals[i]! / all)
    return arena.f64(inside)[0]! / all - resolution * expected
  } finally {
    scratch.end()
  }
}

/** The weights of each node's edges, into f64[nodeCount] at `strengths`. */
export function weighNodes(
  { kernels, nodeCount, loopShare }: HeldGraph,
  { rows, strengths, step }: { rows: Rows; strengths: At; step: string },
): Work<void> {
  const { starts, targets, weights } = rows
  return overNodes(step, nodeCount, from =>
    kernels.call.graphWeigh(starts, targets, weights, strengths, loopShare, nodeCount, from, edgesPerChunk),
  )
}
