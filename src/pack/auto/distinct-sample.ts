// How many distinct values came, and how often those of a fair sample of them did: adaptive sampling (Wegman; Flajolet
// 1990). Values whose hash lies below a limit are kept with their exact counts; when there are too many the limit is halved.
// What is kept depends on which values came how often, never on their order.

const entriesMax = 256
const slotsMin = 16
const hashSpan = 2 ** 32

export interface DistinctSnapshot {
  limit: number
  hashes: number[]
  counts: number[]
}

export class DistinctSample {
  #limit = hashSpan
  #hashes = new Uint32Array(slotsMin)
  #counts = new Uint32Array(slotsMin)
  #size = 0

  /** @param hash  u32, never 0 @returns true when the value is new to the sample */
  add(hash: number): boolean {
    if (hash >= this.#limit) return false
    const slot = this.#slotOf(hash)
    const isNew = this.#hashes[slot] === 0
    this.#hashes[slot] = hash
    this.#counts[slot]!++
    if (isNew && ++this.#size * 2 > this.#hashes.length) this.#makeRoom()
    return isNew
  }

  /** Exact up to 256; above, the standard error is about 8 %. */
  get distinct(): number {
    return Math.round((this.#size * hashSpan) / this.#limit)
  }

  get size(): number {
    return this.#size
  }

  /** Values of the sample that came more than once. */
  get repeated(): number {
    let repeated = 0
    for (const count of this.#counts) if (count > 1) repeated++
    return repeated
  }

  /** The share of the smaller one's values that the other has too, as far as both samples reach. */
  overlap(other: DistinctSample): { common: number; share: number } {
    const limit = Math.min(this.#limit, other.#limit)
    const mine = this.#below(limit)
    const theirs = new Set(other.#below(limit))
    const common = mine.filter(hash => theirs.has(hash)).length
    return { common, share: common / Math.max(1, Math.min(mine.length, theirs.size)) }
  }

  toSnapshot(): DistinctSnapshot {
    const hashes = this.#below(hashSpan).sort((a, b) => a - b)
    return { limit: this.#limit, hashes, counts: hashes.map(hash => this.#counts[this.#slotOf(hash)]!) }
  }

  static fromSnapshot({ limit, hashes, counts }: DistinctSnapshot): DistinctSample {
    const sample = new DistinctSample()
    sample.#limit = limit
    sample.#rebuild(slotsFor(hashes.length), hashes, counts)
    return sample
  }

  #makeRoom(): void {
    while (this.#size > entriesMax) this.#halve()
    const { hashes, counts } = this.toSnapshot()
    this.#rebuild(slotsFor(this.#size), hashes, counts)
  }

  #halve(): void {
    this.#limit /= 2
    const { hashes, counts } = this.toSnapshot()
    const keptCount = hashes.filter(hash => hash < this.#limit).length
    this.#rebuild(this.#hashes.length, hashes.slice(0, keptCount), counts)
  }

  #rebuild(slotCount: number, hashes: readonly number[], counts: readonly number[]): void {
    this.#hashes = new Uint32Array(slotCount)
    this.#counts = new Uint32Array(slotCount)
    this.#size = hashes.length
    hashes.forEach((hash, i) => {
      const slot = this.#slotOf(hash)
      this.#hashes[slot] = hash
      this.#counts[slot] = counts[i]!
    })
  }

  #slotOf(hash: number): number {
    const mask = this.#hashes.length - 1
    let slot = (hash ^ (hash >>> 16)) & mask
    while (this.#hashes[slot] !== 0 && this.#hashes[slot] !== hash) slot = (slot + 1) & mask
    return slot
  }

  #below(limit: number): number[] {
    return [...this.#hashes].filter(hash => hash !== 0 && hash < limit)
  }
}

function slotsFor(size: number): number {
  let slots = slotsMin
  while (size * 2 >= slots) slots *= 2
  return slots
}

/** Values longer than this are told apart by their beginning and their length. */
const hashedBytesMax = 256

/** FNV-1a (Fowler, Noll, Vo) with the end of MurmurHash3. @returns u32, never 0 */
export function hashValue(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 ^ (end - start)
  const until = Math.min(end, start + hashedBytesMax)
  for (let i = start; i < until; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0 || 1
}
