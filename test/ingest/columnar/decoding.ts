// What the tests of the columnar decoder share: the real codecs, the default bounds, and the outcome of a decode.

import { existsSync, readFileSync } from 'node:fs'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { createZstd } from '../../../src/adapters/codec-zstd.ts'
import { defaultLimits } from '../../../src/contract/limits.ts'
import { Refused } from '../../../src/contract/refused.ts'
import {
  type ColumnarBounds,
  type ColumnarFormat,
  decodeColumnar,
} from '../../../src/ingest/columnar/decode.ts'

const root = new URL('../../../', import.meta.url)
const zstdWasm = readFileSync(new URL('node_modules/@bokuweb/zstd-wasm/dist/web/zstd.wasm', root))

/** Files of apache/parquet-testing; undefined where they have not been fetched. */
export const parquetTesting = (() => {
  const folder = new URL('../shared/data/parquet-testing/', root)
  return existsSync(folder) ? folder : undefined
})()

export const bounds: ColumnarBounds = {
  inflatedBytesMax: defaultLimits.body_inflated_bytes_max,
  eventDepthMax: defaultLimits.event_depth_max,
  codec: createZstd(new WebAssembly.Module(zstdWasm)),
  inflaters: {
    gzip: (bytes, contentBytes) => gunzipSync(bytes, { maxOutputLength: Math.max(1, contentBytes) }),
    brotli: (bytes, contentBytes) =>
      brotliDecompressSync(bytes, { maxOutputLength: Math.max(1, contentBytes) }),
  },
}

/** The lines of a body that must be read. */
export async function linesOf(
  format: ColumnarFormat,
  body: Uint8Array,
  other: Partial<ColumnarBounds> = {},
): Promise<string[]> {
  const { ndjson, rowCount } = await decodeColumnar(format, body, { ...bounds, ...other })
  const lines = new TextDecoder('utf-8', { fatal: true }).decode(ndjson).split('\n')
  if (lines.pop() !== '' || lines.length !== rowCount)
    throw new Error(`${rowCount} rows made ${lines.length} lines`)
  return lines
}

/** Rows, or the one kind of error that a body may cause. Anything else is rethrown. */
export async function outcomeOf(
  format: ColumnarFormat,
  body: Uint8Array,
  other: Partial<ColumnarBounds> = {},
): Promise<{ rowCount: number } | { code: string; message: string }> {
  try {
    const { rowCount } = await decodeColumnar(format, body, { ...bounds, ...other })
    return { rowCount }
  } catch (error) {
    if (error instanceof Refused) return { code: error.code, message: error.message }
    throw error
  }
}

/** A line with its numbers as `#` and their text, so that no digit is lost when it is parsed. */
export function exactJson(line: string): unknown {
  return JSON.parse(
    line.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, token => (token[0] === '"' ? token : `"#${token}"`)),
  )
}

/** A repeatable sequence of numbers in [0, bound): xorshift32. */
export function seededRandom(seed: number): (bound: number) => number {
  let state = seed >>> 0 || 1
  return bound => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % bound
  }
}

export function flipBit(body: Uint8Array, bit: number): Uint8Array {
  const flipped = body.slice()
  flipped[bit >> 3]! ^= 1 << (bit & 7)
  return flipped
}
