// A file of ours opened for copying: its footer and its page indexes in memory, its pages where they are.

import { type Chunk, decodeFooter, type Extent, type Footer, metadataBytes, trailerBytes } from './footer.ts'
import type { RangeFile } from './join-plan.ts'
import { ParquetError } from './thrift-read.ts'

export interface JoinInput {
  file: RangeFile
  footer: Footer
  /** The bytes of one of its indexes. */
  index(extent: Extent): Uint8Array
}

/** @throws ParquetError when it is not a file of ours */
export async function openInput(file: RangeFile): Promise<JoinInput> {
  if (file.byteLength < trailerBytes) throw new ParquetError('the file is too short for Parquet')
  const trailerAt = file.byteLength - trailerBytes
  const footerAt = trailerAt - metadataBytes(await read(file, trailerAt, file.byteLength))
  if (footerAt < 0) throw new ParquetError('the footer is longer than the file')
  const footer = decodeFooter(await read(file, footerAt, trailerAt))

  const chunks = footer.rowGroups.flatMap(group => group.chunks)
  const indexesAt = chunks.reduce((at, chunk) => Math.min(at, lowestIndex(chunk)), footerAt)
  const outside = chunks.some(chunk => chunk.at + chunk.bytes > indexesAt)
  if (outside) throw new ParquetError('a column chunk lies outside of the file')
  const indexes = await read(file, indexesAt, footerAt)
  return {
    file,
    footer,
    index({ at, bytes }) {
      if (at + bytes > footerAt) throw new ParquetError('a page index lies outside of the file')
      return indexes.subarray(at - indexesAt, at - indexesAt + bytes)
    },
  }
}

function lowestIndex({ offsetIndex, columnIndex }: Chunk): number {
  return Math.min(offsetIndex.at, columnIndex?.at ?? offsetIndex.at)
}

async function read(file: RangeFile, start: number, end: number): Promise<Uint8Array> {
  return new Uint8Array(await file.slice(start, end))
}
