// Graphs: ranks beside plain JavaScript and graphology, communities beside graphology, and the rest by itself.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { GraphCall, HeldGraph } from '../../src/engine/engine.ts'
import { graphologyLouvain, graphologyPagerank, jsPagerank } from '../measure/graph-peers.ts'
import { communityGraph, type Edges, rmat } from '../measure/graphs.ts'
import { compiledEngines, loadEngine } from '../measure/indexes.ts'
import { type Spread, spreadOf } from '../measure/statistics.ts'
import { figure, spread } from './figures.ts'
import type { Comparison, Place, Suite, Table, Target } from './suite.ts'

type Engine = Awaited<ReturnType<typeof loadEngine>>

const ours = 'Alluvium'
const plain = 'plain typed arrays'
const peer = 'graphology'
const steps = 20
const stepsWanted = 250e6
const edgesWanted = 5e6
const louvainRatioWanted = 5

interface NamedGraph {
  name: string
  edges: Edges
}

/** What a contender does in one turn: seconds of it, and what it came to. */
interface Turn {
  seconds: number
  worth: number
}

interface Contender {
  name: string
  turn(): Turn
}

interface Measured {
  graph: string
  name: string
  perSecond: Spread
  worth: Spread
}

export const graph: Suite = {
  name: 'graph',
  title: 'Graphs',
  about: `PageRank: ${steps} steps, an edge-step being one edge in one step, setting up and copying out included; plain JavaScript pulls along the same rows in typed arrays. Communities: edges a second over the whole call, from single nodes to the last level, and the modularity that was found, by other seeds in other repetitions. R-MAT has the skew of the web; "communities" are after LFR, a third of the edges leading out. One thread, one process, one after the other, medians of the repetitions.`,
  async run(place) {
    const engine = await loadEngine()
    const graphs = graphsOf(place)
    const ranks = graphs.flatMap(each => measureRanks(engine, each, place))
    const communities = graphs.flatMap(each => measureCommunities(engine, each, place))
    const others = measureOthers(engine, graphs[0]!)
    return {
      tables: [
        table('PageRank', 'M edge-steps/s', ranks, { name: 'sum of squares', digits: 8 }),
        table('Communities', 'M edges/s', communities, { name: 'modularity', digits: 5 }),
        others.table,
      ],
      targets: place.isSmall ? [] : targetsOf(ranks, communities),
      comparisons: comparisonsOf(ranks, communities),
      charts: [
        {
          kind: 'bars',
          title: `PageRank, ${graphs[0]!.name}`,
          unit: 'M edge-steps/s',
          bars: ranks
            .filter(each => each.graph === graphs[0]!.name)
            .map(each => ({ name: each.name, value: each.perSecond.median / 1e6 })),
          mark: { value: stepsWanted / 1e6, name: 'asked for' },
        },
      ],
      counts: { ...others.counts },
      repetitions: { ranks, communities },
    }
  },
}

function graphsOf({ isSmall }: Place): NamedGraph[] {
  if (isSmall) {
    return [
      { name: 'R-MAT', edges: rmat({ scale: 10, edgeCount: 8000, seed: 1 }) },
      { name: 'communities', edges: communityGraph({ nodeCount: 2000, mixing: 0.3, seed: 1 }) },
    ]
  }
  return [
    { name: 'R-MAT, 2 M edges', edges: rmat({ scale: 17, edgeCount: 2_000_000, seed: 1 }) },
    { name: 'communities, 1.5 M edges', edges: communityGraph({ nodeCount: 150_000, mixing: 0.3, seed: 1 }) },
  ]
}

function holdGraph(engine: Engine, edges: Edges, isDirected: boolean): HeldGraph {
  // no graph kernel uses relaxed SIMD: either binary does
  const { module } = compiledEngines(engine)[0]!
  const kernels = engine.startKernels<GraphCall>(module)
  const csr = engine.finish(engine.buildCsr({ ...edges, isDirected }, { loops: 'drop' }))
  return engine.finish(engine.holdGraph(kernels, csr))
}

