// Sealed parts as the service makes them: bodies are scanned, checked and deduped, and each flush is sealed into a store.

import { Identities } from '../../src/catalog/identities.ts'
import { Slices } from '../../src/catalog/slices.ts'
import type { BatchHeader } from '../../src/contract/frames.ts'
import type { ColumnInfo, Part, PartRole } from '../../src/contract/segment.ts'
import { accept } from '../../src/ingest/accept.ts'
import { intakeOfBatch } from '../../src/ingest/intake.ts'
import type { ObjectStore } from '../../src/ports/object-store.ts'
import type { CheckedBatch } from '../../src/segment/checked-batch.ts'
import { partition } from '../../src/segment/chunk.ts'
import { type FoundEvent, Page } from '../../src/segment/event.ts'
import { PartFiles } from '../../src/segment/part-files.ts'
import { scanSealed } from '../../src/segment/sealed.ts'
import { type LightRefusal, readRaws, readRefusals } from '../../src/segment/sealed-refusals.ts'
import { scanner } from '../engine/tape/scanned.ts'
import { sealed } from './loaded.ts'
import { codec } from './parquet/readers.ts'

/** Event times and ingest times lie in this slice. */
export const sliceStartMs = Date.UTC(2026, 0, 1)
export const segmentId = 'tenant/events/2026-01-01/0'

const policy = {
  slice_hours: 24,
  retention_ms: 30 * 86_400_000,
  late_ms: 7_200_000,
  future_ms: 86_400_000,
  batch_events_max: 500_000,
  event_bytes_max: 1 << 20,
  event_depth_max: 32,
  slices_max: 100,
}

/** One writer with one segment. */
export class Flushes {
  readonly store: ObjectStore
  /** of the segment, as a manifest would list them */
  readonly parts: Part[] = []
  readonly #slices = new Slices([], [])
  readonly #identities = new Identities()
  readonly #scanner = scanner()
  #columns: ColumnInfo[] = []
  #seq = 0

  constructor(store: ObjectStore) {
    this.store = store
  }

  /** Seals bodies of NDJSON, a batch each, into parts. */
  async flush(bodies: readonly string[]): Promise<void> {
    const seqFirst = this.#seq + 1
    const batches: CheckedBatch[] = []
    for (const body of bodies) batches.push(await this.#accept(body, batches.length))
    for (const [id, rows] of partition(batches)) {
      if (id !== segmentId) throw new Error(`a test event fell into ${id}`)
      const unsealed = {
        segmentId,
        ...rows,
        seqFirst,
        seqLast: this.#seq,
        columns: this.#columns,
        columnsMax: 1000,
      }
      const { parts, columns } = sealed(unsealed)
      for (const { part, chunks } of parts) {
        await this.store.put(part.key, chunks)
        this.parts.push(part)
      }
      this.#columns = columns
    }
  }

  of(role: PartRole): Part[] {
    return this.parts.filter(part => part.role === role)
  }

  async #accept(body: string, batchIndex: number): Promise<CheckedBatch> {
    const header: BatchHeader = {
      tenant: 'tenant',
      stream: 'events',
      ingest_time_ms: sliceStartMs + 1000 * this.#seq,
      fields: {},
      reopen: false,
      policy,
      format: 'ndjson',
      source: undefined,
      pack: undefined,
      file: undefined,
      idempotency: undefined,
      receipts: 'problems',
    }
    const intake = intakeOfBatch('w', ++this.#seq, header, new TextEncoder().encode(body), this.#scanner)
    const readIds = () => Promise.reject(new Error('nothing sealed is asked for'))
    const state = {
      slices: this.#slices,
      identities: this.#identities,
      identitySeed: 7,
      chunk: 1,
      batchIndex,
      readIds,
    }
    return (await accept(intake, state)).checked
  }
}

/** What readers see of a segment that has these parts, bytes as latin1. */
export async function readAll(store: ObjectStore, parts: readonly Part[]) {
  const files = new PartFiles(store, codec, 1 << 24)
  const raws = parts.filter(({ role }) => role === 'raw')
  const events: (Omit<FoundEvent, 'payload'> & { payload: string })[] = []
  const refusals: (LightRefusal & { raw: string | undefined })[] = []
  for (const part of parts) {
    if (part.role === 'events') {
      const docs = { from: 0, until: Number.POSITIVE_INFINITY }
      const match = { seqMax: Number.POSITIVE_INFINITY }
      const page = new Page({ limit: 1_000_000, bytesMax: 1 << 30 })
      await scanSealed(files, { segmentId, events: part, raws, match, docs, order: 'asc' }, page)
      for (const event of page.events) events.push({ ...event, payload: latin1(event.payload) })
    }
    if (part.role === 'refusals') {
      const rows = await readRefusals(files, segmentId, part)
      const bytes = await readRaws(files, rows)
      for (const row of rows) {
        const { place: _, ...rest } = row
        refusals.push({ ...rest, raw: bytes.has(row) ? latin1(bytes.get(row)!) : undefined })
      }
    }
  }
  return { events, refusals }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}
