// The graph of plain events, kept as plain maps and asked by looking at all of them: what a service should tell of nodes,
// walks and paths in any window.

export interface PlainEvent {
  timeMs: number
  /** what it mentions */
  nodes: NodeName[]
  edges: [from: NodeName, type: string, to: NodeName][]
}

/** `type key`; a type has no blank */
export type NodeName = `${string} ${string}`

interface Seen {
  count: number
  firstMs: number
  lastMs: number
}

export interface Window {
  fromMs: number
  untilMs: number
}

export const always: Window = { fromMs: Number.NEGATIVE_INFINITY, untilMs: Number.POSITIVE_INFINITY }

export class PlainGraph {
  readonly nodes = new Map<NodeName, Seen>()
  /** by `from|type|to`, as JSON */
  readonly edges = new Map<string, Seen>()
  /** edges by each of their ends, once each */
  readonly #around = new Map<NodeName, Set<string>>()

  constructor(events: readonly PlainEvent[], { fromMs, untilMs }: Window = always) {
    for (const { timeMs, nodes, edges } of events) {
      if (timeMs < fromMs || timeMs >= untilMs) continue
      for (const node of new Set(nodes)) see(this.nodes, node, timeMs)
      for (const edge of new Set(edges.map(edge => JSON.stringify(edge)))) see(this.edges, edge, timeMs)
    }
    for (const edge of this.edges.keys()) {
      const [from, , to] = ends(edge)
      for (const end of [from, to]) {
        const around = this.#around.get(end) ?? new Set()
        this.#around.set(end, around.add(edge))
      }
    }
  }

  countByType(): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const node of this.nodes.keys()) {
      const [type] = node.split(' ', 1) as [string]
      counts[type] = (counts[type] ?? 0) + 1
    }
    return counts
  }

  around(node: NodeName): string[] {
    return [...(this.#around.get(node) ?? [])]
  }

  /** `type direction` → distinct edges */
  degrees(node: NodeName): Record<string, number> {
    const degrees: Record<string, number> = {}
    const add = (name: string) => {
      degrees[name] = (degrees[name] ?? 0) + 1
    }
    for (const edge of this.around(node)) {
      const [from, type, to] = ends(edge)
      if (from === node) add(`${type} out`)
      if (to === node) add(`${type} in`)
    }
    return degrees
  }

  /** What lies within some hops, whichever way edges point. */
  reach(
    start: NodeName,
    hopsMax: number,
    edgeTypes?: readonly string[],
  ): { hops: Map<NodeName, number>; edges: Set<string> } {
    const hops = new Map([[start, 0]])
    const edges = new Set<string>()
    for (const [node, hop] of hops) {
      if (hop === hopsMax) continue
      for (const edge of this.around(node)) {
        const [from, type, to] = ends(edge)
        if (edgeTypes && !edgeTypes.includes(type)) continue
        edges.add(edge)
        for (const end of [from, to]) if (!hops.has(end)) hops.set(end, hop + 1)
      }
    }
    return { hops, edges }
  }
}

export function ends(edge: string): PlainEvent['edges'][number] {
  return JSON.parse(edge)
}

/** A name for a thing, unless it is nothing or too long to be the key of a node. */
export function named(type: string, ...parts: unknown[]): NodeName[] {
  if (parts.some(part => part === undefined || part === null || part === '')) return []
  const key =
    parts.length === 1
      ? String(parts[0])
      : parts.map(part => String(part).replace(/[\\|]/g, sign => `\\${sign}`)).join('|')
  return Buffer.byteLength(key) > 512 ? [] : [`${type} ${key}`]
}

/** Each of one side with each of the other. */
export function linked(
  from: readonly NodeName[],
  type: string,
  to: readonly NodeName[],
): PlainEvent['edges'] {
  return from.flatMap(one => to.map((other): PlainEvent['edges'][number] => [one, type, other]))
}

function see<Name>(all: Map<Name, Seen>, name: Name, timeMs: number): void {
  const { count, firstMs, lastMs } = all.get(name) ?? { count: 0, firstMs: timeMs, lastMs: timeMs }
  all.set(name, { count: count + 1, firstMs: Math.min(firstMs, timeMs), lastMs: Math.max(lastMs, timeMs) })
}
