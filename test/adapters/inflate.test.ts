import * as zlib from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { nodeInflate } from '../../src/adapters/inflate-node.ts'
import { webInflate } from '../../src/adapters/inflate-web.ts'
import { toUtf8 } from '../../src/base/bytes.ts'
import type { ContentEncoding, Inflate } from '../../src/ports/inflate.ts'

const { zstdCompressSync } = zlib as { zstdCompressSync?: (bytes: Uint8Array) => Uint8Array }
const deflaters: Record<ContentEncoding, ((bytes: Uint8Array) => Uint8Array) | undefined> = {
  gzip: zlib.gzipSync,
  br: zlib.brotliCompressSync,
  deflate: zlib.deflateSync,
  zstd: zstdCompressSync,
}
const text = toUtf8(Array.from({ length: 20_000 }, (_, i) => `{"id":${i}}`).join('\n'))

describe.each([
  ['Node', nodeInflate],
  ['the web platform', webInflate],
] as [string, Inflate][])('inflate by %s', (_, inflate) => {
  const encodings = inflate.encodings.filter(encoding => deflaters[encoding])

  it('offers at least gzip and deflate', () => {
    expect(encodings).toEqual(expect.arrayContaining(['gzip', 'deflate']))
  })

  it.each(encodings)('gives back what was compressed as %s', async encoding => {
    const body = new Blob([deflaters[encoding]!(text) as Uint8Array<ArrayBuffer>]).stream()
    const inflated = new Uint8Array(
      await new Response(
        inflate.inflate(encoding, body) as ReadableStream<Uint8Array<ArrayBuffer>>,
      ).arrayBuffer(),
    )
    expect(Buffer.from(inflated).equals(text)).toBe(true)
  })

  it.each(encodings)('fails on a %s stream that is cut off', async encoding => {
    const sent = deflaters[encoding]!(text)
    const body = new Blob([sent.slice(0, sent.length >> 1) as Uint8Array<ArrayBuffer>]).stream()
    await expect(
      new Response(inflate.inflate(encoding, body) as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer(),
    ).rejects.toThrow()
  })

  it.each(encodings)('stops reading %s when its reader does', async encoding => {
    const sent = deflaters[encoding]!(text)
    let isCancelled = false
    const body = new ReadableStream<Uint8Array>({
      pull: controller => controller.enqueue(sent.slice(0, 1000)),
      cancel() {
        isCancelled = true
      },
    })
    const reader = inflate.inflate(encoding, body).getReader()
    await reader.read().catch(() => {}) // the first piece again and again is no stream, but it must stop all the same
    await reader.cancel().catch(() => {})
    await expect.poll(() => isCancelled).toBe(true)
  })
})
