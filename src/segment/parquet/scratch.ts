// One buffer in which every page is put together in turn, so that a file of a thousand pages allocates one.

export class Scratch {
  private bytes = new Uint8Array(0)

  /** @returns at least so many bytes, holding anything; the next call gives the same ones again */
  take(byteCount: number): Uint8Array {
    if (this.bytes.length < byteCount) this.bytes = new Uint8Array(byteCount)
    return this.bytes
  }
}
