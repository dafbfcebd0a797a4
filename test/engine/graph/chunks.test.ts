// A graph of many copies of a small one takes many chunks, and says of each copy what the small one says.

import { describe, expect, it } from 'vitest'
import { bfs } from '../../../src/engine/graph/bfs.ts'
import { clustering } from '../../../src/engine/graph/clustering.ts'
import { components } from '../../../src/engine/graph/components.ts'
import { cores } from '../../../src/engine/graph/cores.ts'
import { buildCsr, type EdgeList } from '../../../src/engine/graph/csr.ts'
import { labelPropagation } from '../../../src/engine/graph/labels.ts'
import { leiden } from '../../../src/engine/graph/leiden.ts'
import { louvain } from '../../../src/engine/graph/louvain.ts'
import { modularity } from '../../../src/engine/graph/modularity.ts'
import { pagerank } from '../../../src/engine/graph/pagerank.ts'
import { paths } from '../../../src/engine/graph/paths.ts'
import { finish, type Work } from '../../../src/engine/work.ts'
import { binaries } from '../binaries.ts'
import { ask, graphKernels, hold, karate } from './graphs.ts'

const copies = 8000
const size = karate.nodeCount
const many = copiesOf(karate)
/** The same, with an edge from each copy to the next: one component. */
const chained = chainOf(many)

describe.each(binaries)('chunk by chunk by $name', ({ module }) => {
  const kernels = graphKernels(module)
  const graph = hold(kernels, many)

  it('ranks, cores and coefficients are those of one copy', () => {
    const one = ask(kernels, karate, held => pagerank(held, { tolerance: 0, stepsMax: 5 })).scores
    const ranks = finish(pagerank(graph, { tolerance: 0, stepsMax: 5 })).scores
    expect(worst(ranks, node => one[node]! / copies)).toBeLessThan(1e-18)
    const core = ask(kernels, karate, cores).cores
    expect(worst(finish(cores(graph)).cores, node => core[node]!)).toBe(0)
    const coefficients = ask(kernels, karate, clustering)
    expect(worst(finish(clustering(graph)), node => coefficients[node]!)).toBe(0)
  })

  it('labels and components are those of one copy, further on', () => {
    const one = ask(kernels, karate, held => labelPropagation(held, { roundsMax: 4 })).labels
    const { labels } = finish(labelPropagation(graph, { roundsMax: 4 }))
    expect(worst(labels, (node, copy) => one[node]! + copy * size)).toBe(0)
    const found = finish(components(graph))
    expect(found.count).toBe(copies)
    expect(worst(found.components, (_, copy) => copy)).toBe(0)
  })

  it('hops and distances reach through all copies', () => {
    const far = ask(kernels, chained, held => bfs(held, { sources: [0] }))
    expect(far.order.length).toBe(chained.nodeCount)
    expect(far.hops[chained.nodeCount - size]).toBe(copies - 1)
    const { distances } = ask(kernels, chained, held => paths(held, { source: 0 }))
    expect(distances).toEqual(Float64Array.from(far.hops))
  })

  it.each([leiden, louvain])('communities stay within a copy, and are worth what is said: %o', method => {
    const found = finish(method(graph))
    const homes = new Map<number, number>()
    found.communities.forEach((community, node) => {
      const copy = Math.floor(node / size)
      if ((homes.get(community) ?? copy) !== copy)
        expect.fail(`a community of copies ${copy} and ${homes.get(community)}`)
      homes.set(community, copy)
    })
    expect(homes.size).toBe(found.count)
    expect(finish(modularity(graph, found.communities))).toBe(found.modularity)
  })

  it.each([
    ['building', () => buildCsr(many)],
    ['pagerank', () => pagerank(graph, { tolerance: 0, stepsMax: 4 })],
    ['labels', () => labelPropagation(graph, { roundsMax: 4 })],
    ['clustering', () => clustering(graph)],
    ['cores', () => cores(graph)],
    ['components', () => components(graph)],
    ['leiden', () => leiden(graph, { iterationsMax: 2 })],
    ['louvain', () => louvain(graph)],
  ] as [string, () => Work<unknown>][])('%s tells how far it is, and never falls back', (_, begin) => {
    const shares = new Map<string, number>()
    let count = 0
    const work = begin()
    for (let next = work.next(); !next.done; next = work.next()) {
      const { step, share } = next.value
      expect(share, step).toBeGreaterThanOrEqual(shares.get(step) ?? 0)
      expect(share, step).toBeLessThanOrEqual(1)
      shares.set(step, share)
      count++
    }
    expect(count).toBeGreaterThan(2)
  })
})

function copiesOf({ nodeCount, sources, targets }: EdgeList): EdgeList {
  const repeat = (ends: Uint32Array) => {
    const all = new Uint32Array(ends.length * copies)
    for (let copy = 0; copy < copies; copy++) {
      for (let i = 0; i < ends.length; i++) all[copy * ends.length + i] = ends[i]! + copy * nodeCount
    }
    return all
  }
  return {
    nodeCount: nodeCount * copies,
    isDirected: false,
    sources: repeat(sources),
    targets: repeat(targets),
  }
}

function chainOf({ nodeCount, isDirected, sources, targets }: EdgeList): EdgeList {
  const links = Uint32Array.from({ length: copies - 1 }, (_, copy) => copy * size)
  return {
    nodeCount,
    isDirected,
    sources: joined(sources, links),
    targets: joined(
      targets,
      links.map(node => node + size),
    ),
  }
}

function joined(left: Uint32Array, right: Uint32Array): Uint32Array {
  const all = new Uint32Array(left.length + right.length)
  all.set(left)
  all.set(right, left.length)
  return all
}

/** How far the farthest value is from what is expected of it. */
function worst(found: ArrayLike<number>, expected: (node: number, copy: number) => number): number {
  let most = 0
  for (let i = 0; i < found.length; i++) {
    most = Math.max(most, Math.abs(found[i]! - expected(i % size, Math.floor(i / size))))
  }
  return most
}
