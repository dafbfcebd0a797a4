// A shortest path between two nodes, by hops, searched from both ends (Pohl 1971). Of several the one is told that follows,
// from the first node on, the strongest edge that lies on any of them; so it does not matter from which end it was met.

import type { NodeRef } from '../../segment/graph/name.ts'
import type { Direction } from '../../segment/graph/run.ts'
import type { JoinedEdge } from './joined-edges.ts'
import { Neighbourhoods } from './neighbourhoods.ts'
import { type GraphNode, MetNodes } from './nodes.ts'
import { type GraphSource, type RankedSource, rankSources } from './source.ts'
import { type GraphEdge, tellEdges } from './tell-edges.ts'
import { type Capped, cappedOf, startOf } from './walk-items.ts'

export interface PathQuestion {
  from: NodeRef
  to: NodeRef
  direction: Direction
  edgeTypes?: readonly string[] | undefined
  hopsMax: number
  /** edges of a node that are followed: those of the highest counts */
  degreeMax: number
  evidenceMax: number
}

export interface PathAnswer {
  /** `none`: no path of that many hops, or none along the edges that are followed */
  outcome: 'found' | 'unknown_from' | 'unknown_to' | 'none'
  /** along the path, from `from` to `to` */
  nodes: GraphNode[]
  /** edge i lies between nodes i and i + 1, either way round where the direction is `both` or `in` */
  edges: GraphEdge[]
  capped: Capped
}

/** The window is that of the sources. */
export async function shortestPath(
  question: PathQuestion,
  sources: readonly GraphSource[],
): Promise<PathAnswer> {
  const ranked = rankSources(sources)
  const nodes = new MetNodes()
  const ends = { start: [question.from, question.to] }
  const { unknown } = await startOf(ends, nodes, ranked)
  const search = new Search(question, nodes, ranked)
  const isUnknown = (end: NodeRef) => unknown.some(({ type, key }) => type === end.type && key === end.key)
  if (isUnknown(question.from)) return search.answer('unknown_from')
  if (isUnknown(question.to)) return search.answer('unknown_to')
  return (await search.meets()) ? search.answer('found', search.path()) : search.answer('none')
}

const opposite = { out: 'in', in: 'out', both: 'both' } as const

/** What was reached from one end, level by level. */
class Side {
  readonly hops = new Map<number, number>()
  readonly levels: number[][]
  readonly around: Neighbourhoods

  constructor(end: number, around: Neighbourhoods) {
    this.hops.set(end, 0)
    this.levels = [[end]]
    this.around = around
  }

  get depth(): number {
    return this.levels.length - 1
  }

  get frontier(): readonly number[] {
    return this.levels.at(-1)!
  }

  /** One level more. */
  async grow(): Promise<void> {
    await this.around.read(this.frontier)
    const level: number[] = []
    for (const node of this.frontier) {
      for (const { neighbour } of this.around.of(node)?.edges ?? []) {
        if (this.hops.has(neighbour)) continue
        this.hops.set(neighbour, this.levels.length)
        level.push(neighbour)
      }
    }
    this.levels.push(level)
  }
}

class Search {
  readonly #hopsMax: number
  readonly #evidenceMax: number
  readonly #nodes: MetNodes
  readonly #sources: readonly RankedSource[]
  readonly #near: Side
  readonly #far: Side

  constructor(question: PathQuestion, nodes: MetNodes, sources: readonly RankedSource[]) {
    const { from, to, direction, hopsMax, evidenceMax } = question
    this.#hopsMax = hopsMax
    this.#evidenceMax = evidenceMax
    this.#nodes = nodes
    this.#sources = sources
    const side = (end: NodeRef, direction: Direction) =>
      new Side(nodes.numberOf(end), new Neighbourhoods(sources, nodes, { ...question, direction }))
    this.#near = side(from, direction)
    this.#far = side(to, opposite[direction])
  }

