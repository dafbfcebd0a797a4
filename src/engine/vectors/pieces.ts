// Bytes that come in pieces, cut anywhere, read as if they were one.

import { BadInput } from '../checks.ts'

export class PieceReader {
  readonly #pieces: Iterator<Uint8Array>
  #piece = new Uint8Array(0) as Uint8Array
  #at = 0

  constructor(pieces: Iterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.iterator]()
  }

  take(byteCount: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(byteCount)
    this.fill(bytes)
    return bytes
  }

  fill(to: Uint8Array): void {
    for (let done = 0; done < to.length; ) {
      if (this.#at === this.#piece.length && !this.#next()) throw new BadInput('damaged: it ends early')
      const part = this.#piece.subarray(this.#at, this.#at + to.length - done)
      to.set(part, done)
      done += part.length
      this.#at += part.length
    }
  }

  demandEnd(): void {
    while (this.#at === this.#piece.length) if (!this.#next()) return
    throw new BadInput('damaged: something follows its end')
  }

  #next(): boolean {
    const { value, done } = this.#pieces.next()
    if (done) return false
    this.#piece = value
    this.#at = 0
    return true
  }
}
