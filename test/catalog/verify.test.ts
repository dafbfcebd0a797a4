import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../../src/base/bytes.ts'
import { Catalog } from '../../src/catalog/catalog.ts'
import { putSealed, rootKey } from '../../src/catalog/root.ts'
import { type Verified, verifyStore } from '../../src/catalog/verify.ts'
import { blockBytes } from '../../src/contract/segment.ts'
import type { ObjectStore } from '../../src/ports/object-store.ts'
import { checksumBlocks } from '../../src/segment/checked.ts'
import { keysOf } from '../ports/store.suite.ts'
import { adding, memoryStore, partOf, segmentOf } from './stores.ts'

const key = 't/events/2026-01-10/0/events-1'
/** more than one step of reading */
const bytes = new Uint8Array(130 * blockBytes + 17).map((_, i) => i * 31)

async function sample() {
  const store = await memoryStore()
  const catalog = await Catalog.open(store, '0', 1)
  const part = partOf(key, { bytes: bytes.length, crc32c: checksumBlocks([bytes]) })
  await store.put(key, [bytes])
  await putSealed(store, 'idempotency/0/1.json', [])
  const { garbage } = await catalog.publish({
    ...adding(segmentOf(), [part]),
    idempotency: { key: 'idempotency/0/1.json', lastMs: 1 },
  })
  await store.delete(garbage)
  return { store, catalog, manifest: Object.values(catalog.root.segments)[0]! }
}

async function verified(store: ObjectStore): Promise<Verified[]> {
  const found: Verified[] = []
  for await (const one of verifyStore(store)) found.push(one)
  return found
}

const badOf = (found: readonly Verified[]) =>
  found.filter(({ ok }) => !ok).map(({ key: bad, reason }) => `${bad}: ${reason}`)

async function rewrite(
  store: ObjectStore,
  name: string,
  change: (bytes: Uint8Array) => Uint8Array,
): Promise<void> {
  const before = (await store.get(name))!
  await store.delete([name])
  await store.put(name, [change(before.slice())])
}

describe('verifying a store', () => {
  it('finds nothing in an empty one', async () => {
    expect(await verified(await memoryStore())).toEqual([])
  })

  it('tells of every object that a root names', async () => {
    const { store, manifest } = await sample()
    await store.put('stray', [toUtf8('x')])
    expect(await verified(store)).toEqual(
      [rootKey('0', 2), manifest, key, 'idempotency/0/1.json'].map(name => ({ key: name, ok: true })),
    )
  })

  it('finds a turned bit in any block of a part', async () => {
    for (const at of [0, 64 * blockBytes, 128 * blockBytes, bytes.length - 1]) {
      const { store } = await sample()
      await rewrite(store, key, part => {
        part[at]! ^= 1
        return part
      })
      expect(badOf(await verified(store))).toEqual([
        `${key}: part ${key}: block ${Math.floor(at / blockBytes)}: its checksum differs`,
      ])
    }
  })

  it('finds a part cut short, and one that is gone', async () => {
    const { store } = await sample()
    await rewrite(store, key, part => part.subarray(0, -1))
    expect(badOf(await verified(store))).toEqual([`${key}: part ${key}: block 130: the file ends before it`])
    await store.delete([key])
    expect(badOf(await verified(store))[0]).toContain('no such key')
  })

  it('finds a damaged root, manifest, or part of Idempotency-Keys, and goes on with the others', async () => {
    for (const pick of ['root', 'manifest', 'keys'] as const) {
      const { store, manifest } = await sample()
      const name = { root: rootKey('0', 2), manifest, keys: 'idempotency/0/1.json' }[pick]
      await rewrite(store, name, file => {
        file[file.length - 2]! ^= 1
        return file
      })
      const found = await verified(store)
      expect(badOf(found)).toEqual([
        `${name}: ${name}: its checksum does not match. Restore it from a backup; nothing was changed.`,
      ])
      expect(found.length, 'what it names is not known').toBe({ root: 1, manifest: 3, keys: 4 }[pick])
    }
  })

  it('changes nothing', async () => {
    const { store } = await sample()
    const before = await keysOf(store, '')
    await verified(store)
    expect(await keysOf(store, '')).toEqual(before)
  })
})