function measureRanks(engine: Engine, { name, edges }: NamedGraph, place: Place): Measured[] {
  const held = holdGraph(engine, edges, true)
  const options = { damping: 0.85, tolerance: 0, stepsMax: steps }
  const squares = (scores: Iterable<number>) => [...scores].reduce((sum, score) => sum + score * score, 0)
  const contenders: Contender[] = [
    { name: ours, turn: () => timed(() => engine.finish(engine.pagerank(held, options)).scores, squares) },
    { name: plain, turn: jsTurn(engine, edges, squares) },
  ]
  const theirs = place.isSmall ? undefined : graphologyPagerank(edges, steps)
  if (theirs) contenders.push({ name: peer, turn: () => timed(theirs, squares) })
  return inTurns(contenders, { graph: name, unitCount: held.edgeCount * steps, place })
}

function jsTurn(engine: Engine, edges: Edges, worthOf: (scores: Float64Array) => number): () => Turn {
  const csr = engine.finish(engine.buildCsr({ ...edges, isDirected: true }, { loops: 'drop' }))
  const back = engine.finish(
    engine.buildCsr(
      { nodeCount: edges.nodeCount, sources: edges.targets, targets: edges.sources, isDirected: true },
      { loops: 'drop' },
    ),
  )
  const degrees = Float64Array.from(
    { length: edges.nodeCount },
    (_, i) => csr.starts[i + 1]! - csr.starts[i]!,
  )
  return () => timed(() => jsPagerank({ ...back, degrees }, { damping: 0.85, steps }), worthOf)
}

function measureCommunities(engine: Engine, { name, edges }: NamedGraph, place: Place): Measured[] {
  const held = holdGraph(engine, edges, false)
  let seed = 0
  const worthOf = ({ modularity }: { modularity: number }) => modularity
  const contenders: Contender[] = [
    {
      name: `${ours}, Leiden`,
      turn: () => timed(() => engine.finish(engine.leiden(held, { seed })), worthOf),
    },
    {
      name: `${ours}, Leiden twice`,
      turn: () => timed(() => engine.finish(engine.leiden(held, { seed, iterationsMax: 2 })), worthOf),
    },
    {
      name: `${ours}, Louvain`,
      turn: () => timed(() => engine.finish(engine.louvain(held, { seed })), worthOf),
    },
  ]
  const theirs = place.isSmall ? undefined : graphologyLouvain(edges)
  if (theirs) contenders.push({ name: `${peer}, Louvain`, turn: () => timed(theirs, worthOf) })
  const next = () => {
    seed++
  }
  return inTurns(contenders, { graph: name, unitCount: held.edgeCount / 2, place, next })
}

/** Each contender in turn, with what others left swept away and after a run of its own that is not counted. */
function inTurns(
  contenders: readonly Contender[],
  { graph, unitCount, place, next }: { graph: string; unitCount: number; place: Place; next?: () => void },
): Measured[] {
  const turns = contenders.map(() => [] as Turn[])
  const sweep = collector()
  for (let round = 0; round < place.repeat; round++) {
    for (const [i, { turn }] of contenders.entries()) {
      sweep()
      turn()
      turns[i]!.push(turn())
    }
    next?.()
  }
  return contenders.map(({ name }, i) => {
    const perSecond = spreadOf(turns[i]!.map(({ seconds }) => unitCount / seconds))
    place.tell(`${graph}, ${name}: ${figure(perSecond.median / 1e6)} M/s`)
    return { graph, name, perSecond, worth: spreadOf(turns[i]!.map(({ worth }) => worth)) }
  })
}

function collector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc')
}

function timed<Result>(work: () => Result, worthOf: (result: Result) => number): Turn {
  const start = performance.now()
  const result = work()
  const seconds = (performance.now() - start) / 1000
  return { seconds, worth: worthOf(result) }
}

