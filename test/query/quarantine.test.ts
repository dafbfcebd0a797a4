import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../../src/base/bytes.ts'
import { seededRandom } from '../../src/base/random.ts'
import type { QuarantineRequest } from '../../src/contract/service.ts'
import { batchHeader, dayMs, nowMs, today } from '../ingest/gate.ts'
import { keysOf } from '../ports/store.suite.ts'
import { damage, Written } from '../service/written.ts'

const lines = ['{', '[]', '{"id":"a","time":"never"}', '{"id":"fine"}', '{'].join('\n')
const yesterday = { ingest_time_ms: nowMs - dayMs }

async function pages(written: Written, request: Partial<QuarantineRequest> = {}): Promise<string[][]> {
  const found: string[][] = []
  let cursor: string | undefined
  do {
    const page = await written.quarantine({ ...request, ...(cursor !== undefined && { cursor }) })
    found.push(page.refusals.map(({ refusal_id }) => refusal_id))
    cursor = page.nextCursor
  } while (cursor !== undefined && found.length < 100)
  return found
}

describe('the quarantine', () => {
  it('of nothing is empty', async () => {
    const written = await Written.open()
    expect(await written.quarantine()).toMatchObject({ refusals: [], counts: [], partial: false })
  })

  it('tells of each refusal where and why, with its bytes, the same open and sealed', async () => {
    const written = await Written.open()
    await written.send(' {"id":"a", "time":"never"} \n{"id":"b"}', { source: 'shop' })
    await written.writer.indexed()
    const open = await written.quarantine()
    expect(open).toEqual({
      refusals: [
        {
          refusal_id: '2026-01-10.0.0-0',
          segment_id: today,
          batch_id: 'b0-1',
          position: 0,
          ingest_time: '2026-01-10T12:00:00.000Z',
          source: 'shop',
          stage: 'check',
          code: 'bad_time',
          path: 'time',
          message: 'expected an RFC 3339 time or a number of seconds, ms, µs or ns since 1970',
          raw: '{"id":"a", "time":"never"}',
          raw_encoding: 'utf8',
          status: 'open',
          resolution: null,
        },
      ],
      counts: [{ code: 'bad_time', open: 1, resolved: 0 }],
      nextCursor: undefined,
      partial: false,
      asOf: { catalog: 1, writers: { '0': 1 }, exact: true },
    })
    await written.flush()
    expect((await written.quarantine()).refusals).toEqual(open.refusals)
  })

  it('gives bytes that are no UTF-8 as base64', async () => {
    const written = await Written.open()
    const body = Uint8Array.of(...toUtf8('{"a":"'), 0xff, ...toUtf8('"}'))
    await written.apply('batch', batchHeader(), body)
    for (const flushes of [false, true]) {
      if (flushes) await written.flush()
      await written.writer.indexed()
      expect((await written.quarantine()).refusals).toMatchObject([
        { code: 'bad_encoding', raw: Buffer.from(body).toString('base64'), raw_encoding: 'base64' },
      ])
    }
  })

  it('counts by code over all that matches, and pages through open and sealed ones', async () => {
    const written = await Written.open()
    await written.send(lines, yesterday)
    await written.flush()
    await written.send(lines)
    await written.writer.indexed()
    const all = ['2026-01-09.0.0-0', '2026-01-09.0.0-1', '2026-01-09.0.0-2', '2026-01-09.0.0-3'].concat([
      '2026-01-10.0.0-0',
      '2026-01-10.0.0-1',
      '2026-01-10.0.0-2',
      '2026-01-10.0.0-3',
    ])
    for (const limit of [1, 3, 8, 9])
      expect((await pages(written, { limit })).flat(), `${limit} a page`).toEqual(all)
    const page = await written.quarantine({ limit: 1 })
    expect(page.counts).toEqual([
      { code: 'malformed_json', open: 4, resolved: 0 },
      { code: 'not_an_object', open: 2, resolved: 0 },
      { code: 'bad_time', open: 2, resolved: 0 },
    ])
  })

  it('is narrowed by code, by times of ingest, by stream and tenant', async () => {
    const written = await Written.open()
    await written.send(lines, yesterday)
    await written.send(lines)
    await written.send(lines, { stream: 'clicks' })
    await written.flush()
    const count = async (request: Partial<QuarantineRequest>) =>
      (await written.quarantine(request)).refusals.length
    expect(await count({})).toBe(8)
    expect(await count({ code: 'malformed_json' })).toBe(4)
    expect(await count({ code: 'too_deep' })).toBe(0)
    expect(await count({ fromMs: nowMs })).toBe(4)
    expect(await count({ untilMs: nowMs })).toBe(4)
    expect(await count({ fromMs: nowMs - dayMs, untilMs: nowMs + 1, code: 'not_an_object' })).toBe(2)
    expect(await count({ fromMs: nowMs + 1 })).toBe(0)
    expect(await count({ stream: 'clicks' })).toBe(4)
    expect(await count({ tenant: 'u' })).toBe(0)
    expect((await written.quarantine({ fromMs: nowMs })).counts[0], 'counts are narrowed too').toMatchObject({
      open: 2,
    })
  })

  it('ends a page when its bytes are enough, with at least one refusal', async () => {
    const written = await Written.open({ pageBytesMax: 100 })
    const bad = (size: number) => `"${'x'.repeat(size - 2)}"`
    await written.send([bad(60), bad(60), bad(60), bad(500), bad(10)].join('\n'))
    for (const flushes of [false, true]) {
      if (flushes) await written.flush()
      await written.writer.indexed()
      expect((await pages(written)).map(page => page.length)).toEqual([2, 2, 1])
    }
  })

  it('shows on every page what there was when the first was read', async () => {
    for (const flushes of [false, true]) {
      const written = await Written.open()
      const reached = async () => (flushes ? await written.flush() : await written.writer.indexed())
      await written.send('{\n[]\n}')
      await reached()
      const first = await written.quarantine({ limit: 1 })
      await written.repair([{ segment_id: today, sequence: 1, source: 'default', body: '{"id":"a"}' }])
      await written.send('{')
      await reached()
      const { refusals, counts, asOf } = await written.quarantine({ limit: 9, cursor: first.nextCursor! })
      expect(refusals.map(({ refusal_id }) => refusal_id)).toEqual(['2026-01-10.0.0-1', '2026-01-10.0.0-2'])
      expect(counts).toEqual(first.counts)
      expect(asOf.writers).toEqual(first.asOf.writers)
      const anew = await written.quarantine({ limit: 9 })
      expect(anew.refusals.map(({ refusal_id }) => refusal_id)).toEqual(
        ['0', '2', '3'].map(sequence => `2026-01-10.0.0-${sequence}`),
      )
    }
  })

  it('refuses a cursor of another question', async () => {
    const written = await Written.open()
    await written.send(lines)
    await written.writer.indexed()
    const { nextCursor: cursor } = await written.quarantine({ limit: 1 })
    for (const change of [{ code: 'too_deep' as const }, { tenant: 'u' }, { status: 'all' as const }])
      await expect(written.quarantine({ cursor: cursor!, ...change })).rejects.toMatchObject({
        code: 'bad_cursor',
      })
  })
})

