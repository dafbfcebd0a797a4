// Random events as plain rows, and the same as what a pack makes of a batch.

import { textColumn } from '../../../src/base/text-column.ts'
import type { CheckedFile } from '../../../src/segment/checked.ts'
import type { Derived } from '../../../src/segment/derived.ts'
import { GraphBuilder } from '../../../src/segment/graph/builder.ts'
import type { NodeRef } from '../../../src/segment/graph/name.ts'

export interface RawEvent {
  doc: number
  timeMs: number
  mentions: NodeRef[]
  edges: { from: NodeRef; to: NodeRef; type: string; weight: number }[]
  attributes: { node: NodeRef; name: string; value: unknown }[]
}

const nodeTypes = ['member', 'game', 'page', 'gam']
const edgeTypes = ['opened', 'saw', 'belongs_to']
const attributeNames = ['name', 'level', 'größe', 'a']
const oddWeights = [1, 0.1, 2.5, -3, 1e16, 1e-9, 0]

export interface StreamShape {
  eventCount: number
  /** keys of each type */
  keyCount?: number
  /** event times lie in [0, spanMs) */
  spanMs?: number
}

/** Keys are few and shared by types; some events mention nothing, some link a node to itself, some link twice over, or what they do not mention. */
export function randomEvents(random: () => number, shape: StreamShape): RawEvent[] {
  const { eventCount, keyCount = 6, spanMs = 1000 } = shape
  const below = (count: number) => Math.floor(random() * count)
  const pick = <T>(list: readonly T[]) => list[below(list.length)]!
  const node = () => ({ type: pick(nodeTypes), key: keyOf(Math.floor(random() ** 2 * keyCount)) })
  let doc = below(3)
  return Array.from({ length: eventCount }, () => {
    const nodes = Array.from({ length: below(5) }, node)
    const mentions = distinct(nodes, ({ type, key }) => `${type} ${key}`)
    const edges =
      mentions.length === 0
        ? []
        : Array.from({ length: below(4) }, () => ({
            from: pick(mentions),
            to: random() < 0.05 ? node() : pick(mentions),
            type: pick(edgeTypes),
            weight: random() < 0.7 ? 1 : pick(oddWeights),
          }))
    const attributes =
      mentions.length === 0
        ? []
        : Array.from({ length: below(3) }, () => ({
            node: pick(mentions),
            name: pick(attributeNames),
            value: pick([below(3), 'ä', null, { deep: [below(2)] }]),
          }))
    const event: RawEvent = {
      doc,
      timeMs: below(spanMs) - 100,
      mentions,
      edges: distinct(edges, ({ from, to, type }) => JSON.stringify([from, to, type])),
      attributes,
    }
    doc += 1 + (random() < 0.1 ? below(300) : 0)
    return event
  })
}

function keyOf(number: number): string {
  return ['', 'é', '😀', '\0zero', 'a', 'ab'][number] ?? `k${number}`
}

function distinct<T>(list: readonly T[], nameOf: (one: T) => string): T[] {
  return [...new Map(list.map(one => [nameOf(one), one])).values()]
}

/** A batch of these events. */
export function derivedOf(events: readonly RawEvent[]): Derived {
  const types = new Numbered()
  const nodes = new Numbered()
  const nodeOf = ({ type, key }: NodeRef) => nodes.of(`${types.of(type)} ${key}`)
  const mentions = events.flatMap((event, row) => event.mentions.map(node => ({ row, node: nodeOf(node) })))
  const linkTypes = new Numbered()
  const links = events.flatMap((event, row) =>
    event.edges.map(edge => ({
      ...{ row, weight: edge.weight, type: linkTypes.of(edge.type) },
      ...{ from: nodeOf(edge.from), to: nodeOf(edge.to) },
    })),
  )
  const names = new Numbered()
  const settings = events.flatMap((event, row) =>
    event.attributes.map(({ node, name, value }) => ({
      ...{ row, node: nodeOf(node), name: names.of(name), value: JSON.stringify(value) },
    })),
  )
  return {
    rowCount: events.length,
    texts: textColumn([]),
    textOf: new Int32Array(events.length).fill(-1),
    nodes: {
      types: types.list,
      type: Uint16Array.from(nodes.list, name => Number.parseInt(name, 10)),
      keys: textColumn(nodes.list.map(name => name.slice(name.indexOf(' ') + 1))),
    },
    mentions: {
      row: Uint32Array.from(mentions, ({ row }) => row),
      node: Uint32Array.from(mentions, ({ node }) => node),
    },
    edges: {
      types: linkTypes.list,
      row: Uint32Array.from(links, ({ row }) => row),
      from: Uint32Array.from(links, ({ from }) => from),
      to: Uint32Array.from(links, ({ to }) => to),
      type: Uint16Array.from(links, ({ type }) => type),
      weight: Float64Array.from(links, ({ weight }) => weight),
    },
    attributes: {
      names: names.list,
      row: Uint32Array.from(settings, ({ row }) => row),
      node: Uint32Array.from(settings, ({ node }) => node),
      name: Uint16Array.from(settings, ({ name }) => name),
      values: textColumn(settings.map(({ value }) => value)),
    },
  }
}

class Numbered {
  readonly list: string[] = []

  of(name: string): number {
    const known = this.list.indexOf(name)
    return known >= 0 ? known : this.list.push(name) - 1
  }
}

/** A builder that got the events in batches of at most `batchEvents`. */
export function builderOf(events: readonly RawEvent[], batchEvents = 7): GraphBuilder {
  const builder = new GraphBuilder()
  for (let at = 0; at < events.length; at += batchEvents)
    addEvents(builder, events.slice(at, at + batchEvents))
  return builder
}

export function addEvents(builder: GraphBuilder, events: readonly RawEvent[]): void {
  builder.add(derivedOf(events), {
    doc: Int32Array.from(events, ({ doc }) => doc),
    timeMs: Float64Array.from(events, ({ timeMs }) => timeMs),
  })
}

/** Cuts events into runs at random places. */
export function cutIntoRuns(
  random: () => number,
  events: readonly RawEvent[],
  runCount: number,
): RawEvent[][] {
  const cuts = Array.from({ length: runCount - 1 }, () => Math.floor(random() * (events.length + 1)))
  const bounds = [0, ...cuts.sort((left, right) => left - right), events.length]
  return bounds.slice(1).map((until, i) => events.slice(bounds[i], until))
}

export function fileOf(pieces: readonly Uint8Array[]): CheckedFile {
  const bytes = joined(pieces)
  return {
    byteLength: bytes.length,
    slice: async (start, end = bytes.length) => bytes.slice(start, end).buffer as ArrayBuffer,
  }
}

export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(pieces))
}

export async function gathered(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(piece.slice())
  return all
}
