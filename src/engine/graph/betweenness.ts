// Through which nodes the shortest paths of the others lead.

import type { Region } from '../arena.ts'
import { demandWhole } from '../checks.ts'
import type { Work } from '../work.ts'
import { unreached } from './bfs.ts'
import { slowEdgesPerChunk } from './chunks.ts'
import type { HeldGraph, Scratch } from './held.ts'

export interface BetweennessOptions {
  /** how many sources to sample; none for all nodes, which is exact */
  sourceCount?: number | undefined
  /** of the sample, a whole number of 32 bits; default 1 */
  seed?: number
  /** divide by the number of pairs of other nodes, so that scores lie in 0..1; default false */
  normalized?: boolean
}

export interface Betweenness {
  /** f64[nodeCount]: of all pairs of other nodes (ordered, in a directed graph), the share of their shortest paths that
   *  lead through the node, added up */
  scores: Float64Array
  sourceCount: number
  /** with a probability of 95 %, no score is farther off than this; 0 where all nodes were sources */
  errorMax: number
}

/**
 * Betweenness by hops (Freeman 1977, by the accumulation of Brandes 2001), exact or from a sample of sources (Brandes and
 * Pich 2007). A source gives a node at most n − 2, so that Hoeffding's bound over all nodes holds: a sample of k is off by no
 * more than n(n − 2)·√(ln(40 n) / 2k), which is coarse; the order of the greatest scores is right much sooner. Parallel
 * edges are paths of their own; weights don't count.
 *
 * @throws BadInput when an option is out of its range
 */
export function* betweenness(graph: HeldGraph, options: BetweennessOptions = {}): Work<Betweenness> {
  const { sourceCount = graph.nodeCount, seed = 1, normalized = false } = options
  const { kernels, nodeCount } = graph
  demandWhole('sourceCount', sourceCount, { min: Math.min(1, nodeCount), max: nodeCount })
  demandWhole('seed', seed, { min: 0, max: 0xffff_ffff })
  const { arena } = kernels
  const scratch = graph.scratch()
  try {
    const search = layOut(nodeCount, scratch)
    const sources = drawSources(graph, scratch, { sourceCount, seed })
    arena.f64(search.scores).fill(0)
    for (const [i, source] of sources.entries()) {
      yield* fromSource(graph, search, { source, share: i / sourceCount })
    }
    const scale = scaleOf(graph, { sourceCount, normalized })
    const scores = arena.f64(search.scores).map(score => score * scale)
    return { scores, sourceCount, errorMax: errorOf(nodeCount, sourceCount) * scale }
  } finally {
    scratch.end()
  }
}

interface Search {
  hops: Region
  paths: Region
  queue: Region
  tail: Region
  dependencies: Region
  scores: Region
}

function layOut(nodeCount: number, scratch: Scratch): Search {
  return {
    hops: scratch.words('hops', nodeCount),
    paths: scratch.reals('path counts', nodeCount),
    queue: scratch.words('queue', nodeCount),
    tail: scratch.words('tail', 1),
    dependencies: scratch.reals('dependencies', nodeCount),
    scores: scratch.reals('scores', nodeCount),
  }
}

function drawSources(
  { kernels, nodeCount }: HeldGraph,
  scratch: Scratch,
  { sourceCount, seed }: { sourceCount: number; seed: number },
): Uint32Array {
  if (sourceCount === nodeCount) return Uint32Array.from({ length: nodeCount }, (_, node) => node)
  const order = scratch.words('sources', nodeCount)
  const random = scratch.bytes('random', 16)
  kernels.call.randomSeed(random.at, seed, 0)
  kernels.call.graphShuffle(order.at, nodeCount, random.at)
  return kernels.arena.u32(order).slice(0, sourceCount)
}

function* fromSource(
  { kernels, outgoing }: HeldGraph,
  { hops, paths, queue, tail, dependencies, scores }: Search,
  { source, share }: { source: number; share: number },
): Work<void> {
  const { arena, call } = kernels
  const { starts, targets } = outgoing
  arena.u32(hops).fill(unreached)
  arena.f64(paths).fill(0)
  arena.u32(hops)[source] = 0
  arena.f64(paths)[source] = 1
  arena.u32(queue)[0] = source
  arena.u32(tail)[0] = 1
  for (let head = 0; head < arena.u32(tail)[0]!; ) {
    head =
      call.graphBetweennessForward(
        starts,
        targets,
        hops.at,
        paths.at,
        queue.at,
        tail.at,
        head,
        slowEdgesPerChunk,
      ) >>> 0
    yield { step: 'follow paths', share }
  }
  for (let left = arena.u32(tail)[0]!; left > 0; ) {
    left =
      call.graphBetweennessBackward(
        starts,
        targets,
        hops.at,
        paths.at,
        queue.at,
        dependencies.at,
        scores.at,
        left,
        slowEdgesPerChunk,
      ) >>> 0
    yield { step: 'follow paths', share }
  }
}

/** Without direction each pair is seen from both of its ends. */
function scaleOf(
  { nodeCount, isDirected }: HeldGraph,
  { sourceCount, normalized }: { sourceCount: number; normalized: boolean },
): number {
  if (nodeCount < 3) return 0
  const sampled = nodeCount / sourceCount
  if (normalized) return sampled / ((nodeCount - 1) * (nodeCount - 2))
  return isDirected ? sampled : sampled / 2
}

/** Of the sum over the sample, before it is scaled. */
function errorOf(nodeCount: number, sourceCount: number): number {
  if (sourceCount === nodeCount || nodeCount < 3) return 0
  return (nodeCount - 2) * Math.sqrt((sourceCount * Math.log(40 * nodeCount)) / 2)
}
