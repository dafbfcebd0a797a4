// How closely the neighbours of a node know each other.

import type { Work } from '../work.ts'
import { edgesPerChunk, overNodes, overRanges, slowEdgesPerChunk } from './chunks.ts'
import type { HeldGraph } from './held.ts'

/**
 * Local clustering coefficients (Watts and Strogatz 1998; with directions as Graphalytics defines them, Iosup et al. 2016):
 * the share of ordered pairs of a node's neighbours that an edge joins. Neighbours are those of either direction, each once;
 * loops, parallel edges and weights don't count.
 *
 * @returns f64[nodeCount], 0..1; 0 with fewer than two neighbours
 */
export function* clustering(graph: HeldGraph): Work<Float64Array> {
  const { kernels, nodeCount, outgoing, incoming } = graph
  const { arena, call } = kernels
  const ways = [outgoing.starts, outgoing.targets, incoming.starts, incoming.targets] as const
  const scratch = graph.scratch()
  try {
    const pairs = scratch.reals('joined pairs', nodeCount)
    const degrees = scratch.words('degrees', nodeCount)
    const marks = scratch.words('marks', nodeCount)
    const linkStarts = scratch.words('link starts', nodeCount + 1)
    yield* overNodes('count neighbours', nodeCount, from =>
      call.graphClusteringCount(...ways, degrees.at, nodeCount, from, edgesPerChunk),
    )
    const linkCount = arena.u32(degrees).reduce((sum, degree) => sum + degree, 0) / 2
    const links = scratch.words('links', linkCount)
    arena.u32(linkStarts)[0] = 0
    yield* overNodes('link neighbours', nodeCount, from =>
      call.graphClusteringLink(...ways, degrees.at, linkStarts.at, links.at, nodeCount, from, edgesPerChunk),
    )
    arena.f64(pairs).fill(0)
    arena.u32(marks).fill(0)
    yield* overNodes('find triangles', nodeCount, from =>
      call.graphClusteringFind(
        linkStarts.at,
        links.at,
        marks.at,
        pairs.at,
        nodeCount,
        from,
        slowEdgesPerChunk * 8,
      ),
    )
    yield* overRanges('divide', nodeCount, (from, until) =>
      call.graphClusteringShare(pairs.at, degrees.at, from, until),
    )
    return arena.f64(pairs).slice()
  } finally {
    scratch.end()
  }
}
