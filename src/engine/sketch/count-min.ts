// How often an item came: count-min (Cormode & Muthukrishnan 2005), its rows chosen by two hashes (Kirsch & Mitzenmacher
// 2006). It never says too few.

import { demand, demandWhole } from '../checks.ts'
import { FrameReader, FrameWriter } from '../frame.ts'
import { demandCount, demandSeed, hashItem } from './hash.ts'

export interface CountMinOptions {
  /** 2..2^20: an estimate is at most e / width of all counts too high … Default 2,719: 0.1 % */
  width?: number
  /** 1..16: … with a chance of 1 − e^−depth. Default 5: 99.3 % */
  depth?: number
  /** u32; sketches that shall be merged need the same. Default 0 */
  seed?: number
}

const kind = { name: 'ALLUCMS', version: 1 }

export class CountMin {
  readonly width: number
  readonly depth: number
  readonly seed: number
  /** f64[depth × width]: whole numbers, exact up to 2^53 */
  readonly #counts: Float64Array
  #total = 0

  /** @throws BadInput for options out of range */
  constructor({ width = 2719, depth = 5, seed = 0 }: CountMinOptions = {}) {
    demandWhole('width', width, { min: 2, max: 2 ** 20 })
    demandWhole('depth', depth, { min: 1, max: 16 })
    demandSeed(seed)
    this.width = width
    this.depth = depth
    this.seed = seed
    this.#counts = new Float64Array(depth * width)
  }

  /** All counts that were added. */
  get total(): number {
    return this.#total
  }

  /** @throws BadInput for a count that is no whole number of 1 or more */
  add(item: Uint8Array, count = 1): void {
    demandCount(count)
    const [first, second] = this.#hashesOf(item)
    for (let row = 0; row < this.depth; row++) this.#counts[this.#slotOf(row, first, second)]! += count
    this.#total += count
  }

  /** At least how often the item was added. */
  estimate(item: Uint8Array): number {
    const [first, second] = this.#hashesOf(item)
    let least = Number.POSITIVE_INFINITY
    for (let row = 0; row < this.depth; row++)
      least = Math.min(least, this.#counts[this.#slotOf(row, first, second)]!)
    return least
  }

  #hashesOf(item: Uint8Array): [number, number] {
    const hash = hashItem(item, this.seed)
    // odd, so that rows differ even where the width is a power of two
    return [hash[0]!, (hash[1]! | 1) >>> 0]
  }

  #slotOf(row: number, first: number, second: number): number {
    return row * this.width + ((first + row * second) % this.width)
  }

  /** From here on this is the sketch of both streams. @throws BadInput when the other was made with other options */
  merge(other: CountMin): void {
    const isLike = other.width === this.width && other.depth === this.depth && other.seed === this.seed
    demand(isLike, 'count-min sketches of different width, depth or seed do not merge')
    for (let i = 0; i < this.#counts.length; i++) this.#counts[i]! += other.#counts[i]!
    this.#total += other.#total
  }

  toBytes(): Uint8Array {
    const { width, depth, seed } = this
    const frame = new FrameWriter(kind).u32(width).u32(depth).u32(seed)
    return frame.f64(this.#total).array(this.#counts).finish()
  }

  /** @throws BadInput when the bytes are not what `toBytes` wrote */
  static fromBytes(bytes: Uint8Array): CountMin {
    const read = new FrameReader(kind, bytes)
    const [width, depth, seed] = [read.u32(), read.u32(), read.u32()]
    const total = read.f64()
    // before anything is allocated for a width that only the bytes claim
    const counts = read.f64s(depth * width)
    read.end()
    const sketch = new CountMin({ width, depth, seed })
    demandWhole('the total', total, { min: 0, max: Number.MAX_SAFE_INTEGER })
    const isCount = (count: number) => Number.isInteger(count) && count >= 0 && count <= total
    demand(counts.every(isCount), 'a count-min sketch with a count that is none')
    sketch.#total = total
    sketch.#counts.set(counts)
    return sketch
  }
}
