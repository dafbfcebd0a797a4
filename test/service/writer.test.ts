import { describe, expect, it } from 'vitest'
import { rootKey } from '../../src/catalog/root.ts'
import { StoreError } from '../../src/ports/object-store.ts'
import type { Sealing } from '../../src/service/sealer.ts'
import { memoryStore } from '../catalog/stores.ts'
import { batchHeader, dayMs, nowMs, today } from '../ingest/gate.ts'
import { keysOf } from '../ports/store.suite.ts'
import { faultyStore } from '../sim/faulty-store.ts'
import { copyOf, gate, quiet, Written } from './written.ts'

const yesterday = 't/events/2026-01-09/0'
const event = (id: string, more: object = {}) => ({ id, ...more })
const old = (id: string) => event(id, { time: nowMs - dayMs })

/** Sealing that waits for a gate before each seal. */
function held(until: Promise<void>) {
  return (sealing: Sealing): Sealing => ({
    add: (chunk, batch) => sealing.add(chunk, batch),
    async seal(request) {
      await until
      return sealing.seal(request)
    },
  })
}

describe('frames', () => {
  it('have their outcomes in order, however fast they come', async () => {
    const written = await Written.open()
    const answers = await Promise.all([
      written.send([event('a'), event('b')]),
      written.send([event('b'), event('c')]),
      written.seal(),
      written.send([event('a'), event('c'), event('d')]),
    ])
    expect(answers[0]).toMatchObject({ batch_id: 'b0-1', accepted: 2 })
    expect(answers[1]).toMatchObject({ batch_id: 'b0-2', accepted: 1, duplicate: 1 })
    expect(answers[3]).toMatchObject({ batch_id: 'b0-4', accepted: 1, duplicate: 2 })
    await written.writer.settled()
    expect(await written.ids()).toEqual(['a', 'b', 'c', 'd'])
  })

  it('with too many events count for nothing, and the next is taken all the same', async () => {
    const written = await Written.open()
    const refused = await written.apply(
      'batch',
      batchHeader({ policy: { batch_events_max: 1 } }),
      bytes('{}\n{}'),
    )
    expect(refused).toEqual({
      kind: 'refused',
      code: 'too_many_events',
      message: 'a body holds at most 1 events; send it in several',
    })
    expect(await written.send([event('a')])).toMatchObject({ accepted: 1 })
    await written.flush()
    expect(await written.ids()).toEqual(['a'])
    expect(await written.writer.appliedSeq()).toBe(3)
  })

  it('of other bounds get a scanner of theirs', async () => {
    const written = await Written.open()
    const narrow = { policy: { event_bytes_max: 10 } }
    expect(await written.send([event('a long one')], narrow)).toMatchObject({ quarantined: 1 })
    expect(await written.send([event('a long one')])).toMatchObject({ accepted: 1 })
    expect(await written.send([event('a long two')], narrow)).toMatchObject({ quarantined: 1 })
  })
})

describe('what was accepted', () => {
  it('is read once it is indexed, before and after it is sealed', async () => {
    const written = await Written.open()
    await written.send([event('a'), old('b')])
    await written.writer.indexed()
    expect(await written.ids()).toEqual(['b', 'a'])
    await written.flush()
    expect(await written.ids()).toEqual(['b', 'a'])
    expect((await written.writer.stats()).partCount).toBe(14)
  })

  it('stays readable while it is being sealed', async () => {
    const { opened, open } = gate()
    const written = await Written.open({ wrapSealing: held(opened) })
    await written.send([event('a')])
    await written.seal()
    await written.send([event('b')])
    await quiet()
    expect(written.published).toEqual([])
    expect(await written.ids()).toEqual(['a', 'b'])
    open()
    await written.writer.settled()
    expect(written.published.map(({ appliedSeq }) => appliedSeq)).toEqual([2])
    expect(await written.ids()).toEqual(['a', 'b'])
  })

  it('waits in the queue, counted in bytes, while two chunks are sealed before it', async () => {
    const { opened, open } = gate()
    const written = await Written.open({ wrapSealing: held(opened) })
    for (const id of ['a', 'b']) {
      await written.send([event(id)])
      await written.seal()
    }
    await written.send([event('c')])
    await quiet()
    expect(await written.writer.stats()).toMatchObject({ queueLength: 1, indexedSeq: 3 })
    expect(written.queued.at(-1)).toBe('{"id":"c"}'.length)
    expect(await written.ids(), 'c is accepted, and no reader sees it yet').toEqual(['a', 'b'])
    let isIndexed = false
    const indexed = written.writer.indexed().then(() => {
      isIndexed = true
    })
    await quiet()
    expect(isIndexed).toBe(false)
    open()
    await indexed
    expect(await written.ids()).toEqual(['a', 'b', 'c'])
    expect(written.queued.at(-1)).toBe(0)
  })

  it('is told as a duplicate while it waits, while it is sealed, and after', async () => {
    const { opened, open } = gate()
    const written = await Written.open({ wrapSealing: held(opened) })
    await written.send([event('a')])
    await written.seal()
    expect(await written.send([event('a')])).toMatchObject({ duplicate: 1 })
    await written.seal()
    expect(await written.send([event('a')])).toMatchObject({ duplicate: 1 })
    open()
    await written.writer.settled()
    expect(await written.send([event('a')])).toMatchObject({ duplicate: 1 })
  })
})

