import { describe, expect, it } from 'vitest'
import { concat, toUtf8 } from '../../src/base/bytes.ts'
import type { FieldMap } from '../../src/contract/envelope.ts'
import type { RepairHeader } from '../../src/contract/frames.ts'
import { repair } from '../../src/ingest/repair.ts'
import { scanner } from '../engine/tape/scanned.ts'
import { batchHeader, Gate, nowMs, today } from './gate.ts'

const usual = scanner()

interface Try {
  body: string
  sequence?: number
  source?: string
  fields?: FieldMap
}

/** Second tries of refusals of today's slice. */
async function retry(gate: Gate, tries: readonly Try[], change: Partial<RepairHeader> = {}) {
  const bodies = tries.map(({ body }) => toUtf8(body))
  const { tenant, stream, policy } = batchHeader()
  const header: RepairHeader = {
    tenant,
    stream,
    policy,
    reopen: false,
    pack: undefined,
    fields: {},
    ingest_time_ms: nowMs,
    items: tries.map(({ sequence = 0, source = 'default', fields }, i) => ({
      segment_id: today,
      sequence,
      source,
      bytes: bodies[i]!.length,
      ...(fields && { fields }),
    })),
    ...change,
  }
  const task = { writer: '0', seq: ++gate.seq, header, body: concat(bodies), scanner: usual }
  return repair(task, gate.state())
}

describe('a second try', () => {
  it('settles the refusals whose events are accepted now, and leaves the others as they were', async () => {
    const gate = new Gate()
    await gate.send('{"id":"there"}\n{\n{"id":"b","time":"never"}\n[]')
    const { checked, answer } = await retry(gate, [
      { body: '{"id":"a"}', sequence: 0 },
      { body: '{"id":"b","time":"never"}', sequence: 1 },
      { body: '{"id":"there"}', sequence: 2 },
    ])
    expect(answer).toEqual({
      batch_id: 'b0-2',
      replayed: 3,
      accepted: 1,
      duplicate: 1,
      quarantined: 1,
      outcomes: [
        { refusal_id: '2026-01-10.0.0-0', outcome: 'accepted', event_id: 'a' },
        {
          refusal_id: '2026-01-10.0.0-1',
          outcome: 'quarantined',
          code: 'bad_time',
          message: 'expected an RFC 3339 time or a number of seconds, ms, µs or ns since 1970',
        },
        { refusal_id: '2026-01-10.0.0-2', outcome: 'duplicate', event_id: 'there' },
      ],
    })
    expect(checked.resolved).toEqual([
      { segmentId: today, sequence: 0, outcome: 'accepted', eventId: 'a' },
      { segmentId: today, sequence: 2, outcome: 'duplicate', eventId: 'there' },
    ])
  })

  it('counts no refusal twice', async () => {
    const gate = new Gate()
    await gate.send('{')
    const { checked } = await retry(gate, [{ body: '{' }])
    expect(checked).toMatchObject({ refused: [], resolved: [] })
    expect(gate.slices.segments.get(today)).toMatchObject({ refusal_rows: 1, refusal_next: 1 })
  })

  it('begins no slice for what is refused again', async () => {
    const gate = new Gate()
    await retry(gate, [{ body: '{' }])
    expect(gate.slices.segments.size).toBe(0)
  })

  it('keeps the source of each', async () => {
    const gate = new Gate()
    await gate.send('{"id":"a"}', { source: 'one' })
    const { answer } = await retry(gate, [
      { body: '{"id":"a"}', source: 'one' },
      { body: '{"id":"a"}', source: 'two' },
      { body: '{"id":"a","source":"one"}', source: 'two' },
    ])
    expect(answer.outcomes.map(({ outcome }) => outcome)).toEqual(['duplicate', 'accepted', 'duplicate'])
  })

  it('reads each by the fields that were told when it came', async () => {
    const gate = new Gate()
    const { answer } = await retry(gate, [
      { body: '{"id":"usual","uid":"told"}' },
      { body: '{"id":"usual","uid":"told"}', fields: { eventId: 'uid' } },
    ])
    expect(answer.outcomes.map(({ event_id }) => event_id)).toEqual(['usual', 'told'])
  })

  it('derives ids from its own batch where the events lack them', async () => {
    const gate = new Gate()
    const { answer } = await retry(gate, [{ body: '{}' }, { body: '{}' }])
    expect(answer.outcomes.map(({ event_id }) => event_id)).toEqual(['b0-1-0', 'b0-1-1'])
  })

  it('takes each as one event, whatever its bytes are', async () => {
    const gate = new Gate()
    const { answer } = await retry(gate, [
      { body: '{"id":"a"}\n{"id":"b"}' },
      { body: '' },
      { body: '{"id":"c"}' },
    ])
    expect(answer.outcomes.map(({ outcome, code }) => code ?? outcome)).toEqual([
      'malformed_json',
      'malformed_json',
      'accepted',
    ])
  })

  it('opens an evicted slice when it is told to', async () => {
    const gate = new Gate()
    await gate.send('{"id":"a"}')
    gate.evict(today)
    expect((await retry(gate, [{ body: '{"id":"b"}' }])).answer).toMatchObject({ quarantined: 1 })
    const { answer, checked } = await retry(gate, [{ body: '{"id":"b"}' }], { reopen: true })
    expect(answer).toMatchObject({ accepted: 1 })
    expect(checked.segmentIds).toEqual(['t/events/2026-01-10/1'])
  })

  it('of nothing is nothing', async () => {
    expect((await retry(new Gate(), [])).answer).toMatchObject({ replayed: 0, outcomes: [] })
  })
})
