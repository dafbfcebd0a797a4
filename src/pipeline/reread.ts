// Events that are sealed, as a batch again: their payloads are scanned anew, so that whatever reads a batch behind its
// answer reads these no otherwise.

import { assert } from '../base/assert.ts'
import { concat, toUtf8 } from '../base/bytes.ts'
import type { PackVersion } from '../contract/frames.ts'
import type { Part, Segment } from '../contract/segment.ts'
import { rowCode, rowWord, rowWords, type Scanner } from '../engine/tape/scan.ts'
import type { CheckedBatch } from '../segment/checked-batch.ts'
import { type PartFiles, windows } from '../segment/part-files.ts'
import { type Block, createRows, noToken, type Rows } from '../segment/rows.ts'

export type RereadSegment = Pick<Segment, 'segment_id' | 'tenant' | 'stream' | 'parts'>

/** Docs of one segment that follow each other, as they are stored. */
export interface StoredRows {
  segment: RereadSegment
  docFirst: number
  /** of each doc: the log sequence that brought it, its event time, the pack that read it, and its bytes */
  seqs: number[]
  timesMs: number[]
  packs: (PackVersion | undefined)[]
  payloads: Uint8Array[]
}

/** Rows that are read at once, and about how many bytes of payload. */
const windowRows = 4096
const windowBytes = 8 << 20

/**
 * @param docs  [first, last] of the segment
 * @throws CorruptPart, StoreError
 */
export async function* storedRows(
  files: PartFiles,
  segment: RereadSegment,
  docs: { docFirst: number; docLast: number },
): AsyncGenerator<StoredRows> {
  const events = segment.parts
    .filter(({ role, doc_last, doc_first }) => role === 'events' && overlaps(doc_first, doc_last, docs))
    .sort((left, right) => left.doc_first - right.doc_first)
  for (const part of events) {
    const scan = await files.scan(part, ['ingest_seq', 'event_time', 'pack', 'pack_version'])
    const from = Math.max(0, docs.docFirst - part.doc_first)
    const until = Math.min(part.rows, docs.docLast + 1 - part.doc_first)
    for (const window of windows(scan, from, until, 'asc', rowsAtOnce(part))) {
      const column = async <Value>(name: string) =>
        (await scan.readColumn({ column: name, ...window })) as ArrayLike<Value>
      const names = await column<string | null | undefined>('pack')
      const versions = await column<string | null | undefined>('pack_version')
      const docFirst = part.doc_first + window.rowStart
      yield {
        segment,
        docFirst,
        seqs: Array.from(await column<bigint | number>('ingest_seq'), Number),
        timesMs: Array.from(await column<Date>('event_time'), time => time.getTime()),
        packs: Array.from(names, (name, i) => (name ? { name, version: Number(versions[i]) } : undefined)),
        payloads: await payloadsOf(files, segment, { docFirst, docLast: part.doc_first + window.rowEnd - 1 }),
      }
    }
  }
}

/** Rows [from, until) as a batch. What was accepted once is sound, so nothing of it is checked again. */
export function batchOf(rows: StoredRows, from: number, until: number, scanner: Scanner): CheckedBatch {
  const { segment } = rows
  const payloads = rows.payloads.slice(from, until)
  const batch = {
    seq: rows.seqs[until - 1]!,
    batchId: '',
    ingestTimeMs: 0,
    source: '',
    pack: rows.packs[from],
    derivedIdPrefix: '',
    derivedIdFirst: 0,
  }
  // An array, whose elements stand in the body byte by byte as they came.
  const body = concat([
    open,
    ...payloads.flatMap((payload, i) => (i === 0 ? [payload] : [comma, payload])),
    close,
  ])
  const blocks: Block[] = []
  let positionFirst = 0
  for (const tape of scanner.scan(body, 'json')) {
    blocks.push({ batch, positionFirst, body, tape })
    positionFirst += tape.rowCount
  }
  return {
    batch,
    tenant: segment.tenant,
    stream: segment.stream,
    fields: undefined,
    blocks,
    segmentIds: [segment.segment_id],
    accepted: acceptedRows(blocks, rows, { from, until }),
    refused: [],
    resolved: [],
    bytes: body.length,
  }
}

const open = toUtf8('[')
const comma = toUtf8(',')
const close = toUtf8(']')

function acceptedRows(
  blocks: readonly Block[],
  { docFirst, timesMs }: StoredRows,
  { from, until }: { from: number; until: number },
): Rows {
  const rows = createRows(until - from)
  for (const tokens of [rows.idToken, rows.typeToken, rows.entityToken, rows.sourceToken, rows.versionToken])
    tokens.fill(noToken)
  for (const [number, { tape }] of blocks.entries()) {
    for (let row = 0; row < tape.rowCount; row++) {
      assert(tape.rows[row * rowWords + rowWord.code] === rowCode.fine, 'an event that was accepted once')
      const at = rows.count++
      rows.block[at] = number
      rows.row[at] = row
      rows.doc[at] = docFirst + from + at
      rows.timeMs[at] = timesMs[from + at]!
    }
  }
  assert(rows.count === until - from, 'a row for each event')
  return rows
}

async function payloadsOf(
  files: PartFiles,
  { parts }: RereadSegment,
  docs: { docFirst: number; docLast: number },
): Promise<Uint8Array[]> {
  const payloads: Uint8Array[] = []
  const raws = parts
    .filter(({ role, doc_first, doc_last }) => role === 'raw' && overlaps(doc_first, doc_last, docs))
    .sort((left, right) => left.doc_first - right.doc_first)
  for (const raw of raws) {
    const scan = await files.scan(raw, ['raw'])
    const from = Math.max(0, docs.docFirst - raw.doc_first)
    const until = Math.min(raw.rows, docs.docLast + 1 - raw.doc_first)
    for (const window of windows(scan, from, until, 'asc', windowRows)) {
      const values = (await scan.readColumn({ column: 'raw', ...window })) as ArrayLike<Uint8Array>
      for (let i = 0; i < values.length; i++) payloads.push(values[i]!)
    }
  }
  return payloads
}

function overlaps(
  first: number,
  last: number,
  { docFirst, docLast }: { docFirst: number; docLast: number },
): boolean {
  return first <= docLast && last >= docFirst
}

function rowsAtOnce({ raw_bytes, rows }: Part): number {
  return Math.max(1, Math.min(windowRows, Math.floor((windowBytes * rows) / Math.max(1, raw_bytes))))
}
