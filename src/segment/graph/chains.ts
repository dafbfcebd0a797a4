// Links of many things, each thing's chained from the newest to the oldest, in two columns.

import { GrowingU32 } from './growing.ts'

/** Behind the oldest link of a thing. */
export const chainEnd = 0xffffffff

export class Chains {
  readonly #previous = new GrowingU32()
  readonly #newest = new GrowingU32()

  get byteCount(): number {
    return this.#previous.byteCount + this.#newest.byteCount
  }

  newest(thing: number): number {
    return this.#newest.at(thing)
  }

  /** @returns the next older link of the same thing, or chainEnd */
  before(link: number): number {
    return this.#previous.at(link)
  }

  addThing(): void {
    this.#newest.push(chainEnd)
  }

  /** Links count from 0, over all things. */
  addLink(thing: number): void {
    this.#previous.push(this.#newest.at(thing))
    this.#newest.set(thing, this.#previous.length - 1)
  }
}
