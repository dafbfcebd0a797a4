// An object store in memory, for routes whose service is the real one.

import { concat } from '../../src/base/bytes.ts'
import type { ObjectStore } from '../../src/ports/object-store.ts'

export function mapStore(objects = new Map<string, Uint8Array>()): ObjectStore {
  return {
    async put(key, chunks) {
      const all: Uint8Array[] = []
      for await (const chunk of chunks) all.push(chunk)
      if (objects.has(key)) return 'exists'
      objects.set(key, concat(all))
      return 'written'
    },
    get: async key => objects.get(key),
    getRange: async (key, start, end) => objects.get(key)!.slice(start, end),
    async *list(prefix) {
      for (const key of [...objects.keys()].sort())
        if (key.startsWith(prefix)) yield { key, bytes: objects.get(key)!.length }
    },
    async delete(keys) {
      for (const key of keys) objects.delete(key)
    },
    usedRatio: async () => undefined,
  }
}
