// The answers that LDBC Graphalytics gives with its validation graphs (Iosup et al. 2016; data of ldbc_graphalytics, Apache
// 2.0). They lie beside the repository, if anywhere.

import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bfs, unreached } from '../../src/engine/graph/bfs.ts'
import { clustering } from '../../src/engine/graph/clustering.ts'
import { components } from '../../src/engine/graph/components.ts'
import type { EdgeList } from '../../src/engine/graph/csr.ts'
import { labelPropagation } from '../../src/engine/graph/labels.ts'
import { pagerank } from '../../src/engine/graph/pagerank.ts'
import { paths } from '../../src/engine/graph/paths.ts'
import { binaries } from '../engine/binaries.ts'
import { ask, type Edge, edgeList, graphKernels } from '../engine/graph/graphs.ts'

const folder = new URL('../../../shared/data/graphalytics/', import.meta.url)
const isThere = existsSync(folder)
if (!isThere) console.warn('Graphalytics: left out, since ../shared/data/graphalytics is missing')

/** As their outputs write that a node is not reached. */
const never = '9223372036854775807'
const ways = [
  { name: 'directed', short: 'dir', isDirected: true },
  { name: 'undirected', short: 'undir', isDirected: false },
]

describe.runIf(isThere).each(binaries)('Graphalytics by $name', ({ module }) => {
  const kernels = graphKernels(module)

  describe.each(ways)('$name', ({ name, short, isDirected }) => {
    const example = () => fromLists(`example/example-${name}.v`, `example/example-${name}.e`, isDirected)
    const answer = (of: string) => answers(`example/example-${name}-${of}`)
    const start = { directed: 1, undirected: 2 }[name]!

    it.each(['bfs', 'example'])('BFS: %s', test => {
      const graph = test === 'bfs' ? fromRows(`bfs/${short}-input`, isDirected) : example()
      const known = test === 'bfs' ? answers(`bfs/${short}-output`) : answer('BFS')
      const source = graph.ids.indexOf(test === 'bfs' ? 1 : start)
      const { hops } = ask(kernels, graph.edges, held => bfs(held, { sources: [source] }))
      graph.ids.forEach((id, node) => {
        expect(hops[node] === unreached ? never : String(hops[node]), `node ${id}`).toBe(known.get(id))
      })
    })

    it.each(['wcc', 'example'])('WCC: %s', test => {
      const graph = test === 'wcc' ? fromRows(`wcc/${short}-input`, isDirected) : example()
      const known = test === 'wcc' ? answers(`wcc/${short}-output`) : answer('WCC')
      const found = ask(kernels, graph.edges, components).components
      // names of components are anyone's choice: both say of the same nodes that they are together
      const firstOf = (groups: ArrayLike<unknown>) =>
        Array.from(groups, group => Array.from(groups).indexOf(group))
      expect(firstOf(found)).toEqual(firstOf(graph.ids.map(id => known.get(id))))
    })

    it.each([
      ['cdlp', 5],
      ['example', 2],
    ] as const)('CDLP: %s, %i rounds', (test, roundsMax) => {
      const graph = test === 'cdlp' ? fromRows(`cdlp/${short}-input`, isDirected) : example()
      const known = test === 'cdlp' ? answers(`cdlp/${short}-output`) : answer('CDLP')
      const { labels } = ask(kernels, graph.edges, held => labelPropagation(held, { roundsMax }))
      graph.ids.forEach((id, node) => {
        expect(String(graph.ids[labels[node]!]), `node ${id}`).toBe(known.get(id))
      })
    })

    it.each(['lcc', 'example'])('LCC: %s', test => {
      const graph = test === 'lcc' ? fromRows(`lcc/${short}-input`, isDirected) : example()
      const known = test === 'lcc' ? answers(`lcc/${short}-output`) : answer('LCC')
      near(graph.ids, ask(kernels, graph.edges, clustering), known, 1e-10)
    })

    it.each([
      ['pr', isDirected ? 14 : 26],
      ['example', 2],
    ] as const)('PR: %s, %i steps', (test, stepsMax) => {
      const graph = test === 'pr' ? fromRows(`pr/${short}-input`, isDirected) : example()
      const known = test === 'pr' ? answers(`pr/${short}-output`) : answer('PR')
      const bare = { ...graph.edges, weights: undefined }
      const { scores } = ask(kernels, bare, held => pagerank(held, { damping: 0.85, stepsMax, tolerance: 0 }))
      near(graph.ids, scores, known, 1e-4)
    })

    it.each(['sssp', 'example'])('SSSP: %s', test => {
      const graph =
        test === 'sssp' ? fromLists(`sssp/${short}-input.v`, `sssp/${short}-input.e`, isDirected) : example()
      const known = test === 'sssp' ? answers(`sssp/${short}-output`) : answer('SSSP')
      const source = graph.ids.indexOf(test === 'sssp' ? 1 : start)
      near(graph.ids, ask(kernels, graph.edges, held => paths(held, { source })).distances, known, 1e-10)
    })
  })
})

interface Numbered {
  /** a node's id, rising */
  ids: number[]
  edges: EdgeList
}

/** A line a node: its id, then its neighbours' ids. */
function fromRows(path: string, isDirected: boolean): Numbered {
  const rows = linesOf(path).map(line => line.map(Number))
  const edges = rows.flatMap(([id, ...others]) => others.map((other): Edge => [id!, other]))
  // without direction each edge is told at both of its ends
  const once = isDirected ? edges : edges.filter(([source, target]) => source <= target)
  return numbered(
    rows.map(([id]) => id!),
    once,
    isDirected,
  )
}

function fromLists(nodesPath: string, edgesPath: string, isDirected: boolean): Numbered {
  const ids = linesOf(nodesPath).map(([id]) => Number(id))
  const edges = linesOf(edgesPath).map(line => line.map(Number) as [number, number, number])
  return numbered(ids, edges, isDirected)
}

function numbered(unsorted: number[], edges: Edge[], isDirected: boolean): Numbered {
  const ids = unsorted.sort((left, right) => left - right)
  const places = new Map(ids.map((id, node) => [id, node]))
  const placed = edges.map(
    ([source, target, weight]): Edge => [places.get(source)!, places.get(target)!, weight!],
  )
  return { ids, edges: edgeList(ids.length, placed, isDirected) }
}

function answers(path: string): Map<number, string> {
  return new Map(linesOf(path).map(([id, value]) => [Number(id), value!]))
}

function linesOf(path: string): string[][] {
  const text = readFileSync(new URL(path, folder), 'utf8')
  return text
    .split('\n')
    .filter(line => line.trim() !== '')
    .map(line => line.trim().split(/\s+/))
}

function near(ids: number[], found: Float64Array, known: Map<number, string>, tolerance: number): void {
  ids.forEach((id, node) => {
    const value = Number(known.get(id))
    if (value === Infinity) expect(found[node], `node ${id}`).toBe(Infinity)
    else expect(Math.abs(found[node]! - value), `node ${id}`).toBeLessThanOrEqual(tolerance * value)
  })
}
