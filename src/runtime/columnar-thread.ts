// The thread that decodes columnar bodies: one request in, one reply out. See src/adapters/columnar-thread.ts.

import { workerData } from 'node:worker_threads'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { createZstd } from '../adapters/codec-zstd.ts'
import type { ThreadReply, ThreadRequest } from '../adapters/columnar-thread.ts'
import { Refused } from '../contract/refused.ts'
import { decodeColumnar } from '../ingest/columnar/decode.ts'
import { main } from './thread-lines.ts'

const { zstdWasm } = workerData as { zstdWasm: Uint8Array<ArrayBuffer> }
const codec = createZstd(new WebAssembly.Module(zstdWasm))
const inflaters = {
  // zlib wants at least 1; the decoder compares the size that comes out with the one announced.
  gzip: (bytes: Uint8Array, contentBytes: number) =>
    gunzipSync(bytes, { maxOutputLength: Math.max(1, contentBytes) }),
  brotli: (bytes: Uint8Array, contentBytes: number) =>
    brotliDecompressSync(bytes, { maxOutputLength: Math.max(1, contentBytes) }),
}

main.on('message', async message => {
  const { format, body, inflatedBytesMax, eventDepthMax } = message as ThreadRequest
  try {
    const decoded = await decodeColumnar(format, body, { inflatedBytesMax, eventDepthMax, codec, inflaters })
    main.postMessage({ decoded } satisfies ThreadReply, [decoded.ndjson.buffer])
  } catch (error) {
    main.postMessage(replyOf(error))
  }
})

function replyOf(error: unknown): ThreadReply {
  if (error instanceof Refused) return { refused: { code: error.code, message: error.message } }
  return { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) }
}