describe('a settled refusal', () => {
  async function settled(flushes: 'before' | 'after' | 'never') {
    const written = await Written.open()
    await written.send('{\n{"id":"there"}\n[]')
    if (flushes === 'before') await written.flush()
    await written.repair([
      { segment_id: today, sequence: 0, source: 'default', body: '{"id":"a"}' },
      { segment_id: today, sequence: 1, source: 'default', body: '{"id":"there"}' },
    ])
    if (flushes === 'after') await written.flush()
    await written.writer.indexed()
    return written
  }

  it.each(['before', 'after', 'never'] as const)(
    'stands with its resolution and is not open any more (flushed %s)',
    async flushes => {
      const written = await settled(flushes)
      const repairBatch = flushes === 'before' ? 'b0-3' : 'b0-2'
      expect(await written.quarantine()).toMatchObject({ refusals: [] })
      const page = await written.quarantine({ status: 'all' })
      expect(page.refusals.map(({ status, resolution }) => [status, resolution])).toEqual([
        ['resolved', { outcome: 'accepted', batch_id: repairBatch, event_id: 'a' }],
        ['resolved', { outcome: 'duplicate', batch_id: repairBatch, event_id: 'there' }],
      ])
      expect(page.counts).toEqual([
        { code: 'malformed_json', open: 0, resolved: 1 },
        { code: 'not_an_object', open: 0, resolved: 1 },
      ])
      expect((await written.quarantine({ status: 'resolved', limit: 1 })).refusals).toMatchObject([
        { refusal_id: '2026-01-10.0.0-0', raw: '{' },
      ])
      expect(await written.ids()).toEqual(['there', 'a'])
    },
  )

  it('goes with its segment, the resolution with it', async () => {
    const written = await settled('before')
    await written.evict(today)
    expect(await written.quarantine({ status: 'all' })).toMatchObject({ refusals: [], counts: [] })
    await written.writer.settled()
    expect(await written.quarantine({ status: 'all' })).toMatchObject({ refusals: [], counts: [] })
  })
})

describe('a damaged part of refusals', () => {
  it('is left out, and the answer says so', async () => {
    const written = await Written.open()
    for (const body of ['{', '[', '"x']) {
      await written.send(body)
      await written.flush()
    }
    const keys = await keysOf(written.store, `${today}/refusals-`)
    await damage(written.store, keys[1]!, 10)
    const page = await written.quarantine()
    expect(page).toMatchObject({ partial: true })
    expect(page.refusals.map(({ raw }) => raw)).toEqual(['{', '"x'])
    expect(written.corrupt.length).toBeGreaterThan(0)
  })

  it('is left out where only the bytes are damaged, and the pages go on behind it', async () => {
    const written = await Written.open()
    const random = seededRandom(1)
    const noise = Buffer.from(Array.from({ length: 750_000 }, () => random() * 256)).toString('base64')
    await written.send(`"${noise}\n"short`)
    await written.flush()
    const [key] = await keysOf(written.store, `${today}/refusals-`)
    const whole = await written.quarantine()
    expect(whole.refusals.length).toBe(2)
    const { store } = written
    const bytes = (await store.get(key!))!
    expect(bytes.length, 'the block that is damaged is not read with the footer').toBeGreaterThan(700_000)
    const fresh = await Written.open({ store })
    await damage(store, key!, 65_536 + 100)
    const page = await fresh.quarantine()
    expect(page.partial).toBe(true)
    expect(page.counts).toEqual([{ code: 'malformed_json', open: 2, resolved: 0 }])
    expect((await pages(fresh, { limit: 1 })).length, 'no page ends the way').toBe(3)
  })
})
