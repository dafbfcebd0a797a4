// A file as it comes into being: bytes are appended, and its length so far is every offset there is.

export interface Sink {
  /** bytes appended so far: the offset of what comes next */
  readonly length: number
  /** Takes the bytes before it returns. */
  append(bytes: Uint8Array): void
}

const blockBytesMin = 256
const blockBytesMax = 1024 * 1024

/** Keeps the file in blocks, each twice the last up to a bound, so that a store writes them without joining them. */
export class BlockSink implements Sink {
  length = 0
  private full: Uint8Array[] = []
  private block = new Uint8Array(blockBytesMin)
  private used = 0

  append(bytes: Uint8Array): void {
    this.length += bytes.length
    let from = 0
    while (from < bytes.length) {
      if (this.used === this.block.length) this.nextBlock()
      const piece = bytes.subarray(from, from + this.block.length - this.used)
      this.block.set(piece, this.used)
      this.used += piece.length
      from += piece.length
    }
  }

  /** Lets go of the blocks that are full. @returns them, in order: what comes before all that is appended from now on */
  takeFull(): Uint8Array[] {
    const taken = this.full
    this.full = []
    return taken
  }

  /** @returns all that was appended and not taken, in order */
  blocks(): Uint8Array[] {
    return [...this.full, this.block.subarray(0, this.used)]
  }

  private nextBlock(): void {
    this.full.push(this.block)
    this.block = new Uint8Array(Math.min(blockBytesMax, 2 * this.block.length))
    this.used = 0
  }
}
