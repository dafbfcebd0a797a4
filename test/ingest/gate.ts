// Intake as the writer runs it, without a log or a store: bodies go in and get their outcomes; ids may be sealed.

import { concat, toUtf8 } from '../../src/base/bytes.ts'
import { Identities } from '../../src/catalog/identities.ts'
import { Slices } from '../../src/catalog/slices.ts'
import type { BatchHeader, IntakePolicy } from '../../src/contract/frames.ts'
import type { BatchAnswer } from '../../src/contract/receipt.ts'
import type { Scanner } from '../../src/engine/tape/scan.ts'
import { type Accepted, accept, type IntakeState } from '../../src/ingest/accept.ts'
import { intakeOfBatch } from '../../src/ingest/intake.ts'
import { answerOf } from '../../src/ingest/receipts.ts'
import { openIds, type ReadRange, writeIds } from '../../src/segment/ids.ts'
import { scanner } from '../engine/tape/scanned.ts'

export const nowMs = Date.UTC(2026, 0, 10, 12)
export const today = 't/events/2026-01-10/0'
export const hourMs = 3_600_000
export const dayMs = 24 * hourMs

export const policy: IntakePolicy = {
  slice_hours: 24,
  retention_ms: 30 * dayMs,
  late_ms: 2 * hourMs,
  future_ms: 24 * hourMs,
  batch_events_max: 500_000,
  event_bytes_max: 1 << 20,
  event_depth_max: 32,
  slices_max: 10_000,
}

export type Change = Partial<Omit<BatchHeader, 'policy'>> & { policy?: Partial<IntakePolicy> }

export function batchHeader({ policy: changes, ...change }: Change = {}): BatchHeader {
  return {
    tenant: 't',
    stream: 'events',
    ingest_time_ms: nowMs,
    fields: {},
    reopen: false,
    policy: { ...policy, ...changes },
    format: 'ndjson',
    source: undefined,
    pack: undefined,
    file: undefined,
    idempotency: undefined,
    receipts: 'all',
    ...change,
  }
}

export interface Taken {
  answer: BatchAnswer
  accepted: Accepted
}

export class Gate {
  readonly slices = new Slices([], [])
  readonly identities = new Identities()
  /** set to hold back what is read of sealed ids, or to count it */
  readIds: ReadRange
  chunk = 1
  seq = 0
  readonly #files = new Map<string, Uint8Array>()
  #batchCount = 0
  #open: Accepted[] = []

  constructor() {
    this.readIds = async (key, start, end) => this.#files.get(key)!.slice(start, end)
  }

  /** @param body  NDJSON, or what the header's format says; events are written as JSON, one a line */
  async send(body: string | Uint8Array | readonly object[], change: Change = {}): Promise<Taken> {
    const header = batchHeader(change)
    const intake = intakeOfBatch('0', ++this.seq, header, bytesOf(body), scannerOf(header))
    const accepted = await accept(intake, this.state())
    this.#batchCount++
    this.#open.push(accepted)
    return { accepted, answer: answerOf(accepted, '0', header.receipts) }
  }

  state(): IntakeState {
    return {
      slices: this.slices,
      identities: this.identities,
      identitySeed: 7,
      chunk: this.chunk,
      batchIndex: this.#batchCount,
      readIds: this.readIds,
    }
  }

  /** The next chunk opens; what the ones before hold is still unsealed. */
  cut(): void {
    this.chunk++
    this.#batchCount = 0
  }

  /** Puts the ids of all that is open behind filters, a segment each, in one turn as a publish does. */
  async seal(): Promise<void> {
    const entries = new Map<string, number[]>()
    for (const { checked } of this.#open) {
      const { accepted: rows, segmentIds } = checked
      for (let i = 0; i < rows.count; i++) {
        const id = segmentIds[rows.segment[i]!]!
        const list = entries.get(id) ?? []
        list.push(...rows.identity.subarray(i * 4, i * 4 + 4), rows.doc[i]!)
        entries.set(id, list)
      }
    }
    const indexes = []
    for (const [id, list] of entries) {
      const key = `${id}/ids-${this.seq}`
      this.#files.set(key, concat(writeIds(Uint32Array.from(list))))
      indexes.push({ id, index: await openIds(key, async (k, s, e) => this.#files.get(k)!.slice(s, e)) })
    }
    for (const { id, index } of indexes) this.identities.addSealed(id, index)
    for (let chunk = 1; chunk <= this.chunk; chunk++) this.identities.dropChunk(chunk)
    this.#open = []
    this.cut()
  }

  evict(segmentId: string): void {
    this.slices.evict(segmentId)
    this.identities.dropSegment(segmentId, () => false)
  }
}

const usual = scanner()

/** An instance takes a while to make, so one is kept for the usual bounds. */
function scannerOf({ policy: { event_bytes_max, event_depth_max } }: BatchHeader): Scanner {
  const isUsual = event_bytes_max === policy.event_bytes_max && event_depth_max === policy.event_depth_max
  return isUsual ? usual : scanner({ eventBytesMax: event_bytes_max, eventDepthMax: event_depth_max })
}

function bytesOf(body: string | Uint8Array | readonly object[]): Uint8Array {
  if (body instanceof Uint8Array) return body
  return toUtf8(typeof body === 'string' ? body : body.map(event => JSON.stringify(event)).join('\n'))
}

/** `accepted`, `duplicate` or a refusal's code, by position. */
export function outcomesOf({ answer }: Taken): string[] {
  return answer.receipts.map(({ outcome, code }) => code ?? outcome)
}
