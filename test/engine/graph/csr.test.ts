import { describe, expect, it } from 'vitest'
import { BadInput } from '../../../src/engine/checks.ts'
import {
  buildCsr,
  type Csr,
  type CsrOptions,
  type EdgeList,
  reversed,
} from '../../../src/engine/graph/csr.ts'
import { finish } from '../../../src/engine/work.ts'
import { drawnEdges, type Edge, edgeList, seeds } from './graphs.ts'
import { outgoing } from './twins/rows.ts'

const build = (edges: EdgeList, options?: CsrOptions): Csr => finish(buildCsr(edges, options))
const directed = (nodeCount: number, edges: Edge[]) => edgeList(nodeCount, edges, true)

describe('a graph of rows', () => {
  it('lists the edges of each node in rising order', () => {
    const { starts, targets, weights } = build(
      directed(3, [
        [1, 0, 2],
        [0, 2, 1],
        [0, 1, 0.5],
      ]),
    )
    expect([...starts]).toEqual([0, 2, 3, 3])
    expect([...targets]).toEqual([1, 2, 0])
    expect([...weights!]).toEqual([0.5, 1, 2])
  })

  it('has an edge without direction in both rows, and a loop once', () => {
    const { starts, targets } = build(
      edgeList(3, [
        [0, 1],
        [1, 1],
      ]),
    )
    expect([...starts]).toEqual([0, 1, 3, 3])
    expect([...targets]).toEqual([1, 0, 1])
  })

  it('makes one edge of parallel ones and adds their weights', () => {
    const edges = directed(2, [
      [0, 1, 1],
      [1, 0, 5],
      [0, 1, 2],
    ])
    expect([...build(edges).weights!]).toEqual([3, 5])
    const bare = build({ ...edges, weights: undefined })
    expect([...bare.targets]).toEqual([1, 0])
    expect(bare.weights).toBeUndefined()
  })

  it('keeps parallel edges in the order of the list when asked to', () => {
    const { targets, weights } = build(
      directed(2, [
        [0, 1, 2],
        [0, 1, 1],
      ]),
      { parallel: 'keep' },
    )
    expect([...targets]).toEqual([1, 1])
    expect([...weights!]).toEqual([2, 1])
  })

  it('drops loops when asked to', () => {
    const loops: Edge[] = [
      [0, 0],
      [0, 1],
    ]
    expect([...build(directed(2, loops), { loops: 'drop' }).targets]).toEqual([1])
    expect([...build(edgeList(2, loops), { loops: 'drop' }).targets]).toEqual([1, 0])
  })

  it('may have no edges, or no nodes', () => {
    expect([...build(edgeList(2, [])).starts]).toEqual([0, 0, 0])
    expect([...build(edgeList(0, [])).starts]).toEqual([0])
  })

  it.each(seeds)('has what a list of lists has, seed %i', seed => {
    for (const isDirected of [true, false]) {
      const edges = drawnEdges(seed, { isDirected, hasWeights: true })
      const csr = build(edges, { parallel: 'keep' })
      outgoing(edges).forEach((row, node) => {
        const sorted = row.toSorted((left, right) => left.node - right.node)
        const [from, until] = [csr.starts[node]!, csr.starts[node + 1]!]
        expect([...csr.targets.subarray(from, until)]).toEqual(sorted.map(neighbour => neighbour.node))
        expect([...csr.weights!.subarray(from, until)]).toEqual(sorted.map(({ weight }) => weight))
      })
    }
  })

  it.each(seeds)('turned around twice is the same, seed %i', seed => {
    const csr = build(drawnEdges(seed, { isDirected: true, hasWeights: true }))
    expect(finish(reversed(finish(reversed(csr))))).toEqual(csr)
  })

  it.each<[string, Partial<EdgeList>]>([
    ['a node that there isn’t', { targets: Uint32Array.of(1, 3) }],
    ['a source that there isn’t', { sources: Uint32Array.of(7, 0) }],
    ['fewer targets than sources', { targets: Uint32Array.of(1) }],
    ['fewer weights than edges', { weights: Float64Array.of(1) }],
    ['a negative weight', { weights: Float64Array.of(1, -1) }],
    ['a weight that is NaN', { weights: Float64Array.of(1, Number.NaN) }],
    ['a weight without an end', { weights: Float64Array.of(1, Infinity) }],
    ['a count of nodes that is no number', { nodeCount: Number.NaN }],
    ['a broken count of nodes', { nodeCount: 2.5 }],
    ['more nodes than 31 bits tell apart', { nodeCount: 2 ** 31 }],
  ])('is refused with %s', (_, change) => {
    const edges = directed(3, [
      [0, 1],
      [1, 2],
    ])
    expect(() => build({ ...edges, ...change })).toThrow(BadInput)
  })
})
