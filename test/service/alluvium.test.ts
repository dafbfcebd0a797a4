import { describe, expect, it } from 'vitest'
import { Refused } from '../../src/contract/refused.ts'
import { LogError } from '../../src/ports/log.ts'
import { dayMs, nowMs, today } from '../ingest/gate.ts'
import { faultyLog } from '../sim/faulty-log.ts'
import { faultyStore } from '../sim/faulty-store.ts'
import { running } from './running.ts'
import { quiet } from './written.ts'

const yesterday = 't/events/2026-01-09/0'
const at = (ms: number) => new Date(ms).toISOString()

describe('before recovery', () => {
  it('nothing is taken, evicted or read: what was acknowledged might be missing', async () => {
    const { service, send, ids, replay } = await running({ isClosed: true })
    expect(await service.readiness()).toMatchObject({ ready: false, reasons: ['recovering'] })
    expect(() => service.admit('t', 1)).toThrow(Refused)
    const calls = [
      () => send([{ id: 'a' }]),
      () => replay({}),
      () => service.evict('t', today),
      () => ids(),
      () => service.event({ tenant: 't', eventId: 'a' }),
      () => service.segments('t'),
      () => service.quarantine({ tenant: 't', stream: 'events', status: 'open', limit: 1 }),
    ]
    for (const call of calls) await expect(call()).rejects.toMatchObject({ code: 'not_ready' })
    await service.recover()
    for (const call of calls) await call()
    expect(await service.readiness()).toEqual({
      ready: true,
      reasons: [],
      details: { queue_bytes: 0, log_bytes: expect.any(Number) },
    })
  })
})

describe('recovery', () => {
  it('brings back what was acknowledged and not published, with the same outcomes', async () => {
    const before = await running()
    await before.send([{ id: 'a' }, { id: 'b', time: 'never' }])
    await before.send([{ id: 'a' }, { id: 'c' }])
    before.disk.crash()
    const { service, send, ids } = await running({ disk: before.disk, isClosed: true })
    expect(await service.recover()).toEqual({ frames: 2 })
    expect(await ids()).toEqual(['a', 'c'])
    const page = await service.quarantine({ tenant: 't', stream: 'events', status: 'open', limit: 10 })
    expect(page.refusals).toMatchObject([{ refusal_id: '2026-01-10.0.0-0', batch_id: 'b0-1' }])
    expect(await send([{ id: 'c' }, { id: 'd' }])).toMatchObject({
      batch_id: 'b0-3',
      duplicate: 1,
      accepted: 1,
    })
  })

  it('brings back no more than the log held: after a clean stop there is nothing to replay', async () => {
    const before = await running()
    await before.send([{ id: 'a' }])
    await before.service.drain()
    const { service, ids } = await running({ disk: before.disk, isClosed: true })
    expect(await service.recover()).toEqual({ frames: 0 })
    expect(await ids()).toEqual(['a'])
  })

  it('remembers Idempotency-Keys, from the log and from what was published', async () => {
    const before = await running()
    const first = await before.send([{ id: 'a' }], { idempotencyKey: 'published' })
    await before.service.drain()
    const between = await running({ disk: before.disk })
    const second = await between.send([{ id: 'b' }], { idempotencyKey: 'in the log' })
    between.disk.crash()
    const { send } = await running({ disk: before.disk })
    expect(await send([{ id: 'a' }], { idempotencyKey: 'published' })).toEqual({ ...first, replayed: true })
    expect(await send([{ id: 'b' }], { idempotencyKey: 'in the log' })).toEqual({ ...second, replayed: true })
    await expect(send([{ id: 'x' }], { idempotencyKey: 'in the log' })).rejects.toMatchObject({
      code: 'idempotency_conflict',
    })
  })
})

