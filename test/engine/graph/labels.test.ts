import { describe, expect, it } from 'vitest'
import { BadInput } from '../../../src/engine/checks.ts'
import { buildCsr } from '../../../src/engine/graph/csr.ts'
import { holdGraph } from '../../../src/engine/graph/held.ts'
import { labelPropagation } from '../../../src/engine/graph/labels.ts'
import { finish } from '../../../src/engine/work.ts'
import { binaries } from '../binaries.ts'
import { ask, drawnEdges, edgeList, graphKernels, plantedPartition, seeds } from './graphs.ts'
import { labelsTwin } from './twins/labels.ts'

describe.each(binaries)('label propagation by $name', ({ module }) => {
  const kernels = graphKernels(module)

  it.each(seeds)('gives the labels of the twin, seed %i', seed => {
    for (const isDirected of [true, false]) {
      for (const update of ['synchronous', 'in turn'] as const) {
        const edges = drawnEdges(seed, { isDirected })
        const graph = finish(holdGraph(kernels, finish(buildCsr(edges, { parallel: 'keep' }))))
        const { labels, roundCount } = finish(labelPropagation(graph, { update, roundsMax: 6 }))
        expect([...labels]).toEqual(labelsTwin(edges, { rounds: roundCount, isInTurn: update === 'in turn' }))
        graph.release()
      }
    }
  })

  it('may swing for ever, and settles in turn', () => {
    const pair = edgeList(2, [[0, 1]])
    const swinging = ask(kernels, pair, graph => labelPropagation(graph, { roundsMax: 5 }))
    expect(swinging).toEqual({ labels: Uint32Array.of(1, 0), roundCount: 5, converged: false })
    const settled = ask(kernels, pair, graph => labelPropagation(graph, { update: 'in turn' }))
    expect(settled).toEqual({ labels: Uint32Array.of(1, 1), roundCount: 2, converged: true })
  })

  it('finds groups that stand apart', () => {
    const { edges, groups } = plantedPartition(1, {
      groupCount: 4,
      groupSize: 25,
      inside: 0.5,
      outside: 0.005,
    })
    const { labels } = ask(kernels, edges, graph => labelPropagation(graph, { update: 'in turn' }))
    for (const [node, group] of groups.entries()) expect(labels[node]).toBe(labels[groups.indexOf(group)])
  })

  it.each([{ roundsMax: -1 }, { roundsMax: 1.5 }, { update: 'at once' as 'in turn' }])(
    'refuses %j',
    options => {
      expect(() => ask(kernels, edgeList(1, []), graph => labelPropagation(graph, options))).toThrow(BadInput)
    },
  )
})
