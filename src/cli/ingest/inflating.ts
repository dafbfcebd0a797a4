// Compressed files, told by their first bytes and inflated as they are read.

import { pipeline, Readable, type Transform } from 'node:stream'
import * as zlib from 'node:zlib'
import { Failure } from '../command.ts'

type Compression = 'gzip' | 'zstd' | 'br'

/** By the first bytes, which don't lie; Brotli has no mark, so its name has to do. */
export function compressionOf(head: Uint8Array, path: string): Compression | undefined {
  if (startsWith(head, [0x1f, 0x8b])) return 'gzip'
  if (startsWith(head, [0x28, 0xb5, 0x2f, 0xfd])) return 'zstd'
  return path.endsWith('.br') ? 'br' : undefined
}

/** @throws Failure, while it is read, when the bytes are not what their mark says */
export async function* inflating(
  raw: AsyncIterable<Uint8Array>,
  compression: Compression,
  path: string,
): AsyncGenerator<Uint8Array> {
  const inflater = inflaterOf(compression)
  // pipeline() hands a fault of either side to whoever reads; the callback has nothing left to do with it.
  pipeline(Readable.from(raw), inflater, () => {})
  try {
    yield* inflater
  } catch (error) {
    throw new Failure(`${path} is not whole ${compression}: ${(error as Error).message}`)
  }
}

function inflaterOf(compression: Compression): Transform {
  const options = { chunkSize: chunkBytes }
  if (compression === 'gzip') return zlib.createGunzip(options)
  if (compression === 'br') return zlib.createBrotliDecompress(options)
  const { createZstdDecompress } = zlib as { createZstdDecompress?: (options: object) => Transform }
  if (createZstdDecompress) return createZstdDecompress(options)
  throw new Failure(
    `zstd can't be read by Node ${process.versions.node}: use Node 22.15 or later, or: zstd -dc FILE | alluvium ingest -`,
  )
}

export function startsWith(bytes: Uint8Array, mark: readonly number[]): boolean {
  return mark.every((byte, at) => bytes[at] === byte)
}

const chunkBytes = 1024 * 1024
