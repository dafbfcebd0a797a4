// The heavy hitters of a stream: Misra & Gries (1982) with the batched decrement of Anderson et al. (2017), which merges
// (Agarwal et al. 2012). No item that makes up more than 1 / (capacity + 1) of the stream is missed, whatever was merged in
// whatever order; which of the light items are kept depends on it.

import { fromUtf8Strict, toUtf8 } from '../../base/bytes.ts'
import { demand, demandWhole } from '../checks.ts'
import { FrameReader, FrameWriter } from '../frame.ts'
import { demandCount } from './hash.ts'

export interface FrequentItem {
  item: string
  /** the item came at least so often … */
  countMin: number
  /** … and at most so often */
  countMax: number
}

const kind = { name: 'ALLUFRQ', version: 1 }

export class FrequentItems {
  readonly capacity: number
  readonly #counts = new Map<string, number>()
  #total = 0
  #missing = 0

  /**
   * @param capacity  1..1,048,576: counts are at most total / (capacity + 1) too low. Up to twice as many items are held
   * @throws BadInput
   */
  constructor(capacity = 256) {
    demandWhole('capacity', capacity, { min: 1, max: 1 << 20 })
    this.capacity = capacity
  }

  /** All counts that were added. */
  get total(): number {
    return this.#total
  }

  /** How much too low a count may be; 0 while there were few distinct items. */
  get countError(): number {
    return this.#missing
  }

  /** @throws BadInput for a count that is no whole number of 1 or more, or text that is not well-formed */
  add(item: string, count = 1): void {
    demandCount(count)
    demand(item.isWellFormed(), 'an item that is no well-formed text')
    this.#total += count
    this.#counts.set(item, (this.#counts.get(item) ?? 0) + count)
    this.#prune()
  }

  /** Takes from every count what the heaviest of those that must go has, and lets go of what is left with nothing. */
  #prune(): void {
    if (this.#counts.size <= 2 * this.capacity) return
    const falling = Float64Array.from(this.#counts.values()).sort().reverse()
    const taken = falling[this.capacity]!
    this.#missing += taken
    for (const [item, count] of this.#counts) {
      if (count > taken) this.#counts.set(item, count - taken)
      else this.#counts.delete(item)
    }
  }

  /** The bounds of how often an item came. */
  count(item: string): FrequentItem {
    const countMin = this.#counts.get(item) ?? 0
    return { item, countMin, countMax: countMin + this.#missing }
  }

  /**
   * All items that may make up `share` of the stream, the most frequent first: none that does is missing.
   *
   * @param share  above 1 / (capacity + 1), up to 1
   * @throws BadInput for a share out of range
   */
  above(share: number): FrequentItem[] {
    const least = 1 / (this.capacity + 1)
    demand(share > least && share <= 1, `share is ${share}: expected more than ${least} and at most 1`)
    return this.top(this.#counts.size).filter(({ countMax }) => countMax >= share * this.#total)
  }

  /** The items with the highest counts, by their code units where counts are equal. */
  top(itemsMax: number): FrequentItem[] {
    demandWhole('itemsMax', itemsMax, { min: 0, max: Number.MAX_SAFE_INTEGER })
    return [...this.#counts.keys()]
      .map(item => this.count(item))
      .sort((left, right) => right.countMin - left.countMin || (left.item < right.item ? -1 : 1))
      .slice(0, itemsMax)
  }

  /** From here on this holds the heavy hitters of both streams. @throws BadInput when capacities differ */
  merge(other: FrequentItems): void {
    demand(other.capacity === this.capacity, 'frequent items of different capacity do not merge')
    const merged = [...other.#counts]
    this.#missing += other.#missing
    this.#total += other.#total
    for (const [item, count] of merged) this.#counts.set(item, (this.#counts.get(item) ?? 0) + count)
    this.#prune()
  }

  toBytes(): Uint8Array {
    const frame = new FrameWriter(kind).u32(this.capacity).f64(this.#total).f64(this.#missing)
    frame.u32(this.#counts.size)
    for (const { item, countMin } of this.top(this.#counts.size)) {
      const bytes = toUtf8(item)
      frame.f64(countMin).u32(bytes.length).bytes(bytes)
    }
    return frame.finish()
  }

  /** @throws BadInput when the bytes are not what `toBytes` wrote */
  static fromBytes(bytes: Uint8Array): FrequentItems {
    const read = new FrameReader(kind, bytes)
    const items = new FrequentItems(read.u32())
    items.#total = read.f64()
    items.#missing = read.f64()
    const itemCount = read.u32()
    demandWhole('the number of items', itemCount, { min: 0, max: 2 * items.capacity })
    for (let i = 0; i < itemCount; i++) {
      const count = read.f64()
      const item = fromUtf8Strict(read.bytes(read.u32()))
      demand(item !== undefined && !items.#counts.has(item), 'frequent items with an item that is none')
      demandCount(count)
      items.#counts.set(item, count)
    }
    read.end()
    for (const count of [items.#total, items.#missing])
      demandWhole('a count of frequent items', count, { min: 0, max: Number.MAX_SAFE_INTEGER })
    return items
  }
}
