// What graph algorithms are compared with: PageRank written by hand, and graphology where it is installed.

import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import type { Edges } from './graphs.ts'

/**
 * PageRank as one writes it in JavaScript when it has to be fast: rows in typed arrays, pulled, shares computed once a step.
 */
export function jsPagerank(
  {
    nodeCount,
    starts,
    targets,
    degrees,
  }: {
    nodeCount: number
    /** rows of incoming edges */
    starts: Uint32Array
    targets: Uint32Array
    /** f64[nodeCount], how many edges go out */
    degrees: Float64Array
  },
  { damping, steps }: { damping: number; steps: number },
): Float64Array {
  let ranks = new Float64Array(nodeCount).fill(1 / nodeCount)
  let next = new Float64Array(nodeCount)
  const shares = new Float64Array(nodeCount)
  for (let step = 0; step < steps; step++) {
    let stuck = 0
    for (let node = 0; node < nodeCount; node++) {
      const degree = degrees[node]!
      if (degree === 0) stuck += ranks[node]!
      shares[node] = degree === 0 ? 0 : ranks[node]! / degree
    }
    const jump = (1 - damping + damping * stuck) / nodeCount
    for (let node = 0; node < nodeCount; node++) {
      const end = starts[node + 1]!
      let sum = 0
      for (let edge = starts[node]!; edge < end; edge++) sum += shares[targets[edge]!]!
      next[node] = jump + damping * sum
    }
    ;[ranks, next] = [next, ranks]
  }
  return ranks
}

interface PeerGraph {
  addNode(node: number): void
  mergeEdge(source: number, target: number): void
}

type PagerankPackage = (graph: PeerGraph, options: object) => Record<string, number>

interface LouvainPackage {
  detailed(graph: PeerGraph, options: { getEdgeWeight: null }): { modularity: number }
}

/** @returns undefined where graphology is not installed */
export function graphologyPagerank(edges: Edges, steps: number): (() => number[]) | undefined {
  const graph = graphologyOf(edges, 'DirectedGraph')
  const pagerank = installed<PagerankPackage>('graphology-metrics/centrality/pagerank')
  if (!graph || !pagerank) return undefined
  return () => {
    try {
      const options = { alpha: 0.85, maxIterations: steps, tolerance: 0, getEdgeWeight: null }
      return Object.values(pagerank(graph, options))
    } catch {
      return [] // it has done the steps, but keeps ranks that have not converged to itself
    }
  }
}

/** @returns undefined where graphology is not installed */
export function graphologyLouvain(edges: Edges): (() => { modularity: number }) | undefined {
  const graph = graphologyOf(edges, 'UndirectedGraph')
  const louvain = installed<LouvainPackage>('graphology-communities-louvain')
  return graph && louvain && (() => louvain.detailed(graph, { getEdgeWeight: null }))
}

function graphologyOf(edges: Edges, kind: 'DirectedGraph' | 'UndirectedGraph'): PeerGraph | undefined {
  const graphology = installed<Record<typeof kind, new () => PeerGraph>>('graphology')
  if (!graphology) return undefined
  const theirs = new graphology[kind]()
  for (let node = 0; node < edges.nodeCount; node++) theirs.addNode(node)
  edges.sources.forEach((source, i) => {
    if (source !== edges.targets[i]) theirs.mergeEdge(source, edges.targets[i]!)
  })
  return theirs
}

function installed<T>(name: string): T | undefined {
  try {
    return createRequire(resolve('bench/package.json'))(name) as T
  } catch {
    return undefined // its rows are left out
  }
}
