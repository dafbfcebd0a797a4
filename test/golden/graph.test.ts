// What networkx, igraph and leidenalg find (graph.py).

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { betweenness } from '../../src/engine/graph/betweenness.ts'
import { bfs, unreached } from '../../src/engine/graph/bfs.ts'
import { clustering } from '../../src/engine/graph/clustering.ts'
import { components } from '../../src/engine/graph/components.ts'
import { cores } from '../../src/engine/graph/cores.ts'
import { leiden } from '../../src/engine/graph/leiden.ts'
import { louvain } from '../../src/engine/graph/louvain.ts'
import { modularity } from '../../src/engine/graph/modularity.ts'
import { pagerank } from '../../src/engine/graph/pagerank.ts'
import { paths } from '../../src/engine/graph/paths.ts'
import { binaries } from '../engine/binaries.ts'
import { ask, type Edge, edgeList, graphKernels, karate } from '../engine/graph/graphs.ts'

interface Case {
  name: string
  node_count: number
  is_directed: boolean
  edges: Edge[]
  pagerank: number[]
  pagerank_by_weight: number[]
  pagerank_damped: number[]
  teleport: number[]
  pagerank_personal: number[]
  components: number[]
  hops: (number | null)[]
  distances: (number | null)[]
  cores: number[]
  betweenness: number[]
  betweenness_normalized: number[]
  division: number[]
  modularity: number
  modularity_by_weight: number
  clustering?: number[]
  leiden?: number
  louvain?: number
}

interface Golden {
  cases: Case[]
  loops: { modularity: number; pagerank: number[] }
  karate: { edges: Edge[]; clubs: number[]; modularity_of_clubs: number }
}

const golden: Golden = JSON.parse(readFileSync(new URL('./graph.json', import.meta.url), 'utf8'))
const precise = { tolerance: 1e-15, stepsMax: 10_000 }

describe.each(binaries)('graphs by $name', ({ module }) => {
  const kernels = graphKernels(module)

  describe.each(golden.cases)('as networkx sees them: $name', found => {
    const weighted = edgeList(found.node_count, found.edges, found.is_directed)
    const bare = { ...weighted, weights: undefined }

    it('have those ranks', () => {
      near(ask(kernels, bare, graph => pagerank(graph, precise)).scores, found.pagerank)
      near(ask(kernels, weighted, graph => pagerank(graph, precise)).scores, found.pagerank_by_weight)
      const damped = ask(kernels, bare, graph => pagerank(graph, { ...precise, damping: 0.5 }))
      near(damped.scores, found.pagerank_damped)
      const teleport = Float64Array.from(found.teleport)
      near(
        ask(kernels, bare, graph => pagerank(graph, { ...precise, teleport })).scores,
        found.pagerank_personal,
      )
    })

    it('have those components, hops and distances', () => {
      expect([...ask(kernels, bare, components).components]).toEqual(found.components)
      const { hops } = ask(kernels, bare, graph => bfs(graph, { sources: [0] }))
      expect(Array.from(hops, hop => (hop === unreached ? null : hop))).toEqual(found.hops)
      const { distances } = ask(kernels, weighted, graph => paths(graph, { source: 0 }))
      near(
        distances,
        found.distances.map(distance => distance ?? Infinity),
      )
    })

    it('have those cores, coefficients and betweenness', () => {
      expect([...ask(kernels, bare, cores).cores]).toEqual(found.cores)
      if (found.clustering) near(ask(kernels, bare, clustering), found.clustering)
      near(ask(kernels, bare, betweenness).scores, found.betweenness)
      const shares = ask(kernels, bare, graph => betweenness(graph, { normalized: true }))
      near(shares.scores, found.betweenness_normalized)
    })

    it('are worth as much when divided', () => {
      const division = Uint32Array.from(found.division)
      expect(ask(kernels, bare, graph => modularity(graph, division))).toBeCloseTo(found.modularity, 12)
      const sharper = ask(kernels, weighted, graph => modularity(graph, division, { resolution: 1.7 }))
      expect(sharper).toBeCloseTo(found.modularity_by_weight, 12)
    })

    it.runIf(found.leiden)('fall into communities that are worth as much as those of leidenalg', () => {
      const seeds = Array.from({ length: 20 }, (_, seed) => seed)
      const leidens = seeds.map(seed =>
        ask(kernels, weighted, graph => leiden(graph, { seed, iterationsMax: 20 })),
      )
      expect(Math.max(...leidens.map(each => each.modularity))).toBeGreaterThan(found.leiden! - 1e-9)
      const louvains = seeds.map(seed => ask(kernels, weighted, graph => louvain(graph, { seed })))
      expect(Math.max(...louvains.map(each => each.modularity))).toBeGreaterThan(found.louvain! - 1e-9)
    })
  })

  it('count a loop as networkx does', () => {
    const edges = edgeList(4, [
      [0, 1, 1],
      [1, 2, 2],
      [2, 2, 3],
      [0, 0, 0.5],
      [2, 3, 1],
    ])
    const division = Uint32Array.of(0, 0, 1, 1)
    const worth = ask(kernels, edges, graph => modularity(graph, division))
    expect(worth).toBeCloseTo(golden.loops.modularity, 12)
    near(ask(kernels, edges, graph => pagerank(graph, precise)).scores, golden.loops.pagerank)
  })

  it('know the karate club, and how it split', () => {
    const pairs = Array.from(karate.sources, (source, i) => [source, karate.targets[i]!])
    expect(pairs).toEqual(golden.karate.edges)
    const clubs = Uint32Array.from(golden.karate.clubs)
    const worth = ask(kernels, karate, graph => modularity(graph, clubs))
    expect(worth).toBeCloseTo(golden.karate.modularity_of_clubs, 12)
  })
})

it('finds the same to the bit by every binary', () => {
  const answers = binaries.map(({ module }) => {
    const kernels = graphKernels(module)
    return golden.cases.map(({ node_count, edges, is_directed }) => {
      const weighted = edgeList(node_count, edges, is_directed)
      const whole = { ...weighted, isDirected: false }
      return {
        ranks: ask(kernels, weighted, pagerank),
        betweenness: ask(kernels, weighted, betweenness),
        leiden: ask(kernels, whole, leiden),
        louvain: ask(kernels, whole, louvain),
      }
    })
  })
  for (const answer of answers) expect(answer).toEqual(answers[0])
})

function near(found: ArrayLike<number>, known: readonly number[]): void {
  expect(found.length).toBe(known.length)
  known.forEach((value, node) => {
    if (value === Infinity) expect(found[node]).toBe(Infinity)
    else expect(Math.abs(found[node]! - value), `node ${node}`).toBeLessThan(1e-11 * Math.max(1, value))
  })
}
