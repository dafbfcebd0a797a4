// A Parquet file as NDJSON text, a row group at a time, by the decoder that the service itself uses.

import { type FileHandle, open, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { createZstd } from '../../adapters/codec-zstd.ts'
import { Refused } from '../../contract/refused.ts'
import { type ColumnarBounds, decodeColumnar } from '../../ingest/columnar/decode.ts'
import { Malformed } from '../../ingest/columnar/malformed.ts'
import { Failure } from '../command.ts'
import { type ParquetGroup, type ParquetGroups, readGroup, readGroups } from './parquet-groups.ts'
import type { Text } from './text.ts'

/** Text of one row group, and all that is inflated on the way to it. */
const groupTextBytesMax = 2 * 1024 * 1024 * 1024 - 1
/** The deepest nesting that a service can be set to take; what is too deep for this one it refuses by itself. */
const depthMax = 256
const chunkBytes = 1024 * 1024

/**
 * @param fromRow  rows before this one's group are not read
 * @throws Failure when the file is no Parquet
 */
export async function parquetText(path: string, fromRow: number): Promise<Text> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const all = await explained(path, () => readGroups(file, size))
    const groups = all.groups.filter(({ firstRow, rowCount }) => firstRow + rowCount > fromRow)
    const progress = {
      bytesRead: all.groups.length === groups.length ? 0 : (groups[0]?.chunks[0]?.start ?? size),
    }
    return {
      chunks: groupTexts(file, path, { ...all, groups }, progress),
      firstRow: groups[0]?.firstRow ?? fromRow,
      firstOffset: 0,
      seekable: false,
      bytesRead: () => progress.bytesRead,
    }
  } catch (error) {
    await file.close()
    throw error
  }
}

async function* groupTexts(
  file: FileHandle,
  path: string,
  all: ParquetGroups,
  progress: { bytesRead: number },
): AsyncGenerator<Uint8Array> {
  try {
    const bounds = await decoderBounds()
    for (const group of all.groups) {
      const text = await explained(path, async () => decode(await readGroup(file, all, group), group, bounds))
      for (let start = 0; start < text.length; start += chunkBytes) {
        yield text.subarray(start, start + chunkBytes)
        progress.bytesRead += Math.round((group.bytes * chunkBytes) / Math.max(chunkBytes, text.length))
      }
    }
  } finally {
    await file.close()
  }
}

async function decode(body: Uint8Array, group: ParquetGroup, bounds: ColumnarBounds): Promise<Uint8Array> {
  try {
    return (await decodeColumnar('parquet', body, bounds)).ndjson
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const rows = `rows ${group.firstRow} to ${group.firstRow + group.rowCount - 1}`
    const what =
      error.code === 'body_too_large'
        ? 'are too much text for one row group: write the file with smaller ones'
        : `can't be read: ${error.message}`
    throw new Failure(`${rows} ${what}`)
  }
}

async function decoderBounds(): Promise<ColumnarBounds> {
  // The package names no way to its .wasm; from its entry it is found wherever it was installed.
  const wasm = join(
    dirname(createRequire(import.meta.url).resolve('@bokuweb/zstd-wasm')),
    '..',
    'web',
    'zstd.wasm',
  )
  return {
    inflatedBytesMax: groupTextBytesMax,
    eventDepthMax: depthMax,
    codec: createZstd(await WebAssembly.compile(await readFile(wasm))),
    inflaters: {
      gzip: (bytes, contentBytes) => gunzipSync(bytes, { maxOutputLength: Math.max(1, contentBytes) }),
      brotli: (bytes, contentBytes) =>
        brotliDecompressSync(bytes, { maxOutputLength: Math.max(1, contentBytes) }),
    },
  }
}

/** Faults of the file, under its name. A footer that breaks off shows as a read past its end. */
async function explained<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    const ofTheFile = error instanceof Failure || error instanceof Malformed || error instanceof RangeError
    throw ofTheFile ? new Failure(`${path}: ${error.message}`) : error
  }
}
