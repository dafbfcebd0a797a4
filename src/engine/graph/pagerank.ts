// PageRank, for all nodes or seen from some.

import type { Region } from '../arena.ts'
import { demand, demandFinite, demandWhole } from '../checks.ts'
import type { Work } from '../work.ts'
import { edgesPerChunk, overNodes, within } from './chunks.ts'
import type { HeldGraph, Scratch } from './held.ts'

export interface PagerankOptions {
  /** share of steps that follow an edge rather than jump, 0..1; default 0.85 */
  damping?: number
  /** f64[nodeCount], how likely a jump ends at each node, in any unit; none for all the same. Makes ranks personal */
  teleport?: Float64Array | undefined
  /** stop when the ranks of all nodes together change by no more than this; default 1e-9 */
  tolerance?: number
  /** steps to take at most; default 100 */
  stepsMax?: number
}

export interface Ranking {
  /** f64[nodeCount], sum 1 */
  scores: Float64Array
  stepCount: number
  /** what the last step changed, all nodes together */
  change: number
  /** false when `stepsMax` ran out */
  converged: boolean
}

/**
 * Ranks nodes by a random walk that now and then jumps (Page, Brin, Motwani, Winograd 1999). Steps follow edges by weight;
 * from a node without a way out the walk jumps, as it does with a share of 1 − `damping` of all steps.
 *
 * @throws BadInput when an option is out of its range, or `teleport` negative, not finite, or 0 everywhere
 */
export function* pagerank(graph: HeldGraph, options: PagerankOptions = {}): Work<Ranking> {
  const { damping = 0.85, teleport, tolerance = 1e-9, stepsMax = 100 } = options
  demand(damping >= 0 && damping <= 1, `damping is ${damping}: expected 0..1`)
  demand(tolerance >= 0, `tolerance is ${tolerance}: expected 0 or more`)
  demandWhole('stepsMax', stepsMax, { min: 0, max: 1_000_000 })
  const jumps = teleport && sharesOf(teleport, graph.nodeCount)
  const scratch = graph.scratch()
  try {
    const ranks = yield* layOut(graph, scratch, jumps)
    let stuck = ranks.stuck
    let change = Infinity
    let stepCount = 0
    while (stepCount < stepsMax && change > tolerance) {
      const jump = 1 - damping + damping * stuck
      const taken = step(graph, ranks, { damping, jump: jumps ? jump : jump / graph.nodeCount })
      const done = yield* within(taken, { from: stepCount / stepsMax, until: (stepCount + 1) / stepsMax })
      ;({ change, stuck } = done)
      stepCount++
    }
    const isEmpty = graph.nodeCount === 0
    return {
      scores: graph.kernels.arena.f64(ranks.ranks).slice(),
      stepCount,
      change: isEmpty ? 0 : change,
      converged: isEmpty || change <= tolerance,
    }
  } finally {
    scratch.end()
  }
}

interface Ranks {
  ranks: Region
  inverses: Region
  shares: Region
  nextShares: Region
  sums: Region
  teleport: Region | undefined
  /** rank that lies on nodes without a way out */
  stuck: number
}

function* layOut(graph: HeldGraph, scratch: Scratch, jumps: Float64Array | undefined): Work<Ranks> {
  const { kernels, nodeCount, outgoing } = graph
  const { arena, call } = kernels
  const ranks: Ranks = {
    ranks: scratch.reals('ranks', nodeCount),
    inverses: scratch.reals('inverse strengths', nodeCount),
    shares: scratch.reals('shares', nodeCount),
    nextShares: scratch.reals('next shares', nodeCount),
    sums: scratch.reals('sums', 2),
    teleport: jumps && scratch.reals('teleport', nodeCount),
    stuck: 0,
  }
  const { starts, targets, weights } = outgoing
  yield* overNodes('weigh nodes', nodeCount, from =>
    call.graphWeigh(starts, targets, weights, ranks.inverses.at, 1, nodeCount, from, edgesPerChunk),
  )
  if (ranks.teleport) arena.f64(ranks.teleport).set(jumps!)
  const inverses = arena.f64(ranks.inverses)
  const shares = arena.f64(ranks.shares)
  const first = 1 / nodeCount
  arena.f64(ranks.ranks).fill(first)
  for (let node = 0; node < nodeCount; node++) {
    const strength = inverses[node]!
    if (strength === 0) ranks.stuck += first
    else inverses[node] = 1 / strength
    shares[node] = first * inverses[node]!
  }
  return ranks
}

/** One step of all nodes; the shares that it wrote become those that the next one reads. */
function* step(
  graph: HeldGraph,
  ranks: Ranks,
  { damping, jump }: { damping: number; jump: number },
): Work<{ change: number; stuck: number }> {
  const { kernels, nodeCount, incoming } = graph
  const { arena, call } = kernels
  const { shares, nextShares, inverses, sums } = ranks
  arena.f64(sums).fill(0)
  yield* overNodes('rank nodes', nodeCount, from =>
    call.graphPagerankPull(
      incoming.starts,
      incoming.targets,
      incoming.weights,
      inverses.at,
      ranks.teleport?.at ?? 0,
      ranks.ranks.at,
      shares.at,
      nextShares.at,
      damping,
      jump,
      sums.at,
      nodeCount,
      from,
      edgesPerChunk,
    ),
  )
  ranks.shares = nextShares
  ranks.nextShares = shares
  const [change, stuck] = arena.f64(sums) as unknown as [number, number]
  return { change, stuck }
}

/** Made to sum 1. */
function sharesOf(teleport: Float64Array, nodeCount: number): Float64Array {
  demand(
    teleport.length === nodeCount,
    `teleport has ${teleport.length} values: expected ${nodeCount}, one a node`,
  )
  demandFinite('teleport', teleport)
  let sum = 0
  for (const value of teleport) {
    demand(value >= 0, `teleport holds ${value}: expected no negative value`)
    sum += value
  }
  demand(
    nodeCount === 0 || (sum > 0 && Number.isFinite(sum)),
    `teleport sums to ${sum}: expected more than 0`,
  )
  return teleport.map(value => value / sum)
}
