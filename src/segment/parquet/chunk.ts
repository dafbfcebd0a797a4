// One column chunk: the values of one column in one row group. A dictionary page if it has one, then data pages, each
// with definition levels (unless the column is required) and values.

import { assert } from '../../base/assert.ts'
import type { Codec } from '../../ports/codec.ts'
import type { Column } from '../column.ts'
import { type Bounds, boundaryOrder, encodeMax, encodeMin, joinBounds } from './bounds.ts'
import { dictionaryValues } from './dictionary.ts'
import type { Chunk } from './footer.ts'
import { hybridBytesMax, writeLevels } from './hybrid.ts'
import { encodeColumnIndex, encodeOffsetIndex } from './page-index.ts'
import { type PageRows, pageRows, planPages, type RowRange } from './page-rows.ts'
import { type PlannedPage, writePages } from './pages.ts'
import { plainValues } from './plain.ts'
import { encodings, pageTypes } from './schema.ts'
import type { Scratch } from './scratch.ts'
import type { Sink } from './sink.ts'
import type { ChunkValues } from './values.ts'

/** A chunk whose pages are in the file and whose indexes have no place there yet. */
export interface WrittenChunk extends Omit<Chunk, 'offsetIndex' | 'columnIndex'> {
  offsetIndex: Uint8Array
  columnIndex: Uint8Array | undefined
}

interface ChunkRequest {
  column: Column
  /** the rows of the row group, at least one */
  range: RowRange
  required: boolean
  codec: Codec
  scratch: Scratch
  sink: Sink
}

export function writeChunk({ column, range, required, codec, scratch, sink }: ChunkRequest): WrittenChunk {
  const values = 'indices' in column ? dictionaryValues(column, range) : plainValues(column)
  const pages = planPages(column, range).map(page => pageRows(column.validity, page))
  assert(!required || pages.every(page => page.present === undefined), 'a required column holds a null')
  const levels = required ? undefined : { validity: column.validity }
  const planned = pages.map(page => dataPage(page, { levels, values, scratch }))
  if (values.dictionary !== undefined) planned.unshift(dictionaryPage(values.dictionary))

  const { codec: chunkCodec, plainBytes, extents } = writePages(planned, codec, sink)
  const dataExtents = values.dictionary === undefined ? extents : extents.slice(1)
  const bounds = pages.map(page => values.bounds(page))
  const infos = pages.map((page, index) => ({
    ...dataExtents[index]!,
    ...encodeBounds(column, bounds[index]),
    firstRow: page.from - range.from,
    rowCount: page.until - page.from,
    nullCount: page.until - page.from - page.presentCount,
  }))
  return {
    encodings: chunkEncodings(values, required),
    codec: chunkCodec,
    at: extents[0]!.at,
    dataAt: dataExtents[0]!.at,
    bytes: sink.length - extents[0]!.at,
    plainBytes,
    bounds: {
      nullCount: infos.reduce((sum, info) => sum + info.nullCount, 0),
      ...encodeBounds(column, joinBounds(bounds)),
    },
    offsetIndex: encodeOffsetIndex(infos),
    columnIndex: encodeColumnIndex(infos, boundaryOrder(bounds)),
  }
}

interface DataPageParts {
  levels: { validity: Uint8Array | undefined } | undefined
  values: ChunkValues
  scratch: Scratch
}

function dataPage(rows: PageRows, { levels, values, scratch }: DataPageParts): PlannedPage {
  const valueCount = rows.until - rows.from
  const levelBytesMax = levels === undefined ? 0 : 4 + hybridBytesMax(valueCount, 1)
  const bytesMax = levelBytesMax + values.bytesMax(rows)
  return {
    type: pageTypes.data,
    valueCount,
    encoding: values.encoding,
    bytesMax,
    encode() {
      const out = scratch.take(bytesMax)
      const at = levels === undefined ? 0 : writeLevels(levels.validity, rows, out, 0)
      const end = values.write(rows, out, at)
      assert(end <= bytesMax, 'a page outgrew its bound')
      return out.subarray(0, end)
    },
  }
}

function dictionaryPage({ body, count }: NonNullable<ChunkValues['dictionary']>): PlannedPage {
  const bytesMax = body.length
  return {
    type: pageTypes.dictionary,
    valueCount: count,
    encoding: encodings.plain,
    bytesMax,
    encode: () => body,
  }
}

function chunkEncodings(values: ChunkValues, required: boolean): number[] {
  const used = new Set([values.encoding])
  if (values.dictionary !== undefined) used.add(encodings.plain)
  if (!required) used.add(encodings.rle)
  return [...used]
}

function encodeBounds({ type }: Column, bounds: Bounds | undefined): Pick<Chunk['bounds'], 'min' | 'max'> {
  if (bounds === undefined) return { min: undefined, max: undefined }
  return { min: encodeMin(type, bounds), max: encodeMax(type, bounds) }
}
