// What lies around nodes: their edges over all sources, strongest first. Edges of a hub beyond a degree are left out, always
// the weakest: those of the lowest count; of equal counts those whose neighbour's type, then key, then the edge's type and
// direction come last.

import type { Direction } from '../../segment/graph/run.ts'
import { type Degree, type JoinedEdge, JoinedEdges } from './joined-edges.ts'
import type { MetNodes } from './nodes.ts'
import type { RankedSource } from './source.ts'

export interface AroundQuestion {
  direction: Direction
  /** any unless told */
  edgeTypes?: readonly string[] | undefined
  /** of neighbours; any unless told */
  nodeTypes?: readonly string[] | undefined
  /** edges of a node that are kept */
  degreeMax: number
}

export interface Neighbourhood {
  edges: readonly JoinedEdge[]
  /** edges that it has beyond those: they were left out */
  isCapped: boolean
  /** of all its edges, by type and direction */
  degrees: readonly Degree[]
}

/** Nodes that are asked for at once. */
const togetherMax = 32
/** Edges that one question holds. */
const edgesHeldMax = 250_000

export class Neighbourhoods {
  readonly #sources: readonly RankedSource[]
  readonly #nodes: MetNodes
  readonly #question: AroundQuestion
  readonly #around = new Map<number, Neighbourhood>()
  readonly #hubs: number[] = []
  #heldEdges = 0

  constructor(sources: readonly RankedSource[], nodes: MetNodes, question: AroundQuestion) {
    this.#sources = sources
    this.#nodes = nodes
    this.#question = question
  }

  /** Nodes whose weakest edges were left out, in the order in which they were read. */
  get hubs(): readonly number[] {
    return this.#hubs
  }

  /** No more are read. */
  get isFull(): boolean {
    return this.#heldEdges >= edgesHeldMax
  }

  /** Reads what is around nodes; around the last ones nothing when it is full. */
  async read(nodes: readonly number[]): Promise<void> {
    const missing = nodes.filter(node => !this.#around.has(node))
    for (let at = 0; at < missing.length && !this.isFull; at += togetherMax)
      await this.#readTogether(missing.slice(at, at + togetherMax))
  }

  /** @returns undefined for a node that was not read */
  of(node: number): Neighbourhood | undefined {
    return this.#around.get(node)
  }

  async #readTogether(nodes: readonly number[]): Promise<void> {
    const { degreeMax, nodeTypes, ...question } = this.#question
    const names = this.#nodes.names(nodes)
    const found = await Promise.all(
      this.#sources.map(({ run, scope }) => run.edgesOf(names, scope, question)),
    )
    const joined = new JoinedEdges(nodes, this.#nodes, nodeTypes)
    for (const [i, source] of this.#sources.entries()) joined.add(found[i]!, source)
    for (const [i, node] of nodes.entries()) {
      const edges = joined.strongest(i, degreeMax)
      const degrees = joined.degrees(i)
      const isCapped = edges.length < joined.count(i)
      if (isCapped) this.#hubs.push(node)
      this.#around.set(node, { edges, isCapped, degrees })
      this.#heldEdges += edges.length
    }
  }
}
