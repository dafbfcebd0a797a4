// Random walks, such as are read as sentences by whoever learns vectors of nodes.

import { demand, demandBelow, demandWhole } from '../checks.ts'
import type { Work } from '../work.ts'
import { edgesPerChunk, overNodes } from './chunks.ts'
import type { HeldGraph, Scratch } from './held.ts'

/** Where a walk is that has ended. */
export const nowhere = 0xffff_ffff

export interface WalksOptions {
  /** u32[walkCount], where each walk starts */
  starts: Uint32Array
  stepCount: number
  /** a whole number of 32 bits; default 1 */
  seed?: number
  /** how likely a step leads back to the walk's start, 0..1; default 0 */
  restart?: number
  /** node2vec's p, 1/1000..1000: the greater, the rarer a step back to where the walk just was; default 1 */
  returning?: number
  /** node2vec's q, 1/1000..1000: the greater, the rarer a step away from the neighbours of where it just was; default 1 */
  roaming?: number
}

/**
 * Walks along edges, drawn by weight where edges have weights and all as likely where not; with `returning` and `roaming` as
 * node2vec (Grover and Leskovec 2016), with `restart` as a random walk with restart (Tong, Faloutsos, Pan 2006). A walk ends
 * where nothing goes out, or goes back to its start where it may restart. Walk i depends on the seed and i alone.
 *
 * @returns u32[walkCount × (stepCount + 1)], a walk after the other, each beginning with its start; `nowhere` after its end
 * @throws BadInput when a start is no node, or an option out of its range
 */
export function* walks(graph: HeldGraph, options: WalksOptions): Work<Uint32Array> {
  const { starts, stepCount, seed = 1, restart = 0, returning = 1, roaming = 1 } = options
  demandBelow('starts', starts, graph.nodeCount)
  demandWhole('stepCount', stepCount, { min: 0, max: 1_000_000 })
  demandWhole('seed', seed, { min: 0, max: 0xffff_ffff })
  demand(restart >= 0 && restart <= 1, `restart is ${restart}: expected 0..1`)
  demand(returning >= 0.001 && returning <= 1000, `returning is ${returning}: expected 0.001..1000`)
  demand(roaming >= 0.001 && roaming <= 1000, `roaming is ${roaming}: expected 0.001..1000`)
  const { kernels, outgoing } = graph
  const { arena, call } = kernels
  const scratch = graph.scratch()
  try {
    const sums = yield* sumRows(graph, scratch)
    const random = scratch.bytes('random', 16)
    const found = scratch.words('walks', starts.length * (stepCount + 1))
    const nodes = arena.u32(found)
    for (let i = 0; i < starts.length; i++) nodes[i * (stepCount + 1)] = starts[i]!
    const walksPerChunk = Math.ceil(stepsPerChunk / (stepCount + 1))
    yield* overNodes('walk', starts.length, from => {
      const until = Math.min(from + walksPerChunk, starts.length)
      call.graphWalksMake(
        outgoing.starts,
        outgoing.targets,
        sums,
        random.at,
        seed,
        found.at,
        stepCount,
        restart,
        1 / returning,
        1 / roaming,
        from,
        until,
      )
      return until
    })
    return arena.u32(found).slice()
  } finally {
    scratch.end()
  }
}

const stepsPerChunk = 1 << 16

/** @returns where each row's weights lie summed up; 0 where edges have none */
function* sumRows({ kernels, nodeCount, edgeCount, outgoing }: HeldGraph, scratch: Scratch): Work<number> {
  if (outgoing.weights === 0) return 0
  const sums = scratch.reals('weight sums', edgeCount)
  yield* overNodes('sum weights', nodeCount, from =>
    kernels.call.graphWalksSum(outgoing.starts, outgoing.weights, sums.at, nodeCount, from, edgesPerChunk),
  )
  return sums.at
}