describe('a batch', () => {
  it('is acknowledged only when its frame is durable', async () => {
    let release = () => {}
    const { send } = await running({
      wrapLog: log => ({
        get heldBytes() {
          return log.heldBytes
        },
        recover: after => log.recover(after),
        release: through => log.release(through),
        close: () => log.close(),
        append(...frame) {
          const { seq, durable } = log.append(...frame)
          const held = new Promise<void>(resolve => {
            release = resolve
          })
          return { seq, durable: durable.then(() => held) }
        },
      }),
    })
    let isAnswered = false
    const sent = send([{ id: 'a' }]).then(() => {
      isAnswered = true
    })
    await quiet()
    expect(isAnswered).toBe(false)
    release()
    await sent
  })

  it('of which the log could not be written is never acknowledged, and the service is over', async () => {
    const { send, service, fatal, ids } = await running({
      wrapLog: log => faultyLog(log, { nth: 2, how: 'before' }),
    })
    await send([{ id: 'a' }])
    await expect(send([{ id: 'b' }])).rejects.toThrow(LogError)
    expect(fatal[0]).toBeInstanceOf(LogError)
    expect(await service.readiness()).toMatchObject({ reasons: ['failed'] })
    await expect(send([{ id: 'c' }])).rejects.toMatchObject({ code: 'not_ready' })
    expect((await ids())[0]).toBe('a')
  })

  it('with too many events is refused whole', async () => {
    const { send, ids, metric } = await running({ config: { limits: { batch_events_max: 2 } } })
    await expect(send([{}, {}, {}])).rejects.toMatchObject({ code: 'too_many_events' })
    expect(await ids()).toEqual([])
    expect(await metric('events_decoded_total')).toBe(0)
  })

  it('is answered again by its Idempotency-Key, and counted once', async () => {
    const { send, metric } = await running()
    const [first, again] = await Promise.all(
      [1, 2].map(() => send([{ id: 'a' }, {}], { idempotencyKey: 'k' })),
    )
    expect(again).toEqual({ ...first, replayed: true })
    await expect(send([{ id: 'a' }, {}], { idempotencyKey: 'k', source: 's' })).rejects.toMatchObject({
      code: 'idempotency_conflict',
    })
    expect(await metric('events_decoded_total')).toBe(2)
  })

  it('is answered again without the segments that went meanwhile', async () => {
    const { service, send } = await running()
    const first = await send([{ id: 'a' }], { idempotencyKey: 'k' })
    const { segment_id, doc_id, event_time, ...receipt } = first.receipts[0]!
    expect([segment_id, doc_id, event_time]).not.toContain(undefined)
    await service.evict('t', segment_id!)
    const again = await send([{ id: 'a' }], { idempotencyKey: 'k' })
    expect(again).toEqual({ ...first, receipts: [receipt], replayed: true })
  })

  it('is cut into slices as its stream says', async () => {
    const { send } = await running({
      config: { slice_hours: 6, streams: { clicks: { slice_hours: 1, retention_days: 1 } } },
    })
    expect((await send([{}])).receipts[0]!.segment_id).toBe('t/events/2026-01-10T12/0')
    const clicks = await send([{ time: at(nowMs - 3_600_000) }], { stream: 'clicks' })
    expect(clicks.receipts[0]!.segment_id).toBe('t/clicks/2026-01-10T11/0')
  })

  it('keeps the equation of outcomes', async () => {
    const { send, metric } = await running()
    await send('{"id":"a"}\n{"id":"a"}\n{\n{"id":"b","time":"2025-12-01"}\n[]')
    expect(await metric('events_decoded_total')).toBe(5)
    const outcomes = ['accepted', 'duplicate', 'quarantined'].map(name => metric(`events_${name}_total`))
    expect(await Promise.all(outcomes)).toEqual([2, 1, 2])
    expect(await metric('events_late_total')).toBe(1)
  })
})

describe('sealing', () => {
  it('comes with age, and the log lets go', async () => {
    const { send, pass, metric, log, ids } = await running({ config: { limits: { flush_seconds: 60 } } })
    await send([{ id: 'a' }])
    await pass(50_000)
    expect(await metric('publishes_total')).toBe(0)
    expect(log.heldBytes).toBeGreaterThan(0)
    await pass(10_000)
    expect(await metric('publishes_total')).toBe(1)
    expect(log.heldBytes).toBe(0)
    expect(await ids()).toEqual(['a'])
    await pass(600_000)
    expect(await metric('publishes_total'), 'nothing came').toBe(1)
  })

  it('comes with size', async () => {
    const { send, metric } = await running({ config: { limits: { flush_bytes: 2000 } } })
    const text = 'x'.repeat(1000)
    await send([{ id: 'a', text }])
    await quiet()
    expect(await metric('publishes_total')).toBe(0)
    await send([{ id: 'b', text }])
    await quiet()
    expect(await metric('publishes_total')).toBe(1)
    expect(await metric('open_bytes')).toBe(0)
  })

  it('comes before the log is full, so that intake can go on', async () => {
    const { send, service } = await running({ config: { limits: { log_bytes_max: 5000 } } })
    for (let i = 0; i < 50; i++) {
      await send([{ id: `e${i}`, text: 'x'.repeat(500) }])
      await quiet(20)
    }
    expect((await service.readiness()).reasons).toEqual([])
  })

  it('comes soon after a recovery that finds much', async () => {
    const before = await running({ config: { limits: { flush_bytes: 10_000 } } })
    for (let i = 0; i < 8; i++) await before.send([{ id: `e${i}`, text: 'x'.repeat(900) }])
    before.disk.crash()
    const { metric } = await running({ disk: before.disk, config: { limits: { flush_bytes: 5000 } } })
    await quiet()
    expect(await metric('publishes_total')).toBe(1)
  })
})

