import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../../src/base/bytes.ts'
import { Catalog, type Change } from '../../src/catalog/catalog.ts'
import { CorruptCatalog, rootKey } from '../../src/catalog/root.ts'
import type { Segment } from '../../src/contract/segment.ts'
import { type ObjectStore, StoreError } from '../../src/ports/object-store.ts'
import { keysOf } from '../ports/store.suite.ts'
import { faultyStore } from '../sim/faulty-store.ts'
import { memoryDisk } from '../sim/memory-disk.ts'
import { adding, memoryStore, noChange, partOf, putParts, segmentOf } from './stores.ts'

const id = 't/events/2026-01-10/0'
const seed = 42
const open = (store: ObjectStore) => Catalog.open(store, '0', seed)

/** What a catalog says of itself, to be compared. */
function stateOf(catalog: Catalog): { root: unknown; segments: Segment[] } {
  return { root: catalog.root, segments: [...catalog.segments.values()] }
}

async function orphansOf(catalog: Catalog): Promise<string[]> {
  const keys: string[] = []
  for await (const key of catalog.orphans()) keys.push(key)
  return keys
}

const events = partOf(`${id}/events-1`, { rows: 3, doc_last: 2, raw_bytes: 30 })
const raw = partOf(`${id}/raw-1`, { role: 'raw', rows: 3, doc_last: 2, raw_bytes: 30 })
const refusals = partOf(`${id}/refusals-1`, { role: 'refusals', rows: 2, doc_last: 1 })

