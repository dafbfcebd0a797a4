// A batch before its answer: decode → check → dedupe. Every event leaves with exactly one outcome, the accepted ones with
// the segment and the doc that they will have, so that the receipt is final while the log is still syncing.

import { assert } from '../base/assert.ts'
import { fromUtf8, toUtf8 } from '../base/bytes.ts'
import type { Identities } from '../catalog/identities.ts'
import type { SlicePolicy, Slices } from '../catalog/slices.ts'
import type { FieldMap } from '../contract/envelope.ts'
import type { IntakePolicy } from '../contract/frames.ts'
import { rowWord, rowWords, tokenKind, tokenWords } from '../engine/tape/scan.ts'
import type { CheckedBatch, RefusedRow } from '../segment/checked-batch.ts'
import { derivedId, eventIdBytes } from '../segment/envelope-columns.ts'
import { hashIdentity, hashSource, type ReadRange } from '../segment/ids.ts'
import {
  appendRow,
  type BatchInfo,
  type Block,
  createRows,
  flagLate,
  noToken,
  type Rows,
} from '../segment/rows.ts'
import { tokenBytes } from '../segment/token.ts'
import { type AdmitTime, checkBlock, type Passed } from './check.ts'
import { field } from './envelope.ts'

export const outcome = { accepted: 0, duplicate: 1, quarantined: 2 } as const

/** The state that outcomes depend on. Frames are accepted one after the other, in log order. */
export interface IntakeState {
  slices: Slices
  /** of the batch's tenant */
  identities: Identities
  identitySeed: number
  /** where accepted rows will lie: chunk number, and the batch's index in it */
  chunk: number
  batchIndex: number
  readIds: ReadRange
}

export interface Intake {
  tenant: string
  stream: string
  batch: BatchInfo
  fields: FieldMap
  /** by block, where a second try brings together what was told differently */
  blockFields?: readonly FieldMap[]
  reopen: boolean
  policy: IntakePolicy
  blocks: Block[]
  bytes: number
  /** false for a second try, whose refusals are known already */
  keepsRefusals: boolean
}

export interface Accepted {
  checked: CheckedBatch
  /** u8[events]: the outcome of each, by position */
  outcomes: Uint8Array
  /** ids of the duplicates, in body order */
  duplicateIds: string[]
  late: number
}

export async function accept(intake: Intake, state: IntakeState): Promise<Accepted> {
  const rowCount = intake.blocks.reduce((sum, { tape }) => sum + tape.rowCount, 0)
  const outcomes = new Uint8Array(rowCount).fill(outcome.quarantined)
  const { rows, canRepeat, refused } = checkAll(intake, state, rowCount)
  const checked: CheckedBatch = {
    batch: intake.batch,
    tenant: intake.tenant,
    stream: intake.stream,
    fields: Object.keys(intake.fields).length === 0 ? undefined : JSON.stringify(intake.fields),
    blocks: intake.blocks,
    segmentIds: [],
    accepted: rows,
    refused,
    resolved: [],
    bytes: intake.bytes,
  }
  const { late, duplicateIds } = await state.identities.whenSealedAreKnown(
    rows.identity,
    canRepeat,
    state.readIds,
    sealed => keepNew(intake, state, checked, sealed, outcomes),
  )
  if (intake.keepsRefusals) placeRefused(intake, state, refused)
  return { checked, outcomes, duplicateIds, late }
}

/** Rows that pass the check, with their identities; `canRepeat` marks ids that did not come into being with this batch. */
function checkAll(intake: Intake, state: IntakeState, rowCount: number) {
  const rows = createRows(rowCount)
  const canRepeat: number[] = []
  const refused: RefusedRow[] = []
  const hashOf = identityHasher(state.identitySeed)
  const context = {
    ...intake,
    ingestTimeMs: intake.batch.ingestTimeMs,
    admitTime: admitTime(intake, state.slices),
  }
  intake.blocks.forEach((block, number) => {
    const repeats = intake.batch.derivedIdPrefix !== intake.batch.batchId ? 1 : 0
    const pass = (row: number, { timeMs, tokens }: Passed) => {
      const at = rows.count++
      rows.block[at] = number
      rows.row[at] = row
      rows.timeMs[at] = timeMs
      rows.idToken[at] = tokens[field.eventId]!
      rows.typeToken[at] = tokens[field.type]!
      rows.entityToken[at] = tokens[field.entityId]!
      rows.sourceToken[at] = tokens[field.source]!
      rows.versionToken[at] = tokens[field.schemaVersion]!
      hashOf(block, rows, at)
      canRepeat.push(rows.idToken[at] === noToken ? repeats : 1)
    }
    const fields = intake.blockFields?.[number] ?? intake.fields
    checkBlock(block, { ...context, fields }, pass, (row, refusal) => {
      refused.push({
        ...refusal,
        segmentId: '',
        sequence: 0,
        block: number,
        row,
        position: block.positionFirst + row,
      })
    })
  })
  return { rows, canRepeat: Uint8Array.from(canRepeat), refused }
}

