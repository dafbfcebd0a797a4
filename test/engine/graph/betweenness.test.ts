import { describe, expect, it } from 'vitest'
import { BadInput } from '../../../src/engine/checks.ts'
import { betweenness } from '../../../src/engine/graph/betweenness.ts'
import { buildCsr } from '../../../src/engine/graph/csr.ts'
import { holdGraph } from '../../../src/engine/graph/held.ts'
import { finish } from '../../../src/engine/work.ts'
import { binaries } from '../binaries.ts'
import { ask, drawnEdges, edgeList, graphKernels, karate, plantedPartition, seeds } from './graphs.ts'
import { betweennessTwin } from './twins/betweenness.ts'

describe.each(binaries)('betweenness by $name', ({ module }) => {
  const kernels = graphKernels(module)

  it.each(seeds)('is that of the twin, seed %i', seed => {
    for (const isDirected of [true, false]) {
      const edges = drawnEdges(seed, { isDirected })
      const graph = finish(holdGraph(kernels, finish(buildCsr(edges, { parallel: 'keep' }))))
      const { scores, errorMax } = finish(betweenness(graph))
      for (const [node, score] of betweennessTwin(edges).entries()) expect(scores[node]).toBeCloseTo(score, 9)
      expect(errorMax).toBe(0)
      graph.release()
    }
  })

  it('of a star lies in its middle', () => {
    const star = edgeList(
      5,
      [1, 2, 3, 4].map(node => [0, node] as const),
    )
    const found = ask(kernels, star, graph => betweenness(graph, { normalized: true }))
    expect([...found.scores]).toEqual([1, 0, 0, 0, 0])
  })

  it.each(seeds)('of a sample is as near as it says, seed %i', seed => {
    const { edges } = plantedPartition(seed, { groupCount: 4, groupSize: 40, inside: 0.2, outside: 0.01 })
    const exact = ask(kernels, edges, graph => betweenness(graph, { normalized: true }))
    const sampled = ask(kernels, edges, graph =>
      betweenness(graph, { sourceCount: 80, seed, normalized: true }),
    )
    expect(sampled.errorMax).toBeLessThan(0.3)
    exact.scores.forEach((score, node) => {
      expect(Math.abs(score - sampled.scores[node]!)).toBeLessThan(sampled.errorMax)
    })
  })

  it('of a sample is the same for the same seed', () => {
    const sample = (seed: number) =>
      ask(kernels, karate, graph => betweenness(graph, { sourceCount: 8, seed })).scores
    expect(sample(7)).toEqual(sample(7))
    expect(sample(7)).not.toEqual(sample(8))
  })

  it.each([{ sourceCount: 0 }, { sourceCount: 35 }, { sourceCount: 1.5 }, { seed: -1 }])(
    'refuses %j',
    options => {
      expect(() => ask(kernels, karate, graph => betweenness(graph, options))).toThrow(BadInput)
    },
  )
})
