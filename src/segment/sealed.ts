// Reading the sealed events of one part. Plan first: rows are pruned by statistics, then filtered on the columns that the
// filter names, and only for what is left are the other columns and the payload read, by range.

import type { ParquetQueryFilter, ParquetScan } from 'hyparquet'
import type { Part, Segment } from '../contract/segment.ts'
import type { EventMatch, FoundEvent, Page } from './event.ts'
import { type PartFiles, windows } from './part-files.ts'

const envelope = [
  'doc',
  'ingest_seq',
  'position',
  'batch_id',
  'event_id',
  'event_time',
  'ingest_time',
  'source',
  'type',
  'schema_version',
  'entity_id',
  'late',
  'masked',
]
/** Rows that are filtered at once. */
const windowRows = 8192
/** Rows whose payloads are read at once, which bounds what a page of large events takes. */
const payloadRows = 256

export interface SealedScan {
  segmentId: string
  events: Part
  /** the raw parts of the segment; the one that holds a doc is found by its range */
  raws: readonly Part[]
  match: EventMatch
  /** [from, until) of the docs asked for */
  docs: { from: number; until: number }
  order: 'asc' | 'desc'
}

/** Adds what matches to the page, in the order asked for, until it is full. @throws CorruptPart */
export async function scanSealed(files: PartFiles, asked: SealedScan, page: Page): Promise<void> {
  const { events, match, docs, order } = asked
  const from = Math.max(0, docs.from - events.doc_first)
  const until = Math.min(events.rows, docs.until - events.doc_first)
  if (from >= until || !mayMatch(events, match)) return
  const scan = await files.scan(events, envelope, pruningOf(match))
  for (const window of windows(scan, from, until, order, windowRows)) {
    const rows = await matchingRows(scan, window, match)
    if (order === 'desc') rows.reverse()
    while (rows.length > 0 && !page.isFull) {
      page.fill(await readRows(files, scan, rows.splice(0, Math.min(payloadRows, page.eventsLeft)), asked))
    }
    if (page.isFull) return
  }
}

/** Rows that lie farther apart are read apart. */
const gapRows = 256

/**
 * Events by their docs, wherever those lie.
 *
 * @param docs  of the segment, each once
 * @returns those that there are, in doc order
 * @throws CorruptPart
 */
export async function readDocs(
  files: PartFiles,
  { segment_id, parts }: Pick<Segment, 'segment_id' | 'parts'>,
  docs: Iterable<number>,
): Promise<FoundEvent[]> {
  const wanted = [...docs].sort((left, right) => left - right)
  const raws = parts.filter(({ role }) => role === 'raw')
  const found: FoundEvent[] = []
  for (const events of parts.filter(({ role }) => role === 'events')) {
    const rows = wanted
      .filter(doc => doc >= events.doc_first && doc <= events.doc_last)
      .map(doc => doc - events.doc_first)
    if (rows.length === 0) continue
    const scan = await files.scan(events, envelope)
    for (const near of stretches(rows))
      found.push(...(await readRows(files, scan, near, { segmentId: segment_id, events, raws })))
  }
  return found
}

/** Rising rows, cut where the gap to the next is wide. */
function stretches(rows: readonly number[]): number[][] {
  const cut: number[][] = []
  for (const row of rows) {
    const last = cut.at(-1)
    if (last && row - last.at(-1)! <= gapRows && last.length < payloadRows) last.push(row)
    else cut.push([row])
  }
  return cut
}

function mayMatch(part: Part, { fromMs, untilMs, seqMax }: EventMatch): boolean {
  return (
    part.seq_first <= seqMax &&
    (fromMs === undefined || part.time_max >= fromMs) &&
    (untilMs === undefined || part.time_min < untilMs)
  )
}

function pruningOf({ type, entityId, source, fromMs, untilMs }: EventMatch): ParquetQueryFilter | undefined {
  const filters: ParquetQueryFilter[] = []
  const texts = { type, entity_id: entityId, source }
  for (const [column, text] of Object.entries(texts)) {
    if (text !== undefined && comparesAsUtf8(text)) filters.push({ [column]: { $eq: text } })
  }
  if (fromMs !== undefined) filters.push({ event_time: { $gte: new Date(fromMs) } })
  if (untilMs !== undefined) filters.push({ event_time: { $lt: new Date(untilMs) } })
  return filters.length === 0 ? undefined : { $and: filters }
}

