// Graphs for tests: drawn by a seed, or known from the literature.

import { seededRandom } from '../../../src/base/random.ts'
import { buildCsr, type CsrOptions, type EdgeList } from '../../../src/engine/graph/csr.ts'
import { type HeldGraph, holdGraph } from '../../../src/engine/graph/held.ts'
import type { GraphCall, GraphKernels } from '../../../src/engine/graph/kernels.ts'
import { startKernels } from '../../../src/engine/kernels.ts'
import { finish } from '../../../src/engine/work.ts'

export const seeds = [1, 2, 3, 4, 5]

/** Source, target, and a weight for all or none. */
export type Edge = readonly [source: number, target: number, weight?: number]

export function edgeList(nodeCount: number, edges: readonly Edge[], isDirected = false): EdgeList {
  const hasWeights = edges.some(([, , weight]) => weight !== undefined)
  return {
    nodeCount,
    isDirected,
    sources: Uint32Array.from(edges, ([source]) => source),
    targets: Uint32Array.from(edges, ([, target]) => target),
    weights: hasWeights ? Float64Array.from(edges, ([, , weight]) => weight!) : undefined,
  }
}

export function graphKernels(module: WebAssembly.Module, memoryBytesMax?: number): GraphKernels {
  return startKernels<GraphCall>(module, memoryBytesMax === undefined ? {} : { memoryBytesMax })
}

export function hold(kernels: GraphKernels, edges: EdgeList, options: CsrOptions = {}): HeldGraph {
  return finish(holdGraph(kernels, finish(buildCsr(edges, options))))
}

/** Asks one question of a graph, which is let go afterwards. */
export function ask<Answer>(
  kernels: GraphKernels,
  edges: EdgeList,
  question: (graph: HeldGraph) => Generator<unknown, Answer>,
): Answer {
  const graph = hold(kernels, edges)
  try {
    return finish(question(graph) as Generator<never, Answer>)
  } finally {
    graph.release()
  }
}

/** Edges at random: some parallel, some loops, some nodes without any. */
export function drawnEdges(
  seed: number,
  { isDirected, hasWeights = false }: { isDirected: boolean; hasWeights?: boolean },
): EdgeList {
  const random = seededRandom(seed)
  const nodeCount = 1 + Math.floor(random() * 60)
  const reach = 1 + Math.floor(random() * nodeCount)
  const node = () => Math.floor(random() ** 1.5 * reach)
  const edges = Array.from({ length: Math.floor(random() * 4 * nodeCount) }, (): Edge => {
    // quarters add up without rounding, so that twins may add in another order
    return hasWeights ? [node(), node(), Math.floor(random() * 16) / 4] : [node(), node()]
  })
  return edgeList(nodeCount, edges, isDirected)
}

export interface Planted {
  edges: EdgeList
  groups: number[]
}

/** Groups of one size, whose nodes are joined more often among themselves; numbered in turns, so that order tells nothing. */
export function plantedPartition(
  seed: number,
  chances: { groupCount: number; groupSize: number; inside: number; outside: number },
): Planted {
  const random = seededRandom(seed)
  const { groupCount, groupSize, inside, outside } = chances
  const nodeCount = groupCount * groupSize
  const groups = Array.from({ length: nodeCount }, (_, node) => node % groupCount)
  const edges: Edge[] = []
  for (let source = 0; source < nodeCount; source++) {
    for (let target = source + 1; target < nodeCount; target++) {
      if (random() < (groups[source] === groups[target] ? inside : outside)) edges.push([source, target])
    }
  }
  return { edges: edgeList(nodeCount, edges), groups }
}

/**
 * Friendships of the 34 members of a karate club (Zachary 1977, figure 1; members are numbered from 0 here). Its best
 * modularity is 0.4198 (Brandes et al. 2008).
 */
export const karate: EdgeList = edgeList(34, karateEdges())

function karateEdges(): Edge[] {
  const friends = {
    0: [1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 17, 19, 21, 31],
    1: [2, 3, 7, 13, 17, 19, 21, 30],
    2: [3, 7, 8, 9, 13, 27, 28, 32],
    3: [7, 12, 13],
    4: [6, 10],
    5: [6, 10, 16],
    6: [16],
    8: [30, 32, 33],
    9: [33],
    13: [33],
    14: [32, 33],
    15: [32, 33],
    18: [32, 33],
    19: [33],
    20: [32, 33],
    22: [32, 33],
    23: [25, 27, 29, 32, 33],
    24: [25, 27, 31],
    25: [31],
    26: [29, 33],
    27: [33],
    28: [31, 33],
    29: [32, 33],
    30: [32, 33],
    31: [32, 33],
    32: [33],
  }
  return Object.entries(friends).flatMap(([source, targets]) =>
    targets.map((target): Edge => [Number(source), target]),
  )
}
