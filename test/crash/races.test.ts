// Things that happen side by side and may end in either order: here each in the order that is rare in life.

import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../../src/base/bytes.ts'
import type { IngestRequest } from '../../src/contract/service.ts'
import { faultyDisk } from '../sim/faulty-disk.ts'
import { type ManualClock, manualClock } from '../sim/manual-clock.ts'
import { memoryDisk } from '../sim/memory-disk.ts'
import { pass, slowFiles } from '../sim/slow-disk.ts'
import { readById, readContents } from './contents.ts'
import { copyFolder } from './copy.ts'
import { type Opened, openService, storeDirectory, withoutRelease } from './service.ts'

const scope = { tenants: ['t'], streams: ['events'] }

describe('a service whose log is slow to sync', () => {
  it('publishes what is not durable yet and releases it when it is', async () => {
    const memory = memoryDisk()
    const clock = manualClock()
    const disk = slowFiles(memory, { call: 'fdatasync', turns: 300, isSlow: path => path.includes('/log/') })
    const opened = await openService({ disk, clock })
    const sent = opened.service.ingest(batch(['a']))
    await pass(20)
    await makeDue(clock)
    await sent
    await opened.settle()
    expect(opened.fatal).toBe(undefined)
    expect(opened.log.heldBytes).toBe(0)
  })
})

describe('a service that recovers', () => {
  it('publishes what it replays while it still reads the log', async () => {
    const memory = memoryDisk()
    const clock = manualClock()
    const held = await openService({ disk: memory, clock, logFileBytesMax: 1, wrapLog: withoutRelease })
    for (const id of ['a', 'b', 'c']) {
      await held.service.ingest(batch([id]))
      await held.flush()
    }
    await held.kill()
    const fresh = memoryDisk()
    await copyFolder(memory, fresh, '/data/log')
    const disk = slowFiles(fresh, { call: 'open', turns: 200, isSlow: path => path.includes('/log/') })
    const opened = await openService({ disk, clock })
    await opened.settle()
    expect(opened.fatal).toBe(undefined)
    expect(opened.log.heldBytes).toBe(0)
    expect((await readContents(opened.service, scope)).events.map(({ eventId }) => eventId)).toEqual([
      'a',
      'b',
      'c',
    ])
  })

  it('makes durable what it found in the log before it answers by it', async () => {
    const memory = memoryDisk()
    const clock = manualClock()
    const disk = faultyDisk(memory, { call: 'fdatasync', nth: 2, how: 'halts' })
    const first = await openService({ disk, clock })
    expect(await first.told(first.service.ingest(batch(['a'])))).toBe('gone')
    await first.kill()
    const second = await openService({ disk: memory, clock })
    expect((await second.service.ingest(batch(['a']))).duplicate).toBe(1)
    await second.kill()
    memory.crash()
    const third = await openService({ disk: memory, clock })
    expect((await readContents(third.service, scope)).events.map(({ eventId }) => eventId)).toEqual(['a'])
  })
})

describe('a duplicate', () => {
  it('is one also while what it repeats goes from open to sealed', async () => {
    const clock = manualClock()
    const slow = { path: '' }
    const disk = slowFiles(memoryDisk(), { call: 'read', turns: 200, isSlow: path => path === slow.path })
    const opened = await openService({ disk, clock })
    await opened.service.ingest(batch(['a']))
    await opened.flush()
    slow.path = (await idsPaths(opened))[0]!
    await opened.service.ingest(batch(['older']))
    // Looking up `a` in its part takes long enough for `older` to be sealed in another segment meanwhile.
    await makeDue(clock)
    expect((await opened.service.ingest(batch(['a', 'older']))).duplicate).toBe(2)
    await opened.settle()
    expect(opened.fatal).toBe(undefined)
  })

  it('is one also while a merge takes away the parts that hold what it repeats', async () => {
    const clock = manualClock()
    const slow = { path: '', reads: 0 }
    const isSlow = (path: string) => path === slow.path && slow.reads++ === 0
    const disk = slowFiles(memoryDisk(), { call: 'read', turns: 400, isSlow })
    const opened = await openService({ disk, clock })
    for (const id of ['a', 'b']) {
      await opened.service.ingest(batch([id]))
      await opened.flush()
    }
    const [first, second] = await idsPaths(opened)
    slow.path = first!
    await opened.service.ingest(batch(['c']))
    // Looking up `a` takes longer than the merge in whose course the part of `b` is deleted.
    await makeDue(clock)
    expect((await opened.service.ingest(batch(['a', 'b', 'c']))).duplicate).toBe(3)
    await opened.settle()
    expect(await idsPaths(opened)).not.toContain(second)
    expect(opened.fatal).toBe(undefined)
  })
})

describe('an eviction', () => {
  it('is seen by a scan and by id at once, before it is published', async () => {
    const clock = manualClock()
    const slow = { on: false }
    const disk = slowFiles(memoryDisk(), { call: 'fdatasync', turns: 100, isSlow: () => slow.on })
    const opened = await openService({ disk, clock })
    await opened.service.ingest(batch(['a']))
    await opened.flush()
    await opened.service.ingest(batch(['b'], { wait: 'indexed' }))
    const before = await readContents(opened.service, scope)
    slow.on = true
    const evicting = opened.service.evict('t', 't/events/2026-01-01/0')
    const seen = new Set<number>()
    let isEvicted = false
    evicting.then(() => (isEvicted = true))
    while (!isEvicted) {
      await pass(1)
      const scanned = (await readContents(opened.service, scope)).events.length
      const found = await Promise.all(before.events.map(event => readById(opened.service, event)))
      seen.add(scanned)
      expect([0, scanned]).toContain(found.flat().length)
    }
    expect(seen).toEqual(new Set([0]))
  })

  it('takes a segment away under the merge of its parts', async () => {
    const memory = memoryDisk()
    const clock = manualClock()
    for (let turnCount = 0; turnCount < 16; turnCount++) {
      const disk = slowFiles(memory, { call: 'read', turns: 30, isSlow: path => path.includes('/t/') })
      const opened = await openService({ disk, clock })
      for (const id of ['a', 'b', 'c']) {
        await opened.service.ingest(batch([id], { reopen: true }))
        if (id !== 'c') await opened.flush()
      }
      await makeDue(clock)
      await pass(turnCount * 15)
      const { segments } = await opened.service.segments('t')
      expect(await opened.service.evict('t', segments[0]!.segment_id)).toBe(true)
      await opened.settle()
      expect(opened.fatal).toBe(undefined)
      expect(await readContents(opened.service, scope)).toMatchObject({ events: [], segments: [] })
      await opened.stop()
    }
  })
})

/** Time passes until what is open must be sealed. */
async function makeDue(clock: ManualClock): Promise<void> {
  clock.pass(10_000)
  await pass(1)
  clock.pass(10_000)
}

async function idsPaths({ service }: Opened): Promise<string[]> {
  const { segments } = await service.segments('t')
  const parts = segments.flatMap(segment => segment.parts).filter(({ role }) => role === 'ids')
  return parts.map(({ key }) => `${storeDirectory}/${key}`)
}

function batch(ids: string[], more: Partial<IngestRequest> = {}): IngestRequest {
  const body = toUtf8(
    ids
      .map(id => `{"id":"${id}","time":"${id === 'older' ? '2025-12-31' : '2026-01-01'}T00:00:00Z"}`)
      .join('\n'),
  )
  return {
    tenant: 't',
    stream: 'events',
    format: 'ndjson',
    body,
    fields: {},
    wait: 'durable',
    receipts: 'problems',
    reopen: false,
    ...more,
  }
}
