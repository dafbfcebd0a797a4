import { describe, expect, it } from 'vitest'
import { BadInput } from '../../../src/engine/checks.ts'
import { modularity } from '../../../src/engine/graph/modularity.ts'
import { binaries } from '../binaries.ts'
import { ask, drawnEdges, graphKernels, karate, seeds } from './graphs.ts'
import { modularityTwin } from './twins/communities.ts'

describe.each(binaries)('modularity by $name', ({ module }) => {
  const kernels = graphKernels(module)

  it.each(seeds)('is that of the twin, seed %i', seed => {
    for (const isDirected of [true, false]) {
      const edges = drawnEdges(seed, { isDirected, hasWeights: true })
      const communities = Uint32Array.from(
        { length: edges.nodeCount },
        (_, node) => (node % 3) % edges.nodeCount,
      )
      const found = ask(kernels, edges, graph => modularity(graph, communities, { resolution: 1.3 }))
      expect(found).toBeCloseTo(modularityTwin(edges, communities, 1.3), 12)
    }
  })

  it('of all in one is 0', () => {
    expect(ask(kernels, karate, graph => modularity(graph, new Uint32Array(34)))).toBe(0)
  })

  it.each([new Uint32Array(33), new Uint32Array(34).fill(34)])('refuses what is no division', communities => {
    expect(() => ask(kernels, karate, graph => modularity(graph, communities))).toThrow(BadInput)
  })
})