describe('eviction', () => {
  it('is of a segment of the tenant alone', async () => {
    const { send, service, ids } = await running()
    await send([{ id: 'a' }])
    await send([{ id: 'a' }], { tenant: 'u' })
    expect(await service.evict('u', today)).toBe(false)
    expect(await service.evict('t', 't/events/2026-01-10/9')).toBe(false)
    expect(await service.evict('t', 'nonsense')).toBe(false)
    expect(await service.evict('t', today)).toBe(true)
    expect(await service.evict('t', today)).toBe(false)
    expect([await ids(), await ids('u')]).toEqual([[], ['a']])
  })

  it('has been published when it is answered', async () => {
    const { send, service, disk } = await running()
    await send([{ id: 'a' }])
    await service.evict('t', today)
    disk.crash()
    const after = await running({ disk })
    expect(await after.ids()).toEqual([])
    expect((await after.send([{ id: 'b' }])).receipts).toMatchObject([{ code: 'expired' }])
  })

  it('comes of itself when a segment has expired, and not before', async () => {
    const { send, pass, ids, clock, metric } = await running({
      config: { retention_days: 1, evict_minutes: 30, streams: { audit: { retention_days: 9 } } },
    })
    await send([{ id: 'a' }, { id: 'old', time: at(nowMs - dayMs) }])
    await send([{ id: 'kept' }], { stream: 'audit' })
    const untilExpiry = nowMs + dayMs - clock.nowMs() // yesterday's slice was over when it was written
    await pass(untilExpiry - 1)
    expect(await ids()).toEqual(['old', 'a'])
    await pass(30 * 60_000)
    expect(await ids()).toEqual(['a'])
    expect(await metric('evicted_segments_total')).toBe(1)
    await pass(dayMs) // one round is set again behind another, so the last of them finds it
    await pass(30 * 60_000)
    expect(await ids()).toEqual([])
    expect(await metric('segments'), 'another stream keeps its own').toBe(1)
  })

  it('goes on over a full disk, and makes room', async () => {
    const { send, service, medium, pass, ids } = await running()
    await send([{ id: 'a' }])
    medium.usedRatio = 0.95
    await pass(5000)
    await expect(send([{ id: 'b' }])).rejects.toMatchObject({ code: 'disk_full', retryAfterSeconds: 30 })
    expect(await ids()).toEqual(['a'])
    expect(await service.evict('t', today)).toBe(true)
    medium.usedRatio = 0.84
    await pass(5000)
    await send([{ id: 'b' }], { reopen: true })
    expect(await ids()).toEqual(['b'])
  })
})

describe('quotas', () => {
  it('are asked before a body is read, and known again after a restart', async () => {
    const config = { quotas: { tenants: { t: { stored_bytes_max: 20 } } } }
    const { send, service, disk } = await running({ config })
    service.admit('t', 1)
    await send([{ id: 'a', text: 'more than twenty bytes' }])
    await service.drain()
    const after = await running({ disk, config })
    expect(() => after.service.admit('t', 1)).toThrow(expect.objectContaining({ code: 'quota_exceeded' }))
    after.service.admit('u', 1)
    await after.service.evict('t', today)
    await quiet()
    after.service.admit('t', 1)
  })

  it('of a rate let go as time passes', async () => {
    const config = { quotas: { tenants: { t: { ingest_bytes_per_second: 10 } } } }
    const { service, pass } = await running({ config })
    service.admit('t', 100)
    expect(() => service.admit('t', 10)).toThrow(expect.objectContaining({ code: 'quota_exceeded' }))
    await pass(1000)
    service.admit('t', 10)
  })
})

