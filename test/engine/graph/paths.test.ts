import { describe, expect, it } from 'vitest'
import { BadInput } from '../../../src/engine/checks.ts'
import { paths, pathTo } from '../../../src/engine/graph/paths.ts'
import { binaries } from '../binaries.ts'
import { ask, drawnEdges, edgeList, graphKernels, seeds } from './graphs.ts'
import { distancesTwin, reversedEdges } from './twins/reach.ts'

const detour = edgeList(
  4,
  [
    [0, 1, 5],
    [0, 2, 1],
    [2, 1, 2],
    [1, 3, 1],
  ],
  true,
)

describe.each(binaries)('shortest paths by $name', ({ module }) => {
  const kernels = graphKernels(module)

  it.each(seeds)('are as long as those of the twin, seed %i', seed => {
    for (const isDirected of [true, false]) {
      for (const hasWeights of [true, false]) {
        // parallel edges would be added up, which is no way of going along one of them
        const all = drawnEdges(seed, { isDirected, hasWeights })
        const edges = withoutParallel(all)
        const out = ask(kernels, edges, graph => paths(graph, { source: 0 }))
        expect([...out.distances]).toEqual(distancesTwin(edges, 0))
        const back = ask(kernels, edges, graph => paths(graph, { source: 0, direction: 'in' }))
        expect([...back.distances]).toEqual(distancesTwin(reversedEdges(edges), 0))
      }
    }
  })

  it('tell the way', () => {
    const found = ask(kernels, detour, graph => paths(graph, { source: 0 }))
    expect([...found.distances]).toEqual([0, 3, 1, 4])
    expect([...pathTo(found, { source: 0, target: 3 })]).toEqual([0, 2, 1, 3])
    expect([...pathTo(found, { source: 3, target: 0 })]).toEqual([])
    expect([...pathTo(found, { source: 0, target: 0 })]).toEqual([0])
  })

  it('end where only one target is asked for', () => {
    const { distances } = ask(kernels, detour, graph => paths(graph, { source: 0, target: 2 }))
    expect(distances[2]).toBe(1)
    expect(distances[3]).toBe(Infinity)
  })

  it('end at a bound of distance', () => {
    const { distances } = ask(kernels, detour, graph => paths(graph, { source: 0, distanceMax: 3 }))
    expect([...distances]).toEqual([0, 3, 1, Infinity])
  })

  it.each([
    { source: 4 },
    { source: -1 },
    { source: 0, target: 4 },
    { source: 0, distanceMax: -1 },
    { source: 0, distanceMax: Number.NaN },
    { source: 0, direction: 'aside' as 'in' },
  ])('refuse %j', options => {
    expect(() => ask(kernels, detour, graph => paths(graph, options))).toThrow(BadInput)
  })
})

function withoutParallel(edges: ReturnType<typeof drawnEdges>): ReturnType<typeof drawnEdges> {
  const seen = new Set<string>()
  const kept = [...edges.sources.keys()].filter(i => {
    const pair = [edges.sources[i]!, edges.targets[i]!]
    if (!edges.isDirected) pair.sort((left, right) => left - right)
    const isNew = !seen.has(pair.join())
    seen.add(pair.join())
    return isNew
  })
  return {
    ...edges,
    sources: Uint32Array.from(kept, i => edges.sources[i]!),
    targets: Uint32Array.from(kept, i => edges.targets[i]!),
    weights: edges.weights && Float64Array.from(kept, i => edges.weights![i]!),
  }
}
