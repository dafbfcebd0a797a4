import { describe, expect, it } from 'vitest'
import { BadInput } from '../../../src/engine/checks.ts'
import { bfs, unreached } from '../../../src/engine/graph/bfs.ts'
import { pathTo } from '../../../src/engine/graph/paths.ts'
import { binaries } from '../binaries.ts'
import { ask, drawnEdges, edgeList, graphKernels, karate, seeds } from './graphs.ts'
import { hopsTwin, reversedEdges } from './twins/reach.ts'

const chain = edgeList(
  5,
  [0, 1, 2, 3].map(node => [node, node + 1] as const),
  true,
)

describe.each(binaries)('breadth first by $name', ({ module }) => {
  const kernels = graphKernels(module)

  it.each(seeds)('reaches what its twin reaches, whichever way, seed %i', seed => {
    const edges = drawnEdges(seed, { isDirected: true })
    const sources = [0, edges.nodeCount - 1]
    const ways = { out: edges, in: reversedEdges(edges), both: { ...edges, isDirected: false } }
    for (const direction of ['out', 'in', 'both'] as const) {
      const { hops } = ask(kernels, edges, graph => bfs(graph, { sources, direction }))
      expect(Array.from(hops, hop => (hop === unreached ? Infinity : hop))).toEqual(
        hopsTwin(ways[direction], sources),
      )
    }
  })

  it('tells the way by parents, and the order', () => {
    const found = ask(kernels, karate, graph => bfs(graph, { sources: [16] }))
    expect(found.order.length).toBe(34)
    found.order.forEach((node, i) => {
      expect(found.hops[node]).toBeGreaterThanOrEqual(found.hops[found.order[Math.max(0, i - 1)]!]!)
      expect(pathTo(found, { source: 16, target: node }).length).toBe(found.hops[node]! + 1)
    })
  })

  it('stops at a bound of hops', () => {
    const { hops, order } = ask(kernels, chain, graph => bfs(graph, { sources: [1], hopsMax: 2 }))
    expect([...hops]).toEqual([unreached, 0, 1, 2, unreached])
    expect([...order]).toEqual([1, 2, 3])
    expect([...ask(kernels, chain, graph => bfs(graph, { sources: [1], hopsMax: 0 })).order]).toEqual([1])
  })

  it('takes a source twice for once', () => {
    expect([...ask(kernels, chain, graph => bfs(graph, { sources: [3, 3] })).order]).toEqual([3, 4])
  })

  it.each([
    { sources: [] },
    { sources: [5] },
    { sources: [-1] },
    { sources: [0.5] },
    { sources: [0], hopsMax: -1 },
  ])('refuses %j', options => {
    expect(() => ask(kernels, chain, graph => bfs(graph, options))).toThrow(BadInput)
  })
})
