import { describe, expect, it } from 'vitest'
import { clustering } from '../../../src/engine/graph/clustering.ts'
import { binaries } from '../binaries.ts'
import { ask, drawnEdges, edgeList, graphKernels, karate, seeds } from './graphs.ts'
import { clusteringTwin } from './twins/clustering.ts'

describe.each(binaries)('local clustering by $name', ({ module }) => {
  const kernels = graphKernels(module)

  it.each(seeds)('is that of the twin, seed %i', seed => {
    for (const isDirected of [true, false]) {
      const edges = drawnEdges(seed, { isDirected })
      expect([...ask(kernels, edges, clustering)]).toEqual(clusteringTwin(edges))
    }
  })

  it('of the karate club is that of the twin', () => {
    expect([...ask(kernels, karate, clustering)]).toEqual(clusteringTwin(karate))
  })

  it('counts an edge each way for itself where edges have a direction', () => {
    const triangle = edgeList(
      3,
      [
        [0, 1],
        [0, 2],
        [1, 2],
      ],
      true,
    )
    expect([...ask(kernels, triangle, clustering)]).toEqual([0.5, 0.5, 0.5])
    expect([...ask(kernels, { ...triangle, isDirected: false }, clustering)]).toEqual([1, 1, 1])
  })
})
