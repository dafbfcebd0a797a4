// Edges of a few nodes as several sources tell them, as one. A hub has many, of which few are kept: so all are columns of
// numbers with no more than their counts added up; the rest is asked for when an edge is told (tell-edges.ts).

import { textCountOf } from '../../base/text-column.ts'
import { GrowingF64, GrowingU32 } from '../../segment/graph/growing.ts'
import { nameAt, typeOfName } from '../../segment/graph/name.ts'
import type { FoundEdges } from '../../segment/graph/run.ts'
import type { MetNodes } from './nodes.ts'
import type { RankedSource } from './source.ts'

/** An edge as one of its nodes sees it, with all that decides which edges matter. */
export interface JoinedEdge {
  /** numbers of MetNodes */
  from: number
  to: number
  /** the other end */
  neighbour: number
  isInward: boolean
  type: string
  count: number
  /** who tells of it, and what they call it */
  sources: { source: RankedSource; edge: number }[]
}

export interface Degree {
  type: string
  direction: 'out' | 'in'
  /** distinct edges */
  edges: number
}

const emptySlot = 0xffffffff
const noRow = 0xffffffff

export class JoinedEdges {
  readonly #asked: readonly number[]
  readonly #nodes: MetNodes
  readonly #nodeTypes: readonly string[] | undefined
  readonly #types: string[] = []
  readonly #answers: { found: FoundEdges; source: RankedSource }[] = []

  /** Of each node asked for its edges. */
  readonly #edges: GrowingU32[]
  /** An edge is what asked node, way (2 × type + inward) and neighbour say; found by open addressing. */
  readonly #node = new GrowingU32()
  readonly #way = new GrowingU32()
  readonly #neighbour = new GrowingU32()
  readonly #count = new GrowingF64()
  #slots = new Uint32Array(1024).fill(emptySlot)

  /** Rows of answers that tell of an edge, chained from the last to the first. */
  readonly #lastRow = new GrowingU32()
  readonly #rowBefore = new GrowingU32()
  readonly #rowAnswer = new GrowingU32()
  readonly #rowIndex = new GrowingU32()

  constructor(asked: readonly number[], nodes: MetNodes, nodeTypes: readonly string[] | undefined) {
    this.#asked = asked
    this.#nodes = nodes
    this.#nodeTypes = nodeTypes
    this.#edges = asked.map(() => new GrowingU32())
  }

