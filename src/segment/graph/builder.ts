// The graph of an open run while it grows. What events say is kept event by event, in columns, chained from the newest
// event of a thing to its oldest; nothing is added up, so that it can be for any moment and any window.

import { assert } from '../../base/assert.ts'
import { ByteTable } from '../../base/byte-table.ts'
import { toUtf8 } from '../../base/bytes.ts'
import type { Derived, DerivedNodes } from '../derived.ts'
import { Chains } from './chains.ts'
import { GrowingF64, GrowingU32 } from './growing.ts'

/** Where the rows of a batch are in this segment. */
export interface Placed {
  /** i32[rows]: -1 where the row is of another segment; the others rise, from batch to batch too */
  doc: Int32Array | Uint32Array
  /** f64[rows]: event times */
  timeMs: Float64Array
}

export class GraphBuilder {
  /** rows of this segment */
  readonly rowDoc = new GrowingU32()
  readonly rowMs = new GrowingF64()

  /** names of nodes, see name.ts */
  readonly names = new ByteTable()
  /** of nodes: the rows that mention them */
  readonly mentions = new Chains()
  readonly mentionRow = new GrowingU32()

  readonly edgeTypes = new Terms()
  readonly edgeFrom = new GrowingU32()
  readonly edgeTo = new GrowingU32()
  readonly edgeType = new GrowingU32()
  /** of nodes: their edges; link and edge have one number */
  readonly out = new Chains()
  readonly in = new Chains()
  /** of edges: the rows that they occur in */
  readonly links = new Chains()
  readonly linkRow = new GrowingU32()
  readonly linkWeight = new GrowingF64()

  readonly attributeNames = new Terms()
  /** distinct values of attributes */
  readonly values = new ByteTable()
  /** of nodes: what rows say of them */
  readonly settings = new Chains()
  readonly settingRow = new GrowingU32()
  readonly settingName = new GrowingU32()
  readonly settingValue = new GrowingU32()

  readonly #edges = new ByteTable()
  readonly #edgeKey = new Uint32Array(3)
  readonly #edgeKeyBytes = new Uint8Array(this.#edgeKey.buffer)

  get nodeCount(): number {
    return this.names.count
  }

  get edgeCount(): number {
    return this.edgeFrom.length
  }

  /** What it takes of memory. */
  get byteCount(): number {
    return [
      ...[this.rowDoc, this.rowMs, this.names, this.mentions, this.mentionRow],
      ...[this.edgeFrom, this.edgeTo, this.edgeType, this.#edges, this.out, this.in],
      ...[this.links, this.linkRow, this.linkWeight],
      ...[this.values, this.settings, this.settingRow, this.settingName, this.settingValue],
    ].reduce((sum, { byteCount }) => sum + byteCount, 0)
  }

  /** Adds what the placed rows of a batch say. */
  add(derived: Derived, placed: Placed): void {
    const rows = this.#addRows(placed)
    const nodes = new BatchNodes(derived.nodes, this)
    this.#addMentions(derived, rows, nodes)
    this.#addEdges(derived, rows, nodes)
    this.#addSettings(derived, rows, nodes)
  }

  /** @returns i32[rows]: the run's row, -1 for one of another segment */
  #addRows({ doc, timeMs }: Placed): Int32Array {
    const rows = new Int32Array(doc.length).fill(-1)
    let docNext = this.rowDoc.length === 0 ? 0 : this.rowDoc.at(this.rowDoc.length - 1) + 1
    for (let i = 0; i < doc.length; i++) {
      if (doc[i]! < 0) continue
      assert(doc[i]! >= docNext, 'docs of a segment rise')
      docNext = doc[i]! + 1
      rows[i] = this.rowDoc.length
      this.rowDoc.push(doc[i]!)
      this.rowMs.push(timeMs[i]!)
    }
    return rows
  }

