// The inputs of a merge as rising sequences: their names, their edges, their attributes.

import { hashWords } from './layout.ts'
import type { MergeInput } from './merge-input.ts'
import type { Cursor } from './merge-least.ts'
import { fitting, stretchThings } from './merge-stretch.ts'

/** The names of one input. */
export class NameCursor implements Cursor {
  at = 0
  end = 0
  readonly #input: MergeInput
  #first = 0
  #starts: Float64Array = new Float64Array(1)
  #bytes: Uint8Array = new Uint8Array(0)

  constructor(input: MergeInput) {
    this.#input = input
  }

  get name(): Uint8Array {
    const base = this.#starts[0]!
    return this.#bytes.subarray(this.#starts[this.at]! - base, this.#starts[this.at + 1]! - base)
  }

  number(node: number): void {
    this.#input.map.node[this.#first + this.at] = node
  }

  async refill(): Promise<void> {
    const first = this.#first + this.end
    const until = Math.min(this.#input.count.node, first + stretchThings)
    const starts = await this.#input.read('nodeNameAt', first, until + 1)
    this.#first = first
    this.at = 0
    this.end = fitting(starts)
    this.#starts = starts
    this.#bytes = await this.#input.read('nodeNames', starts[0]!, starts[this.end]!)
  }
}

/** The edges of one input, by merged nodes and types. */
export class EdgeCursor implements Cursor {
  at = 0
  end = 0
  readonly #input: MergeInput
  #first = 0
  #from: Uint32Array = new Uint32Array(0)
  #type: Uint16Array = new Uint16Array(0)
  #to: Uint32Array = new Uint32Array(0)

  constructor(input: MergeInput) {
    this.#input = input
  }

  get from(): number {
    return this.#input.map.node[this.#from[this.at]!]!
  }

  get type(): number {
    return this.#input.edgeTypes[this.#type[this.at]!]!
  }

  get to(): number {
    return this.#input.map.node[this.#to[this.at]!]!
  }

  number(edge: number): void {
    this.#input.map.edge[this.#first + this.at] = edge
  }

  async refill(): Promise<void> {
    this.#first += this.end
    const until = Math.min(this.#input.count.edge, this.#first + stretchThings)
    this.at = 0
    this.end = until - this.#first
    this.#from = await this.#input.read('edgeFrom', this.#first, until)
    this.#type = await this.#input.read('edgeType', this.#first, until)
    this.#to = await this.#input.read('edgeTo', this.#first, until)
  }
}

/** The settings of one input, by merged nodes and names. */
export class AttributeCursor implements Cursor {
  at = 0
  end = 0
  readonly #input: MergeInput
  #nextNode = 0
  #first = 0
  #node: Uint32Array = new Uint32Array(0)
  #name: Uint16Array = new Uint16Array(0)
  #timeMs: Float64Array = new Float64Array(0)

  constructor(input: MergeInput) {
    this.#input = input
  }

  get node(): number {
    return this.#node[this.at]!
  }

  get name(): number {
    return this.#input.attributes[this.#name[this.at]!]!
  }

  get setting() {
    const { node, name } = this
    return { node, name, timeMs: this.#timeMs[this.at]!, input: this.#input, index: this.#first + this.at }
  }

  number(attribute: number): void {
    this.#input.map.attribute[this.#first + this.at] = attribute
  }

  async refill(): Promise<void> {
    const { count, map } = this.#input
    this.at = 0
    this.end = 0
    while (this.end === 0 && this.#nextNode < count.node) {
      const first = this.#nextNode
      const until = Math.min(count.node, first + stretchThings)
      const starts = await this.#input.read('attributeAt', first, until + 1)
      this.#nextNode = until
      this.#first = starts[0]!
      this.end = starts[until - first]! - this.#first
      this.#node = new Uint32Array(this.end)
      for (let i = 0; i < until - first; i++)
        this.#node.fill(map.node[first + i]!, starts[i]! - this.#first, starts[i + 1]! - this.#first)
      this.#name = await this.#input.read('attributeName', this.#first, this.#first + this.end)
      this.#timeMs = await this.#input.read('attributeMs', this.#first, this.#first + this.end)
    }
  }
}

/** The entries of one input's hash index, by merged nodes. */
export class HashCursor implements Cursor {
  at = 0
  end = 0
  readonly #input: MergeInput
  #first = 0
  #entries: Uint32Array = new Uint32Array(0)

  constructor(input: MergeInput) {
    this.#input = input
  }

  get high(): number {
    return this.#entries[this.at * hashWords]!
  }

  get low(): number {
    return this.#entries[this.at * hashWords + 1]!
  }

  get node(): number {
    return this.#input.map.node[this.#entries[this.at * hashWords + 2]!]!
  }

  async refill(): Promise<void> {
    this.#first += this.end
    const until = Math.min(this.#input.count.node, this.#first + stretchThings)
    this.at = 0
    this.end = until - this.#first
    this.#entries = await this.#input.read('nodeHashes', this.#first * hashWords, until * hashWords)
  }
}
