// How many bytes of frames a log still has to keep, exact to the frame, for a few bytes of memory a frame.

import { assert } from '../base/assert.ts'

export class HeldFrames {
  /** Sizes of the frames `#first`, `#first + 1` …, from `#start` on; what lies before it is released. */
  #sizes: number[] = []
  #start = 0
  #first = 0
  #bytes = 0

  get bytes(): number {
    return this.#bytes
  }

  add(seq: number, frameBytes: number): void {
    const frameCount = this.#sizes.length - this.#start
    if (frameCount === 0) this.#first = seq
    assert(seq === this.#first + frameCount, 'held frames have no gaps')
    this.#sizes.push(frameBytes)
    this.#bytes += frameBytes
  }

  /** Forgets the frames with seq ≤ `through`. */
  release(through: number): void {
    while (this.#start < this.#sizes.length && this.#first <= through) {
      this.#bytes -= this.#sizes[this.#start]!
      this.#start++
      this.#first++
    }
    if (this.#start * 2 > this.#sizes.length) {
      this.#sizes = this.#sizes.slice(this.#start)
      this.#start = 0
    }
  }
}
