// The buffers of one record batch, inflated where they are compressed.

import type { Budget } from './budget.ts'
import { ByteCursor } from './byte-cursor.ts'
import type { FlatTable } from './flatbuffer.ts'
import { lz4Frame } from './lz4.ts'
import { inPlace, Malformed } from './malformed.ts'
import { foreign, type Inflaters } from './parquet-page.ts'
import { zstd } from './zstd.ts'

export interface BatchData {
  rowCount: number
  /** [length, null count] of each field, depth first */
  nodes: number[][]
  buffers: Uint8Array[]
  /** data buffers of each view column, in order */
  variadicCounts: number[]
}

const UNCOMPRESSED = 0xffffffffffffffffn

/** @param batch  a RecordBatch table; the buffers are inflated here, within the budget */
export function readBatch(
  batch: FlatTable,
  body: Uint8Array,
  budget: Budget,
  inflaters: Inflaters,
): BatchData {
  const compression = batch.table(3)
  const buffers = batch.int64Tuples(2, 2).map(([offset, byteCount], index) => {
    const cursor = new ByteCursor(body)
    cursor.skip(offset!)
    const bytes = cursor.take(byteCount!)
    return compression
      ? inPlace(`buffer ${index}`, () => inflateBuffer(bytes, compression.int8(0), budget, inflaters))
      : bytes
  })
  const rowCount = batch.int64(0)
  if (!(rowCount >= 0)) throw new Malformed(`it claims ${rowCount} rows`)
  return { rowCount, nodes: batch.int64Tuples(1, 2), buffers, variadicCounts: batch.int64s(4) }
}

/** Its size as u64 stands before the compressed bytes; all ones say that it did not pay to compress. */
function inflateBuffer(bytes: Uint8Array, codec: number, budget: Budget, inflaters: Inflaters): Uint8Array {
  if (bytes.length === 0) return bytes
  const cursor = new ByteCursor(bytes)
  const size = cursor.source.view.getBigUint64(cursor.skip(8), true)
  const stored = cursor.take(cursor.left)
  if (size === UNCOMPRESSED) return stored
  const contentBytes = Number(size)
  budget.spend(contentBytes)
  if (contentBytes === 0) return new Uint8Array(0)
  if (codec === 0) return lz4Frame(stored, contentBytes)
  if (codec === 1)
    return foreign('zstd', (from, size) => zstd(inflaters.codec, from, size), stored, contentBytes)
  throw new Malformed(`compression codec ${codec} is not supported`, 'Write it with zstd or LZ4.')
}