describe('an eviction', () => {
  it('takes sealed and open rows at once, before its publish', async () => {
    const { opened, open } = gate()
    let isHeld = false
    const written = await Written.open({
      wrapSealing: sealing => ({
        add: (chunk, batch) => sealing.add(chunk, batch),
        async seal(request) {
          if (isHeld) await opened
          return sealing.seal(request)
        },
      }),
    })
    await written.send([event('sealed'), old('other')])
    await written.flush()
    isHeld = true
    await written.send([event('open')])
    expect(await written.evict(today)).toEqual([today])
    await quiet()
    expect(await written.ids()).toEqual(['other'])
    expect((await written.reader.event({ tenant: 't', eventId: 'sealed' })).events).toEqual([])
    expect((await written.reader.event({ tenant: 't', eventId: 'open' })).events).toEqual([])
    expect((await written.reader.segments('t')).segments.map(({ segment_id }) => segment_id)).toEqual([
      yesterday,
    ])
    open()
    await written.writer.settled()
    expect(await written.ids()).toEqual(['other'])
  })

  it('leaves no object of the segment behind', async () => {
    const written = await Written.open()
    await written.send([event('a'), event('bad', { time: 'x' })])
    await written.flush()
    await written.evict(today)
    await written.writer.settled()
    await quiet()
    const keys = await keysOf(written.store, '')
    expect(keys.filter(key => !/^(auto|clusters)\//.test(key))).toEqual([rootKey('0', 3)])
  })

  it('during the sealing of the segment takes what is sealed later too', async () => {
    const { opened, open } = gate()
    const written = await Written.open({ wrapSealing: held(opened) })
    await written.send([event('a'), old('b')])
    await written.seal()
    await written.send([event('c'), old('d')])
    await written.evict(today)
    expect(await written.send([event('a')], { reopen: true })).toMatchObject({
      accepted: 1,
      receipts: [{ segment_id: 't/events/2026-01-10/1' }],
    })
    open()
    await written.flush()
    await quiet()
    expect(await written.ids()).toEqual(['b', 'd', 'a'])
    expect((await keysOf(written.store, `${today}/`)).length).toBe(0)
    expect(written.fatal).toEqual([])
    expect(await written.send([event('c')])).toMatchObject({ accepted: 1 })
  })

  it('is of live segments alone, and names those that went', async () => {
    const written = await Written.open()
    await written.send([event('a')])
    expect(await written.evict('t/events/2026-01-10/7', today, today)).toEqual([today])
    expect(await written.evict(today)).toEqual([])
    expect(await written.send([event('a')])).toMatchObject({ quarantined: 1 })
  })

  it('of one tenant leaves the others alone', async () => {
    const written = await Written.open()
    await written.send([event('a')])
    await written.send([event('a')], { tenant: 'u' })
    await written.evict(today)
    await written.writer.settled()
    expect(await written.ids()).toEqual([])
    expect(await written.ids({ tenant: 'u' })).toEqual(['a'])
    expect(await written.send([event('a')], { tenant: 'u' })).toMatchObject({ duplicate: 1 })
  })
})

describe('a restart', () => {
  it('goes on from what was published: docs, generations, ids and remembered keys', async () => {
    const store = await memoryStore()
    const before = await Written.open({ store })
    await before.send([event('a'), old('b')], { idempotency: { key: 'k', request_sha256: 'h' } })
    await before.flush()
    await before.evict(yesterday)
    await before.writer.stop()
    await quiet()

    const written = await Written.open({ store })
    expect(await written.writer.appliedSeq()).toBe(3)
    expect(await written.writer.rememberedKeys()).toMatchObject([
      {
        tenant: 't',
        key: 'k',
        request_sha256: 'h',
        time_ms: nowMs,
        answer: { batch_id: 'b0-1', accepted: 2 },
      },
    ])
    const answer = await written.send([event('a'), event('c'), old('b')])
    expect(answer.receipts.map(({ outcome, code, doc_id }) => code ?? doc_id ?? outcome)).toEqual([
      'duplicate',
      '0-1',
      'expired',
    ])
    await written.flush()
    expect(await written.ids()).toEqual(['a', 'c'])
  })

  it('applied again to the frames that no root covers gives the same answers', async () => {
    const before = await Written.open()
    await before.send([event('a'), event('b', { time: 'x' })])
    await before.flush()
    const store = await copyOf(before.store)
    const lines = '{"id":"a"}\n{"id":"c"}\n{}\n['
    const run = async (written: Written) => [
      await written.send(lines),
      await written.evict(today),
      await written.send(lines),
      await written.send(lines, { reopen: true }),
      await written.repair([{ segment_id: today, sequence: 0, source: 'default', body: '{"id":"b"}' }]),
    ]
    const first = await run(before)
    const again = await run(await Written.open({ store }))
    expect(again).toEqual(first)
  })

  it('tidies up what a crash left between a write and its publish', async () => {
    const store = await memoryStore()
    const before = await Written.open({ store })
    await before.send([event('a')])
    await before.flush()
    await store.put(`${today}/events-lost.parquet`, [bytes('x')])
    await quiet()
    await Written.open({ store })
    const keys = await keysOf(store, '')
    expect(keys.some(key => key.includes('lost'))).toBe(false)
    expect(keys.length).toBe(11) // events, raw, ids, graph, texts, words, vectors, manifest, root, auto, clusters
  })
})

describe('a writer that can not write', () => {
  it('says so, tells nobody that anything was published, and still shows what it accepted', async () => {
    const store = await memoryStore()
    const faulty = faultyStore(store, { call: 'put', nth: 3, how: 'before' })
    const written = await Written.open({ store: faulty })
    await written.send([event('a')])
    await written.seal()
    await expect(written.writer.settled()).rejects.toThrow(StoreError)
    await quiet()
    expect(written.fatal.length).toBeGreaterThan(0)
    expect(written.fatal[0]).toBeInstanceOf(StoreError)
    expect(written.published).toEqual([])
    expect(await written.ids()).toEqual(['a'])
  })

  it('publishes nothing behind a publish that failed', async () => {
    const store = await memoryStore()
    let sealCount = 0
    const written = await Written.open({
      store,
      wrapSealing: sealing => ({
        add: (chunk, batch) => sealing.add(chunk, batch),
        async seal(request) {
          if (++sealCount === 1) throw new StoreError('test', 'put', 'x', { reason: 'no' })
          return sealing.seal(request)
        },
      }),
    })
    for (const id of ['a', 'b']) {
      await written.send([event(id)])
      await written.seal()
    }
    await quiet()
    expect(written.published).toEqual([])
    expect((await Written.open({ store })).seq).toBe(0)
    expect(written.fatal.length).toBeGreaterThan(0)
  })
})

describe('what the writer tells of itself', () => {
  it('lists what has expired, and what each tenant keeps', async () => {
    const written = await Written.open()
    await written.send([event('a'), old('b')])
    await written.send([event('c')], { tenant: 'u' })
    const expiry = nowMs + 30 * dayMs // its slice was over when it was written
    expect(await written.writer.expired(expiry - 1)).toEqual([])
    expect(await written.writer.expired(expiry)).toEqual([yesterday])
    expect((await written.writer.expired(expiry + dayMs / 2)).length).toBe(3)
    expect(await written.writer.storedBytes()).toEqual([
      ['t', JSON.stringify(event('a')).length + JSON.stringify(old('b')).length],
      ['u', 10],
    ])
  })

  it('counts what is indexed, published and kept', async () => {
    const written = await Written.open()
    await written.send([event('a')])
    await written.flush()
    await written.send([event('b')])
    await written.writer.indexed()
    expect(await written.writer.stats()).toMatchObject({
      queueBytes: 0,
      queueLength: 0,
      indexedSeq: 3,
      publishedSeq: 2,
      publishedVersion: 2,
      segmentCount: 1,
      partCount: 7,
      identities: { events: 1 },
    })
  })
})

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
