// Writing a part under its key.

import { type ObjectStore, StoreError } from '../ports/object-store.ts'
import type { SealedPart } from '../segment/part.ts'

/** A part that is there already was written before a crash: its name tells its content, and its size must agree. */
export async function writePart(store: ObjectStore, { part, chunks }: SealedPart): Promise<void> {
  if ((await store.put(part.key, chunks)) === 'written') return
  const there = await store.get(part.key)
  if (there?.length !== part.bytes)
    throw new StoreError('sealer', 'put', part.key, { reason: 'another object has this name' })
}
