// Dictionaries of an Arrow stream, which columns of indexes look their values up in.

import { Malformed } from './malformed.ts'
import type { Column, NdjsonWriter } from './ndjson-writer.ts'

export type Dictionaries = ReadonlyMap<number, Dictionary>

/** The entries of a dictionary. Deltas append to it, and there may be many. */
export class Dictionary {
  readonly #chunks: Column[] = []
  /** Number of the first entry of each chunk, and last the count of all. */
  readonly #starts = [0]

  append(chunk: Column): void {
    this.#chunks.push(chunk)
    this.#starts.push(this.#starts.at(-1)! + chunk.length)
  }

  write(out: NdjsonWriter, index: number): void {
    const { chunk, row } = this.#find(index)
    chunk.write(out, row)
  }

  isNull(index: number): boolean {
    const { chunk, row } = this.#find(index)
    return chunk.isNull(row)
  }

  #find(index: number): { chunk: Column; row: number } {
    const count = this.#starts.at(-1)!
    if (!(index >= 0 && index < count)) throw new Malformed(`entry ${index} of a dictionary of ${count}`)
    let low = 0
    let high = this.#chunks.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#starts[middle]! <= index) low = middle
      else high = middle - 1
    }
    return { chunk: this.#chunks[low]!, row: index - this.#starts[low]! }
  }
}