describe('a catalog', () => {
  it('of an empty store publishes its first version, with the seed for good', async () => {
    const store = await memoryStore()
    const catalog = await open(store)
    expect(catalog.root).toMatchObject({ version: 1, applied_seq: 0, identity_seed: seed, segments: {} })
    expect((await Catalog.open(store, '0', 7)).root.identity_seed).toBe(seed)
    expect(await keysOf(store, '')).toEqual([rootKey('0', 1)])
  })

  it('is after a restart what it was', async () => {
    const store = await memoryStore()
    const catalog = await open(store)
    await catalog.publish(adding(segmentOf(), [events, raw], { appliedSeq: 5 }))
    await catalog.publish({ ...noChange, appliedSeq: 6, evicted: ['t/events/2026-01-01/3'] })
    expect(stateOf(await open(store))).toEqual(stateOf(catalog))
    expect(catalog.root).toMatchObject({ version: 3, applied_seq: 6, evicted: { 't/events/2026-01-01': 3 } })
  })

  it('adds up what parts bring to a segment', async () => {
    const catalog = await open(await memoryStore())
    await catalog.publish({
      ...adding(segmentOf({ event_rows: 99, doc_next: 99 }), [events, raw, refusals]),
      added: [
        {
          segment: segmentOf({ event_rows: 99, doc_next: 99, refusal_next: 99, raw_bytes: 99 }),
          parts: [events, raw, refusals],
          columns: [{ name: 'a', path: 'a', type: 'int64' }],
          columnsCapped: false,
        },
      ],
    })
    expect(catalog.segments.get(id), 'what the writer has beyond the parts is not published').toMatchObject({
      doc_next: 3,
      event_rows: 3,
      raw_bytes: 30,
      refusal_next: 2,
      refusal_rows: 2,
      columns: [{ name: 'a', path: 'a', type: 'int64' }],
    })
    const more = partOf(`${id}/events-2`, { rows: 1, doc_first: 3, doc_last: 3, raw_bytes: 7 })
    await catalog.publish({
      ...noChange,
      added: [{ segment: segmentOf(), parts: [more], columns: [], columnsCapped: true }],
    })
    expect(catalog.segments.get(id)).toMatchObject({
      doc_next: 4,
      event_rows: 4,
      raw_bytes: 37,
      refusal_rows: 2,
      columns_capped: true,
    })
    expect(catalog.segments.get(id)!.parts.map(({ key }) => key)).toEqual(
      [events, raw, refusals, more].map(({ key }) => key),
    )
  })

  it('does not count the resolution of an old refusal as a refusal', async () => {
    const catalog = await open(await memoryStore())
    await catalog.publish(adding(segmentOf(), [refusals]))
    const resolution = partOf(`${id}/refusals-2`, { role: 'refusals', doc_first: 0, doc_last: 0 })
    await catalog.publish(adding(segmentOf(), [resolution]))
    expect(catalog.segments.get(id)).toMatchObject({ refusal_rows: 2, refusal_next: 2 })
  })

  it('knows a reborn slice without events by its parts alone, whatever the writer knows already', async () => {
    const catalog = await open(await memoryStore())
    const reborn = segmentOf({ generation: 1, refusals_only: false })
    await catalog.publish(adding(reborn, [refusals]))
    expect(catalog.segments.get(reborn.segment_id)!.refusals_only).toBe(true)
    await catalog.publish(adding(reborn, [events]))
    expect(catalog.segments.get(reborn.segment_id)!.refusals_only).toBe(false)
    await catalog.publish(adding(reborn, [{ ...refusals, key: 'more' }]))
    expect(catalog.segments.get(reborn.segment_id)!.refusals_only).toBe(false)
    await catalog.publish(adding(segmentOf(), [refusals]))
    expect(catalog.segments.get(id)!.refusals_only).toBe(false)
  })

  it('puts a merged part in the place of its inputs, in log order', async () => {
    const catalog = await open(await memoryStore())
    const parts = [1, 2, 3, 4].map(seq =>
      partOf(`p${seq}`, { seq_first: seq, seq_last: seq, doc_first: seq, doc_last: seq }),
    )
    await catalog.publish(adding(segmentOf(), parts, { appliedSeq: 4 }))
    const merged = partOf('m', { seq_first: 2, seq_last: 3 })
    const { published, garbage } = await catalog.publish({
      ...noChange,
      appliedSeq: 4,
      merged: [{ segmentId: id, parts: [merged], replaced: ['p2', 'p3'] }],
    })
    expect(catalog.segments.get(id)!.parts.map(({ key }) => key)).toEqual(['p1', 'm', 'p4'])
    expect(published.changed.map(({ segment_id }) => segment_id)).toEqual([id])
    expect(garbage).toEqual(expect.arrayContaining(['p2', 'p3', rootKey('0', 2)]))
  })

  it('evicts in one publish, and names everything that nobody needs from then on', async () => {
    const store = await memoryStore()
    const catalog = await open(store)
    await putParts(store, [events, raw])
    const added = await catalog.publish(adding(segmentOf(), [events, raw]))
    await store.delete(added.garbage)
    const { published, garbage } = await catalog.publish({ ...noChange, appliedSeq: 2, evicted: [id] })
    expect(published).toEqual({ version: 3, appliedSeq: 2, changed: [], removed: [id] })
    expect(catalog.segments.size).toBe(0)
    expect(catalog.root.evicted).toEqual({ 't/events/2026-01-10': 0 })
    await store.delete(garbage)
    expect(await keysOf(store, '')).toEqual([rootKey('0', 3)])
  })

  it('remembers that a segment went also when it was never published', async () => {
    const catalog = await open(await memoryStore())
    const { published } = await catalog.publish({ ...noChange, evicted: [id] })
    expect(published.removed).toEqual([])
    expect(catalog.root.evicted).toEqual({ 't/events/2026-01-10': 0 })
  })

  it('forgets parts of Idempotency-Keys whose time is over', async () => {
    const catalog = await open(await memoryStore())
    const keep = (key: string, lastMs: number, idempotencyFromMs: number): Change => ({
      ...noChange,
      idempotency: { key, lastMs },
      idempotencyFromMs,
    })
    await catalog.publish(keep('k1', 100, 0))
    await catalog.publish(keep('k2', 200, 100))
    expect(catalog.root.idempotency.map(({ key }) => key)).toEqual(['k1', 'k2'])
    const { garbage } = await catalog.publish(keep('k3', 300, 101))
    expect(catalog.root.idempotency).toEqual([
      { key: 'k2', last_ms: 200 },
      { key: 'k3', last_ms: 300 },
    ])
    expect(garbage).toContain('k1')
  })

  it('never lets two processes publish the same version', async () => {
    const store = await memoryStore()
    const [one, other] = [await open(store), await open(store)]
    await one.publish(noChange)
    const lost = other.publish(adding(segmentOf(), [events]))
    await expect(lost).rejects.toThrow(StoreError)
    await expect(lost).rejects.toThrow('another process has published this version; only one may write')
    expect(stateOf(await open(store))).toEqual(stateOf(one))
  })
})

