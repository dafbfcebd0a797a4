import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import { OutOfMemory } from '../../../src/engine/arena.ts'
import { BadInput } from '../../../src/engine/checks.ts'
import { betweenness } from '../../../src/engine/graph/betweenness.ts'
import { bfs } from '../../../src/engine/graph/bfs.ts'
import { clustering } from '../../../src/engine/graph/clustering.ts'
import { components } from '../../../src/engine/graph/components.ts'
import { cores } from '../../../src/engine/graph/cores.ts'
import type { Csr, EdgeList } from '../../../src/engine/graph/csr.ts'
import { type HeldGraph, holdGraph } from '../../../src/engine/graph/held.ts'
import { labelPropagation } from '../../../src/engine/graph/labels.ts'
import { leiden } from '../../../src/engine/graph/leiden.ts'
import { louvain } from '../../../src/engine/graph/louvain.ts'
import { modularity } from '../../../src/engine/graph/modularity.ts'
import { pagerank } from '../../../src/engine/graph/pagerank.ts'
import { paths } from '../../../src/engine/graph/paths.ts'
import { walks } from '../../../src/engine/graph/walks.ts'
import { finish, type Work } from '../../../src/engine/work.ts'
import { binaries } from '../binaries.ts'
import { drawnEdges, edgeList, graphKernels, hold, karate } from './graphs.ts'

describe.each(binaries)('a held graph by $name', ({ module }) => {
  const kernels = graphKernels(module)
  const sound: Csr = {
    nodeCount: 3,
    isDirected: true,
    starts: Uint32Array.of(0, 2, 3, 3),
    targets: Uint32Array.of(1, 2, 0),
    weights: undefined,
  }

  it.each<[string, Partial<Csr>]>([
    ['too few offsets', { starts: Uint32Array.of(0, 2, 3) }],
    ['too many offsets', { starts: Uint32Array.of(0, 2, 3, 3, 3) }],
    ['offsets that fall', { starts: Uint32Array.of(0, 3, 2, 3) }],
    ['offsets that begin late', { starts: Uint32Array.of(1, 2, 3, 3) }],
    ['offsets that end early', { starts: Uint32Array.of(0, 1, 2, 2) }],
    ['offsets that end late', { starts: Uint32Array.of(0, 2, 3, 4) }],
    ['a target that there isn’t', { targets: Uint32Array.of(1, 3, 0) }],
    ['a row that falls', { targets: Uint32Array.of(2, 1, 0) }],
    ['fewer weights than edges', { weights: Float64Array.of(1) }],
    ['a negative weight', { weights: Float64Array.of(1, -1, 1) }],
    ['a weight that is NaN', { weights: Float64Array.of(1, Number.NaN, 1) }],
    ['edges one way in a graph without direction', { isDirected: false }],
    [
      'a weight that differs by direction in a graph without',
      {
        ...sound,
        isDirected: false,
        starts: Uint32Array.of(0, 1, 2, 2),
        targets: Uint32Array.of(1, 0),
        weights: Float64Array.of(1, 2),
      },
    ],
  ])('is refused with %s, and the instance goes on', (_, change) => {
    const { heldBytes } = kernels.arena
    expect(() => finish(holdGraph(kernels, { ...sound, ...change }))).toThrow(BadInput)
    expect(kernels.arena.heldBytes).toBe(heldBytes)
    const graph = finish(holdGraph(kernels, sound))
    expect(finish(components(graph)).count).toBe(1)
    graph.release()
    expect(kernels.arena.heldBytes).toBe(heldBytes)
  })

  it('answers nothing once it is released', () => {
    const graph = hold(kernels, karate)
    graph.release()
    graph.release()
    expect(() => finish(pagerank(graph))).toThrow(BadInput)
  })

  it('that does not fit is refused, and what fits still works', () => {
    const small = graphKernels(module, 2_000_000)
    const { heldBytes } = small.arena
    const great = drawnRing(400_000)
    expect(() => hold(small, great)).toThrow(OutOfMemory)
    expect(small.arena.heldBytes).toBe(heldBytes)
    const graph = hold(small, drawnRing(40_000))
    expect(() => finish(leiden(graph))).toThrow(OutOfMemory)
    expect(finish(components(graph)).count).toBe(1)
  })

  it('lets go of a call’s memory when the work is left midway', () => {
    const graph = hold(kernels, karate)
    const { heldBytes } = kernels.arena
    const work = leiden(graph)
    work.next()
    expect(kernels.arena.heldBytes).toBeGreaterThan(heldBytes)
    work.return(undefined as never)
    expect(kernels.arena.heldBytes).toBe(heldBytes)
    graph.release()
  })

  it('shares an instance with others', () => {
    const first = hold(kernels, karate)
    const second = hold(kernels, edgeList(2, [[0, 1]]))
    expect(finish(components(first)).components.length).toBe(34)
    expect(finish(components(second)).components.length).toBe(2)
    second.release()
    first.release()
  })

  it.each<[string, EdgeList]>([
    ['without nodes', edgeList(0, [])],
    ['of one node', edgeList(1, [])],
    ['of one node with a loop', edgeList(1, [[0, 0]])],
    ['without edges', edgeList(5, [])],
    ['of two nodes', edgeList(2, [[0, 1]])],
    [
      'of loops alone',
      edgeList(
        3,
        [0, 1, 2].map(node => [node, node, 2] as const),
      ),
    ],
    [
      'of weights that are all 0',
      edgeList(3, [
        [0, 1, 0],
        [1, 2, 0],
      ]),
    ],
    ['of two nodes, directed', edgeList(2, [[0, 1]], true)],
    ['without nodes, directed', edgeList(0, [], true)],
  ])('%s answers everything', (_, edges) => {
    const graph = hold(kernels, edges)
    const { nodeCount } = graph
    for (const values of answers(graph)) {
      expect(values.length).toBe(nodeCount)
      expect(Array.from(values).every(value => value >= 0 && !Number.isNaN(value))).toBe(true)
    }
    graph.release()
  })

  it('survives options of any kind', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = seededRandom(seed)
      const odd = () => oddValues[Math.floor(random() * oddValues.length)]!
      const graph = hold(
        kernels,
        drawnEdges(seed, { isDirected: random() < 0.5, hasWeights: random() < 0.5 }),
      )
      const { heldBytes } = kernels.arena
      for (const question of questions(graph, odd)) {
        try {
          finish(question() as Work<unknown>)
        } catch (error) {
          if (!(error instanceof BadInput) && !(error instanceof OutOfMemory)) {
            throw new Error(`seed ${seed}: ${question}`, { cause: error })
          }
        }
        expect(kernels.arena.heldBytes, `seed ${seed}`).toBe(heldBytes)
      }
      expect(finish(components(graph)).components.length).toBe(graph.nodeCount)
      graph.release()
    }
  })
})