/** May an event of that time come in? New slices are counted through the whole batch. */
function admitTime({ tenant, stream, reopen, policy }: Intake, slices: Slices): AdmitTime {
  const cut = slicePolicy(policy)
  const sliceMs = policy.slice_hours * 3_600_000
  const known = new Map<number, ReturnType<AdmitTime>>()
  let count = slices.countOf(tenant)
  return timeMs => {
    const slice = Math.floor(timeMs / sliceMs)
    if (known.has(slice)) return known.get(slice)
    const { kind } = slices.at(tenant, stream, timeMs, cut)
    let verdict: ReturnType<AdmitTime>
    if (kind === 'evicted' && !reopen) verdict = 'expired'
    else if (kind !== 'live' && ++count > policy.slices_max) verdict = 'too_many_slices'
    known.set(slice, verdict)
    return verdict
  }
}

/** Gives each new event its segment and doc, and drops the others from the rows. */
function keepNew(
  { batch, tenant, stream, policy }: Intake,
  state: IntakeState,
  checked: CheckedBatch,
  sealed: Uint8Array,
  outcomes: Uint8Array,
) {
  const { accepted: rows, blocks, segmentIds } = checked
  const places = new Map<string, number>()
  const rowCount = rows.count
  const cut = slicePolicy(policy)
  const duplicateIds: string[] = []
  let late = 0
  rows.count = 0
  let segment = undefined as ReturnType<Slices['ensure']> | undefined
  for (let i = 0; i < rowCount; i++) {
    const position = blocks[rows.block[i]!]!.positionFirst + rows.row[i]!
    if (
      sealed[i] ||
      !state.identities.addOpen(state.chunk, rows.identity, i * 4, state.batchIndex, rows.count)
    ) {
      outcomes[position] = outcome.duplicate
      duplicateIds.push(fromUtf8(eventIdBytes(rows, blocks, i)))
      continue
    }
    outcomes[position] = outcome.accepted
    const timeMs = rows.timeMs[i]!
    if (!segment || timeMs < segment.from_ms || timeMs >= segment.until_ms) {
      segment = state.slices.ensure(tenant, stream, timeMs, batch.ingestTimeMs, cut)
    }
    const isLate = batch.ingestTimeMs > segment.until_ms + policy.late_ms
    if (isLate) late++
    appendRow(rows, rows, i, 0)
    const at = rows.count - 1
    rows.flags[at] = isLate ? flagLate : 0
    rows.doc[at] = segment.doc_next++
    rows.segment[at] = placeOf(segment.segment_id, places, segmentIds)
    segment.event_rows++
    segment.raw_bytes += rawSize(blocks[rows.block[at]!]!, rows.row[at]!)
  }
  return { late, duplicateIds }
}

function placeOf(segmentId: string, places: Map<string, number>, segmentIds: string[]): number {
  let place = places.get(segmentId)
  if (place === undefined) {
    place = segmentIds.push(segmentId) - 1
    places.set(segmentId, place)
  }
  return place
}

/** Refusals live where they came in: in the slice of their ingest time. */
function placeRefused(
  { batch, tenant, stream, policy }: Intake,
  { slices }: IntakeState,
  refused: RefusedRow[],
): void {
  if (refused.length === 0) return
  const segment = slices.ensureForRefusals(tenant, stream, batch.ingestTimeMs, slicePolicy(policy))
  for (const row of refused) {
    row.segmentId = segment.segment_id
    row.sequence = segment.refusal_next++
    segment.refusal_rows++
  }
}

/** Hashes the id and source of a row into its place in `rows.identity`. */
function identityHasher(seed: number) {
  const sourceHashes = new Map<string, Uint32Array>()
  const remembered = (text: string) => {
    let hash = sourceHashes.get(text)
    if (!hash) sourceHashes.set(text, (hash = hashSource(toUtf8(text), seed)))
    return hash
  }
  return (block: Block, rows: Rows, at: number) => {
    const sourceToken = rows.sourceToken[at]!
    const sourceHash =
      sourceToken === noToken
        ? remembered(block.batch.source)
        : hashSource(tokenBytes(block, sourceToken), seed)
    hashIdentity(idSlice(block, rows, at), seed, sourceHash, rows.identity, at * 4)
  }
}

function idSlice(block: Block, rows: Rows, at: number) {
  const token = rows.idToken[at]!
  if (token !== noToken) {
    const start = block.tape.tokens[token * tokenWords + 1]!
    const size = block.tape.tokens[token * tokenWords + 2]!
    if ((size & 7) !== tokenKind.escaped) return { bytes: block.body, start, end: start + (size >>> 3) }
  }
  const bytes = token === noToken ? derivedId(block, rows.row[at]!) : tokenBytes(block, token)
  return { bytes, start: 0, end: bytes.length }
}

function rawSize({ tape }: Block, row: number): number {
  return tape.rows[row * rowWords + rowWord.end]! - tape.rows[row * rowWords + rowWord.start]!
}

function slicePolicy({ slice_hours, retention_ms }: IntakePolicy): SlicePolicy {
  assert(slice_hours > 0, 'a slice has a length')
  return { sliceHours: slice_hours, retentionMs: retention_ms }
}
