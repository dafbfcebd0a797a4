// A graph as compressed sparse rows: the edges of node 0, then those of node 1, and so on. Rows are in rising order of their
// targets, and edges of one pair keep the order of the list, so that one list of edges always makes the same graph.
//
//   starts   0, 2, 3, 3        node 0 has edges 0 and 1, node 1 has edge 2, node 2 has none
//   targets  1, 2, 0
//   weights  .5, 1, 2
//
// A graph without direction has each edge in both rows, and a loop once in its own.

import { BadInput, demand, demandBelow, demandFinite, demandWhole } from '../checks.ts'
import type { Work } from '../work.ts'
import { edgesPerChunk, within } from './chunks.ts'

export interface Csr {
  nodeCount: number
  isDirected: boolean
  /** u32[nodeCount + 1], rising offsets into `targets`, from 0 to their count */
  starts: Uint32Array
  /** u32[edgeCount], each < nodeCount, rising within a row; equal ones are parallel edges */
  targets: Uint32Array
  /** f64[edgeCount], finite and not negative; undefined for edges of weight 1 */
  weights: Float64Array | undefined
}

export interface EdgeList {
  nodeCount: number
  isDirected: boolean
  /** u32[edgeCount], each < nodeCount */
  sources: Uint32Array
  /** u32[edgeCount], each < nodeCount */
  targets: Uint32Array
  /** f64[edgeCount], finite and not negative; none for edges of weight 1 */
  weights?: Float64Array | undefined
}

export interface CsrOptions {
  /** `merge` (the default) makes one edge of those between the same two nodes: weights are added, and without weights
   *  the edge stands once; `keep` leaves them side by side */
  parallel?: 'merge' | 'keep'
  /** what becomes of edges from a node to itself; `keep` is the default */
  loops?: 'keep' | 'drop'
}

/** Room for nodes and edges is a matter of the instance; this is what a u32 can tell apart with one to spare. */
const nodeCountMax = 2 ** 31 - 2

/**
 * A graph of a list of edges, in time and memory linear in nodes and edges.
 *
 * @throws BadInput when lengths differ, a node is not below `nodeCount`, or a weight is negative or not finite
 */
export function* buildCsr(edges: EdgeList, options: CsrOptions = {}): Work<Csr> {
  checkEdges(edges)
  const { nodeCount, isDirected } = edges
  const arcs = yield* arcsOf(edges, options.loops ?? 'keep')
  // sorted by target first, a stable sort by source leaves each row in rising order
  const byTarget = yield* within(
    sortedArcs({ nodeCount, keys: arcs.targets, values: arcs.sources, weights: arcs.weights }),
    { from: 0, until: 0.5 },
  )
  const { values, sortedKeys, weights } = byTarget
  const bySource = yield* within(sortedArcs({ nodeCount, keys: values, values: sortedKeys, weights }), {
    from: 0.5,
    until: 1,
  })
  const csr = {
    nodeCount,
    isDirected,
    starts: bySource.starts,
    targets: bySource.values,
    weights: bySource.weights,
  }
  return (options.parallel ?? 'merge') === 'merge' ? merged(csr) : csr
}

/** The same edges the other way round, in rising rows. */
export function* reversed({ nodeCount, isDirected, starts, targets, weights }: Csr): Work<Csr> {
  const sources = new Uint32Array(targets.length)
  for (let node = 0; node < nodeCount; node++) sources.fill(node, starts[node]!, starts[node + 1]!)
  const sorted = yield* sortedArcs({ nodeCount, keys: targets, values: sources, weights })
  return { nodeCount, isDirected, starts: sorted.starts, targets: sorted.values, weights: sorted.weights }
}

/** @throws BadInput where the rows are not what a kernel trusts them to be */
export function checkCsr({ nodeCount, starts, targets, weights }: Csr): void {
  demandWhole('nodeCount', nodeCount, { min: 0, max: nodeCountMax })
  demand(
    starts.length === nodeCount + 1,
    `starts has ${starts.length} offsets: expected ${nodeCount + 1}, one more than nodes`,
  )
  demand(starts[0] === 0, `starts[0] is ${starts[0]}: expected 0`)
  const fallsAt = starts.findIndex((start, node) => node > 0 && start < starts[node - 1]!)
  demand(
    fallsAt < 0,
    `starts[${fallsAt}] is ${starts[fallsAt]}, below the offset before: expected rising offsets`,
  )
  demand(
    starts[nodeCount] === targets.length,
    `starts ends with ${starts[nodeCount]}: expected ${targets.length}, as many as targets`,
  )
  demandBelow('targets', targets, nodeCount)
  checkRows(starts, targets)
  checkWeights(weights, targets.length)
}