/** Statistics are in the order of UTF-8, which the reader's string comparison keeps only below the surrogates. */
function comparesAsUtf8(text: string): boolean {
  return !/[\ud800-\uffff]/.test(text)
}

async function matchingRows(
  scan: ParquetScan,
  window: { rowStart: number; rowEnd: number },
  match: EventMatch,
): Promise<number[]> {
  const keep: ((i: number) => boolean)[] = []
  const test = async (column: string, matches: (value: unknown) => boolean) => {
    const values = await scan.readColumn({ column, ...window })
    keep.push(i => matches(values[i]))
  }
  if (match.type !== undefined) await test('type', value => value === match.type)
  if (match.entityId !== undefined) await test('entity_id', value => value === match.entityId)
  if (match.source !== undefined) await test('source', value => value === match.source)
  if (match.fromMs !== undefined || match.untilMs !== undefined) {
    const { fromMs = Number.NEGATIVE_INFINITY, untilMs = Number.POSITIVE_INFINITY } = match
    await test('event_time', value =>
      (value as Date).getTime() >= fromMs && (value as Date).getTime() < untilMs)
  }
  if (Number.isFinite(match.seqMax)) await test('ingest_seq', value => Number(value) <= match.seqMax)
  const rows: number[] = []
  for (let i = 0; i < window.rowEnd - window.rowStart; i++)
    if (keep.every(test => test(i))) rows.push(window.rowStart + i)
  return rows
}

async function readRows(
  files: PartFiles,
  scan: ParquetScan,
  rows: readonly number[],
  { segmentId, events, raws }: Pick<SealedScan, 'segmentId' | 'events' | 'raws'>,
): Promise<FoundEvent[]> {
  const rowStart = Math.min(...rows)
  const rowEnd = Math.max(...rows) + 1
  const columns = await Promise.all(envelope.map(column => scan.readColumn({ column, rowStart, rowEnd })))
  const payloads = await readPayloads(
    files,
    raws,
    rows.map(row => events.doc_first + row),
  )
  return rows.map((row, i) => {
    const values = columns.map(column => column[row - rowStart]) as unknown[]
    return { segmentId, ...toEvent(values), payload: payloads[i]! }
  })
}

function toEvent(values: readonly unknown[]): Omit<FoundEvent, 'segmentId' | 'payload'> {
  const [
    doc,
    seq,
    position,
    batchId,
    eventId,
    eventTime,
    ingestTime,
    source,
    type,
    version,
    entity,
    late,
    masked,
  ] = values
  return {
    doc: doc as number,
    ingestSeq: Number(seq),
    position: position as number,
    batchId: batchId as string,
    eventId: eventId as string,
    eventTimeMs: (eventTime as Date).getTime(),
    ingestTimeMs: (ingestTime as Date).getTime(),
    source: source as string,
    type: (type as string | undefined) ?? null,
    schemaVersion: (version as string | undefined) ?? null,
    entityId: (entity as string | undefined) ?? null,
    late: late as boolean,
    masked: masked as boolean,
  }
}

/** The payloads of docs of one segment, in the order asked for. */
async function readPayloads(
  files: PartFiles,
  raws: readonly Part[],
  docs: readonly number[],
): Promise<Uint8Array[]> {
  const payloads = new Map<number, Uint8Array>()
  for (const raw of raws) {
    const rows = docs
      .filter(doc => doc >= raw.doc_first && doc <= raw.doc_last)
      .map(doc => doc - raw.doc_first)
    if (rows.length === 0) continue
    const scan = await files.scan(raw, ['raw'])
    for (const { rowStart, rowEnd } of windows(
      scan,
      Math.min(...rows),
      Math.max(...rows) + 1,
      'asc',
      windowRows,
    )) {
      const wanted = rows.filter(row => row >= rowStart && row < rowEnd)
      if (wanted.length === 0) continue
      const first = Math.min(...wanted)
      const values = await scan.readColumn({
        column: 'raw',
        rowStart: first,
        rowEnd: Math.max(...wanted) + 1,
      })
      for (const row of wanted) payloads.set(raw.doc_first + row, (values[row - first] as Uint8Array).slice())
    }
  }
  return docs.map(doc => payloads.get(doc)!)
}
