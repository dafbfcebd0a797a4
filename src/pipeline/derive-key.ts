// The key of a node that several fields name together: their values joined by |, in which | and \ are escaped by \.

/** Bytes of a node's key; with a longer one it is not mentioned, and that is counted. */
export const keyBytesMax = 512

const separatorSign = 0x7c
const escapeSign = 0x5c

/** What is over the bound is not written, but counted in `length`. */
export class KeyWriter {
  readonly bytes = new Uint8Array(keyBytesMax + 1)
  length = 0

  separate(): void {
    this.#put(separatorSign)
  }

  part(bytes: Uint8Array, start: number, end: number): void {
    for (let i = start; i < end; i++) {
      const sign = bytes[i]!
      if (sign === separatorSign || sign === escapeSign) this.#put(escapeSign)
      this.#put(sign)
    }
  }

  #put(sign: number): void {
    if (this.length < this.bytes.length) this.bytes[this.length] = sign
    this.length++
  }
}
