import { describe, expect, it } from 'vitest'
import { fromUtf8 } from '../../src/base/bytes.ts'
import { openChunk, partition, refusalRows } from '../../src/segment/chunk.ts'
import { rawBytes } from '../../src/segment/token.ts'
import { batchOf } from './batches.ts'

const ids = ['tenant/events/2026-01-01/0', 'tenant/events/2026-01-02/0']
const byDay = (row: number) => ids[row % 2]!

describe('parting batches into segments', () => {
  const lines = (from: number) => Array.from({ length: 4 }, (_, i) => `{"n":${from + i}}`)
  const batches = [
    batchOf({ lines: lines(0), seq: 1, segmentOf: byDay }),
    batchOf({ lines: ['nonsense', ...lines(4)], seq: 2, docFirst: 2, segmentOf: byDay }),
  ]
  const parted = partition(batches)

  it('keeps every row, in log order, with the body that it lies in', () => {
    const texts = [...parted].map(([id, { blocks, rows }]) => [
      id,
      Array.from({ length: rows.count }, (_, i) => fromUtf8(rawBytes(blocks[rows.block[i]!]!, rows.row[i]!))),
      [...rows.doc.subarray(0, rows.count)],
    ])
    expect(texts).toEqual([
      [ids[0], ['{"n":0}', '{"n":2}', '{"n":5}', '{"n":7}'], [0, 1, 2, 3]],
      [ids[1], ['{"n":1}', '{"n":3}', '{"n":4}', '{"n":6}'], [0, 1, 2, 3]],
    ])
  })

  it('gives each refusal its raw bytes and its segment', () => {
    const [first, second] = [...parted.values()]
    expect(second!.refusals).toEqual([])
    expect(first!.refusals).toMatchObject([{ sequence: 0, position: 0, refusal: { code: 'malformed_json' } }])
    expect(fromUtf8(first!.refusals[0]!.raw!)).toBe('nonsense')
  })

  it('of no batches is nothing', () => {
    expect(partition([]).size).toBe(0)
  })
})

describe('the refusal rows of a batch', () => {
  it('are its refusals, then the resolutions that it brought', () => {
    const batch = batchOf({ lines: ['nonsense', '{"n":1}'], seq: 3 })
    const resolved = [{ segmentId: ids[0]!, sequence: 7, outcome: 'accepted', eventId: 'e1' } as const]
    const rows = refusalRows({ ...batch, resolved, fields: '{"eventId":"n"}' })
    expect(rows).toMatchObject([
      { segmentId: ids[0], sequence: 0, fields: '{"eventId":"n"}', resolution: undefined },
      { segmentId: ids[0], sequence: 7, refusal: undefined, raw: undefined, fields: undefined },
    ])
    expect(rows[1]!.resolution).toEqual({ outcome: 'accepted', eventId: 'e1' })
  })
})

it('an open chunk covers nothing yet', () => {
  expect(openChunk(2, 17)).toEqual({ number: 2, batches: [], visible: 0, seqFirst: 17, seqLast: 16 })
})
