// Compression of parts. One implementation on every runtime, so that the same input gives the same bytes everywhere.

export interface Codec {
  /** A zstd frame that states its content size. */
  compress(bytes: Uint8Array): Uint8Array
  /** @param contentBytes  what it must inflate to. @throws Error when the frame is bad or of another size */
  decompress(bytes: Uint8Array, contentBytes: number): Uint8Array
}
