// The nodes that a question meets, numbered as it meets them, and what all sources say of them. No order of an answer goes
// by these numbers: runs are free to tell their nodes in any order.

import { ByteTable } from '../../base/byte-table.ts'
import { fromUtf8 } from '../../base/bytes.ts'
import type { TextColumn } from '../../base/text-column.ts'
import {
  compareNames,
  type NodeRef,
  nameAt,
  nameColumn,
  nodeName,
  nodeRef,
} from '../../segment/graph/name.ts'
import type { FoundNodes, NodesQuestion } from '../../segment/graph/run.ts'
import { type Evidence, FactsSum, type RankedSource } from './source.ts'

export interface Attribute {
  /** JSON as it was written */
  value: string
  timeMs: number
  segmentId: string
  doc: number
}

/** What events of the scope say of a node; `count` is 0 and times are undefined where none mentions it. */
export interface GraphNode extends NodeRef {
  count: number
  firstMs: number | undefined
  lastMs: number | undefined
}

export interface DescribedNode extends GraphNode {
  evidence: Evidence[]
  /** newest values by name; names rise */
  attributes: Record<string, Attribute>
}

export class MetNodes {
  readonly #names = new ByteTable()
  /** of those that were told */
  readonly #refs: NodeRef[] = []

  numberOf(node: NodeRef): number {
    return this.#names.add(nodeName(node))
  }

  /** @param names  of `run`, each to be met. @returns their numbers */
  numbersOf({ data, offsets }: TextColumn): Uint32Array {
    const numbers = new Uint32Array(offsets.length - 1)
    for (let i = 0; i < numbers.length; i++) numbers[i] = this.#names.add(data, offsets[i]!, offsets[i + 1]!)
    return numbers
  }

  ref(node: number): NodeRef {
    return (this.#refs[node] ??= nodeRef(this.#names.at(node)))
  }

  compare(left: number, right: number): number {
    return left === right ? 0 : compareNames(this.#names.at(left), this.#names.at(right))
  }

  names(nodes: readonly number[]): TextColumn {
    return nameColumn(nodes.map(node => this.#names.at(node)))
  }

  /** What all sources count of nodes. */
  async tell(nodes: readonly number[], sources: readonly RankedSource[]): Promise<GraphNode[]> {
    const question = { evidenceMax: 0, attributes: false }
    const { sums } = await this.#ask(nodes, sources, question)
    return nodes.map((node, i) => this.#told(node, sums[i]!))
  }

  /** What all sources say of a node. */
  async describe(
    node: number,
    sources: readonly RankedSource[],
    evidenceMax: number,
  ): Promise<DescribedNode> {
    const { sums, found } = await this.#ask([node], sources, { evidenceMax, attributes: true })
    const evidence = sums[0]!.evidence(evidenceMax)
    return { ...this.#told(node, sums[0]!), evidence, attributes: newestAttributes(found, sources) }
  }

  async #ask(
    nodes: readonly number[],
    sources: readonly RankedSource[],
    question: NodesQuestion,
  ): Promise<{ sums: FactsSum[]; found: FoundNodes[] }> {
    const names = this.names(nodes)
    const found = await Promise.all(sources.map(({ run, scope }) => run.nodes(names, scope, question)))
    const sums = nodes.map(() => new FactsSum())
    for (const [at, source] of sources.entries())
      for (let i = 0; i < nodes.length; i++) sums[i]!.add(found[at]!, i, source)
    return { sums, found }
  }

  #told(node: number, { count, firstMs, lastMs }: FactsSum): GraphNode {
    const { type, key } = this.ref(node)
    return { type, key, count, firstMs, lastMs }
  }
}

type Ranked = Attribute & { rank: number }

/** Of one node; of the values of one name the newest: by event time, then by segment, then by doc. */
function newestAttributes(
  found: readonly FoundNodes[],
  sources: readonly RankedSource[],
): Record<string, Attribute> {
  const newest = new Map<string, Ranked>()
  for (const [at, { attributes }] of found.entries()) {
    const { segmentId, rank } = sources[at]!
    for (let i = 0; i < attributes.node.length; i++) {
      const name = attributes.names[attributes.name[i]!]!
      const value = fromUtf8(nameAt(attributes.values, i))
      const setting = { value, segmentId, rank, timeMs: attributes.timeMs[i]!, doc: attributes.doc[i]! }
      const known = newest.get(name)
      if (known === undefined || isNewer(setting, known)) newest.set(name, setting)
    }
  }
  return Object.fromEntries(
    [...newest]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, { rank: _, ...attribute }]) => [name, attribute]),
  )
}

function isNewer(left: Ranked, right: Ranked): boolean {
  if (left.timeMs !== right.timeMs) return left.timeMs > right.timeMs
  return left.rank === right.rank ? left.doc > right.doc : left.rank > right.rank
}
