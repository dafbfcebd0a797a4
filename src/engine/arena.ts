// The linear memory of one instance, laid out in named regions from the bottom up. Regions below stay where they are;
// what one call needs lies above them and is let go with it. Nothing is ever collected: `release` moves one pointer.
//
//   0 … heapBase   the kernels' own constants
//   heapBase …     regions that are kept, in the order of their making
//   top …          regions of a call that runs

import { assert } from '../base/assert.ts'

const pageBytes = 65_536
/** A cache line: no region shares one with its neighbour. */
const alignBytes = 64
/** What a 32-bit WASM memory can be at most. */
const memoryBytesLimit = 65_536 * pageBytes

/** The world's fault, or a bound's: the instance goes on as it was before. */
export class OutOfMemory extends Error {
  override name = 'OutOfMemory'
  readonly region: string
  readonly byteCount: number

  constructor(region: string, byteCount: number, heldBytes: number) {
    super(`out of memory: ${region} needs ${byteCount} bytes beside the ${heldBytes} that are held`)
    this.region = region
    this.byteCount = byteCount
  }
}

export interface Region {
  name: string
  /** where it starts in the memory, a multiple of 64 */
  at: number
  byteCount: number
}

export class Arena {
  readonly #memory: WebAssembly.Memory
  readonly #memoryBytesMax: number
  readonly #regions: Region[] = []
  #top: number

  /**
   * @param heapBase        bytes that the kernels' own constants take
   * @param memoryBytesMax  what this memory may grow to, at most 4 GiB
   */
  constructor(memory: WebAssembly.Memory, heapBase: number, memoryBytesMax: number = memoryBytesLimit) {
    assert(memoryBytesMax <= memoryBytesLimit, 'a memory that 32 bits can address')
    this.#memory = memory
    this.#memoryBytesMax = memoryBytesMax
    this.#top = alignUp(heapBase)
  }

  /**
   * A region on top of all others, its bytes as they happen to be.
   *
   * @throws OutOfMemory when the memory can't grow to hold it; nothing has changed then
   */
  take(name: string, byteCount: number): Region {
    assert(byteCount >= 0 && Number.isSafeInteger(byteCount), 'a region of whole bytes')
    const end = this.#top + alignUp(byteCount)
    this.#growTo(end, name, byteCount)
    const region = { name, at: this.#top, byteCount }
    this.#regions.push(region)
    this.#top = end
    return region
  }

  /**
   * Grows the memory so that regions of so many bytes, alignment included, can be taken without views being detached.
   *
   * @throws OutOfMemory as `take` does
   */
  reserve(byteCount: number): void {
    this.#growTo(this.#top + byteCount, 'a reserve', byteCount)
  }

  /** Lets go of `region` and of every region above it. */
  release(region: Region): void {
    const index = this.#regions.indexOf(region)
    assert(index >= 0, `the region ${region.name} is held`)
    this.#regions.length = index
    this.#top = region.at
  }

  /** Runs `call` with regions of its own, which end with it whether it returns or throws. */
  scratch<T>(call: () => T): T {
    const kept = this.#regions.length
    const top = this.#top
    try {
      return call()
    } finally {
      this.#regions.length = kept
      this.#top = top
    }
  }

  get regions(): readonly Region[] {
    return this.#regions
  }

  /** What the regions take now. */
  get heldBytes(): number {
    return this.#top
  }

  /** What the memory has grown to; it never shrinks. */
  get grownBytes(): number {
    return this.#memory.buffer.byteLength
  }

  // A view is good until the memory grows: take it again after every `take` and every kernel that may grow.
  u8({ at, byteCount }: Region): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#buffer, at, byteCount)
  }

  i8({ at, byteCount }: Region): Int8Array<ArrayBuffer> {
    return new Int8Array(this.#buffer, at, byteCount)
  }

  u32({ at, byteCount }: Region): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.#buffer, at, byteCount >>> 2)
  }

  i32({ at, byteCount }: Region): Int32Array<ArrayBuffer> {
    return new Int32Array(this.#buffer, at, byteCount >>> 2)
  }

  f32({ at, byteCount }: Region): Float32Array<ArrayBuffer> {
    return new Float32Array(this.#buffer, at, byteCount >>> 2)
  }

  i64({ at, byteCount }: Region): BigInt64Array<ArrayBuffer> {
    return new BigInt64Array(this.#buffer, at, byteCount >>> 3)
  }

  f64({ at, byteCount }: Region): Float64Array<ArrayBuffer> {
    return new Float64Array(this.#buffer, at, byteCount >>> 3)
  }

  get #buffer(): ArrayBuffer {
    return this.#memory.buffer as ArrayBuffer
  }

  #growTo(end: number, name: string, byteCount: number): void {
    const missing = end - this.grownBytes
    if (missing <= 0 && end <= this.#memoryBytesMax) return
    if (end > this.#memoryBytesMax || !this.#grow(Math.ceil(missing / pageBytes)))
      throw new OutOfMemory(name, byteCount, this.#top)
  }

  #grow(pages: number): boolean {
    try {
      this.#memory.grow(pages)
      return true
    } catch (error) {
      // the engine says no by a RangeError and leaves the memory as it is
      if (error instanceof RangeError) return false
      throw error
    }
  }
}

function alignUp(byteCount: number): number {
  return Math.ceil(byteCount / alignBytes) * alignBytes
}