  add(found: FoundEdges, source: RankedSource): void {
    const answer = this.#answers.push({ found, source }) - 1
    const types = found.types.map(type => this.#typeNumber(type))
    const neighbours = this.#nodes.numbersOf(found.neighbours)
    const isWanted = this.#wanted(found)
    for (let row = 0; row < found.count.length; row++) {
      if (isWanted && !isWanted[found.neighbour[row]!]) continue
      const way = types[found.type[row]!]! * 2 + found.inward[row]!
      const edge = this.#edge(found.node[row]!, way, neighbours[found.neighbour[row]!]!)
      this.#count.set(edge, this.#count.at(edge) + found.count[row]!)
      this.#rowBefore.push(this.#lastRow.at(edge))
      this.#lastRow.set(edge, this.#rowAnswer.length)
      this.#rowAnswer.push(answer)
      this.#rowIndex.push(row)
    }
  }

  /** Edges of the i-th node. */
  count(i: number): number {
    return this.#edges[i]!.length
  }

  /** By type, in before out. An edge from a node to itself counts in both directions. */
  degrees(i: number): Degree[] {
    const counts = new Uint32Array(2 * this.#types.length)
    for (const edge of this.#edges[i]!.view()) {
      const way = this.#way.at(edge)
      counts[way]!++
      if (this.#neighbour.at(edge) === this.#asked[i]) counts[way ^ 1]!++
    }
    return this.#types
      .flatMap((type, number) => [
        { type, direction: 'in' as const, edges: counts[2 * number + 1]! },
        { type, direction: 'out' as const, edges: counts[2 * number]! },
      ])
      .filter(({ edges }) => edges > 0)
      .sort((left, right) => (left.type === right.type ? 0 : left.type < right.type ? -1 : 1))
  }

  /** The strongest edges of the i-th node, the strongest first. */
  strongest(i: number, degreeMax: number): JoinedEdge[] {
    const compare = (left: number, right: number) => this.#compare(left, right)
    return best(this.#edges[i]!.view(), degreeMax, compare).map(edge => this.#joined(edge))
  }

  #compare(left: number, right: number): number {
    const counts = this.#count.at(right) - this.#count.at(left)
    if (counts !== 0) return counts
    const names = this.#nodes.compare(this.#neighbour.at(left), this.#neighbour.at(right))
    if (names !== 0) return names
    const [leftWay, rightWay] = [this.#way.at(left), this.#way.at(right)]
    if (leftWay >> 1 === rightWay >> 1) return leftWay - rightWay
    return this.#types[leftWay >> 1]! < this.#types[rightWay >> 1]! ? -1 : 1
  }

  #joined(edge: number): JoinedEdge {
    const sources: JoinedEdge['sources'] = []
    for (let at = this.#lastRow.at(edge); at !== noRow; at = this.#rowBefore.at(at)) {
      const { found, source } = this.#answers[this.#rowAnswer.at(at)]!
      sources.push({ source, edge: found.edge[this.#rowIndex.at(at)]! })
    }
    const asked = this.#asked[this.#node.at(edge)]!
    const neighbour = this.#neighbour.at(edge)
    const isInward = (this.#way.at(edge) & 1) === 1
    return {
      from: isInward ? neighbour : asked,
      to: isInward ? asked : neighbour,
      ...{ neighbour, isInward, type: this.#types[this.#way.at(edge) >> 1]! },
      ...{ count: this.#count.at(edge), sources },
    }
  }

  /** @returns the number of the edge, new or known */
  #edge(node: number, way: number, neighbour: number): number {
    const slot = this.#slotOf(node, way, neighbour)
    const known = this.#slots[slot]!
    if (known !== emptySlot) return known
    const edge = this.#node.length
    this.#slots[slot] = edge
    this.#node.push(node)
    this.#way.push(way)
    this.#neighbour.push(neighbour)
    this.#count.push(0)
    this.#lastRow.push(noRow)
    this.#edges[node]!.push(edge)
    if (2 * this.#node.length > this.#slots.length) this.#widen()
    return edge
  }

  #slotOf(node: number, way: number, neighbour: number): number {
    const mask = this.#slots.length - 1
    let slot = Math.imul(Math.imul(neighbour, 0x9e3779b1) ^ (way << 8) ^ node, 0x85ebca6b) >>> 8
    for (;;) {
      slot &= mask
      const edge = this.#slots[slot]!
      if (edge === emptySlot) return slot
      if (
        this.#neighbour.at(edge) === neighbour &&
        this.#way.at(edge) === way &&
        this.#node.at(edge) === node
      )
        return slot
      slot++
    }
  }

  #widen(): void {
    this.#slots = new Uint32Array(4 * this.#slots.length).fill(emptySlot)
    for (let edge = 0; edge < this.#node.length; edge++) {
      const slot = this.#slotOf(this.#node.at(edge), this.#way.at(edge), this.#neighbour.at(edge))
      this.#slots[slot] = edge
    }
  }

  #typeNumber(type: string): number {
    const known = this.#types.indexOf(type)
    return known >= 0 ? known : this.#types.push(type) - 1
  }

  /** @returns for each neighbour whether its type is asked for; undefined when all are */
  #wanted({ neighbours }: FoundEdges): boolean[] | undefined {
    const types = this.#nodeTypes
    if (types === undefined) return undefined
    return Array.from({ length: textCountOf(neighbours) }, (_, i) =>
      types.includes(typeOfName(nameAt(neighbours, i))),
    )
  }
}

/** The first `countMax` in the order, in it. Of many only a few times as many are ever sorted. */
function best<T>(all: Iterable<T>, countMax: number, compare: (left: T, right: T) => number): T[] {
  let kept: T[] = []
  let worst: T | undefined
  for (const one of all) {
    if (worst !== undefined && compare(one, worst) >= 0) continue
    kept.push(one)
    if (kept.length < 2 * countMax) continue
    kept = kept.sort(compare).slice(0, countMax)
    worst = kept.at(-1)
  }
  return kept.sort(compare).slice(0, countMax)
}
