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
import { BlockCache, type CheckedFile, openChecked } from './checked.ts'

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
    const file = this.open(part)
    const metadata = await this.#footer(part, file)
    return parquetScan({
      file,
      metadata,
      columns,
      compressors: { ZSTD: (bytes, contentBytes) => this.#codec.decompress(bytes, contentBytes) },
      utf8: false,
      parsers,
      ...(pruning && { pruningFilter: pruning }),
    })
  }

  /** A part that is no Parquet, or to be read by range. */
  open(part: Part): CheckedFile {
    return openChecked(this.#store, part, this.#blocks)
  }

  /** Names of the columns that a part has. @throws CorruptPart */
  async columnsOf(part: Part): Promise<ReadonlySet<string>> {
    const { schema } = await this.#footer(part, this.open(part))
    return new Set(schema.slice(1).map(({ name }) => name))
  }

  async #footer(part: Part, file: CheckedFile): Promise<FileMetaData> {
    const metadata = this.#footers.get(part.key) ?? (await parquetMetadataAsync(file, { parsers }))
    this.#keep(part.key, metadata)
    return metadata
  }

  /** The longest unused goes first. */
  #keep(key: string, metadata: FileMetaData): void {
    this.#footers.delete(key)
    this.#footers.set(key, metadata)
    if (this.#footers.size > footersMax) this.#footers.delete(this.#footers.keys().next().value!)
  }
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * The reader's own decoder drops a leading byte order mark, which is part of the value; and a value of JSON is wanted as it
 * was written, with all its digits.
 */
const textFromBytes = (bytes: Uint8Array | undefined): string | undefined => bytes && utf8.decode(bytes)
const parsers = { stringFromBytes: textFromBytes, jsonFromBytes: textFromBytes }

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
