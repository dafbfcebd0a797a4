// Request bodies decompressed by the platform's DecompressionStream: gzip and deflate everywhere, br and zstd where the
// platform has learnt them.

import { type ContentEncoding, contentEncodings, type Inflate } from '../ports/inflate.ts'

const formats: Record<ContentEncoding, string> = {
  gzip: 'gzip',
  br: 'brotli',
  zstd: 'zstd',
  deflate: 'deflate',
}

export const webInflate: Inflate = {
  encodings: contentEncodings.filter(isOffered),
  inflate: (encoding, body) => body.pipeThrough(engine(encoding)),
}

function engine(encoding: ContentEncoding): ReadableWritablePair<Uint8Array, Uint8Array> {
  const stream: unknown = new DecompressionStream(formats[encoding] as CompressionFormat)
  return stream as ReadableWritablePair<Uint8Array, Uint8Array>
}

function isOffered(encoding: ContentEncoding): boolean {
  try {
    engine(encoding)
    return true
  } catch {
    return false // a format that the platform doesn't know is how it says no
  }
}
