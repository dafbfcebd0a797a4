// What a graph should answer, worked out from plain rows by the definition; and what it answered, in the same plain form.

import { fromUtf8 } from '../../../src/base/bytes.ts'
import { type NodeRef, nameAt, nodeName, nodeRef } from '../../../src/segment/graph/name.ts'
import type {
  Direction,
  EdgeFacts,
  Facts,
  FoundEdges,
  FoundNodes,
  GraphScope,
} from '../../../src/segment/graph/run.ts'
import type { RawEvent } from './streams.ts'

export interface PlainFacts {
  count: number
  firstMs: number
  lastMs: number
  evidence: { doc: number; timeMs: number }[]
}

export interface PlainEdge extends PlainFacts {
  asked: number
  direction: 'out' | 'in'
  type: string
  neighbour: NodeRef
  /** multiple of 2^-1074 */
  weight: bigint
}

export function isSame(left: NodeRef, right: NodeRef): boolean {
  return left.type === right.type && left.key === right.key
}

export function inScope(events: readonly RawEvent[], scope: GraphScope): RawEvent[] {
  return events.filter(
    ({ doc, timeMs }) => doc < scope.docUntil && timeMs >= scope.fromMs && timeMs < scope.untilMs,
  )
}

function factsOf(events: readonly RawEvent[], evidenceMax: number): PlainFacts {
  const times = events.map(({ timeMs }) => timeMs)
  return {
    count: events.length,
    firstMs: events.length === 0 ? 0 : Math.min(...times),
    lastMs: events.length === 0 ? 0 : Math.max(...times),
    evidence: events
      .map(({ doc, timeMs }) => ({ doc, timeMs }))
      .sort((left, right) => right.doc - left.doc)
      .slice(0, evidenceMax),
  }
}

export function twinNodes(
  events: readonly RawEvent[],
  asked: readonly NodeRef[],
  scope: GraphScope,
  evidenceMax: number,
) {
  const visible = inScope(events, scope)
  const known = events.filter(({ doc }) => doc < scope.docUntil)
  return asked.map(node => ({
    ...factsOf(
      visible.filter(({ mentions }) => mentions.some(one => isSame(one, node))),
      evidenceMax,
    ),
    attributes: twinAttributes(known, node),
  }))
}

function twinAttributes(events: readonly RawEvent[], node: NodeRef) {
  const newest = new Map<string, { value: string; timeMs: number; doc: number }>()
  for (const { doc, timeMs, attributes } of events)
    for (const { node: of, name, value } of attributes) {
      const known = newest.get(name)
      if (isSame(of, node) && (known === undefined || timeMs >= known.timeMs))
        newest.set(name, { value: JSON.stringify(value), timeMs, doc })
    }
  return Object.fromEntries([...newest].sort(([left], [right]) => (left < right ? -1 : 1)))
}

export interface TwinQuestion {
  direction: Direction
  edgeTypes?: readonly string[] | undefined
  evidenceMax: number
}

export function twinEdges(
  events: readonly RawEvent[],
  asked: readonly NodeRef[],
  scope: GraphScope,
  { direction, edgeTypes, evidenceMax }: TwinQuestion,
): PlainEdge[] {
  const found = new Map<
    string,
    {
      edge: Pick<PlainEdge, 'asked' | 'direction' | 'type' | 'neighbour'>
      events: RawEvent[]
      weight: bigint
    }
  >()
  for (const event of inScope(events, scope))
    for (const { from, to, type, weight } of event.edges) {
      if (edgeTypes && !edgeTypes.includes(type)) continue
      for (const [i, node] of asked.entries()) {
        const ways: ['out' | 'in', NodeRef][] = []
        if (direction !== 'in' && isSame(from, node)) ways.push(['out', to])
        const isLoop = isSame(from, to)
        if (direction !== 'out' && isSame(to, node) && !(direction === 'both' && isLoop))
          ways.push(['in', from])
        for (const [way, neighbour] of ways) {
          const edge = { asked: i, direction: way, type, neighbour }
          const name = JSON.stringify(edge)
          const known = found.get(name) ?? { edge, events: [], weight: 0n }
          found.set(name, { edge, events: [...known.events, event], weight: known.weight + exact(weight) })
        }
      }
    }
  return [...found.values()]
    .map(({ edge, events, weight }) => ({ ...edge, ...factsOf(events, evidenceMax), weight }))
    .sort(byName)
}

function byName(left: PlainEdge, right: PlainEdge): number {
  const nameOf = ({ asked, direction, type, neighbour }: PlainEdge) =>
    JSON.stringify([asked, direction, type, neighbour])
  return nameOf(left) < nameOf(right) ? -1 : 1
}

const view = new DataView(new ArrayBuffer(8))

/** A float as a multiple of 2^-1074, which every float is. */
export function exact(float: number): bigint {
  view.setFloat64(0, float)
  const bits = view.getBigUint64(0)
  const exponent = (bits >> 52n) & 0x7ffn
  const fraction = bits & 0xfffffffffffffn
  const size = exponent === 0n ? fraction : (fraction | (1n << 52n)) << (exponent - 1n)
  return bits >> 63n ? -size : size
}

function plainFacts(facts: Facts, i: number): PlainFacts {
  const evidence = []
  for (let at = facts.evidenceAt[i]!; at < facts.evidenceAt[i + 1]!; at++)
    evidence.push({ doc: facts.evidenceDoc[at]!, timeMs: facts.evidenceMs[at]! })
  return { count: facts.count[i]!, firstMs: facts.firstMs[i]!, lastMs: facts.lastMs[i]!, evidence }
}

export function plainNodes(found: FoundNodes) {
  const { attributes } = found
  return Array.from(found.count, (_, i) => {
    const own: Record<string, { value: string; timeMs: number; doc: number }> = {}
    for (const [at, node] of attributes.node.entries())
      if (node === i)
        own[attributes.names[attributes.name[at]!]!] = {
          value: fromUtf8(nameAt(attributes.values, at)),
          timeMs: attributes.timeMs[at]!,
          doc: attributes.doc[at]!,
        }
    return { ...plainFacts(found, i), attributes: own }
  })
}

export function plainEdges(found: FoundEdges, facts: EdgeFacts): PlainEdge[] {
  return Array.from(found.count, (_, i) => {
    let weight = 0n
    for (let at = facts.weightAt[i]!; at < facts.weightAt[i + 1]!; at++) weight += exact(facts.weights[at]!)
    return {
      asked: found.node[i]!,
      direction: found.inward[i] ? ('in' as const) : ('out' as const),
      type: found.types[found.type[i]!]!,
      neighbour: nodeRef(nameAt(found.neighbours, found.neighbour[i]!)),
      ...plainFacts(facts, i),
      weight,
    }
  }).sort(byName)
}

export function twinNames(
  events: readonly RawEvent[],
  { prefix, after, limit }: { prefix: Uint8Array; after?: Uint8Array | undefined; limit: number },
  scope: GraphScope,
): string[] {
  const names = inScope(events, scope).flatMap(({ mentions }) =>
    mentions.map(node => Buffer.from(nodeName(node))),
  )
  const distinct = [...new Map(names.map(name => [name.toString('hex'), name])).values()]
  return distinct
    .filter(
      name => name.subarray(0, prefix.length).equals(prefix) && (!after || Buffer.compare(name, after) > 0),
    )
    .sort(Buffer.compare)
    .slice(0, limit)
    .map(name => name.toString('hex'))
}