  /** Grows the smaller side until they meet. */
  async meets(): Promise<boolean> {
    const [near, far] = [this.#near, this.#far]
    while (
      !near.frontier.some(node => far.hops.has(node)) &&
      !far.frontier.some(node => near.hops.has(node))
    ) {
      if (near.depth + far.depth >= this.#hopsMax) return false
      if (near.frontier.length === 0 || far.frontier.length === 0) return false
      await (near.frontier.length <= far.frontier.length ? near : far).grow()
    }
    return true
  }

  /** Edges from the near end to the far one. */
  path(): JoinedEdge[] {
    const onPath = this.#nearNodesOnPaths()
    const path: JoinedEdge[] = []
    let node = this.#near.levels[0]![0]!
    for (let hops = 1; hops < onPath.length; hops++) {
      const edge = this.#near.around.of(node)!.edges.find(({ neighbour }) => onPath[hops]!.has(neighbour))!
      path.push(edge)
      node = edge.neighbour
    }
    for (let left = this.#far.hops.get(node)!; left > 0; left--) {
      const edge = this.#strongestTo(node, this.#far.levels[left - 1]!)
      path.push(edge)
      node = edge.neighbour
    }
    return path
  }

  /** Of the levels of the near side the nodes that lie on a shortest path: from those where the sides met, back. */
  #nearNodesOnPaths(): Set<number>[] {
    const { levels, around } = this.#near
    const { met, hops } = this.#meeting()
    const onPath = [met]
    for (let level = hops - 1; level >= 0; level--) {
      const ahead = onPath[0]!
      const leadsOn = (node: number) => around.of(node)?.edges.some(({ neighbour }) => ahead.has(neighbour))
      onPath.unshift(new Set(levels[level]!.filter(leadsOn)))
    }
    return onPath
  }

  /**
   * Where the sides met, and how far that is from the near end. All shortest paths cross the outermost levels, unless edges
   * of hubs were left out: then a side may have met a level that it had passed on another way.
   */
  #meeting(): { met: Set<number>; hops: number } {
    const [near, far] = [this.#near.hops, this.#far.hops]
    const both = [...near.keys()].filter(node => far.has(node))
    const length = both.reduce((least, node) => Math.min(least, near.get(node)! + far.get(node)!), Infinity)
    const shortest = both.filter(node => near.get(node)! + far.get(node)! === length)
    const hops = shortest.reduce((least, node) => Math.min(least, near.get(node)!), Infinity)
    return { met: new Set(shortest.filter(node => near.get(node) === hops)), hops }
  }

  /** Of edges that were found from their far end: as the near end sees them. */
  #strongestTo(node: number, targets: readonly number[]): JoinedEdge {
    const edges = targets.flatMap(target =>
      (this.#far.around.of(target)?.edges ?? [])
        .filter(({ neighbour }) => neighbour === node)
        .map(edge => ({ ...edge, neighbour: target, isInward: !edge.isInward })),
    )
    return edges.sort(
      (left, right) =>
        right.count - left.count ||
        this.#nodes.compare(left.neighbour, right.neighbour) ||
        (left.type === right.type
          ? Number(left.isInward) - Number(right.isInward)
          : left.type < right.type
            ? -1
            : 1),
    )[0]!
  }

  async answer(outcome: PathAnswer['outcome'], path: readonly JoinedEdge[] = []): Promise<PathAnswer> {
    const along =
      outcome === 'found' ? [this.#near.levels[0]![0]!, ...path.map(({ neighbour }) => neighbour)] : []
    const hubs = [...new Set([...this.#near.around.hubs, ...this.#far.around.hubs])]
    const reach = this.#near.around.isFull || this.#far.around.isFull
    return {
      outcome,
      nodes: await this.#nodes.tell(along, this.#sources),
      edges: await tellEdges(path, this.#nodes, this.#evidenceMax),
      capped: cappedOf(this.#nodes, hubs, { limit: false, reach }),
    }
  }
}
