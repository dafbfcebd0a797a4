import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../../src/base/bytes.ts'
import { seededRandom } from '../../src/base/random.ts'
import { flagLate } from '../../src/segment/rows.ts'
import { type Change, dayMs, Gate, hourMs, nowMs, outcomesOf, today } from './gate.ts'

const at = (ms: number) => new Date(ms).toISOString()
const event = (id: string | number, more: object = {}) => ({ id, ...more })

describe('duplicates', () => {
  it('are told within a batch', async () => {
    const gate = new Gate()
    const taken = await gate.send([event('a'), event('b'), event('a'), event('a')])
    expect(outcomesOf(taken)).toEqual(['accepted', 'accepted', 'duplicate', 'duplicate'])
    expect(taken.accepted.duplicateIds).toEqual(['a', 'a'])
  })

  it('are told across batches, across open chunks and across sealed parts', async () => {
    const gate = new Gate()
    await gate.send([event('a')])
    expect(outcomesOf(await gate.send([event('a')]))).toEqual(['duplicate'])
    gate.cut()
    expect(outcomesOf(await gate.send([event('a'), event('b')]))).toEqual(['duplicate', 'accepted'])
    await gate.seal()
    expect(outcomesOf(await gate.send([event('a'), event('b'), event('c')]))).toEqual([
      'duplicate',
      'duplicate',
      'accepted',
    ])
  })

  it('are the same whatever else the event says: the first one stays', async () => {
    const gate = new Gate()
    await gate.send([event('a', { time: at(nowMs - 5 * dayMs), type: 'x' })])
    await gate.seal()
    expect(outcomesOf(await gate.send([event('a', { time: at(nowMs), type: 'y' })]))).toEqual(['duplicate'])
  })

  it('are those of one source: of another the same id is another event', async () => {
    const gate = new Gate()
    const sources = [event('a'), event('a', { source: 's' }), event('a', { source: 'default' })]
    expect(outcomesOf(await gate.send(sources))).toEqual(['accepted', 'accepted', 'duplicate'])
    expect(outcomesOf(await gate.send([event('a')], { source: 's' }))).toEqual(['duplicate'])
    await gate.seal()
    expect(outcomesOf(await gate.send([event('a')], { source: 's' }))).toEqual(['duplicate'])
    expect(outcomesOf(await gate.send([event('a')], { source: 'u' }))).toEqual(['accepted'])
  })

  it('are compared by the value of an id, not by how it is written', async () => {
    const gate = new Gate()
    const body = '{"id":"é1"}\n{"id":"\\u00e91"}\n{"id":7}\n{"id":"7"}\n{"id":7.0}'
    expect(outcomesOf(await gate.send(body))).toEqual([
      'accepted',
      'duplicate',
      'accepted',
      'duplicate',
      'accepted',
    ])
  })

  it('are no longer told once their segment was evicted', async () => {
    const gate = new Gate()
    await gate.send([event('a')])
    await gate.seal()
    gate.evict(today)
    expect(outcomesOf(await gate.send([event('a')], { reopen: true }))).toEqual(['accepted'])
  })

  it('are not made of refused events', async () => {
    const gate = new Gate()
    const bad = event('a', { time: 'never' })
    expect(outcomesOf(await gate.send([bad, bad, event('a')]))).toEqual(['bad_time', 'bad_time', 'accepted'])
  })

  it('are told also when their ids are sealed while the question is being asked', async () => {
    const gate = new Gate()
    await gate.send([event('old', { time: at(nowMs - dayMs) })])
    await gate.seal()
    await gate.send([event('new')])
    const { readIds } = gate
    let sealing: Promise<void> | undefined
    gate.readIds = async (key, start, end) => {
      await (sealing ??= gate.seal())
      return readIds(key, start, end)
    }
    const taken = await gate.send([event('old'), event('new')])
    expect(sealing).toBeDefined()
    expect(outcomesOf(taken)).toEqual(['duplicate', 'duplicate'])
  })

  it('cost no read where all ids are new, one where one is old', async () => {
    const gate = new Gate()
    await gate.send(Array.from({ length: 100 }, (_, i) => event(`old ${i}`)))
    await gate.seal()
    const { readIds } = gate
    let readCount = 0
    gate.readIds = (...range) => {
      readCount++
      return readIds(...range)
    }
    await gate.send([{}, {}])
    expect(readCount, 'ids that came into being with the batch').toBe(0)
    await gate.send([event('old 7')])
    expect(readCount).toBe(1)
  })

  it('are exactly those that a set of ids tells, whatever the batches, cuts and seals', async () => {
    const seed = Date.now() % 1e9
    const random = seededRandom(seed)
    for (let round = 0; round < 20; round++) {
      const gate = new Gate()
      const seen = new Set<string>()
      for (let step = 0; step < 30; step++) {
        const ids = Array.from(
          { length: Math.floor(random() * 20) + 1 },
          () => `${Math.floor(random() * 100)}`,
        )
        const expected = ids.map(id => {
          const isThere = seen.has(id)
          seen.add(id)
          return isThere ? 'duplicate' : 'accepted'
        })
        const events = ids.map(id => event(id, { time: at(nowMs - Math.floor(random() * 3) * dayMs) }))
        expect(outcomesOf(await gate.send(events)), `seed ${seed}, round ${round}`).toEqual(expected)
        if (random() < 0.2) gate.cut()
        if (random() < 0.2) await gate.seal()
      }
    }
  })
})

