import { describe, expect, it } from 'vitest'
import type { ObjectStore } from '../../src/ports/object-store.ts'
import type { Merging } from '../../src/service/merger.ts'
import { memoryStore } from '../catalog/stores.ts'
import { dayMs, nowMs, today } from '../ingest/gate.ts'
import { keysOf } from '../ports/store.suite.ts'
import { damage, gate, quiet, Written } from './written.ts'

const event = (id: string, more: object = {}) => ({ id, ...more })

/** A part of today's, by its role. */
async function keyOf(store: ObjectStore, role: string, nth = 0): Promise<string> {
  return (await keysOf(store, `${today}/${role}-`))[nth]!
}

async function countOf(written: Written, role: string): Promise<number> {
  const { segments } = await written.reader.segments('t')
  return segments.flatMap(({ parts }) => parts).filter(part => part.role === role).length
}

describe('publishing', () => {
  it('keeps the order of chunks although a later one is sealed sooner', async () => {
    const first = gate()
    const started: number[] = []
    const written = await Written.open({
      wrapSealing: sealing => ({
        add: (chunk, batch) => sealing.add(chunk, batch),
        async seal(request) {
          started.push(request.chunk)
          const sealed = await sealing.seal(request)
          if (request.chunk === 1) await first.opened
          return sealed
        },
      }),
    })
    for (const id of ['a', 'b', 'c']) {
      await written.send([event(id)])
      await written.seal()
    }
    await quiet()
    expect(started, 'the second waits for the first to be packed').toEqual([1])
    first.open()
    await written.writer.settled()
    expect(started).toEqual([1, 2, 3])
    expect(written.published.map(({ appliedSeq }) => appliedSeq)).toEqual([2, 4, 6])
    expect(written.published.map(({ version }) => version)).toEqual([2, 3, 4])
  })

  it('of a chunk in which nothing came is a publish all the same, so that the log is let go', async () => {
    const written = await Written.open()
    await written.flush()
    expect(written.published).toEqual([{ version: 2, appliedSeq: 1, changed: [], removed: [] }])
  })

  it('deletes what nobody needs only when no query can name it any more', async () => {
    const { opened, open } = gate()
    const written = await Written.open({ whenReleased: () => opened })
    await written.send([event('a')])
    await written.flush()
    await written.evict(today)
    await written.writer.settled()
    await quiet()
    expect((await keysOf(written.store, `${today}/`)).length).toBeGreaterThan(0)
    open()
    await quiet()
    expect(await keysOf(written.store, `${today}/`)).toEqual([])
  })

  it('widens columns from chunk to chunk, also while the one before is not published', async () => {
    const written = await Written.open()
    for (const n of [1, 1.5, 'text']) {
      await written.send([event(String(n), { n })])
      await written.seal()
    }
    await written.writer.settled()
    const columns = written.published.map(({ changed }) =>
      changed[0]!.columns.find(({ name }) => name === 'n'),
    )
    expect(columns.map(column => column?.type)).toEqual(['int64', 'double', 'string'])
  })

  it('keeps Idempotency-Keys for their time', async () => {
    const written = await Written.open({ idempotencyMs: 1000 })
    const keyed = (key: string, ms: number) => ({
      ingest_time_ms: ms,
      idempotency: { key, request_sha256: 'h' },
    })
    await written.send([event('a')], keyed('k1', nowMs))
    await written.flush(nowMs)
    await written.send([event('b')], keyed('k2', nowMs + 800))
    await written.flush(nowMs + 800)
    const keys = async () => (await written.writer.rememberedKeys()).map(({ key }) => key)
    expect(await keys()).toEqual(['k1', 'k2'])
    await written.flush(nowMs + 1000)
    expect(await keys()).toEqual(['k1', 'k2'])
    await written.flush(nowMs + 1001)
    expect(await keys()).toEqual(['k2'])
    await quiet()
    expect((await keysOf(written.store, 'idempotency/')).length).toBe(1)
  })
})

