import { describe, expect, it } from 'vitest'
import { BadInput } from '../../../src/engine/checks.ts'
import { pagerank } from '../../../src/engine/graph/pagerank.ts'
import { binaries } from '../binaries.ts'
import { ask, drawnEdges, edgeList, graphKernels, karate, seeds } from './graphs.ts'
import { pagerankTwin } from './twins/pagerank.ts'

describe.each(binaries)('pagerank by $name', ({ module }) => {
  const kernels = graphKernels(module)

  it.each(seeds)('ranks as its twin does, seed %i', seed => {
    for (const isDirected of [true, false]) {
      for (const hasWeights of [true, false]) {
        const edges = drawnEdges(seed, { isDirected, hasWeights })
        const teleport = Array.from(
          { length: edges.nodeCount },
          (_, node) => (node % 4) + (node === 0 ? 1 : 0),
        )
        const options = { damping: 0.8, steps: 7 }
        // the twin counts parallel edges one by one, as weights do
        const counted = { ...edges, weights: edges.weights ?? new Float64Array(edges.sources.length).fill(1) }
        const { scores } = ask(kernels, counted, graph =>
          pagerank(graph, { damping: 0.8, stepsMax: 7, tolerance: 0 }),
        )
        near(scores, pagerankTwin(counted, options))
        const personal = ask(kernels, counted, graph =>
          pagerank(graph, { damping: 0.8, stepsMax: 7, tolerance: 0, teleport: Float64Array.from(teleport) }),
        )
        near(personal.scores, pagerankTwin(counted, { ...options, teleport }))
      }
    }
  })

  it('sums to 1 and says when it has converged', () => {
    const found = ask(kernels, karate, graph => pagerank(graph))
    expect(found.converged).toBe(true)
    expect(found.change).toBeLessThanOrEqual(1e-9)
    expect(found.scores.reduce((sum, score) => sum + score, 0)).toBeCloseTo(1, 12)
    const early = ask(kernels, karate, graph => pagerank(graph, { stepsMax: 3 }))
    expect(early).toMatchObject({ converged: false, stepCount: 3 })
  })

  it('gives what lies on nodes without a way out to all', () => {
    const { scores } = ask(kernels, edgeList(3, [[0, 1]], true), graph => pagerank(graph))
    expect(scores[0]).toBeCloseTo(scores[2]!, 12)
    expect(scores[1]).toBeCloseTo(scores[0]! * 1.85, 9)
  })

  it('ranks nothing that a personal walk never meets', () => {
    const edges = edgeList(
      4,
      [
        [0, 1],
        [1, 0],
        [2, 3],
      ],
      true,
    )
    const { scores } = ask(kernels, edges, graph =>
      pagerank(graph, { teleport: Float64Array.of(1, 0, 0, 0) }),
    )
    expect([...scores.subarray(2)]).toEqual([0, 0])
  })

  it.each([
    { damping: 1.1 },
    { damping: Number.NaN },
    { tolerance: -1 },
    { stepsMax: 0.5 },
    { teleport: new Float64Array(34) },
    { teleport: new Float64Array(33).fill(1) },
    { teleport: new Float64Array(34).fill(-1) },
    { teleport: new Float64Array(34).fill(Number.NaN) },
  ])('refuses %j', options => {
    expect(() => ask(kernels, karate, graph => pagerank(graph, options))).toThrow(BadInput)
  })
})

function near(found: Float64Array, twin: readonly number[]): void {
  expect(found.length).toBe(twin.length)
  for (const [node, rank] of twin.entries()) expect(found[node]).toBeCloseTo(rank, 14)
}
