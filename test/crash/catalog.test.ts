// The catalog and a power cut that follows a crash: a root may be seen before it is durable.

import { expect, it } from 'vitest'
import { fsStore } from '../../src/adapters/store-fs.ts'
import { toUtf8 } from '../../src/base/bytes.ts'
import { seededRandom } from '../../src/base/random.ts'
import { Catalog, type Change } from '../../src/catalog/catalog.ts'
import { Slices } from '../../src/catalog/slices.ts'
import type { Part } from '../../src/contract/segment.ts'
import { faultyDisk } from '../sim/faulty-disk.ts'
import { type MemoryDisk, memoryDisk } from '../sim/memory-disk.ts'

const directory = '/data/store'
const segment = new Slices([], []).ensure('t', 'events', 0, 0, { sliceHours: 24, retentionMs: 1 })
const key = `${segment.segment_id}/raw-1.parquet`
const part: Part = {
  role: 'raw',
  key,
  format_version: 1,
  bytes: 7,
  crc32c: '',
  rows: 1,
  doc_first: 0,
  doc_last: 0,
  seq_first: 1,
  seq_last: 1,
  time_min: 0,
  time_max: 0,
  raw_bytes: 7,
  inputs: [],
}
const nothing: Change = { appliedSeq: 1, added: [], merged: [], evicted: [], idempotencyFromMs: 0 }

it('builds upon the root that it found only when that one would survive a power cut', async () => {
  for (let seed = 1; seed <= 300; seed++) {
    const disk = memoryDisk()
    await killedInPublish(disk)
    // The next process finds the new root, tidies up after the old one, and dies of a power cut in the middle of it.
    const random = seededRandom(seed)
    const syncs = 1 + Math.floor(random() * 8)
    await openAndTidy(faultyDisk(disk, { call: 'syncDirectory', nth: syncs, how: 'halts' })).catch(() => {})
    disk.crash(random)
    const { catalog, store } = await openAndTidy(disk)
    for (const { parts } of catalog.segments.values())
      for (const part of parts) expect(await store.get(part.key), `SEED=${seed}`).toBeDefined()
  }
})

/** A segment is published, and evicted by a root that is there but not synced when the process is killed. */
async function killedInPublish(disk: MemoryDisk): Promise<void> {
  const counting = faultyDisk(memoryDisk())
  await publishAndEvict(counting)
  const lastSync = counting.counts.syncDirectory
  const halting = faultyDisk(disk, { call: 'syncDirectory', nth: lastSync, how: 'halts' })
  await expect(publishAndEvict(halting)).rejects.toThrow('injected')
}

async function publishAndEvict(disk: ReturnType<typeof faultyDisk>): Promise<void> {
  const store = await fsStore({ directory, disk })
  const catalog = await Catalog.open(store, '0', 7)
  await store.put(key, [toUtf8('payload')])
  await catalog.publish({
    ...nothing,
    added: [{ segment, parts: [part], columns: [], columnsCapped: false }],
  })
  await catalog.publish({ ...nothing, appliedSeq: 2, evicted: [segment.segment_id] })
}

async function openAndTidy(disk: MemoryDisk | ReturnType<typeof faultyDisk>) {
  const store = await fsStore({ directory, disk })
  const catalog = await Catalog.open(store, '0', 7)
  const orphans: string[] = []
  for await (const orphan of catalog.orphans()) orphans.push(orphan)
  await store.delete(orphans)
  return { catalog, store }
}
