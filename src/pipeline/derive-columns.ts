// The columns of what is derived, as they grow: nodes and who mentions them, edges, and what is said about nodes. A node
// is one for its type and key; its number is the order in which it first came.

import { ByteTable } from '../base/byte-table.ts'
import type { DerivedAttributes, DerivedEdges, DerivedNodes } from '../segment/derived.ts'
import { ByteColumn, type ByteRange, Records } from './derive-records.ts'

const neverMentioned = -1

export class NodeColumns {
  readonly #types: string[]
  /** by type: its keys, and the node of each */
  #keys: ByteTable[] = []
  #nodeOf: number[][] = []
  /** by node: type, number of its key, the row that mentioned it last */
  #type: number[] = []
  #key: number[] = []
  #lastRow: number[] = []
  /** row, node */
  readonly #mentions = new Records(2)

  constructor(types: readonly string[]) {
    this.#types = [...types]
  }

  begin(): void {
    this.#keys = this.#types.map(() => new ByteTable())
    this.#nodeOf = this.#types.map(() => [])
    this.#type = []
    this.#key = []
    this.#lastRow = []
    this.#mentions.clear()
  }

  /** A row mentions the node of this key. @returns the node */
  mention(row: number, type: number, { bytes, start, end }: ByteRange): number {
    const nodeOf = this.#nodeOf[type]!
    const key = this.#keys[type]!.add(bytes, start, end)
    if (key === nodeOf.length) {
      nodeOf.push(this.#type.length)
      this.#type.push(type)
      this.#key.push(key)
      this.#lastRow.push(neverMentioned)
    }
    const node = nodeOf[key]!
    if (this.#lastRow[node] === row) return node
    this.#lastRow[node] = row
    const at = this.#mentions.add()
    this.#mentions.words[at] = row
    this.#mentions.words[at + 1] = node
    return node
  }

  finish(): { nodes: DerivedNodes; mentions: { row: Uint32Array; node: Uint32Array } } {
    const keys = new ByteColumn()
    for (let node = 0; node < this.#type.length; node++) {
      const bytes = this.#keys[this.#type[node]!]!.at(this.#key[node]!)
      keys.push({ bytes, start: 0, end: bytes.length })
    }
    return {
      nodes: { types: this.#types, type: new Uint16Array(this.#type), keys: keys.finish() },
      mentions: { row: this.#mentions.column(0), node: this.#mentions.column(1) },
    }
  }
}

/** Edges that one event may make. */
export const eventEdgesMax = 256

export class EdgeColumns {
  readonly #types: string[]
  /** row, from, to, type */
  readonly #edges = new Records(4)
  #weights = new Float64Array(256)
  #row = 0
  /** the first edge of the row at hand, as a place of its words */
  #rowFirst = 0
  /** edges that were one too many for their event */
  skipped = 0

  constructor(types: readonly string[]) {
    this.#types = [...types]
  }

  begin(): void {
    this.#edges.clear()
    this.skipped = 0
  }

  beginRow(row: number): void {
    this.#row = row
    this.#rowFirst = this.#edges.length
  }

  /** What links two nodes by a type again adds its weight, where it has one of its own, and nothing otherwise. */
  link(type: number, from: number, to: number, weight: number, isAdded = false): void {
    const { length, words } = this.#edges
    for (let at = this.#rowFirst; at < length; at += 4) {
      if (words[at + 1] !== from || words[at + 2] !== to || words[at + 3] !== type) continue
      if (isAdded) this.#weights[at >>> 2]! += weight
      return
    }
    if (length - this.#rowFirst === eventEdgesMax * 4) this.skipped++
    else this.#add(type, from, to, weight)
  }

  finish(): DerivedEdges {
    return {
      types: this.#types,
      row: this.#edges.column(0),
      from: this.#edges.column(1),
      to: this.#edges.column(2),
      type: Uint16Array.from(this.#edges.column(3)),
      weight: this.#weights.slice(0, this.#edges.length / 4),
    }
  }

  #add(type: number, from: number, to: number, weight: number): void {
    const at = this.#edges.add()
    const { words } = this.#edges
    words[at] = this.#row
    words[at + 1] = from
    words[at + 2] = to
    words[at + 3] = type
    const edge = at >>> 2
    if (edge === this.#weights.length) {
      const weights = new Float64Array(edge * 2)
      weights.set(this.#weights)
      this.#weights = weights
    }
    this.#weights[edge] = weight
  }
}

export class AttributeColumns {
  readonly #names: string[]
  /** row, node, name */
  readonly #told = new Records(3)
  readonly #values = new ByteColumn()

  constructor(names: readonly string[]) {
    this.#names = [...names]
  }

  begin(): void {
    this.#told.clear()
    this.#values.clear()
  }

  /** The value is JSON as it was written. */
  tell(row: number, node: number, name: number, value: ByteRange): void {
    const at = this.#told.add()
    const { words } = this.#told
    words[at] = row
    words[at + 1] = node
    words[at + 2] = name
    this.#values.push(value)
  }

  finish(): DerivedAttributes {
    return {
      names: this.#names,
      row: this.#told.column(0),
      node: this.#told.column(1),
      name: Uint16Array.from(this.#told.column(2)),
      values: this.#values.finish(),
    }
  }
}
