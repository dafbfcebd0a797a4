// Communities as Louvain finds them: the older method, beside `leiden`, which is the one to take.

import type { Work } from '../work.ts'
import type { HeldGraph } from './held.ts'
import { type Communities, type CommunityOptions, type Division, described, Hierarchy } from './hierarchy.ts'

/**
 * Louvain (Blondel, Guillaume, Lambiotte, Lefebvre 2008): nodes move to the community of a neighbour where modularity gains
 * most, communities become the nodes of a smaller graph, and so on until nothing moves. A community may hang together badly,
 * or not at all: what `leiden` mends.
 *
 * @throws BadInput when the graph is directed, or an option out of its range
 */
export function* louvain(graph: HeldGraph, options: CommunityOptions = {}): Work<Communities> {
  const scratch = graph.scratch()
  try {
    const hierarchy = new Hierarchy(graph, scratch, options)
    const levels: Division[] = []
    yield* hierarchy.begin()
    while (true) {
      const { communityCount } = yield* hierarchy.moveNodes()
      if (communityCount === hierarchy.nodeCount) break
      levels.push(yield* hierarchy.climbCommunities())
    }
    return yield* described(graph, levels, options)
  } finally {
    scratch.end()
  }
}
