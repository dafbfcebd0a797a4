// Request bodies decompressed by Node's zlib; zstd where this Node has it (22.15 on).

import { pipeline, Readable, type Transform } from 'node:stream'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'
import * as zlib from 'node:zlib'
import type { ContentEncoding, Inflate } from '../ports/inflate.ts'

/** Bytes of one decompressed chunk: how far a stream may run ahead of the reader that counts it. */
const chunkBytes = 64 * 1024

type ZstdModule = { createZstdDecompress?: (options: { chunkSize: number }) => Transform }
const { createZstdDecompress } = zlib as ZstdModule

const engines: Partial<Record<ContentEncoding, () => Transform>> = {
  gzip: () => zlib.createGunzip({ chunkSize: chunkBytes }),
  br: () => zlib.createBrotliDecompress({ chunkSize: chunkBytes }),
  deflate: () => zlib.createInflate({ chunkSize: chunkBytes }),
  ...(createZstdDecompress && { zstd: () => createZstdDecompress({ chunkSize: chunkBytes }) }),
}

export const nodeInflate: Inflate = {
  encodings: Object.keys(engines) as ContentEncoding[],
  inflate(encoding, body) {
    const engine = engines[encoding]
    if (!engine) throw new TypeError(`no ${encoding} here`)
    const inflated = engine()
    // An error on either side ends both, and the reader of `inflated` meets it there.
    pipeline(Readable.fromWeb(body as NodeReadableStream<Uint8Array>), inflated, () => {})
    return Readable.toWeb(inflated) as ReadableStream<Uint8Array>
  },
}