/** What whole graphs are asked, each with a value a node. */
function* answers(graph: HeldGraph): Generator<ArrayLike<number>> {
  yield finish(pagerank(graph)).scores
  yield finish(components(graph)).components
  yield finish(labelPropagation(graph)).labels
  yield finish(clustering(graph))
  yield finish(cores(graph)).cores
  yield finish(betweenness(graph)).scores
  if (graph.nodeCount > 0) {
    yield finish(bfs(graph, { sources: [0] })).hops
    yield finish(paths(graph, { source: 0 })).distances
  }
  if (graph.isDirected) return
  yield finish(louvain(graph)).communities
  yield finish(leiden(graph)).communities
}

const oddValues = [
  0,
  1,
  2,
  0.5,
  -1,
  -0.5,
  7,
  1e9,
  2 ** 32,
  Number.NaN,
  Infinity,
  -Infinity,
  undefined,
] as number[]

function questions(graph: HeldGraph, odd: () => number): (() => Generator<unknown, unknown>)[] {
  const odds = (count: number) => Float64Array.from({ length: count }, odd)
  const some = (count: number) => Uint32Array.from({ length: count }, odd)
  const few = () => Math.min(odd(), 1000)
  return [
    () => pagerank(graph, { damping: odd(), tolerance: odd(), stepsMax: few() }),
    () => pagerank(graph, { teleport: odds(graph.nodeCount), stepsMax: 3 }),
    () => pagerank(graph, { teleport: odds(3), stepsMax: 3 }),
    () => bfs(graph, { sources: [odd(), odd()], hopsMax: odd() }),
    () => bfs(graph, { sources: [], direction: 'aside' as 'out' }),
    () => paths(graph, { source: odd(), target: odd(), distanceMax: odd() }),
    () => labelPropagation(graph, { roundsMax: few() }),
    () => betweenness(graph, { sourceCount: odd(), seed: odd() }),
    () => walks(graph, { starts: some(4), stepCount: few(), seed: odd(), restart: odd() }),
    () => walks(graph, { starts: some(2), stepCount: 9, returning: odd(), roaming: odd() }),
    () => modularity(graph, some(graph.nodeCount), { resolution: odd() }),
    () => modularity(graph, some(2)),
    () => leiden(graph, { resolution: odd(), seed: odd(), iterationsMax: few() }),
    () => louvain(graph, { resolution: odd(), seed: odd() }),
  ]
}

function drawnRing(nodeCount: number): EdgeList {
  const sources = Uint32Array.from({ length: nodeCount }, (_, node) => node)
  return { nodeCount, isDirected: false, sources, targets: sources.map(node => (node + 1) % nodeCount) }
}