describe('ids that events lack', () => {
  it('come from the batch and the position, so that equal lines stay two events', async () => {
    const gate = new Gate()
    const { answer } = await gate.send('{}\n{}\n\n{"id":""}\n{"id":"x"}')
    expect(answer.receipts.map(({ event_id }) => event_id)).toEqual(['b0-1-0', 'b0-1-1', 'b0-1-2', 'x'])
    expect((await gate.send('{}\n{}')).answer).toMatchObject({ accepted: 2, duplicate: 0 })
  })

  it('come from a file and the row, so that a file sent again doubles nothing', async () => {
    const file = { hash: 'f'.repeat(64), first_row: 0 }
    for (const seals of [false, true]) {
      const gate = new Gate()
      const { answer } = await gate.send('{}\n{}', { file })
      expect(answer.receipts.map(({ event_id }) => event_id)).toEqual([`${file.hash}-0`, `${file.hash}-1`])
      if (seals) await gate.seal()
      expect(outcomesOf(await gate.send('{}\n{}', { file }))).toEqual(['duplicate', 'duplicate'])
      const overlapping = await gate.send('{}\n{}', { file: { ...file, first_row: 1 } })
      expect(outcomesOf(overlapping)).toEqual(['duplicate', 'accepted'])
      expect(overlapping.answer.receipts[1]!.event_id).toBe(`${file.hash}-2`)
      const other = { hash: 'e'.repeat(64), first_row: 0 }
      expect(outcomesOf(await gate.send('{}', { file: other }))).toEqual(['accepted'])
    }
  })

  it('count refused rows too, so that a row keeps its number', async () => {
    const gate = new Gate()
    const { answer } = await gate.send('{}\n{\n{}')
    expect(answer.receipts.map(({ event_id }) => event_id)).toEqual(['b0-1-0', undefined, 'b0-1-2'])
  })

  it('go on through rows of many digits', async () => {
    const gate = new Gate()
    const file = { hash: 'f'.repeat(64), first_row: 999_999_999_998 }
    const { answer } = await gate.send('{}\n{}\n{}', { file })
    expect(answer.receipts.map(({ event_id }) => event_id?.slice(65))).toEqual([
      '999999999998',
      '999999999999',
      '1000000000000',
    ])
  })
})

