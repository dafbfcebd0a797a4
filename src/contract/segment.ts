// The manifest of a segment: which immutable parts make it up. The catalog's root lists manifests; a part that no
// manifest lists does not exist.

import { z } from 'zod'

export const formatVersion = 1

export const partRoles = ['events', 'raw', 'refusals', 'ids', 'graph', 'texts', 'words', 'vectors'] as const
export type PartRole = (typeof partRoles)[number]

/** How a value is stored in a column, from the narrowest to the widest; `string` holds anything. */
export const columnTypes = ['boolean', 'int64', 'double', 'timestamp', 'string', 'json'] as const
export type ColumnType = (typeof columnTypes)[number]

const safe = z.int().nonnegative()

export const partSchema = z.object({
  role: z.enum(partRoles),
  key: z.string(),
  format_version: safe,
  bytes: safe,
  /** Base64 of u32 little-endian CRC-32C values, one for each block of `blockBytes` of the file. */
  crc32c: z.string(),
  rows: safe,
  /** doc sequences covered, [first, last]; refusals count in a sequence of their own. */
  doc_first: safe,
  doc_last: safe,
  /** log sequences covered, [first, last] */
  seq_first: safe,
  seq_last: safe,
  /** event times covered in ms since 1970, [min, max]; for refusals, ingest times */
  time_min: z.int(),
  time_max: z.int(),
  /** bytes of raw payload that these rows stand for */
  raw_bytes: safe,
  /** keys of the parts that this one was merged from */
  inputs: z.array(z.string()),
  /** packs that its nodes and texts were made by: `gaming@3` */
  packs: z.array(z.string()).optional(),
  /** id of the embedder that made its vectors */
  space: z.string().optional(),
  /** docs that no pack could read: they say and mention nothing until they are derived again */
  unread_docs: safe.optional(),
})
export type Part = z.infer<typeof partSchema>

export const columnSchema = z.object({ name: z.string(), path: z.string(), type: z.enum(columnTypes) })
export type ColumnInfo = z.infer<typeof columnSchema>

export const segmentSchema = z.object({
  segment_id: z.string(),
  tenant: z.string(),
  stream: z.string(),
  /** the slice, [from_ms, until_ms) */
  from_ms: z.int(),
  until_ms: z.int(),
  generation: safe,
  first_write_ms: z.int(),
  expires_at_ms: z.int(),
  doc_next: safe,
  refusal_next: safe,
  event_rows: safe,
  refusal_rows: safe,
  raw_bytes: safe,
  columns: z.array(columnSchema),
  columns_capped: z.boolean(),
  /** an evicted slice, live again only as the home of refusals that came in its time; it takes no events */
  refusals_only: z.boolean(),
  parts: z.array(partSchema),
})
export type Segment = z.infer<typeof segmentSchema>

/** Bytes of a part that one checksum covers; a range read is widened to whole blocks and verified. */
export const blockBytes = 64 * 1024
