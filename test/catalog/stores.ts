// Stores in memory for tests of the catalog, and the segments and parts that are put into them.

import { fsStore } from '../../src/adapters/store-fs.ts'
import { toUtf8 } from '../../src/base/bytes.ts'
import type { Change } from '../../src/catalog/catalog.ts'
import type { Part, PartRole, Segment } from '../../src/contract/segment.ts'
import type { ObjectStore } from '../../src/ports/object-store.ts'
import { checksumBlocks } from '../../src/segment/checked.ts'
import { type MemoryDisk, memoryDisk } from '../sim/memory-disk.ts'

export async function memoryStore(disk: MemoryDisk = memoryDisk()): Promise<ObjectStore> {
  return fsStore({ directory: '/store', disk })
}

export const day = '2026-01-10'
export const fromMs = Date.UTC(2026, 0, 10)

export function segmentOf(change: Partial<Segment> = {}): Segment {
  const { tenant = 't', stream = 'events', generation = 0 } = change
  return {
    segment_id: `${tenant}/${stream}/${day}/${generation}`,
    tenant,
    stream,
    from_ms: fromMs,
    until_ms: fromMs + 86_400_000,
    generation,
    first_write_ms: fromMs,
    expires_at_ms: fromMs + 30 * 86_400_000,
    doc_next: 0,
    refusal_next: 0,
    event_rows: 0,
    refusal_rows: 0,
    raw_bytes: 0,
    columns: [],
    columns_capped: false,
    refusals_only: false,
    parts: [],
    ...change,
  }
}

/** A part of `rows` docs from `first` on, with the bytes that its key has in the store. */
export function partOf(key: string, change: Partial<Part> & { role?: PartRole } = {}): Part {
  const bytes = toUtf8(`bytes of ${key}`)
  return {
    role: 'events',
    key,
    format_version: 1,
    bytes: bytes.length,
    crc32c: checksumBlocks([bytes]),
    rows: 1,
    doc_first: 0,
    doc_last: 0,
    seq_first: 1,
    seq_last: 1,
    time_min: fromMs,
    time_max: fromMs,
    raw_bytes: 10,
    inputs: [],
    ...change,
  }
}

export async function putParts(store: ObjectStore, parts: readonly Part[]): Promise<void> {
  for (const { key } of parts) await store.put(key, [toUtf8(`bytes of ${key}`)])
}

export const noChange: Change = { appliedSeq: 0, added: [], merged: [], evicted: [], idempotencyFromMs: 0 }

export function adding(segment: Segment, parts: Part[], more: Partial<Change> = {}): Change {
  return { ...noChange, added: [{ segment, parts, columns: [], columnsCapped: false }], ...more }
}