describe('merging', () => {
  const runsMax = 2

  async function flushed(written: Written, ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      await written.send([event(id), event(`${id} bad`, { time: 'x' })])
      await written.flush()
    }
  }

  it('keeps the runs of a segment within their bound, and changes no answer', async () => {
    const written = await Written.open({ runsMax })
    const ids = Array.from({ length: 12 }, (_, i) => `e${i}`)
    await flushed(written, ids)
    await quiet(300)
    await written.writer.stop()
    for (const role of ['events', 'raw', 'ids', 'refusals'])
      expect(await countOf(written, role), role).toBeLessThanOrEqual(runsMax)
    expect(await written.ids()).toEqual(ids)
    expect((await written.quarantine()).refusals.length).toBe(12)
    expect(await written.send(ids.map(id => event(id)))).toMatchObject({ duplicate: 12 })
    await quiet()
    expect(written.fatal).toEqual([])
    const { segments } = await written.reader.segments('t')
    const listed = segments.flatMap(({ parts }) => parts.map(({ key }) => key))
    const stored = (await keysOf(written.store, `${today}/`)).filter(key => !key.includes('manifest'))
    expect(stored, 'nothing that was merged lies about').toEqual([...listed].sort())
  })

  it('goes on behind a restart', async () => {
    const store = await memoryStore()
    const before = await Written.open({ store, runsMax: 100 })
    await flushed(before, ['a', 'b', 'c', 'd'])
    await before.writer.stop()
    await quiet()
    const written = await Written.open({ store, runsMax })
    await flushed(written, ['e'])
    await quiet(200)
    await written.writer.stop()
    expect(await countOf(written, 'events')).toBeLessThanOrEqual(runsMax)
    expect(await written.ids()).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  /** Holds the first merge of events until a gate opens, before or after it is made. */
  function holding(when: 'before' | 'after', until: Promise<void>, onMerge: () => void) {
    return (merging: Merging): Merging => ({
      async merge(plan) {
        onMerge()
        if (when === 'before') await until
        const merged = await merging.merge(plan)
        if (when === 'after') await until
        return merged
      },
    })
  }

  it.each(['before', 'after'] as const)(
    'is given up when its segment is evicted meanwhile, %s it is made',
    async when => {
      const { opened, open } = gate()
      let mergeCount = 0
      const wrapMerging = holding(when, opened, () => mergeCount++)
      const written = await Written.open({ runsMax, wrapMerging })
      await flushed(written, ['a', 'b', 'c'])
      await quiet()
      expect(mergeCount).toBe(1)
      await written.evict(today)
      await written.writer.settled()
      expect(await written.ids()).toEqual([])
      await quiet()
      open()
      await quiet()
      await written.writer.stop()
      await quiet()
      expect(written.fatal).toEqual([])
      expect(await keysOf(written.store, `${today}/`)).toEqual([])
    },
  )

  it('lets flushes go on beside it, and joins what was there when it began', async () => {
    const { opened, open } = gate()
    const written = await Written.open({ runsMax, wrapMerging: holding('after', opened, () => undefined) })
    await flushed(written, ['a', 'b', 'c', 'd', 'e'])
    expect(await written.ids()).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(await countOf(written, 'events')).toBe(5)
    open()
    await quiet(200)
    await written.writer.stop()
    expect(await countOf(written, 'events')).toBeLessThanOrEqual(runsMax)
    expect(await written.ids()).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(written.fatal).toEqual([])
  })

  it('leaves a damaged part where it is, and merges the others', async () => {
    const written = await Written.open({ runsMax: 3 })
    await flushed(written, ['a', 'b', 'c'])
    const key = await keyOf(written.store, 'events')
    await damage(written.store, key, 50)
    await flushed(written, ['d', 'e', 'f', 'g'])
    await quiet(200)
    await written.writer.stop()
    expect(written.fatal).toEqual([])
    const { segments } = await written.reader.segments('t')
    const events = segments[0]!.parts.filter(({ role }) => role === 'events')
    expect(events.map(part => part.key)).toContain(key)
    expect(events.length, 'the damaged one counts for none').toBeLessThanOrEqual(4)
    expect(await written.page()).toMatchObject({ partial: true })
    expect(await written.ids()).toEqual(['b', 'c', 'd', 'e', 'f', 'g'])
  })

  it('makes nothing more once the writer stops', async () => {
    const written = await Written.open({ runsMax })
    await flushed(written, ['a', 'b', 'c', 'd'])
    await written.writer.stop()
    const { length } = written.published
    await quiet(100)
    expect(written.published.length).toBe(length)
  })

  it('merges the slices of a late trickle each by itself', async () => {
    const written = await Written.open({ runsMax })
    for (let i = 0; i < 4; i++) {
      await written.send([event(`t${i}`), event(`y${i}`, { time: nowMs - dayMs })])
      await written.flush()
    }
    await quiet(300)
    await written.writer.stop()
    const { segments } = await written.reader.segments('t')
    for (const { parts } of segments)
      expect(parts.filter(({ role }) => role === 'events').length).toBeLessThanOrEqual(runsMax)
    expect(await written.ids()).toEqual(['y0', 'y1', 'y2', 'y3', 't0', 't1', 't2', 't3'])
  })
})

describe('parts in the place of others', () => {
  async function twoRuns(runsMax: number): Promise<Written> {
    const written = await Written.open({ runsMax })
    for (const id of ['a', 'b']) {
      await written.send([event(id, { note: `a note on ${id}` })])
      await written.flush()
    }
    return written
  }

  it('are not merged while something else is made of them', async () => {
    const { opened, open } = gate()
    let isAsked = false
    const written = await Written.open({
      runsMax: 2,
      wrapRenewing: renewing => ({
        ...{ space: () => renewing.space(), embed: task => renewing.embed(task) },
        async rederive(task) {
          isAsked = true
          await opened
          return renewing.rederive(task)
        },
      }),
    })
    const flushed = async (id: string) => {
      await written.send([event(id, { note: `a note on ${id}` })])
      await written.flush()
      await quiet()
    }
    for (const id of ['a', 'b']) await flushed(id)
    const job = written.writer.rederive({ segmentId: today, packs: [], unreadOnly: false })
    await quiet()
    expect(isAsked).toBe(true)
    for (const id of ['c', 'd', 'e']) await flushed(id)
    const { segments } = await written.reader.segments('t')
    const firsts = segments[0]!.parts.filter(({ role }) => role === 'texts').map(part => part.doc_last)
    expect(firsts[0], 'the run that is read again stands alone').toBe(0)
    open()
    await job
    await quiet(200)
    await written.writer.stop()
    expect(await countOf(written, 'texts')).toBeLessThanOrEqual(2)
    expect(await written.ids()).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(written.fatal).toEqual([])
  })

  it('are deleted when their segment was evicted meanwhile, and nobody minds', async () => {
    const written = await twoRuns(8)
    const job = written.writer.rederive({ segmentId: today, packs: [], unreadOnly: false })
    await written.evict(today)
    await written.writer.settled()
    await job
    await quiet(100)
    await written.writer.stop()
    await quiet()
    expect(written.fatal).toEqual([])
    expect(await keysOf(written.store, `${today}/`)).toEqual([])
  })

  it('are not made of a damaged part: what was derived before stays, and the failure names it', async () => {
    const written = await twoRuns(8)
    const key = await keyOf(written.store, 'raw')
    await damage(written.store, key, 20)
    const job = written.writer.rederive({ segmentId: today, packs: [], unreadOnly: false })
    await expect(job).rejects.toThrow(key)
    expect(await countOf(written, 'texts')).toBe(2)
    await written.writer.stop()
    expect(written.fatal).toEqual([])
  })

  it('say nothing where the pack is not there, and count what could not be read', async () => {
    const written = await twoRuns(8)
    const outcome = await written.writer.rederive({ segmentId: today, packs: [], unreadOnly: false })
    expect(outcome).toEqual({ docs: 2, unreadDocs: 2 })
    expect((await written.writer.stats()).unreadDocs).toBe(2)
    expect(await written.ids()).toEqual(['a', 'b'])
    await written.writer.stop()
  })
})
