import { describe, expect, it } from 'vitest'
import { fromUtf8 } from '../../src/base/bytes.ts'
import type { EventMatch } from '../../src/segment/event.ts'
import { readOpen, scanOpen } from '../../src/segment/open.ts'
import { flagLate, flagMasked } from '../../src/segment/rows.ts'
import { batchOf, dayMs, segmentId } from './batches.ts'

const everything: EventMatch = { seqMax: Number.POSITIVE_INFINITY }
const allDocs = { from: 0, until: Number.POSITIVE_INFINITY }

describe('an open event', () => {
  it('reads as it will when it is sealed', () => {
    const line = '{"id":"a","type":"\\u0063lick","entity_id":7,"schema_version":"2"}'
    const batch = batchOf({
      lines: ['{}', line],
      seq: 3,
      flags: row => (row === 1 ? flagLate | flagMasked : 0),
    })
    const [bare, full] = [...scanOpen([batch], segmentId, everything, allDocs, 'asc')].map(readOpen)
    expect(bare).toMatchObject({
      doc: 0,
      eventId: 'bw-3-0',
      source: 'default',
      type: null,
      late: false,
      masked: false,
    })
    expect({ ...full!, payload: fromUtf8(full!.payload) }).toEqual({
      segmentId,
      doc: 1,
      batchId: 'bw-3',
      position: 1,
      ingestSeq: 3,
      eventId: 'a',
      eventTimeMs: dayMs + 1000,
      ingestTimeMs: dayMs + 180_000,
      source: 'default',
      type: 'click',
      schemaVersion: '2',
      entityId: '7',
      late: true,
      masked: true,
      payload: line,
    })
  })

  it('owns its payload', () => {
    const batch = batchOf({ lines: ['{"a":1}'] })
    const [event] = [...scanOpen([batch], segmentId, everything, allDocs, 'asc')].map(readOpen)
    batch.blocks[0]!.body.fill(0)
    expect(fromUtf8(event!.payload)).toBe('{"a":1}')
  })
})

describe('scanning open events', () => {
  const lines = [
    '{"type":"a"}',
    '{"type":"b"}',
    '{"type":"a","source":"web"}',
    '{"type":"ab"}',
    '{"type":""}',
    '{}',
  ]
  const batches = [
    batchOf({ lines, seq: 1 }),
    batchOf({ lines, seq: 2, docFirst: 6, batch: { source: 'web' } }),
  ]
  const docs = (match: Partial<EventMatch>, range = allDocs, order: 'asc' | 'desc' = 'asc') => {
    const inOrder = order === 'asc' ? batches : batches.toReversed()
    const found = scanOpen(inOrder, segmentId, { ...everything, ...match }, range, order)
    return [...found].map(({ batch, row }) => batch.accepted.doc[row])
  }

  it('finds whole values only', () => {
    expect(docs({ type: 'a' })).toEqual([0, 2, 6, 8])
    expect(docs({ type: 'ab' })).toEqual([3, 9])
    expect(docs({ type: '' })).toEqual([4, 10])
    expect(docs({ type: 'c' })).toEqual([])
  })

  it('takes the batch for the source where the event names none', () => {
    expect(docs({ source: 'web' })).toEqual([2, 6, 7, 8, 9, 10, 11])
    expect(docs({ source: 'default' })).toEqual([0, 1, 3, 4, 5])
  })

  it('takes from inclusive and until exclusive', () => {
    expect(docs({ fromMs: dayMs + 1000, untilMs: dayMs + 3000 })).toEqual([1, 2, 7, 8])
    expect(docs({ fromMs: dayMs + 1, untilMs: dayMs + 1000 })).toEqual([])
  })

  it('goes back as it goes forth, within the docs asked for', () => {
    const range = { from: 2, until: 9 }
    expect(docs({}, range)).toEqual([2, 3, 4, 5, 6, 7, 8])
    expect(docs({}, range, 'desc')).toEqual([8, 7, 6, 5, 4, 3, 2])
  })

  it('sees nothing of later batches, nor of other segments', () => {
    expect(docs({ seqMax: 1 })).toEqual([0, 1, 2, 3, 4, 5])
    expect([...scanOpen(batches, 'tenant/events/2026-01-02/0', everything, allDocs, 'asc')]).toEqual([])
  })
})
