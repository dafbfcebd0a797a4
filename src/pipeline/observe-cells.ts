// The columns of an observation as they grow. They are kept from the first cell on and copied once, at the end.

import type { Observation } from '../pack/auto/observation.ts'

const cellWords = 4

export class ObservedCells {
  readonly #names: string[] = []
  readonly #numbers = new Map<string, number>()
  /** row, name, kind | part << 4, end of the value */
  #cells = new Uint32Array(cellWords * 64)
  #count = 0
  #data = new Uint8Array(1024)
  #size = 0

  numberOf(name: string): number {
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    this.#numbers.set(name, this.#names.length)
    return this.#names.push(name) - 1
  }

  /** A cell, whose value is to be filled in next. @param facts  its valueKind, and its envelopePart above the fourth bit */
  begin(row: number, name: number, facts: number): void {
    const at = this.#count * cellWords
    if (at === this.#cells.length) {
      const larger = new Uint32Array(this.#cells.length * 2)
      larger.set(this.#cells)
      this.#cells = larger
    }
    this.#cells[at] = row
    this.#cells[at + 1] = name
    this.#cells[at + 2] = facts
  }

  /** @param bytes  the value is [start, end) */
  fill(bytes: Uint8Array, start: number, end: number): void {
    const until = this.#size + end - start
    if (until > this.#data.length) {
      const larger = new Uint8Array(Math.max(until, this.#data.length * 2))
      larger.set(this.#data)
      this.#data = larger
    }
    const data = this.#data
    let to = this.#size
    for (let from = start; from < end; from++) data[to++] = bytes[from]!
    this.#size = until
    this.#cells[this.#count * cellWords + 3] = until
    this.#count++
  }

  finish(): Omit<Observation, 'eventCount' | 'rowCount'> {
    const count = this.#count
    const row = new Uint32Array(count)
    const name = new Uint32Array(count)
    const kind = new Uint8Array(count)
    const part = new Uint8Array(count)
    const offsets = new Uint32Array(count + 1)
    for (let i = 0; i < count; i++) {
      const at = i * cellWords
      row[i] = this.#cells[at]!
      name[i] = this.#cells[at + 1]!
      kind[i] = this.#cells[at + 2]! & 15
      part[i] = this.#cells[at + 2]! >>> 4
      offsets[i + 1] = this.#cells[at + 3]!
    }
    return {
      names: this.#names,
      row,
      name,
      kind,
      part,
      values: { data: this.#data.slice(0, this.#size), offsets },
    }
  }
}