  #addMentions({ mentions }: Derived, rows: Int32Array, nodes: BatchNodes): void {
    for (let i = 0; i < mentions.row.length; i++) {
      const row = rows[mentions.row[i]!]!
      if (row < 0) continue
      this.mentions.addLink(nodes.inRun(mentions.node[i]!))
      this.mentionRow.push(row)
    }
  }

  #addEdges({ edges }: Derived, rows: Int32Array, nodes: BatchNodes): void {
    const types = this.edgeTypes.numbersOf(edges.types)
    for (let i = 0; i < edges.row.length; i++) {
      const row = rows[edges.row[i]!]!
      if (row < 0) continue
      const from = nodes.inRun(edges.from[i]!)
      const to = nodes.inRun(edges.to[i]!)
      this.links.addLink(this.#edge(from, to, types[edges.type[i]!]!))
      this.linkRow.push(row)
      this.linkWeight.push(edges.weight[i]!)
    }
  }

  #addSettings({ attributes }: Derived, rows: Int32Array, nodes: BatchNodes): void {
    const names = this.attributeNames.numbersOf(attributes.names)
    const { data, offsets } = attributes.values
    for (let i = 0; i < attributes.row.length; i++) {
      const row = rows[attributes.row[i]!]!
      if (row < 0) continue
      this.settings.addLink(nodes.inRun(attributes.node[i]!))
      this.settingRow.push(row)
      this.settingName.push(names[attributes.name[i]!]!)
      this.settingValue.push(this.values.add(data, offsets[i]!, offsets[i + 1]!))
    }
  }

  #edge(from: number, to: number, type: number): number {
    this.#edgeKey[0] = from
    this.#edgeKey[1] = to
    this.#edgeKey[2] = type
    const edge = this.#edges.add(this.#edgeKeyBytes)
    if (edge < this.edgeCount) return edge
    this.edgeFrom.push(from)
    this.edgeTo.push(to)
    this.edgeType.push(type)
    this.out.addLink(from)
    this.in.addLink(to)
    this.links.addThing()
    return edge
  }

  /** @returns the number of the node of that name, new or known */
  node(name: Uint8Array, length: number): number {
    const countBefore = this.nodeCount
    const node = this.names.add(name, 0, length)
    if (node < countBefore) return node
    for (const chains of [this.mentions, this.out, this.in, this.settings]) chains.addThing()
    return node
  }
}

/** Nodes of a batch as nodes of the run, which they become when a row of its segment first names them. */
class BatchNodes {
  readonly #nodes: DerivedNodes
  readonly #builder: GraphBuilder
  readonly #known: Int32Array
  readonly #prefixes: Uint8Array[]
  #name = new Uint8Array(256)

  constructor(nodes: DerivedNodes, builder: GraphBuilder) {
    this.#nodes = nodes
    this.#builder = builder
    this.#known = new Int32Array(nodes.type.length).fill(-1)
    this.#prefixes = nodes.types.map(type => toUtf8(`${type}\0`))
  }

  inRun(node: number): number {
    const known = this.#known[node]!
    return known >= 0 ? known : (this.#known[node] = this.#intern(node))
  }

  #intern(node: number): number {
    const { type, keys } = this.#nodes
    const prefix = this.#prefixes[type[node]!]!
    const start = keys.offsets[node]!
    const length = prefix.length + keys.offsets[node + 1]! - start
    if (length > this.#name.length) this.#name = new Uint8Array(2 * length)
    this.#name.set(prefix)
    for (let i = prefix.length; i < length; i++) this.#name[i] = keys.data[start + i - prefix.length]!
    return this.#builder.node(this.#name, length)
  }
}

const termsMax = 0x10000

/** Types of edges or names of attributes, numbered as they come. */
class Terms {
  readonly list: string[] = []
  readonly #numbers = new Map<string, number>()

  numbersOf(terms: readonly string[]): number[] {
    return terms.map(term => {
      const known = this.#numbers.get(term)
      if (known !== undefined) return known
      assert(this.list.length < termsMax, 'types and attributes within the reach of a column')
      this.#numbers.set(term, this.list.length)
      return this.list.push(term) - 1
    })
  }
}
