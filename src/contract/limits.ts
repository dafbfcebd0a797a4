// Every bound of the service, by name. What has no bound here has none anywhere, and that is a bug.

import { z } from 'zod'

const KIB = 1024
const MIB = 1024 * KIB

const bytes = (value: number, text: string) => z.int().positive().default(value).describe(text)
const count = bytes
const seconds = (value: number, text: string) => z.number().positive().default(value).describe(text)

export const limitsSchema = z.strictObject({
  body_bytes_max: bytes(10 * MIB, 'a request body as sent'),
  body_inflated_bytes_max: bytes(100 * MIB, 'a request body after decompression'),
  inflate_ratio_max: count(100, 'decompressed bytes for each byte sent, past the first 64 KiB'),
  batch_events_max: count(500_000, 'events in one body'),
  event_bytes_max: bytes(MIB, 'one event'),
  event_depth_max: z.int().min(1).max(256).default(32).describe('nesting of objects and arrays in one event'),
  future_hours_max: seconds(24, 'how far ahead of the clock an event may claim to be'),
  late_hours: seconds(2, 'hours after the end of its slice from which an event is flagged late'),
  columns_max: count(1000, 'inferred columns of one segment; further fields stay in the payload only'),
  slices_max: count(10_000, 'live segments of one tenant; an event that needs another is quarantined'),
  headers_seconds: seconds(10, 'time a client has to send its headers'),
  request_seconds: seconds(30, 'time a request may take'),
  connections_max: count(2000, 'open connections'),
  log_bytes_max: bytes(256 * MIB, 'log bytes not yet published in segments'),
  queue_bytes_max: bytes(
    16 * MIB,
    'acknowledged bytes waiting for the pipeline; above it intake waits, then answers 429',
  ),
  queue_wait_seconds: seconds(1, 'time a body waits for room in the queue before intake answers 429'),
  intake_bytes_max: bytes(256 * MIB, 'bytes of bodies in flight before the log'),
  flush_bytes: bytes(8 * MIB, 'open bytes at which the open segments are sealed into parts'),
  flush_seconds: seconds(300, 'age of open events at which they are sealed into parts'),
  runs_max: z.int().min(2).max(64).default(8).describe('runs of one segment before they merge'),
  index_bytes_max: bytes(512 * MIB, 'memory of indexes of sealed segments that searches and walks keep open'),
  disk_full_ratio: z
    .number()
    .min(0.01)
    .max(1)
    .default(0.9)
    .describe('used share of the disk at which intake answers 507'),
  disk_resume_ratio: z
    .number()
    .min(0.01)
    .max(1)
    .default(0.85)
    .describe('used share of the disk below which intake resumes'),
  page_events_max: count(10_000, 'events in one page of an answer'),
  page_bytes_max: bytes(32 * MIB, 'payload bytes after which a page of events ends'),
  idempotency_hours: seconds(24, 'how long an Idempotency-Key is remembered'),
  idempotency_keys_max: count(100_000, 'remembered Idempotency-Keys of one tenant'),
  drain_seconds: seconds(30, 'time to stop after SIGTERM'),
})

export type Limits = z.infer<typeof limitsSchema>

export const defaultLimits: Limits = limitsSchema.parse({})