describe('a replay', () => {
  const bad = (id: string, more: object = {}) => ({ id, time: 'never', ...more })

  it('runs open refusals again, patched, each once', async () => {
    const { send, replay, ids, metric } = await running()
    await send([bad('a'), bad('b'), { id: 'c' }])
    const patch = { time: at(nowMs) }
    expect(await replay({ patch })).toMatchObject({ replayed: 2, accepted: 2, quarantined: 0 })
    expect(await replay({ patch })).toMatchObject({ replayed: 0 })
    expect((await ids()).sort()).toEqual(['a', 'b', 'c'])
    expect(await metric('quarantine_replayed_total')).toBe(2)
    expect(await metric('events_decoded_total')).toBe(3)
  })

  it('tries none twice when two come at once', async () => {
    const { send, replay } = await running()
    await send([bad('a'), bad('b')])
    const patch = { time: at(nowMs) }
    const answers = await Promise.all([replay({ patch }), replay({ patch })])
    expect(answers.map(({ replayed }) => replayed)).toEqual([2, 0])
  })

  it('takes those that are named, of a code, or as many as may be', async () => {
    const { send, replay } = await running()
    const { receipts } = await send('{\n{\n[]\n{"id":"a","time":"x"}')
    const [first, second] = receipts.map(({ refusal_id }) => refusal_id!)
    const outcomes = async (more: Parameters<typeof replay>[0]) =>
      (await replay(more)).outcomes.map(({ refusal_id }) => refusal_id)
    expect(await outcomes({ refusalIds: [second!, 'nonsense', '2026-01-10.0.0-99'] })).toEqual([second])
    expect(await outcomes({ code: 'malformed_json' })).toEqual([first, second])
    expect(await outcomes({ code: 'malformed_json', limit: 1 })).toEqual([first])
    expect((await outcomes({})).length).toBe(4)
    expect(await outcomes({ code: 'too_deep' })).toEqual([])
  })

  it('puts whole events in the place of refused ones', async () => {
    const { send, replay, ids } = await running()
    const { receipts } = await send('{')
    const id = receipts[0]!.refusal_id!
    expect(await replay({ refusalIds: [id], replacements: { [id]: { id: 'new' } } })).toMatchObject({
      outcomes: [{ refusal_id: id, outcome: 'accepted', event_id: 'new' }],
    })
    expect(await ids()).toEqual(['new'])
  })

  it('reads each by the fields told when it came, or all by those told now', async () => {
    const { send, replay, ids } = await running()
    await send([bad('usual 1', { uid: 'told 1' })])
    await send([bad('usual 2', { uid: 'told 2' })], { fields: { eventId: 'uid' } })
    await send([bad('usual 3', { uid: 'told 3', when: at(nowMs) })])
    const first = ['2026-01-10.0.0-0', '2026-01-10.0.0-1']
    await replay({ refusalIds: first, patch: { time: at(nowMs) } })
    expect(await ids()).toEqual(['usual 1', 'told 2'])
    await replay({ fields: { eventId: 'uid', eventTime: 'when' } })
    expect(await ids()).toEqual(['usual 1', 'told 2', 'told 3'])
  })

  it('of another tenant finds nothing', async () => {
    const { send, replay } = await running()
    await send('{')
    expect(await replay({ tenant: 'u' })).toMatchObject({ replayed: 0 })
  })

  it('stands after a crash', async () => {
    const { send, replay, disk } = await running()
    await send([bad('a')])
    await replay({ patch: { time: at(nowMs) } })
    disk.crash()
    const after = await running({ disk })
    expect(await after.ids()).toEqual(['a'])
    expect(await after.replay({})).toMatchObject({ replayed: 0 })
  })
})

describe('draining', () => {
  it('publishes what is open, refuses what comes, and goes on being read', async () => {
    const { send, service, ids, metric, fatal } = await running()
    await send([{ id: 'a' }, { id: 'old', time: at(nowMs - dayMs) }])
    const drained = service.drain()
    await expect(send([{ id: 'b' }])).rejects.toMatchObject({ code: 'not_ready' })
    await expect(service.evict('t', yesterday)).rejects.toMatchObject({ code: 'not_ready' })
    await drained
    expect(await metric('publishes_total')).toBe(1)
    expect(await ids()).toEqual(['old', 'a'])
    await quiet()
    expect(fatal).toEqual([])
  })

  it('keeps what was under way', async () => {
    const { send, service, disk } = await running()
    const sent = Array.from({ length: 20 }, (_, i) => send([{ id: `e${i}` }], { wait: 'durable' }))
    const drained = service.drain()
    const answers = await Promise.all(sent)
    await drained
    expect(answers.every(({ accepted }) => accepted === 1)).toBe(true)
    disk.crash()
    expect((await (await running({ disk })).ids()).length).toBe(20)
  })

  it('stops the clockwork', async () => {
    const { service, pass, metric } = await running({ config: { limits: { flush_seconds: 1 } } })
    await service.drain()
    const before = await metric('publishes_total')
    await pass(dayMs)
    expect(await metric('publishes_total')).toBe(before)
  })
})

describe('a store that fails', () => {
  it('stops the service; what was acknowledged is in the log', async () => {
    const { send, service, pass, fatal, disk } = await running({
      wrapStore: store => faultyStore(store, { call: 'put', nth: 2, how: 'before' }),
    })
    await send([{ id: 'a' }])
    await pass(300_000)
    await pass(10_000)
    expect(fatal.length).toBeGreaterThan(0)
    expect(await service.readiness()).toMatchObject({ ready: false, reasons: ['failed'] })
    disk.crash()
    expect(await (await running({ disk })).ids()).toEqual(['a'])
  })
})
