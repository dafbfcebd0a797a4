// What is open of a segment: everything that its events say and mention, since the last seal. It grows batch by batch and is
// asked meanwhile.

import type { CheckedBatch } from '../segment/checked-batch.ts'
import { GraphBuilder } from '../segment/graph/builder.ts'
import { parseSegmentId } from '../segment/slice.ts'
import { OpenTexts } from '../segment/texts/open-texts.ts'
import type { OpenVectors } from '../segment/vectors/open-vectors.ts'
import { WordsBuilder } from '../segment/words/builder.ts'

/** What readers may see once the batch is shown. */
export interface Shown {
  seq: number
  docUntil: number
  textUntil: number
}

export class OpenRun {
  readonly segmentId: string
  readonly texts: OpenTexts
  readonly words = new WordsBuilder()
  readonly graph = new GraphBuilder()
  /** undefined where vectors follow later */
  readonly vectors: OpenVectors | undefined
  /** batches with events of this segment, and what each was the first to show */
  readonly batches: { batch: CheckedBatch; shown: Shown }[] = []
  /** packs that read its events, `gaming@3` */
  readonly packs = new Set<string>()
  /** docs that no pack could read */
  unreadDocs = 0

  constructor(segmentId: string, docFirst: number, vectors: OpenVectors | undefined) {
    this.segmentId = segmentId
    this.texts = new OpenTexts(docFirst)
    this.vectors = vectors
  }

  /** Start of its slice. */
  get sliceMs(): number {
    const { slice } = parseSegmentId(this.segmentId)!
    return Date.parse(slice.length === 10 ? `${slice}T00:00:00Z` : `${slice}:00:00Z`)
  }

  /** What is visible when the log sequence is shown; nothing where none of its batches is. */
  at(seq: number): Shown | undefined {
    return this.batches.findLast(({ shown }) => shown.seq <= seq)?.shown
  }

  /** Lets go of memory that is no garbage. */
  free(): void {
    this.vectors?.free()
  }
}
