// The catalog's root: one small file that says which manifests exist. Writing its next version, which succeeds for one
// writer only, is the publish; a reader that holds a version sees nothing of the next.
//
//   catalog/<writer>/<version, 16 digits>.json      a root; the highest sound one counts
//   <segment id>/manifest-<version>-<crc>.json      the parts of a segment
//
// Both are one line of JSON behind one line with its CRC-32C, so that a damaged one is found and not believed.

import { z } from 'zod'
import { concat, fromUtf8, toUtf8 } from '../base/bytes.ts'
import { crc32c } from '../base/crc32c.ts'
import { formatVersion, type Segment, segmentSchema } from '../contract/segment.ts'
import type { ObjectStore } from '../ports/object-store.ts'

const safe = z.int().nonnegative()

export const rootSchema = z.object({
  format: z.literal(formatVersion),
  version: safe,
  writer: z.string(),
  /** every log frame up to this one is in the segments listed here */
  applied_seq: safe,
  /** u32 with which identities are hashed; chosen once for a store */
  identity_seed: safe,
  segments: z.record(z.string(), z.string()).describe('segment id → key of its manifest'),
  /** slices that were evicted: `tenant/stream/slice` → the generation that went last */
  evicted: z.record(z.string(), safe),
  /** parts of remembered Idempotency-Keys, the oldest first */
  idempotency: z.array(z.object({ key: z.string(), last_ms: safe })),
})
export type Root = z.infer<typeof rootSchema>

export class CorruptCatalog extends Error {
  override name = 'CorruptCatalog'
}

export function rootKey(writer: string, version: number): string {
  return `catalog/${writer}/${String(version).padStart(16, '0')}.json`
}

export function manifestKey(segmentId: string, name: string): string {
  return `${segmentId}/manifest-${name}.json`
}

export function sealJson(value: unknown): Uint8Array[] {
  const body = toUtf8(`${JSON.stringify(value)}\n`)
  return [toUtf8(`${crc32c(body).toString(16).padStart(8, '0')}\n`), body]
}

/** @throws CorruptCatalog when the bytes are not what `sealJson` wrote */
export function openJson(key: string, bytes: Uint8Array): unknown {
  const body = bytes.subarray(9)
  if (bytes[8] !== 10 || Number.parseInt(fromUtf8(bytes.subarray(0, 8)), 16) !== crc32c(body)) {
    throw new CorruptCatalog(
      `${key}: its checksum does not match. Restore it from a backup; nothing was changed.`,
    )
  }
  return JSON.parse(fromUtf8(body))
}

/**
 * @returns the newest root, or undefined in an empty store
 * @throws CorruptCatalog when it is damaged: an older one would forget what was acknowledged
 */
export async function readNewestRoot(store: ObjectStore, writer: string): Promise<Root | undefined> {
  let newest: string | undefined
  for await (const { key } of store.list(`catalog/${writer}/`)) newest = key
  if (newest === undefined) return undefined
  const root = rootSchema.safeParse(openJson(newest, await mustGet(store, newest)))
  if (!root.success) throw new CorruptCatalog(`${newest}: ${z.prettifyError(root.error)}`)
  return root.data
}

export async function readManifest(store: ObjectStore, key: string): Promise<Segment> {
  const manifest = segmentSchema.safeParse(openJson(key, await mustGet(store, key)))
  if (!manifest.success) throw new CorruptCatalog(`${key}: ${z.prettifyError(manifest.error)}`)
  return manifest.data
}

/** @throws CorruptCatalog when there is no such object: what a root or a manifest lists is never missing */
export async function mustGet(store: ObjectStore, key: string): Promise<Uint8Array> {
  const bytes = await store.get(key)
  if (bytes === undefined)
    throw new CorruptCatalog(`${key}: listed, but not there. Restore it from a backup; nothing was changed.`)
  return bytes
}

export async function putSealed(
  store: ObjectStore,
  key: string,
  value: unknown,
): Promise<'written' | 'exists'> {
  return store.put(key, [concat(sealJson(value))])
}
