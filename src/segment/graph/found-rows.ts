// Edges as they are found, row by row: which node was asked for, and which stands at the other end.

import type { TextColumn } from '../../base/text-column.ts'
import { GrowingU8, GrowingU32 } from './growing.ts'
import type { FoundEdges } from './run.ts'

type FoundColumns = Pick<FoundEdges, 'node' | 'inward' | 'type' | 'neighbour' | 'count' | 'edge'>

/** `neighbour` and `edge` by the numbers that the run has for them. */
export interface FoundRow {
  asked: number
  inward: number
  type: number
  neighbour: number
  count: number
  edge: number
}

export class FoundRows {
  readonly #node = new GrowingU32()
  readonly #inward = new GrowingU8()
  readonly #type = new GrowingU32()
  readonly #neighbour = new GrowingU32()
  readonly #count = new GrowingU32()
  readonly #edge = new GrowingU32()
  /** Distinct neighbours, by the numbers that the run has for them. */
  readonly #numbers = new Map<number, number>()

  add({ asked, inward, type, neighbour, count, edge }: FoundRow): void {
    let number = this.#numbers.get(neighbour)
    if (number === undefined) this.#numbers.set(neighbour, (number = this.#numbers.size))
    this.#node.push(asked)
    this.#inward.push(inward)
    this.#type.push(type)
    this.#neighbour.push(number)
    this.#count.push(count)
    this.#edge.push(edge)
  }

  /** What the run calls the neighbours, in the order of their numbers here. */
  neighbours(): Uint32Array {
    return Uint32Array.from(this.#numbers.keys())
  }

  /** @param neighbours  the names of `neighbours()` */
  columns(neighbours: TextColumn): FoundColumns & { neighbours: TextColumn } {
    return {
      node: this.#node.take(),
      inward: this.#inward.take(),
      type: this.#type.take(),
      neighbour: this.#neighbour.take(),
      count: this.#count.take(),
      edge: this.#edge.take(),
      neighbours,
    }
  }
}