describe('slices', () => {
  it('are begun by events of their time, and count docs without gaps', async () => {
    const gate = new Gate()
    const times = [nowMs, nowMs - dayMs, nowMs, nowMs - dayMs, nowMs]
    const { accepted } = await gate.send(times.map((ms, i) => event(i, { time: at(ms) })))
    const { accepted: rows, segmentIds } = accepted.checked
    expect(segmentIds).toEqual([today, 't/events/2026-01-09/0'])
    expect([...rows.segment.subarray(0, rows.count)]).toEqual([0, 1, 0, 1, 0])
    expect([...rows.doc.subarray(0, rows.count)]).toEqual([0, 0, 1, 1, 2])
    expect(gate.slices.segments.get(today)).toMatchObject({ event_rows: 3, doc_next: 3 })
    await gate.send([event('next')])
    expect(gate.slices.segments.get(today)).toMatchObject({ event_rows: 4, doc_next: 4 })
  })

  it('count payload bytes as they came', async () => {
    const gate = new Gate()
    await gate.send(' {"id": "a" } \n{"id":"b"}\n{"id":"b"}\n[]')
    expect(gate.slices.segments.get(today)!.raw_bytes).toBe('{"id": "a" }{"id":"b"}'.length)
  })

  it('are as long as the policy of the batch says', async () => {
    const gate = new Gate()
    const { accepted } = await gate.send([event('a')], { policy: { slice_hours: 6 } })
    expect(accepted.checked.segmentIds).toEqual(['t/events/2026-01-10T12/0'])
  })

  it('have a bound, counted through the batch', async () => {
    const gate = new Gate()
    const days = [0, 1, 1, 2, 3, 0, 2].map((day, i) => event(i, { time: at(nowMs - day * dayMs) }))
    const taken = await gate.send(days, { policy: { slices_max: 2 } })
    expect(outcomesOf(taken)).toEqual([
      'accepted',
      'accepted',
      'accepted',
      'too_many_slices',
      'too_many_slices',
      'accepted',
      'too_many_slices',
    ])
    expect(gate.slices.countOf('t')).toBe(2)
    const more = await gate.send([event('x'), event('y', { time: at(nowMs - 9 * dayMs) })], {
      policy: { slices_max: 2 },
    })
    expect(outcomesOf(more)).toEqual(['accepted', 'too_many_slices'])
    const other = await gate.send([event('z')], { tenant: 'u', policy: { slices_max: 2 } })
    expect(outcomesOf(other), 'each tenant by itself').toEqual(['accepted'])
  })

  it('that were evicted take nothing, unless they are reopened', async () => {
    const gate = new Gate()
    await gate.send([event('a')])
    gate.evict(today)
    expect(outcomesOf(await gate.send([event('b')]))).toEqual(['expired'])
    const reopened = await gate.send([event('b')], { reopen: true })
    expect(reopened.answer.receipts[0]).toMatchObject({ segment_id: 't/events/2026-01-10/1', doc_id: '0-0' })
    expect(outcomesOf(await gate.send([event('c')])), 'it is open to all now').toEqual(['accepted'])
  })

  it('of another stream or tenant are not evicted with them', async () => {
    const gate = new Gate()
    await gate.send([event('a')])
    gate.evict(today)
    const changes: Change[] = [{ stream: 'clicks' }, { tenant: 'u' }]
    for (const [i, change] of changes.entries())
      expect(outcomesOf(await gate.send([event(i)], change)), JSON.stringify(change)).toEqual(['accepted'])
  })
})