/** Everything else once, after a run that warms it up. */
function measureOthers(engine: Engine, { name, edges }: NamedGraph) {
  const directed = holdGraph(engine, edges, true)
  const sources = Uint32Array.from(edges.sources.subarray(0, 1))
  const starts = edges.sources.slice(0, 10_000)
  const sourceCount = Math.min(20, directed.nodeCount)
  const sum = (values: Iterable<number>) => [...values].reduce((all, value) => all + value, 0)
  const { finish } = engine
  const calls: Record<string, () => number> = {
    components: () => finish(engine.components(directed)).count,
    'breadth first': () => finish(engine.bfs(directed, { sources })).order.length,
    'shortest paths': () =>
      finish(engine.paths(directed, { source: sources[0]! })).distances.filter(Number.isFinite).length,
    'label propagation, 10 rounds': () => new Set(finish(engine.labelPropagation(directed)).labels).size,
    'local clustering': () => Math.round(1e6 * sum(finish(engine.clustering(directed)))),
    cores: () => finish(engine.cores(directed)).coreMax,
    'betweenness, 20 sources': () =>
      Math.round(sum(finish(engine.betweenness(directed, { sourceCount })).scores)),
    '10 k walks of 40 steps': () =>
      finish(engine.walks(directed, { starts, stepCount: 40 })).filter(node => node !== engine.nowhere)
        .length,
  }
  const measured = Object.entries(calls).map(([what, call]) => {
    call()
    const { seconds, worth } = timed(call, found => found)
    return { what, seconds, worth }
  })
  const result: Table = {
    title: `The rest, on ${name}`,
    columns: ['', 'ms', 'found'],
    rows: measured.map(({ what, seconds, worth }) => [what, figure(seconds * 1000), String(worth)]),
  }
  const counts = Object.fromEntries(measured.map(({ what, worth }) => [what, worth]))
  return { table: result, counts: { nodes: directed.nodeCount, edges: directed.edgeCount, ...counts } }
}

function table(
  title: string,
  unit: string,
  measured: readonly Measured[],
  worth: { name: string; digits: number },
): Table {
  return {
    title: `${title}: medians of the repetitions, least and most in brackets`,
    columns: ['graph', '', unit, worth.name],
    rows: measured.map(({ graph: on, name, perSecond, worth: found }) => [
      on,
      name,
      spread({
        median: perSecond.median / 1e6,
        min: perSecond.min / 1e6,
        max: perSecond.max / 1e6,
      }),
      // graphology keeps ranks to itself that have not converged
      found.median === 0 ? '' : found.median.toFixed(worth.digits),
    ]),
  }
}

function targetsOf(ranks: readonly Measured[], communities: readonly Measured[]): Target[] {
  const names = [...new Set(ranks.map(each => each.graph))]
  return names.flatMap(on => {
    const rate = (list: readonly Measured[], name: string) => found(list, on, name)?.perSecond.median
    const rank = rate(ranks, ours)!
    const js = rate(ranks, plain)!
    const targets = [
      atLeast(`PageRank, ${on}`, 'M edge-steps/s', { value: rank / 1e6, wanted: stepsWanted / 1e6 }),
      atLeast(`PageRank beside ${plain}, ${on}`, '×', { value: rank / js, wanted: 1 }),
    ]
    for (const method of ['Leiden', 'Louvain']) {
      const us = found(communities, on, `${ours}, ${method}`)!
      const them = found(communities, on, `${peer}, Louvain`)
      const value = us.perSecond.median
      targets.push(
        atLeast(`${method}, ${on}`, 'M edges/s', { value: value / 1e6, wanted: edgesWanted / 1e6 }),
      )
      if (!them) continue
      const ratio = value / them.perSecond.median
      targets.push(
        atLeast(`${method} beside ${peer}, ${on}`, '×', { value: ratio, wanted: louvainRatioWanted }),
      )
      targets.push({
        what: `${method}'s modularity beside ${peer}'s, ${on}`,
        wanted: `≥ ${them.worth.median.toFixed(4)}`,
        found: us.worth.median.toFixed(4),
        met: us.worth.median.toFixed(4) >= them.worth.median.toFixed(4),
      })
    }
    return targets
  })
}

function atLeast(what: string, unit: string, { value, wanted }: { value: number; wanted: number }): Target {
  const gap = unit === '×' ? '' : ' '
  return {
    what,
    wanted: `≥ ${wanted}${gap}${unit}`,
    found: `${figure(value)}${gap}${unit}`,
    met: value >= wanted,
  }
}

function comparisonsOf(ranks: readonly Measured[], communities: readonly Measured[]): Comparison[] {
  const compare = (list: readonly Measured[], us: string, unit: string) =>
    list
      .filter(each => !each.name.startsWith(ours))
      .map(other => ({
        what: `${unit === 'M edges/s' ? 'communities' : 'PageRank'}, ${other.graph}`,
        unit,
        ours: found(list, other.graph, us)!.perSecond.median / 1e6,
        theirs: other.perSecond.median / 1e6,
        other: other.name,
        better: 'more' as const,
      }))
  return [...compare(ranks, ours, 'M edge-steps/s'), ...compare(communities, `${ours}, Leiden`, 'M edges/s')]
}

function found(list: readonly Measured[], on: string, name: string): Measured | undefined {
  return list.find(each => each.graph === on && each.name === name)
}
