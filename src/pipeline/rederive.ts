// What sealed events say and mention, derived again by the packs of today: new runs in the place of old ones, made as the
// indexer makes them. An event that can't be read leaves those beside it alone.

import type { Scanner } from '../engine/tape/scan.ts'
import type { Plan } from '../pack/plan.ts'
import { type Embedder, EmbedError } from '../ports/embedder.ts'
import { StoreError } from '../ports/object-store.ts'
import { CorruptPart } from '../segment/checked.ts'
import type { CheckedBatch } from '../segment/checked-batch.ts'
import type { PartFiles } from '../segment/part-files.ts'
import type { OpenVectors } from '../segment/vectors/open-vectors.ts'
import { indexBatch, type Prepared, prepareBatch, unread } from './index-batch.ts'
import { OpenRun } from './open-run.ts'
import { batchOf, type RereadSegment, type StoredRows, storedRows } from './reread.ts'

export interface RederiveRange {
  segment: RereadSegment
  docFirst: number
  docLast: number
  /** log sequences covered, inclusive */
  seqFirst: number
  seqLast: number
}

export interface RederiveTools {
  files: PartFiles
  scanner: Scanner
  planOf: (batch: CheckedBatch) => Promise<Plan | undefined>
  /** undefined where vectors follow later */
  embedder: Embedder | undefined
  openVectors: (embedder: Embedder) => OpenVectors
}

export interface Rederived {
  run: OpenRun
  seqFirst: number
  seqLast: number
}

/** Docs and bytes of payload from which on a run ends, where the next batch begins. */
const runDocs = 65_536
const runBytes = 32 << 20

/**
 * Runs that follow each other and cover the range, each to be sealed and freed before the next is asked for. A range may
 * become more runs than it had: merges bring them together again.
 *
 * @throws CorruptPart, StoreError, EmbedError
 */
export async function* rederive(range: RederiveRange, tools: RederiveTools): AsyncGenerator<Rederived> {
  const { segment, docFirst, docLast, seqLast } = range
  let { seqFirst } = range
  let open: { run: OpenRun; bytes: number; docs: number; seqLast: number } | undefined
  for await (const rows of storedRows(tools.files, segment, { docFirst, docLast })) {
    for (let from = 0; from < rows.seqs.length; ) {
      const isFull = open !== undefined && (open.docs >= runDocs || open.bytes >= runBytes)
      if (open && isFull && rows.seqs[from] !== open.seqLast) {
        yield { run: open.run, seqFirst, seqLast: open.seqLast }
        seqFirst = open.seqLast + 1
        open = undefined
      }
      const until = alikeUntil(rows, from, isFull)
      open ??= { run: newRun(segment.segment_id, rows.docFirst + from, tools), bytes: 0, docs: 0, seqLast: 0 }
      await index(rows, { from, until }, open.run, tools)
      open.docs += until - from
      open.seqLast = rows.seqs[until - 1]!
      for (let row = from; row < until; row++) open.bytes += rows.payloads[row]!.length
      from = until
    }
  }
  if (open) yield { run: open.run, seqFirst, seqLast }
}

function newRun(segmentId: string, docFirst: number, { embedder, openVectors }: RederiveTools): OpenRun {
  return new OpenRun(segmentId, docFirst, embedder && openVectors(embedder))
}

/** Rows of one pack are read together; of one batch alone where the run waits for its end. */
function alikeUntil({ seqs, packs }: StoredRows, from: number, isFull: boolean): number {
  let until = from + 1
  while (
    until < seqs.length &&
    packs[until]?.name === packs[from]?.name &&
    (!isFull || seqs[until] === seqs[from])
  )
    until++
  return until
}

/** Halves what can't be read until the events at fault stand alone. */
async function index(
  rows: StoredRows,
  { from, until }: { from: number; until: number },
  run: OpenRun,
  tools: RederiveTools,
): Promise<void> {
  const batch = batchOf(rows, from, until, tools.scanner)
  const prepared = await prepare(batch, tools)
  if (prepared) {
    indexBatch(batch, prepared, () => run)
    // Nobody asks an open run of ours for its events, and their bodies need not stay.
    run.batches.length = 0
  } else {
    const middle = (from + until) >>> 1
    await index(rows, { from, until: middle }, run, tools)
    await index(rows, { from: middle, until }, run, tools)
  }
}

/** @returns undefined where something of the batch can't be read, and it can be halved */
async function prepare(batch: CheckedBatch, tools: RederiveTools): Promise<Prepared | undefined> {
  try {
    return await prepareBatch(batch, tools)
  } catch (error) {
    if (error instanceof StoreError || error instanceof EmbedError || error instanceof CorruptPart)
      throw error
    return batch.accepted.count > 1 ? undefined : unread(batch)
  }
}