describe('late events', () => {
  it('are those that come more than so long after the end of their slice', async () => {
    const gate = new Gate()
    const sliceEnd = Date.UTC(2026, 0, 10)
    const inSlice = at(sliceEnd - 1)
    const onTime = await gate.send([event('a', { time: inSlice })], { ingest_time_ms: sliceEnd + 2 * hourMs })
    expect(onTime.answer).toMatchObject({ accepted: 1, late: 0 })
    const late = await gate.send([event('b', { time: inSlice }), event('c', { time: at(sliceEnd) })], {
      ingest_time_ms: sliceEnd + 2 * hourMs + 1,
    })
    expect(late.answer).toMatchObject({ accepted: 2, late: 1 })
    expect(late.answer.receipts.map(receipt => receipt.late)).toEqual([true, undefined])
    expect([...late.accepted.checked.accepted.flags.subarray(0, 2)]).toEqual([flagLate, 0])
  })

  it('are no longer late when they are duplicates', async () => {
    const gate = new Gate()
    const late = event('a', { time: '2025-12-01' })
    expect((await gate.send([late])).answer.late).toBe(1)
    expect((await gate.send([late])).answer).toMatchObject({ late: 0, duplicate: 1 })
  })
})

describe('refusals', () => {
  it('live in the slice of their ingest time and count there by themselves', async () => {
    const gate = new Gate()
    const taken = await gate.send('{\n{"id":"a","time":"2025-12-01"}\n{"time":"never"}')
    expect(taken.accepted.checked.refused.map(({ segmentId, sequence }) => [segmentId, sequence])).toEqual([
      [today, 0],
      [today, 1],
    ])
    expect(gate.slices.segments.get(today)).toMatchObject({ refusal_rows: 2, refusal_next: 2, event_rows: 0 })
    expect((await gate.send('{')).answer.receipts[0]!.refusal_id).toBe('2026-01-10.0.0-2')
  })

  it('find a home where the slice was evicted, and do not open it for events', async () => {
    const gate = new Gate()
    await gate.send([event('a')])
    gate.evict(today)
    const taken = await gate.send([event('b')])
    expect(taken.answer.receipts[0]).toMatchObject({ code: 'expired', refusal_id: '2026-01-10.1.0-0' })
    expect(gate.slices.segments.get('t/events/2026-01-10/1')).toMatchObject({ refusals_only: true })
    expect(outcomesOf(await gate.send([event('c')]))).toEqual(['expired'])
    await gate.send([event('d')], { reopen: true })
    expect(gate.slices.segments.get('t/events/2026-01-10/1')).toMatchObject({
      refusals_only: false,
      event_rows: 1,
      refusal_rows: 2,
    })
  })

  it('begin no slice when there are none', async () => {
    const gate = new Gate()
    await gate.send([event('a', { time: '2025-12-01' })])
    expect([...gate.slices.segments.keys()]).toEqual(['t/events/2025-12-01/0'])
  })

  it('keep the position and the row of the body that they point into', async () => {
    const gate = new Gate()
    const { accepted } = await gate.send('{"id":"a"}\n{"id":"b"}\n{')
    expect(accepted.checked.refused).toMatchObject([{ position: 2, block: 0, row: 2 }])
  })

  it('remember the fields that were told', async () => {
    const gate = new Gate()
    const told = await gate.send('{', { fields: { eventId: 'uid' } })
    expect(told.accepted.checked.fields).toBe('{"eventId":"uid"}')
    expect((await gate.send('{')).accepted.checked.fields).toBeUndefined()
  })
})

describe('a body of many blocks', () => {
  it('counts positions through all of them', async () => {
    const gate = new Gate()
    const count = 70_000 // more than one tape holds
    const lines = Array.from({ length: count }, (_, i) =>
      i % 10_000 === 9_999 ? '{' : `{"id":${i % 60_000}}`,
    )
    const { accepted, answer } = await gate.send(toUtf8(lines.join('\n')))
    expect(accepted.checked.blocks.length).toBeGreaterThan(1)
    expect(answer).toMatchObject({ sent: count, quarantined: 7 })
    expect(answer.receipts.map(({ position }) => position)).toEqual(lines.map((_, i) => i))
    for (const { position, outcome, event_id } of answer.receipts) {
      if (lines[position] === '{') expect(outcome).toBe('quarantined')
      else expect(event_id).toBe(String(position % 60_000))
    }
  })
})
