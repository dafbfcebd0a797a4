// Decompression of request bodies, streamed and counted by the caller.

export const contentEncodings = ['gzip', 'br', 'zstd', 'deflate'] as const
export type ContentEncoding = (typeof contentEncodings)[number]

export interface Inflate {
  /** What this runtime can inflate. */
  readonly encodings: readonly ContentEncoding[]
  /** Errors of the stream are the sender's: the body is not what its Content-Encoding says. */
  inflate(encoding: ContentEncoding, body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array>
}
