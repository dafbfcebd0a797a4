// Reading refusals: how many of each code, and a page of them with their bytes.

import { fromUtf8Strict, toBase64 } from '../base/bytes.ts'
import { formatTime } from '../base/rfc3339.ts'
import { segmentsOf } from '../catalog/version.ts'
import { type RefusalCode, type RefusalRecord, refusalCodes } from '../contract/refusal.ts'
import type { QuarantinePage, QuarantineRequest } from '../contract/service.ts'
import { CorruptPart } from '../segment/checked.ts'
import { refusalId } from '../segment/refusal-id.ts'
import { type LightRefusal, lightOf, readRaws, readRefusals } from '../segment/sealed-refusals.ts'
import { compareSegmentIds, docsBehind } from '../segment/slice.ts'
import { readCursor, writeCursor } from './cursor.ts'
import { asOf, publishedAt, type QueryContext } from './snapshot.ts'

/** A refusal with its bytes, as a second try needs it. */
export interface FoundRefusal extends LightRefusal {
  raw: Uint8Array
}

export async function readQuarantine(
  request: QuarantineRequest,
  context: QueryContext,
): Promise<QuarantinePage> {
  const { cursor, limit: _, ...question } = request
  const position = cursor === undefined ? undefined : readCursor(cursor, question)
  const found = await findRefusals({ ...request, position, seqMax: position?.seq }, context)
  const seq = position?.seq ?? found.moment.seq
  const { last } = found
  return {
    refusals: found.refusals.map(refusal => toRecord(refusal, found.moment.writer)),
    counts: found.counts,
    nextCursor: last && writeCursor({ seq, segmentId: last.segmentId, sequence: last.sequence }, question),
    partial: found.partial,
    asOf: { ...asOf(found.moment), writers: { [found.moment.writer]: seq } },
  }
}

export interface RefusalSearch extends Omit<QuarantineRequest, 'cursor'> {
  position?: { segmentId: string; sequence: number } | undefined
  /** what came later, refusals and resolutions, is left out */
  seqMax?: number | undefined
  /** only these, by segment id and sequence */
  only?: { segmentId: string; sequence: number }[]
}

export async function findRefusals(search: RefusalSearch, context: QueryContext) {
  const {
    tenant,
    stream,
    code,
    status,
    fromMs = Number.NEGATIVE_INFINITY,
    untilMs = Number.POSITIVE_INFINITY,
    seqMax = Number.POSITIVE_INFINITY,
  } = search
  const { moment, rows: open } = await context.open.refusals(tenant, stream)
  const sealed: LightRefusal[] = []
  let partial = false
  for (const { segment_id, parts } of segmentsOf(publishedAt(moment, context), tenant, stream)) {
    for (const part of parts.filter(({ role }) => role === 'refusals')) {
      try {
        sealed.push(...(await readRefusals(context.files, segment_id, part)))
      } catch (error) {
        if (!(error instanceof CorruptPart)) throw error
        context.onCorrupt(error)
        partial = true
      }
    }
  }
  const unsealed = open.map(row => ({ ...lightOf(row, row.segmentId), raw: row.raw }))
  const settled = settle([...sealed, ...unsealed].filter(({ seq }) => seq <= seqMax))
  const matching = settled.filter(
    row =>
      (code === undefined || row.code === code) && row.ingestTimeMs >= fromMs && row.ingestTimeMs < untilMs,
  )
  const page = matching
    .filter(row => status === 'all' || (row.resolution === undefined) === (status === 'open'))
    .filter(row => isBehind(row, search.position) && isWanted(row, search.only))
    .sort(
      (left, right) => compareSegmentIds(left.segmentId, right.segmentId) || left.sequence - right.sequence,
    )
    .slice(0, search.limit)
  const { refusals, damaged, last } = await withRaws(page, context)
  return {
    moment,
    partial: partial || damaged,
    counts: countByCode(matching),
    refusals,
    /** where the next page goes on, if there may be one */
    last: last === page.at(-1) && page.length < search.limit ? undefined : last,
  }
}

/** Refusals, each with its resolution if there is one. */
function settle<Row extends LightRefusal>(rows: readonly Row[]): Row[] {
  const resolutions = new Map(
    rows
      .filter(({ resolution }) => resolution)
      .map(row => [`${row.segmentId}#${row.sequence}`, row.resolution]),
  )
  return rows
    .filter(({ code }) => code !== undefined)
    .map(row => ({ ...row, resolution: resolutions.get(`${row.segmentId}#${row.sequence}`) }))
}

function isBehind({ segmentId, sequence }: LightRefusal, position: RefusalSearch['position']): boolean {
  const docs = docsBehind(segmentId, position, 'asc')
  return docs !== undefined && sequence >= docs.from
}

function isWanted({ segmentId, sequence }: LightRefusal, only: RefusalSearch['only']): boolean {
  return (
    only === undefined || only.some(wanted => wanted.segmentId === segmentId && wanted.sequence === sequence)
  )
}

function countByCode(rows: readonly LightRefusal[]): QuarantinePage['counts'] {
  const counts = new Map<RefusalCode, { open: number; resolved: number }>()
  for (const { code, resolution } of rows) {
    const count = counts.get(code!) ?? { open: 0, resolved: 0 }
    count[resolution ? 'resolved' : 'open']++
    counts.set(code!, count)
  }
  return refusalCodes.flatMap(code => (counts.has(code) ? [{ code, ...counts.get(code)! }] : []))
}

/** As many as a page may hold in bytes, and at least one. A refusal whose bytes are damaged is left out. */
async function withRaws(
  page: readonly (LightRefusal & { raw?: Uint8Array | undefined })[],
  context: QueryContext,
): Promise<{ refusals: FoundRefusal[]; damaged: boolean; last: LightRefusal | undefined }> {
  const refusals: FoundRefusal[] = []
  let damaged = false
  let last: LightRefusal | undefined
  for (let i = 0, bytes = 0; i < page.length && bytes < context.pageBytesMax; i++) {
    const row = (last = page[i]!)
    try {
      const raw = row.raw ?? (await readRaws(context.files, [row])).get(row)!
      refusals.push({ ...row, raw })
      bytes += raw.length
    } catch (error) {
      if (!(error instanceof CorruptPart)) throw error
      context.onCorrupt(error)
      damaged = true
    }
  }
  return { refusals, damaged, last }
}

function toRecord(row: FoundRefusal, writer: string): RefusalRecord {
  const text = fromUtf8Strict(row.raw)
  return {
    refusal_id: refusalId(row.segmentId, writer, row.sequence),
    segment_id: row.segmentId,
    batch_id: row.batchId,
    position: row.position,
    ingest_time: formatTime(row.ingestTimeMs),
    source: row.source,
    stage: row.stage!,
    code: row.code!,
    path: row.path ?? '',
    message: row.message ?? '',
    raw: text ?? toBase64(row.raw),
    raw_encoding: text === undefined ? 'base64' : 'utf8',
    status: row.resolution ? 'resolved' : 'open',
    resolution: row.resolution ?? null,
  }
}
