// Checks every byte that a store holds against the checksum that covers it, from the root down. Reads only.

import { blockBytes, type Part } from '../contract/segment.ts'
import type { ObjectStore } from '../ports/object-store.ts'
import { openChecked } from '../segment/checked.ts'
import { mustGet, openJson, readManifest, rootSchema } from './root.ts'

export interface Verified {
  key: string
  ok: boolean
  reason?: string
}

/** Bytes of a part that are held at once. */
const stepBytes = 128 * blockBytes

/** One verdict an object: roots, manifests, parts, Idempotency-Keys. What no root names is left out. */
export async function* verifyStore(store: ObjectStore): AsyncIterable<Verified> {
  for await (const { key } of store.list('catalog/')) {
    const root = await attempt(key, async () => rootSchema.parse(openJson(key, await mustGet(store, key))))
    yield root.verdict
    if (!root.value) continue
    for (const manifestKey of Object.values(root.value.segments)) yield* verifySegment(store, manifestKey)
    for (const part of root.value.idempotency) {
      yield (await attempt(part.key, async () => openJson(part.key, await mustGet(store, part.key)))).verdict
    }
  }
}

async function* verifySegment(store: ObjectStore, manifestKey: string): AsyncIterable<Verified> {
  const manifest = await attempt(manifestKey, () => readManifest(store, manifestKey))
  yield manifest.verdict
  for (const part of manifest.value?.parts ?? [])
    yield (await attempt(part.key, () => readWhole(store, part))).verdict
}

async function readWhole(store: ObjectStore, part: Part): Promise<void> {
  const file = openChecked(store, part)
  for (let at = 0; at < part.bytes; at += stepBytes) await file.slice(at, at + stepBytes)
}

async function attempt<Value>(
  key: string,
  read: () => Promise<Value>,
): Promise<{ verdict: Verified; value?: Value }> {
  try {
    return { value: await read(), verdict: { key, ok: true } }
  } catch (error) {
    return { verdict: { key, ok: false, reason: error instanceof Error ? error.message : String(error) } }
  }
}
