// The sealer: packs chunks of checked batches into parts and writes them, beside the writer. It holds what it is given
// until the chunk is sealed, so that packing never waits for a copy.

import type { ColumnInfo, Part } from '../contract/segment.ts'
import type { TapeColumns } from '../engine/columns/columns.ts'
import type { Codec } from '../ports/codec.ts'
import type { ObjectStore } from '../ports/object-store.ts'
import type { CheckedBatch } from '../segment/checked-batch.ts'
import { partition } from '../segment/chunk.ts'
import { seal } from '../segment/seal.ts'
import { writePart } from './write-part.ts'

export interface SealRequest {
  chunk: number
  /** log sequences covered, inclusive */
  seqFirst: number
  seqLast: number
  /** columns of the segments that have some already, by segment id */
  columns: Record<string, ColumnInfo[]>
  columnsMax: number
  /** segments that were evicted meanwhile: their rows are let go */
  skip: string[]
}

export interface SealedSegment {
  segmentId: string
  parts: Part[]
  columns: ColumnInfo[]
  columnsCapped: boolean
}

/** The sealer as the writer sees it, wherever it runs. */
export interface Sealing {
  add(chunk: number, batch: CheckedBatch): void
  /** Resolves when every part is durable. */
  seal(request: SealRequest): Promise<SealedSegment[]>
}

export class Sealer implements Sealing {
  readonly #store: ObjectStore
  readonly #codec: Codec
  readonly #columns: TapeColumns
  readonly #chunks = new Map<number, CheckedBatch[]>()

  constructor(store: ObjectStore, codec: Codec, columns: TapeColumns) {
    this.#store = store
    this.#codec = codec
    this.#columns = columns
  }

  add(chunk: number, batch: CheckedBatch): void {
    const batches = this.#chunks.get(chunk)
    if (batches) batches.push(batch)
    else this.#chunks.set(chunk, [batch])
  }

  async seal({ chunk, seqFirst, seqLast, columns, columnsMax, skip }: SealRequest): Promise<SealedSegment[]> {
    const batches = this.#chunks.get(chunk) ?? []
    this.#chunks.delete(chunk)
    const sealed: SealedSegment[] = []
    const writes: Promise<void>[] = []
    const tapes = this.#columns.load(batches.flatMap(batch => batch.blocks))
    try {
      for (const [segmentId, rows] of partition(batches)) {
        if (skip.includes(segmentId)) continue
        const result = seal(
          { segmentId, ...rows, seqFirst, seqLast, columns: columns[segmentId] ?? [], columnsMax },
          { tapes, codec: this.#codec },
        )
        writes.push(...result.parts.map(part => writePart(this.#store, part)))
        sealed.push({
          segmentId,
          parts: result.parts.map(({ part }) => part),
          columns: result.columns,
          columnsCapped: result.columnsCapped,
        })
      }
    } finally {
      tapes.unload()
      await Promise.allSettled(writes) // nothing is written any more when a seal has failed
    }
    await Promise.all(writes)
    return sealed
  }
}
