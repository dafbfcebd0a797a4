// What follows the row groups: all column indexes, all offset indexes, the footer. A reader finds the parts of each
// kind together.

import type { WrittenChunk } from './chunk.ts'
import { type Extent, encodeFooter, type Footer } from './footer.ts'
import type { Sink } from './sink.ts'

export interface WrittenRowGroup {
  rowCount: number
  chunks: readonly WrittenChunk[]
}

/** The footer to be, with the indexes themselves in place of where they lie. */
interface Written extends Omit<Footer, 'rowGroups'> {
  rowGroups: readonly WrittenRowGroup[]
}

export function appendTail(written: Written, sink: Sink): void {
  const chunks = written.rowGroups.flatMap(group => group.chunks)
  const columnIndexes = new Map(chunks.map(chunk => [chunk, appendIndex(chunk.columnIndex, sink)]))
  const offsetIndexes = new Map(chunks.map(chunk => [chunk, appendIndex(chunk.offsetIndex, sink)]))
  const rowGroups = written.rowGroups.map(({ rowCount, chunks }) => ({
    rowCount,
    chunks: chunks.map(chunk => ({
      ...chunk,
      columnIndex: columnIndexes.get(chunk),
      offsetIndex: offsetIndexes.get(chunk)!,
    })),
  }))
  sink.append(encodeFooter({ ...written, rowGroups }))
}

function appendIndex(index: Uint8Array | undefined, sink: Sink): Extent | undefined {
  if (index === undefined) return undefined
  const extent = { at: sink.length, bytes: index.length }
  sink.append(index)
  return extent
}
