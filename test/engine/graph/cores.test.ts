import { describe, expect, it } from 'vitest'
import { cores } from '../../../src/engine/graph/cores.ts'
import { buildCsr } from '../../../src/engine/graph/csr.ts'
import { holdGraph } from '../../../src/engine/graph/held.ts'
import { finish } from '../../../src/engine/work.ts'
import { binaries } from '../binaries.ts'
import { ask, drawnEdges, graphKernels, karate, seeds } from './graphs.ts'
import { coresTwin } from './twins/cores.ts'

describe.each(binaries)('cores by $name', ({ module }) => {
  const kernels = graphKernels(module)

  it.each(seeds)('are those of the twin, seed %i', seed => {
    for (const isDirected of [true, false]) {
      const edges = drawnEdges(seed, { isDirected })
      const graph = finish(holdGraph(kernels, finish(buildCsr(edges, { parallel: 'keep' }))))
      expect([...finish(cores(graph)).cores]).toEqual(coresTwin(edges))
      graph.release()
    }
  })

  it('of the karate club go four deep', () => {
    expect(ask(kernels, karate, cores).coreMax).toBe(4)
  })
})
