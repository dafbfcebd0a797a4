// How alike two sets are: MinHash (Broder 1997) by one permutation (Li, Owen, Zhang 2012). An item is hashed once, falls
// into one bin, and each bin keeps its least hash. Bins that are empty in both sets say nothing and don't count, which
// leaves the estimate without bias and needs no densification.

import { demand } from '../checks.ts'
import { FrameReader, FrameWriter } from '../frame.ts'
import { demandSeed, hashItem } from './hash.ts'

export interface MinHashOptions {
  /** a power of two, 16..65,536: the standard error is at most √(J (1 − J) / bins). Default 256: 0.031 */
  bins?: number
  /** u32; sketches that shall be compared or merged need the same. Default 0 */
  seed?: number
}

const kind = { name: 'ALLUMIN', version: 1 }
const empty = 0xffff_ffff

export class MinHash {
  readonly bins: number
  readonly seed: number
  /** u32[bins] */
  readonly #least: Uint32Array

  /** @throws BadInput for options out of range */
  constructor({ bins = 256, seed = 0 }: MinHashOptions = {}) {
    demand(
      bins >= 16 && bins <= 65_536 && Number.isInteger(Math.log2(bins)),
      `bins is ${bins}: expected a power of two from 16 to 65,536`,
    )
    demandSeed(seed)
    this.bins = bins
    this.seed = seed
    this.#least = new Uint32Array(bins).fill(empty)
  }

  /** O(item.length) */
  add(item: Uint8Array): void {
    const hash = hashItem(item, this.seed)
    const bin = hash[0]! & (this.bins - 1)
    this.#least[bin] = Math.min(this.#least[bin]!, hash[1]!, empty - 1)
  }

  /** |A ∩ B| / |A ∪ B|, about; 1 for two empty sets. @throws BadInput when the other was made with other options */
  similarity(other: MinHash): number {
    this.#demandLike(other)
    let equal = 0
    let filled = 0
    for (let bin = 0; bin < this.bins; bin++) {
      const [mine, theirs] = [this.#least[bin]!, other.#least[bin]!]
      if (mine === empty && theirs === empty) continue
      filled++
      if (mine === theirs) equal++
    }
    return filled === 0 ? 1 : equal / filled
  }

  /** From here on this is the sketch of both sets' union. @throws BadInput when the other was made with other options */
  merge(other: MinHash): void {
    this.#demandLike(other)
    for (let bin = 0; bin < this.bins; bin++)
      this.#least[bin] = Math.min(this.#least[bin]!, other.#least[bin]!)
  }

  #demandLike(other: MinHash): void {
    demand(
      other.bins === this.bins && other.seed === this.seed,
      'MinHashes of different bins or seed do not compare',
    )
  }

  toBytes(): Uint8Array {
    return new FrameWriter(kind).u32(this.bins).u32(this.seed).array(this.#least).finish()
  }

  /** @throws BadInput when the bytes are not what `toBytes` wrote */
  static fromBytes(bytes: Uint8Array): MinHash {
    const read = new FrameReader(kind, bytes)
    const sketch = new MinHash({ bins: read.u32(), seed: read.u32() })
    sketch.#least.set(read.u32s(sketch.bins))
    read.end()
    return sketch
  }
}
