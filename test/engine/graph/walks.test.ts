import { describe, expect, it } from 'vitest'
import { BadInput } from '../../../src/engine/checks.ts'
import { nowhere, type WalksOptions, walks } from '../../../src/engine/graph/walks.ts'
import { binaries } from '../binaries.ts'
import { ask, drawnEdges, type Edge, edgeList, graphKernels, karate, seeds } from './graphs.ts'
import { outgoing } from './twins/rows.ts'

describe.each(binaries)('random walks by $name', ({ module }) => {
  const kernels = graphKernels(module)
  const make = (edges: Parameters<typeof ask>[1], options: WalksOptions) =>
    ask(kernels, edges, graph => walks(graph, options))

  it.each(seeds)('follow edges, and end where none goes out, seed %i', seed => {
    for (const isDirected of [true, false]) {
      const edges = drawnEdges(seed, { isDirected, hasWeights: seed % 2 === 0 })
      const rows = outgoing(edges).map(row => row.filter(({ weight }) => weight > 0).map(({ node }) => node))
      const starts = Uint32Array.from({ length: edges.nodeCount }, (_, node) => node)
      const found = make(edges, { starts, stepCount: 9, seed, returning: 4, roaming: 0.5 })
      found.forEach((node, i) => {
        const before = found[i - 1]!
        if (i % 10 === 0) expect(node).toBe(starts[i / 10])
        else if (node === nowhere) expect(before === nowhere || rows[before]!.length === 0).toBe(true)
        else expect(rows[before]).toContain(node)
      })
    }
  })

  it('are the same for the same seed, and each by itself', () => {
    const starts = Uint32Array.from({ length: 34 }, (_, node) => node)
    const all = make(karate, { starts, stepCount: 5, seed: 3 })
    expect(make(karate, { starts, stepCount: 5, seed: 3 })).toEqual(all)
    expect(make(karate, { starts, stepCount: 5, seed: 4 })).not.toEqual(all)
    const few = make(karate, { starts: starts.subarray(0, 7), stepCount: 5, seed: 3 })
    expect(few).toEqual(all.subarray(0, 42))
  })

  it('go by weight', () => {
    const edges = edgeList(
      3,
      [
        [0, 1, 1],
        [0, 2, 3],
      ],
      true,
    )
    const found = make(edges, { starts: new Uint32Array(20_000), stepCount: 1 })
    const share = found.filter((node, i) => i % 2 === 1 && node === 2).length / 20_000
    expect(share).toBeGreaterThan(0.735)
    expect(share).toBeLessThan(0.765)
  })

  it('go back to their start as often as asked', () => {
    const ring = edgeList(
      100,
      Array.from({ length: 100 }, (_, node): Edge => [node, (node + 1) % 100]),
      true,
    )
    const found = make(ring, { starts: Uint32Array.of(0), stepCount: 50_000, restart: 0.2 })
    const share = found.filter(node => node === 0).length / 50_000
    expect(share).toBeGreaterThan(0.19)
    expect(share).toBeLessThan(0.21)
    const always = make(ring, { starts: Uint32Array.of(5), stepCount: 3, restart: 1 })
    expect([...always]).toEqual([5, 5, 5, 5])
  })

  it('turn back and roam as node2vec says', () => {
    // from 1, having come from 0: back to 0 by 1/p, to 2 (a neighbour of 0) by 1, to 3 (none) by 1/q
    const edges = edgeList(4, [
      [0, 1],
      [0, 2],
      [1, 2],
      [1, 3],
    ])
    const counts = new Map<number, number>()
    const found = make(edges, { starts: new Uint32Array(40_000), stepCount: 2, returning: 2, roaming: 0.5 })
    for (let i = 0; i < found.length; i += 3) {
      if (found[i + 1] === 1) counts.set(found[i + 2]!, (counts.get(found[i + 2]!) ?? 0) + 1)
    }
    const all = [...counts.values()].reduce((sum, count) => sum + count, 0)
    expect(counts.get(0)! / all).toBeCloseTo(0.5 / 3.5, 1)
    expect(counts.get(2)! / all).toBeCloseTo(1 / 3.5, 1)
    expect(counts.get(3)! / all).toBeCloseTo(2 / 3.5, 1)
  })

  it.each([
    { starts: Uint32Array.of(34) },
    { stepCount: -1 },
    { seed: 2 ** 32 },
    { restart: 1.1 },
    { returning: 0 },
    { roaming: Infinity },
  ])('refuse %j', options => {
    expect(() => make(karate, { starts: Uint32Array.of(0), stepCount: 3, ...options })).toThrow(BadInput)
  })
})