describe('a publish that fails', () => {
  const change = adding(segmentOf({ segment_id: 't/events/2026-01-11/0' }), [partOf('new')], {
    appliedSeq: 9,
    merged: [{ segmentId: id, parts: [partOf('m')], replaced: [events.key, raw.key] }],
    evicted: ['t/events/2026-01-05/0'],
    idempotency: { key: 'k', lastMs: 5 },
  })
  const putCount = 3 // two manifests and the root
  const putCountOfOpen = 1 // the root again, lest it be in the system's cache alone

  it('leaves the version before, at whichever call it fails', async () => {
    for (const how of ['before', 'after'] as const) {
      for (let nth = 1; nth <= putCount; nth++) {
        const disk = memoryDisk()
        const store = await memoryStore(disk)
        await (await open(store)).publish(adding(segmentOf(), [events, raw], { appliedSeq: 3 }))
        const before = stateOf(await open(store))
        const faulty = faultyStore(store, { call: 'put', nth: putCountOfOpen + nth, how })
        const catalog = await open(faulty)
        await expect(catalog.publish(change)).rejects.toThrow(StoreError)
        expect(faulty.counts.put).toBe(putCountOfOpen + nth)
        expect(stateOf(catalog), 'in memory').toEqual(before)
        disk.crash()
        const found = stateOf(await open(await memoryStore(disk)))
        if (nth === putCount && how === 'after') expect(found.root, 'all of it').toMatchObject({ version: 3 })
        else expect(found, `put ${nth}, ${how}`).toEqual(before)
      }
    }
  })

  it('may be tried again by the next process, over what it left behind', async () => {
    const store = await memoryStore()
    await (await open(store)).publish(adding(segmentOf(), [events, raw], { appliedSeq: 3 }))
    const faulty = faultyStore(store, { call: 'put', nth: putCountOfOpen + putCount, how: 'before' })
    await expect((await open(faulty)).publish(change)).rejects.toThrow(StoreError)
    const catalog = await open(store)
    await catalog.publish(change)
    expect(stateOf(await open(store))).toEqual(stateOf(catalog))
    expect([...catalog.segments.keys()]).toEqual([id, 't/events/2026-01-11/0'])
  })
})

describe('orphans', () => {
  it('are none after clean publishes and deletions', async () => {
    const store = await memoryStore()
    const catalog = await open(store)
    await putParts(store, [events, raw])
    const { garbage } = await catalog.publish(adding(segmentOf(), [events, raw]))
    await store.delete(garbage)
    expect(await orphansOf(catalog)).toEqual([])
  })

  it('are what was written and never published, and what was published over and never deleted', async () => {
    const store = await memoryStore()
    const catalog = await open(store)
    const lost = partOf(`${id}/events-9`)
    await putParts(store, [events, lost])
    const { garbage } = await catalog.publish(adding(segmentOf(), [events]))
    expect(await orphansOf(catalog)).toEqual([...garbage, lost.key].sort())
    expect(await orphansOf(await open(store))).toEqual([...garbage, lost.key].sort())
  })

  it('are not the parts of remembered Idempotency-Keys', async () => {
    const store = await memoryStore()
    const catalog = await open(store)
    await store.put('idempotency/0/1.json', [toUtf8('x')])
    await catalog.publish({ ...noChange, idempotency: { key: 'idempotency/0/1.json', lastMs: 1 } })
    expect(await orphansOf(catalog)).toEqual([rootKey('0', 1)])
  })
})

describe('a damaged store', () => {
  it('is not opened when the root or a manifest is damaged or missing', async () => {
    const store = await memoryStore()
    const catalog = await open(store)
    await catalog.publish(adding(segmentOf(), [events]))
    const manifest = catalog.root.segments[id]!
    const sound = (await store.get(manifest))!
    for (const key of [manifest, rootKey('0', 2)]) {
      const bytes = (await store.get(key))!.slice()
      bytes[20]! ^= 1
      await store.delete([key])
      await store.put(key, [bytes])
      await expect(open(store)).rejects.toThrow(CorruptCatalog)
      await expect(open(store)).rejects.toThrow(`${key}: its checksum does not match`)
      if (key !== manifest) continue
      await store.delete([key])
      await expect(open(store)).rejects.toThrow(`${key}: listed, but not there`)
      await store.put(key, [sound])
    }
  })
})
