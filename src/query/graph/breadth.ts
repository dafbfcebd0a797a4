// A walk level by level. A level is followed in the order in which it was found: from the strongest edges of the first
// start on.

import type { JoinedEdge } from './joined-edges.ts'
import { Neighbourhoods } from './neighbourhoods.ts'
import { MetNodes } from './nodes.ts'
import type { RankedSource } from './source.ts'
import { tellEdges } from './tell-edges.ts'
import { cappedOf, edgeName, startOf, type WalkEnd, type WalkItem, type WalkQuestion } from './walk-items.ts'

/** Nodes that are followed before what was found is told: few at first, since each may have all that is asked for. */
const togetherMin = 4
const togetherMax = 64

export async function* walkInBreadth(
  question: WalkQuestion,
  sources: readonly RankedSource[],
): AsyncGenerator<WalkItem, WalkEnd> {
  const nodes = new MetNodes()
  const around = new Neighbourhoods(sources, nodes, question)
  const { known, unknown } = await startOf(question, nodes, sources)
  for (const { told } of known) yield { kind: 'node', node: { ...told, hops: 0 } }

  const found = new Found(question.limit)
  let frontier = known.map(({ node }) => node)
  for (const node of frontier) found.isMet(node)
  for (let hops = 1; hops <= question.hops && frontier.length > 0; hops++) {
    const next: number[] = []
    let size = togetherMin
    for (let at = 0; at < frontier.length && !found.isOver && !around.isFull; ) {
      const together = frontier.slice(at, at + size)
      at += size
      size = Math.min(togetherMax, 2 * size)
      await around.read(together)
      const { edges, fresh } = found.follow(together, around)
      const told = await nodes.tell(fresh, sources)
      for (const node of told) yield { kind: 'node', node: { ...node, hops } }
      for (const edge of await tellEdges(edges, nodes, question.evidenceMax)) yield { kind: 'edge', edge }
      next.push(...fresh)
    }
    frontier = next
  }
  const capped = { limit: found.isOver, reach: around.isFull }
  return { unknown, capped: cappedOf(nodes, around.hubs, capped) }
}

/** What was told already. */
class Found {
  /** an edge came that is one too many */
  isOver = false
  readonly #limit: number
  readonly #edges = new Set<string>()
  readonly #nodes = new Set<number>()

  constructor(limit: number) {
    this.#limit = limit
  }

  /** @returns whether it was met before */
  isMet(node: number): boolean {
    const isMet = this.#nodes.has(node)
    this.#nodes.add(node)
    return isMet
  }

  /** @returns the new edges around nodes, and the new nodes that they lead to */
  follow(together: readonly number[], around: Neighbourhoods): { edges: JoinedEdge[]; fresh: number[] } {
    const edges: JoinedEdge[] = []
    const fresh: number[] = []
    for (const node of together) {
      for (const edge of around.of(node)?.edges ?? []) {
        const name = edgeName(edge)
        if (this.#edges.has(name)) continue
        if (this.#edges.size === this.#limit) {
          this.isOver = true
          return { edges, fresh }
        }
        this.#edges.add(name)
        edges.push(edge)
        if (!this.isMet(edge.neighbour)) fresh.push(edge.neighbour)
      }
    }
    return { edges, fresh }
  }
}
