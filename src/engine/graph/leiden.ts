// Communities as Leiden finds them: the method to take.

import { demandWhole } from '../checks.ts'
import type { Work } from '../work.ts'
import type { HeldGraph } from './held.ts'
import { type Communities, type CommunityOptions, type Division, described, Hierarchy } from './hierarchy.ts'

export interface LeidenOptions extends CommunityOptions {
  /** how often to climb; each time after the first begins where the last ended, and finds a little more. Default 1 */
  iterationsMax?: number
}

/**
 * Leiden (Traag, Waltman, van Eck 2019): like Louvain, but the smaller graph is made of refined parts of the communities, so
 * that nodes which were put together too early can part again. Every community, at every level, is connected.
 *
 * @throws BadInput when the graph is directed, or an option out of its range
 */
export function* leiden(graph: HeldGraph, options: LeidenOptions = {}): Work<Communities> {
  const { iterationsMax = 1 } = options
  demandWhole('iterationsMax', iterationsMax, { min: 1, max: 1000 })
  const scratch = graph.scratch()
  try {
    const hierarchy = new Hierarchy(graph, scratch, options)
    let levels: Division[] = []
    for (let iteration = 0; iteration < iterationsMax; iteration++) {
      yield* hierarchy.begin(levels.at(-1))
      const found = yield* climb(hierarchy)
      if (!found) break
      levels = found
    }
    return yield* described(graph, levels, options)
  } finally {
    scratch.end()
  }
}

/** @returns undefined when no node moved at first */
function* climb(hierarchy: Hierarchy): Work<Division[] | undefined> {
  const levels: Division[] = []
  while (true) {
    const { moveCount, communityCount } = yield* hierarchy.moveNodes()
    if (moveCount === 0 && levels.length === 0) return undefined
    if (communityCount === hierarchy.nodeCount) return levels
    let partCount = yield* hierarchy.refine()
    // where no part could grow, whatever hangs together is a part: a smaller graph, and still connected
    if (partCount === hierarchy.nodeCount) partCount = yield* hierarchy.split()
    if (partCount === hierarchy.nodeCount) return levels
    levels.push(yield* hierarchy.climbParts(partCount))
  }
}
