// Headers of the log's frames: everything that shapes a segment besides the bytes, so that replaying the log needs no
// clock, no configuration and no memory of the load.

import type { FieldMap } from './envelope.ts'

/** How the tenant's stream was configured when the batch came. */
export interface IntakePolicy {
  slice_hours: number
  retention_ms: number
  late_ms: number
  future_ms: number
  batch_events_max: number
  event_bytes_max: number
  event_depth_max: number
  slices_max: number
}

/** A version of a pack never changes, so naming it is enough to read events the same way again. */
export interface PackVersion {
  name: string
  version: number
}

interface IntakeHeader {
  tenant: string
  stream: string
  ingest_time_ms: number
  fields: FieldMap
  reopen: boolean
  policy: IntakePolicy
  /** what reads the events; what `auto` makes of its stream where there is none */
  pack: PackVersion | undefined
}

export interface BatchHeader extends IntakeHeader {
  format: 'json' | 'ndjson'
  source: string | undefined
  file: { hash: string; first_row: number } | undefined
  idempotency: { key: string; request_sha256: string } | undefined
  /** which receipts the answer lists; kept so that a repeated key gets the same answer after a restart */
  receipts: 'problems' | 'all'
}

/** A second try for refused events. The body is their bytes back to back. */
export interface RepairHeader extends IntakeHeader {
  items: RepairItem[]
}

export interface RepairItem {
  segment_id: string
  sequence: number
  bytes: number
  source: string
  /** as they were told when it came, where the second try tells none */
  fields?: FieldMap
}

/** Seal what is open: by size, by age, for a job that reads what is sealed, or because the service stops. */
export interface SealHeader {
  time_ms: number
  reason: 'size' | 'age' | 'job' | 'drain'
}

export interface EvictHeader {
  time_ms: number
  segment_ids: string[]
}

export const defaultSource = 'default'
