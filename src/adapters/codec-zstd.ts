// zstd for parts, over the WebAssembly that ships in @bokuweb/zstd-wasm 0.0.27. Its own loader fetches and compiles by
// itself, which Workers forbid, so this drives the instance directly. The exports are minified: their names are
// asserted at creation, and a changed build fails there instead of calling the wrong function.
//
// The contexts and buffers are made once and used again. A reused context gives the same bytes as a fresh one.

import { assert } from '../base/assert.ts'
import type { Codec } from '../ports/codec.ts'

/** Bytes of one frame's content, in or out: a page is far smaller, and the instance may not take the machine. */
export const contentBytesMax = 256 * 1024 * 1024

/**
 * @param module  dist/web/zstd.wasm of @bokuweb/zstd-wasm 0.0.27, compiled
 * @param level   1 (fast) to 19 (small)
 * @throws AssertionError when the module is another build
 */
export function createZstd(module: WebAssembly.Module, level = 1): Codec {
  const zstd = instantiate(module)
  const compression = allocated(zstd.createCompression())
  const decompression = allocated(zstd.createDecompression())
  const input = new WasmBuffer(zstd)
  const output = new WasmBuffer(zstd)

  return {
    compress(bytes) {
      assert(bytes.length <= contentBytesMax, 'a page over the bound of the codec')
      const packedMax = zstd.compressBound(bytes.length)
      input.fill(bytes)
      output.reserve(packedMax)
      const packedBytes = zstd.compress(
        compression,
        output.at,
        packedMax,
        input.at,
        bytes.length,
        0,
        0,
        level,
      )
      assert(zstd.isError(packedBytes) === 0, 'zstd refused to compress')
      return output.read(packedBytes)
    },
    decompress(bytes, contentBytes) {
      if (contentBytes > contentBytesMax)
        throw new Error(`zstd: ${contentBytes} bytes of content are over the bound`)
      if (bytes.length > zstd.compressBound(contentBytes))
        throw new Error('zstd: the frame is longer than its content can need')
      input.fill(bytes)
      const statedBytes = zstd.frameContentSize(input.at, bytes.length)
      if (statedBytes !== contentBytes)
        throw new Error(`zstd: the frame states ${stated(statedBytes)}, expected ${contentBytes} bytes`)
      output.reserve(contentBytes)
      const readBytes = zstd.decompress(decompression, output.at, contentBytes, input.at, bytes.length, 0, 0)
      if (readBytes !== contentBytes) throw new Error('zstd: the frame is damaged')
      return output.read(contentBytes)
    },
  }
}

type Pointer = number

interface Zstd {
  memory: WebAssembly.Memory
  isError(result: number): number
  compressBound(bytes: number): number
  createCompression(): Pointer
  createDecompression(): Pointer
  /** context, target, target bytes, source, source bytes, dictionary, dictionary bytes, level */
  compress(
    c: Pointer,
    t: Pointer,
    tn: number,
    s: Pointer,
    sn: number,
    d: Pointer,
    dn: number,
    level: number,
  ): number
  /** context, target, target bytes, source, source bytes, dictionary, dictionary bytes */
  decompress(c: Pointer, t: Pointer, tn: number, s: Pointer, sn: number, d: Pointer, dn: number): number
  /** -1 when the frame does not state it, -2 when there is no frame */
  frameContentSize(source: Pointer, bytes: number): number
  malloc(bytes: number): Pointer
  free(at: Pointer): void
}

const expectedExports =
  'f:memory g:function h:function i:function j:function k:function l:function m:function n:function o:function p:function q:function r:function s:function t:function u:table v:function'
const expectedImports = 'a.a:function a.b:function a.c:function a.d:function a.e:function'

function instantiate(module: WebAssembly.Module): Zstd {
  const exported = WebAssembly.Module.exports(module).map(({ name, kind }) => `${name}:${kind}`)
  assert(
    exported.join(' ') === expectedExports,
    'zstd.wasm exports other names than the build this was written for',
  )
  const imported = WebAssembly.Module.imports(module).map(
    ({ module, name, kind }) => `${module}.${name}:${kind}`,
  )
  assert(
    imported.sort().join(' ') === expectedImports,
    'zstd.wasm imports other names than the build this was written for',
  )

  const stop = () => {
    throw new Error('zstd: the instance aborted')
  }
  const ignore = () => 0
  const grow = (requestedBytes: number) => growTo(memory, requestedBytes >>> 0)
  // a: exit, b: clear keep-alive, c: abort, d: set a timer (never used by the codec), e: grow the heap
  const instance = new WebAssembly.Instance(module, {
    a: { a: stop, b: ignore, c: stop, d: ignore, e: grow },
  })
  const e = instance.exports as Record<string, (...operands: number[]) => number>
  const memory = instance.exports.f as WebAssembly.Memory
  e.g!()
  return {
    memory,
    isError: e.h!,
    compressBound: e.i!,
    createCompression: e.j!,
    compress: e.l!,
    createDecompression: e.n!,
    frameContentSize: e.p!,
    decompress: e.q!,
    malloc: e.s!,
    free: e.t!,
  }
}

const wasmPageBytes = 64 * 1024

/** @returns 1 when the memory has at least `requestedBytes` now, 0 when the machine gives no more */
function growTo(memory: WebAssembly.Memory, requestedBytes: number): number {
  const missingBytes = requestedBytes - memory.buffer.byteLength
  if (missingBytes <= 0) return 1
  try {
    memory.grow(Math.ceil(missingBytes / wasmPageBytes))
    return 1
  } catch {
    // malloc then answers null, which `allocated` turns into an error with a name
    return 0
  }
}

function allocated(at: Pointer): Pointer {
  if (at === 0) throw new Error('zstd: out of memory')
  return at
}

function stated(bytes: number): string {
  return bytes < 0 ? 'no size' : `${bytes} bytes`
}

/** A stretch of the instance's memory that grows to the largest page seen. */
class WasmBuffer {
  at: Pointer = 0
  private bytesMax = 0
  private readonly zstd: Zstd

  constructor(zstd: Zstd) {
    this.zstd = zstd
  }

  reserve(bytes: number): void {
    if (bytes <= this.bytesMax && this.at !== 0) return
    if (this.at !== 0) this.zstd.free(this.at)
    this.at = 0
    this.bytesMax = 0
    this.at = allocated(this.zstd.malloc(Math.max(bytes, 1)))
    this.bytesMax = bytes
  }

  fill(bytes: Uint8Array): void {
    this.reserve(bytes.length)
    this.view(bytes.length).set(bytes)
  }

  /** @returns a copy, since the next call overwrites the buffer */
  read(bytes: number): Uint8Array {
    return this.view(bytes).slice()
  }

  /** Taken anew each time: growing the memory detaches old views. */
  private view(bytes: number): Uint8Array {
    return new Uint8Array(this.zstd.memory.buffer, this.at, bytes)
  }
}
