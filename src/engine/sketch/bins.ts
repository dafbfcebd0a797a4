// Counts by bin index, for at most so many indexes: those from the highest down. What lies lower is counted in the lowest,
// whatever the order in which it came, so that merging is the same as having counted everything here.

import { demand, demandWhole } from '../checks.ts'
import type { FrameReader, FrameWriter } from '../frame.ts'

const indexMax = 2 ** 31 - 1

export class Bins {
  readonly #binsMax: number
  /** f64[binsMax], the last of which is bin `#top`; made with the first value */
  #counts = new Float64Array(0)
  #top = 0
  #count = 0

  constructor(binsMax: number) {
    this.#binsMax = binsMax
  }

  get count(): number {
    return this.#count
  }

  add(index: number, count: number): void {
    if (this.#counts.length === 0) {
      this.#counts = new Float64Array(this.#binsMax)
      this.#top = index
    }
    if (index > this.#top) this.#raise(index - this.#top)
    const slot = Math.max(0, index - this.#top + this.#binsMax - 1)
    this.#counts[slot]! += count
    this.#count += count
  }

  #raise(by: number): void {
    const counts = this.#counts
    const fallen = Math.min(by, this.#binsMax - 1)
    let lowest = 0
    for (let slot = 0; slot <= fallen; slot++) lowest += counts[slot]!
    counts.copyWithin(0, fallen)
    counts.fill(0, this.#binsMax - fallen)
    counts[0] = lowest
    this.#top += by
  }

  /** The bin of the value at `rank` in rising order. @param rank  0..count − 1 */
  indexAt(rank: number): number {
    let seen = 0
    let slot = -1
    while (seen <= rank) seen += this.#counts[++slot]!
    return this.#top - this.#binsMax + 1 + slot
  }

  merge(other: Bins): void {
    // from the top down, so that the window is raised once
    for (let slot = other.#counts.length - 1; slot >= 0; slot--) {
      const count = other.#counts[slot]!
      if (count > 0) this.add(other.#top - other.#binsMax + 1 + slot, count)
    }
  }

  /** Writes the counts from the first that is not 0 to the top. */
  write(frame: FrameWriter): void {
    const first = this.#counts.findIndex(count => count > 0)
    const used = first < 0 ? this.#counts.subarray(0, 0) : this.#counts.subarray(first)
    frame.f64(this.#top).u32(used.length).array(used)
  }

  /** Fills bins that are empty. @throws BadInput */
  read(frame: FrameReader): void {
    const top = frame.f64()
    const used = frame.u32()
    demandWhole('the top bin', top, { min: -indexMax, max: indexMax })
    demandWhole('the number of bins', used, { min: 0, max: this.#binsMax })
    const counts = frame.f64s(used)
    demand(
      counts.every(count => Number.isSafeInteger(count) && count >= 0),
      'a bin with a count that is none',
    )
    if (used === 0) return
    this.#top = top
    this.#counts = new Float64Array(this.#binsMax)
    this.#counts.set(counts, this.#binsMax - used)
    this.#count = counts.reduce((sum, count) => sum + count, 0)
  }
}
