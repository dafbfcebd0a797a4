import { describe, expect, it } from 'vitest'
import { components } from '../../../src/engine/graph/components.ts'
import { binaries } from '../binaries.ts'
import { ask, drawnEdges, edgeList, graphKernels, seeds } from './graphs.ts'
import { componentsTwin } from './twins/reach.ts'

describe.each(binaries)('components by $name', ({ module }) => {
  const kernels = graphKernels(module)

  it.each(seeds)('are those of the twin, seed %i', seed => {
    for (const isDirected of [true, false]) {
      const edges = drawnEdges(seed, { isDirected })
      const found = ask(kernels, edges, components)
      expect([...found.components]).toEqual(componentsTwin(edges))
      expect(found.count).toBe(new Set(found.components).size)
    }
  })

  it('are numbered in the order of their first nodes', () => {
    const edges = edgeList(
      6,
      [
        [5, 1],
        [4, 0],
        [2, 4],
      ],
      true,
    )
    expect(ask(kernels, edges, components)).toEqual({
      components: Uint32Array.of(0, 1, 0, 2, 0, 1),
      count: 3,
    })
  })
})
