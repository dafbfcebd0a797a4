// Opening parts: verified bytes, parsed footers, the same codec everywhere. Footers are kept for a while, since every
// query begins with one.

import {
  type FileMetaData,
  type ParquetQueryFilter,
  type ParquetScan,
  parquetMetadataAsync,
  parquetScan,
} from 'hyparquet'
import type { Part } from '../contract/segment.ts'
import type { Codec } from '../ports/codec.ts'
import type { ObjectStore } from '../ports/object-store.ts'
import { BlockCache, openChecked } from './checked.ts'

const footersMax = 512

export class PartFiles {
  readonly #store: ObjectStore
  readonly #codec: Codec
  readonly #blocks: BlockCache
  readonly #footers = new Map<string, FileMetaData>()

  constructor(store: ObjectStore, codec: Codec, cacheBytesMax: number) {
    this.#store = store
    this.#codec = codec
    this.#blocks = new BlockCache(cacheBytesMax)
  }

  /**
   * @param pruning  rows that can't match may be left out of the scan's ranges; the others are not filtered
   * @throws CorruptPart
   */
  async scan(part: Part, columns: string[], pruning?: ParquetQueryFilter): Promise<ParquetScan> {
    const file = openChecked(this.#store, part, this.#blocks)
    const metadata =
      this.#footers.get(part.key) ?? (await parquetMetadataAsync(file, { parsers: { stringFromBytes } }))
    this.#keep(part.key, metadata)
    return parquetScan({
      file,
      metadata,
      columns,
      compressors: { ZSTD: (bytes, contentBytes) => this.#codec.decompress(bytes, contentBytes) },
      utf8: false,
      parsers: { stringFromBytes },
      ...(pruning && { pruningFilter: pruning }),
    })
  }

  /** The longest unused goes first. */
  #keep(key: string, metadata: FileMetaData): void {
    this.#footers.delete(key)
    this.#footers.set(key, metadata)
    if (this.#footers.size > footersMax) this.#footers.delete(this.#footers.keys().next().value!)
  }
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** The reader's own decoder drops a leading byte order mark, which is part of the value. */
function stringFromBytes(bytes: Uint8Array | undefined): string | undefined {
  return bytes && utf8.decode(bytes)
}

/** Rows [from, until) of a scan's ranges, in pieces of at most `rowsMax`, in order or against it. */
export function* windows(
  scan: ParquetScan,
  from: number,
  until: number,
  order: 'asc' | 'desc',
  rowsMax: number,
) {
  const ranges = order === 'asc' ? scan.ranges : scan.ranges.toReversed()
  for (const { rowStart, rowEnd } of ranges) {
    const start = Math.max(rowStart, from)
    const end = Math.min(rowEnd, until)
    for (let done = 0; done < end - start; done += rowsMax) {
      const size = Math.min(rowsMax, end - start - done)
      yield order === 'asc'
        ? { rowStart: start + done, rowEnd: start + done + size }
        : { rowStart: end - done - size, rowEnd: end - done }
    }
  }
}