function checkRows(starts: Uint32Array, targets: Uint32Array): void {
  for (let node = 0; node + 1 < starts.length; node++) {
    const end = starts[node + 1]!
    for (let edge = starts[node]! + 1; edge < end; edge++) {
      if (targets[edge]! < targets[edge - 1]!) {
        throw new BadInput(`targets[${edge}] falls within the row of node ${node}: expected rising rows`)
      }
    }
  }
}

function checkEdges({ nodeCount, sources, targets, weights }: EdgeList): void {
  demandWhole('nodeCount', nodeCount, { min: 0, max: nodeCountMax })
  demand(
    sources.length === targets.length,
    `${sources.length} sources and ${targets.length} targets: expected as many`,
  )
  demandBelow('sources', sources, nodeCount)
  demandBelow('targets', targets, nodeCount)
  checkWeights(weights, sources.length)
}

function checkWeights(weights: Float64Array | undefined, edgeCount: number): void {
  if (!weights) return
  demand(weights.length === edgeCount, `${weights.length} weights for ${edgeCount} edges: expected as many`)
  demandFinite('weights', weights)
  const at = weights.findIndex(weight => weight < 0)
  demand(at < 0, `weights[${at}] is ${weights[at]}: expected no negative weight`)
}

interface Arcs {
  sources: Uint32Array
  targets: Uint32Array
  weights: Float64Array | undefined
}

/** Each edge as it stands in rows: without direction, both ways. */
function* arcsOf(edges: EdgeList, loops: 'keep' | 'drop'): Work<Arcs> {
  const { isDirected, sources, targets, weights } = edges
  if (isDirected && loops === 'keep') return { sources, targets, weights }
  const edgeCount = sources.length
  let loopCount = 0
  for (let i = 0; i < edgeCount; i++) loopCount += sources[i] === targets[i] ? 1 : 0
  const arcCount = (edgeCount - loopCount) * (isDirected ? 1 : 2) + (loops === 'keep' ? loopCount : 0)
  demand(arcCount < 2 ** 32, `${edgeCount} edges: expected fewer than fit 32 bits`)
  const arcs = {
    sources: new Uint32Array(arcCount),
    targets: new Uint32Array(arcCount),
    weights: weights && new Float64Array(arcCount),
  }
  let arc = 0
  for (let i = 0; i < edgeCount; i++) {
    if (i % edgesPerChunk === 0) yield { step: 'lay out edges', share: i / edgeCount }
    const source = sources[i]!
    const target = targets[i]!
    const isLoop = source === target
    if (isLoop && loops === 'drop') continue
    arcs.sources[arc] = source
    arcs.targets[arc] = target
    if (arcs.weights) arcs.weights[arc] = weights![i]!
    arc++
    if (isDirected || isLoop) continue
    arcs.sources[arc] = target
    arcs.targets[arc] = source
    if (arcs.weights) arcs.weights[arc] = weights![i]!
    arc++
  }
  return arcs
}

interface Sorted {
  starts: Uint32Array
  sortedKeys: Uint32Array
  values: Uint32Array
  weights: Float64Array | undefined
}

/** A stable counting sort by key. */
function* sortedArcs(arcs: {
  nodeCount: number
  keys: Uint32Array
  values: Uint32Array
  weights: Float64Array | undefined
}): Work<Sorted> {
  const { nodeCount, keys, values, weights } = arcs
  const starts = new Uint32Array(nodeCount + 1)
  for (let i = 0; i < keys.length; i++) starts[keys[i]! + 1]!++
  for (let node = 0; node < nodeCount; node++) starts[node + 1]! += starts[node]!
  const cursors = starts.slice(0, nodeCount)
  const sorted = {
    starts,
    sortedKeys: new Uint32Array(keys.length),
    values: new Uint32Array(keys.length),
    weights: weights && new Float64Array(keys.length),
  }
  for (let i = 0; i < keys.length; i++) {
    if (i % edgesPerChunk === 0) yield { step: 'sort edges', share: i / keys.length }
    const key = keys[i]!
    const at = cursors[key]!++
    sorted.sortedKeys[at] = key
    sorted.values[at] = values[i]!
    if (sorted.weights) sorted.weights[at] = weights![i]!
  }
  return sorted
}

/** Makes one edge of each run of equal targets, in place. */
function merged(csr: Csr): Csr {
  const { nodeCount, isDirected, targets, weights } = csr
  const starts = new Uint32Array(nodeCount + 1)
  let kept = 0
  for (let node = 0; node < nodeCount; node++) {
    const first = kept
    for (let edge = csr.starts[node]!; edge < csr.starts[node + 1]!; edge++) {
      const target = targets[edge]!
      if (kept > first && targets[kept - 1] === target) {
        if (weights) weights[kept - 1]! += weights[edge]!
        continue
      }
      targets[kept] = target
      if (weights) weights[kept] = weights[edge]!
      kept++
    }
    starts[node + 1] = kept
  }
  return { nodeCount, isDirected, starts, targets: targets.slice(0, kept), weights: weights?.slice(0, kept) }
}
