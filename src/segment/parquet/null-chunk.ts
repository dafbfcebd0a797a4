// A chunk of nulls, for a column that one of several joined files lacks: one page that says null once for all rows.

import type { WrittenChunk } from './chunk.ts'
import { writeLevels } from './hybrid.ts'
import { boundaryOrders, encodeColumnIndex, encodeOffsetIndex } from './page-index.ts'
import { appendPage } from './pages.ts'
import { codecs, encodings, pageTypes } from './schema.ts'
import type { Sink } from './sink.ts'

/** u32 of the levels' bytes, a varint of at most five, a byte of the level. */
const bodyBytesMax = 10

export function writeNullChunk(rowCount: number, sink: Sink): WrittenChunk {
  const body = new Uint8Array(bodyBytesMax)
  const end = writeLevels(
    undefined,
    { from: 0, until: rowCount, presentCount: 0, present: undefined },
    body,
    0,
  )
  const stored = body.subarray(0, end)
  const kind = { type: pageTypes.data, valueCount: rowCount, encoding: encodings.plain }
  const extent = appendPage(kind, { stored, plainBytes: end }, sink)
  const info = { ...extent, firstRow: 0, rowCount, nullCount: rowCount, min: undefined, max: undefined }
  return {
    encodings: [encodings.plain, encodings.rle],
    codec: codecs.uncompressed,
    at: info.at,
    dataAt: info.at,
    bytes: info.bytes,
    plainBytes: info.bytes,
    bounds: { nullCount: rowCount, min: undefined, max: undefined },
    offsetIndex: encodeOffsetIndex([info]),
    columnIndex: encodeColumnIndex([info], boundaryOrders.ascending),
  }
}
