// The nearest k of what is offered, in a heap with the farthest first. Of equal distances the lower id is the nearer.

import type { Hits } from './vector-index.ts'

export class Nearest {
  readonly #k: number
  readonly #ids: Uint32Array
  readonly #distances: Float32Array
  #count = 0

  constructor(k: number) {
    this.#k = k
    this.#ids = new Uint32Array(k)
    this.#distances = new Float32Array(k)
  }

  /** What is farther than this is of no use; Infinity while there is room. */
  get bound(): number {
    if (this.#k === 0) return -Infinity
    return this.#count < this.#k ? Infinity : this.#distances[0]!
  }

  offer(id: number, distance: number): void {
    if (this.#count < this.#k) this.#rise(this.#count++, id, distance)
    else if (this.#k > 0 && this.#isBefore(id, distance, 0)) this.#sink(0, id, distance)
  }

  /** Nearest first. */
  hits(): Hits {
    const order = Uint32Array.from({ length: this.#count }, (_, i) => i).sort(
      (a, b) => this.#distances[a]! - this.#distances[b]! || this.#ids[a]! - this.#ids[b]!,
    )
    return {
      ids: Uint32Array.from(order, i => this.#ids[i]!),
      distances: Float32Array.from(order, i => this.#distances[i]!),
    }
  }

  #isBefore(id: number, distance: number, at: number): boolean {
    const other = this.#distances[at]!
    return distance < other || (distance === other && id < this.#ids[at]!)
  }

  #rise(from: number, id: number, distance: number): void {
    let at = from
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (this.#isBefore(id, distance, parent)) break
      this.#set(at, this.#ids[parent]!, this.#distances[parent]!)
      at = parent
    }
    this.#set(at, id, distance)
  }

  #sink(from: number, id: number, distance: number): void {
    let at = from
    for (;;) {
      let child = 2 * at + 1
      if (child >= this.#count) break
      const right = child + 1
      if (right < this.#count && this.#isBefore(this.#ids[child]!, this.#distances[child]!, right))
        child = right
      if (!this.#isBefore(id, distance, child)) break
      this.#set(at, this.#ids[child]!, this.#distances[child]!)
      at = child
    }
    this.#set(at, id, distance)
  }

  #set(at: number, id: number, distance: number): void {
    this.#ids[at] = id
    this.#distances[at] = distance
  }
}
