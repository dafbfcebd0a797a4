import { describe, expect, it } from 'vitest'
import { receiptsMax } from '../../src/ingest/receipts.ts'
import { Gate, nowMs } from './gate.ts'

const late = '2025-12-01T00:00:00Z'
const body = [
  '{"id":"a"}',
  '{"id":"a"}',
  '{"id":"b","time":"never"}',
  `{"id":"c","time":"${late}"}`,
  '{"id":"a"}',
  '[]',
  '{"id":"d"}',
].join('\n')

describe('receipts', () => {
  it('tell of each event exactly one outcome, in body order', async () => {
    const { answer } = await new Gate().send(body)
    expect(answer).toEqual({
      batch_id: 'b0-1',
      sent: 7,
      accepted: 3,
      duplicate: 2,
      late: 1,
      masked: 0,
      quarantined: 2,
      receipts: [
        {
          position: 0,
          outcome: 'accepted',
          event_id: 'a',
          segment_id: 't/events/2026-01-10/0',
          doc_id: '0-0',
          event_time: new Date(nowMs).toISOString(),
        },
        { position: 1, outcome: 'duplicate', event_id: 'a' },
        {
          position: 2,
          outcome: 'quarantined',
          stage: 'check',
          code: 'bad_time',
          path: 'time',
          message: 'expected an RFC 3339 time or a number of seconds, ms, µs or ns since 1970',
          refusal_id: '2026-01-10.0.0-0',
        },
        {
          position: 3,
          outcome: 'accepted',
          event_id: 'c',
          late: true,
          segment_id: 't/events/2025-12-01/0',
          doc_id: '0-0',
          event_time: '2025-12-01T00:00:00.000Z',
        },
        { position: 4, outcome: 'duplicate', event_id: 'a' },
        {
          position: 5,
          outcome: 'quarantined',
          stage: 'decode',
          code: 'not_an_object',
          path: '',
          message: 'expected a JSON object: one event is one object',
          refusal_id: '2026-01-10.0.0-1',
        },
        {
          position: 6,
          outcome: 'accepted',
          event_id: 'd',
          segment_id: 't/events/2026-01-10/0',
          doc_id: '0-1',
          event_time: new Date(nowMs).toISOString(),
        },
      ],
    })
  })

  it('leave out what was plainly accepted when only problems are asked for', async () => {
    const { answer } = await new Gate().send(body, { receipts: 'problems' })
    expect(answer).toMatchObject({ sent: 7, accepted: 3, duplicate: 2, late: 1, quarantined: 2 })
    expect(answer.receipts.map(({ position, outcome }) => `${position} ${outcome}`)).toEqual([
      '1 duplicate',
      '2 quarantined',
      '3 accepted',
      '4 duplicate',
      '5 quarantined',
    ])
    expect(answer).not.toHaveProperty('receipts_omitted')
  })

  it('are none where all went well', async () => {
    const { answer } = await new Gate().send('{"id":"a"}\n{"id":"b"}', { receipts: 'problems' })
    expect(answer).toMatchObject({ sent: 2, accepted: 2, receipts: [] })
  })

  it('have a bound; the counts are whole, and say how many receipts are missing', async () => {
    const lines = Array.from({ length: receiptsMax + 5 }, (_, i) => `{"id":${i}}`)
    const gate = new Gate()
    const all = (await gate.send(lines.join('\n'))).answer
    expect(all).toMatchObject({ sent: receiptsMax + 5, accepted: receiptsMax + 5, receipts_omitted: 5 })
    expect(all.receipts.length).toBe(receiptsMax)
    const again = (await gate.send(lines.join('\n'), { receipts: 'problems' })).answer
    expect(again).toMatchObject({ sent: receiptsMax + 5, duplicate: receiptsMax + 5, receipts_omitted: 5 })
    const exact = (await gate.send(lines.slice(5).join('\n'), { receipts: 'problems' })).answer
    expect(exact.receipts.length).toBe(receiptsMax)
    expect(exact).not.toHaveProperty('receipts_omitted')
  })
})
