// The graph of plain events, and what questions of it should answer by their definition.

import type { Evidence } from '../../../src/query/graph/source.ts'
import { type NodeRef, nodeName } from '../../../src/segment/graph/name.ts'
import type { PlacedEvent } from './world.ts'

export interface TwinEdge {
  from: NodeRef
  to: NodeRef
  type: string
  count: number
  weight: number
  firstMs: number
  lastMs: number
  evidence: Evidence[]
}

export interface TwinQuestion {
  direction: 'out' | 'in' | 'both'
  edgeTypes?: readonly string[] | undefined
  nodeTypes?: readonly string[] | undefined
  degreeMax: number
  evidenceMax: number
}

export const nameOf = ({ type, key }: NodeRef) => `${type}\0${key}`

export function byName(left: NodeRef, right: NodeRef): number {
  return Buffer.compare(nodeName(left), nodeName(right))
}

export class TwinGraph {
  readonly events: readonly PlacedEvent[]

  constructor(events: readonly PlacedEvent[]) {
    this.events = events
  }

  node(node: NodeRef) {
    const events = this.events.filter(({ mentions }) => mentions.some(one => nameOf(one) === nameOf(node)))
    const times = events.map(({ timeMs }) => timeMs)
    return {
      ...node,
      count: events.length,
      firstMs: times.length === 0 ? undefined : Math.min(...times),
      lastMs: times.length === 0 ? undefined : Math.max(...times),
    }
  }

  evidence(events: readonly PlacedEvent[], evidenceMax: number): Evidence[] {
    return [...events]
      .sort((left, right) =>
        left.segmentId === right.segmentId ? right.doc - left.doc : left.segmentId < right.segmentId ? 1 : -1,
      )
      .slice(0, evidenceMax)
      .map(({ segmentId, doc, timeMs }) => ({ segmentId, doc, timeMs }))
  }

  edges(evidenceMax: number): TwinEdge[] {
    const found = new Map<
      string,
      { from: NodeRef; to: NodeRef; type: string; said: { event: PlacedEvent; weight: number }[] }
    >()
    for (const event of this.events)
      for (const { from, to, type, weight } of event.edges) {
        const name = JSON.stringify([from, to, type])
        const known = found.get(name) ?? { from, to, type, said: [] }
        found.set(name, { ...known, said: [...known.said, { event, weight }] })
      }
    return [...found.values()].map(({ from, to, type, said }) => {
      const times = said.map(({ event }) => event.timeMs)
      return {
        ...{ from, to, type, count: said.length },
        weight: exactly(said.map(({ weight }) => weight)),
        ...{ firstMs: Math.min(...times), lastMs: Math.max(...times) },
        evidence: this.evidence(
          said.map(({ event }) => event),
          evidenceMax,
        ),
      }
    })
  }

  /** All edges of each node, strongest first. */
  around({ direction, edgeTypes, nodeTypes, evidenceMax }: TwinQuestion) {
    const all = this.edges(evidenceMax)
    return (node: NodeRef) => {
      const name = nameOf(node)
      const seen: { edge: TwinEdge; neighbour: NodeRef; isInward: boolean }[] = []
      for (const edge of all) {
        const isLoop = nameOf(edge.from) === nameOf(edge.to)
        if (direction !== 'in' && nameOf(edge.from) === name)
          seen.push({ edge, neighbour: edge.to, isInward: false })
        if (direction !== 'out' && nameOf(edge.to) === name && !(isLoop && direction === 'both'))
          seen.push({ edge, neighbour: edge.from, isInward: true })
      }
      return seen
        .filter(({ edge }) => edgeTypes === undefined || edgeTypes.includes(edge.type))
        .filter(({ neighbour }) => nodeTypes === undefined || nodeTypes.includes(neighbour.type))
        .sort(
          (left, right) =>
            right.edge.count - left.edge.count ||
            byName(left.neighbour, right.neighbour) ||
            (left.edge.type === right.edge.type
              ? Number(left.isInward) - Number(right.isInward)
              : left.edge.type < right.edge.type
                ? -1
                : 1),
        )
    }
  }

  breadth(start: readonly NodeRef[], hopsMax: number, limit: number, question: TwinQuestion) {
    const around = this.around(question)
    const distinct = [...new Map(start.map(node => [nameOf(node), node])).values()]
    const known = distinct.filter(node => this.node(node).count > 0)
    const hops = new Map(known.map(node => [nameOf(node), 0]))
    const nodes = known.map(node => ({ ...this.node(node), hops: 0 }))
    const edges: TwinEdge[] = []
    let isOver = false
    const queue = [...known]
    for (let node = queue.shift(); node && !isOver; node = queue.shift()) {
      const level = hops.get(nameOf(node))! + 1
      if (level > hopsMax) break
      for (const { edge, neighbour } of around(node).slice(0, question.degreeMax)) {
        if (edges.includes(edge)) continue
        isOver = edges.length === limit
        if (isOver) break
        edges.push(edge)
        if (hops.has(nameOf(neighbour))) continue
        hops.set(nameOf(neighbour), level)
        nodes.push({ ...this.node(neighbour), hops: level })
        queue.push(neighbour)
      }
    }
    const unknown = distinct.filter(node => this.node(node).count === 0)
    return { nodes, edges, unknown, isOver }
  }

  /** The path that follows the strongest edge that still leads there in time; its edges. */
  path(from: NodeRef, to: NodeRef, hopsMax: number, question: TwinQuestion): TwinEdge[] | undefined {
    const around = this.around(question)
    const canReach: Set<string>[] = [new Set([nameOf(to)])]
    const everyone = new Map(
      this.events
        .flatMap(({ mentions, edges }) => [...mentions, ...edges.map(({ to }) => to)])
        .map(node => [nameOf(node), node]),
    )
    for (let hops = 0; hops <= hopsMax; hops++) {
      if (canReach[hops]!.has(nameOf(from))) {
        const path: TwinEdge[] = []
        let node = from
        for (let left = hops; left > 0; left--) {
          const step = around(node).find(({ neighbour }) => canReach[left - 1]!.has(nameOf(neighbour)))!
          path.push(step.edge)
          node = step.neighbour
        }
        return path
      }
      const next = [...everyone.values()].filter(node =>
        around(node).some(({ neighbour }) => canReach[hops]!.has(nameOf(neighbour))),
      )
      canReach.push(new Set(next.map(nameOf)))
    }
    return undefined
  }
}

/** The float nearest to the exact sum of decimals that were floats: by 1/2^1074 units in a big integer. */
function exactly(weights: readonly number[]): number {
  let sum = 0n
  for (const weight of weights) sum += units(weight)
  const size = sum < 0n ? -sum : sum
  const surplus = Math.max(0, size.toString(2).length - 53)
  const half = surplus > 0 ? 1n << BigInt(surplus - 1) : 0n
  let kept = size >> BigInt(surplus)
  const rest = size - (kept << BigInt(surplus))
  if (surplus > 0 && (rest > half || (rest === half && kept % 2n === 1n))) kept += 1n
  const value = Number(kept) * 2 ** Math.max(-1074, surplus - 1074)
  return sum < 0n ? -value : value
}

const view = new DataView(new ArrayBuffer(8))

function units(float: number): bigint {
  view.setFloat64(0, float)
  const bits = view.getBigUint64(0)
  const exponent = (bits >> 52n) & 0x7ffn
  const fraction = bits & 0xfffffffffffffn
  const size = exponent === 0n ? fraction : (fraction | (1n << 52n)) << (exponent - 1n)
  return bits >> 63n ? -size : size
}
