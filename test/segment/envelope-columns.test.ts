import { describe, expect, it } from 'vitest'
import { fromUtf8 } from '../../src/base/bytes.ts'
import {
  binaries,
  derivedId,
  envelopeColumns,
  envelopeNames,
  longs,
  requiredNames,
  texts,
} from '../../src/segment/envelope-columns.ts'
import { flagLate, flagMasked } from '../../src/segment/rows.ts'
import { batchOf, dayMs } from './batches.ts'
import { valuesOf } from './column-values.ts'

function columnsOf(spec: Parameters<typeof batchOf>[0]): Record<string, unknown[]> {
  const { accepted, blocks } = batchOf(spec)
  return Object.fromEntries(envelopeColumns(accepted, blocks).map(column => [column.name, valuesOf(column)]))
}

describe('the columns of the envelope', () => {
  it('say of each event what it is and where it came from', () => {
    const columns = columnsOf({
      lines: [
        '{"id":"a","type":"click","entity_id":7,"source":"web","schema_version":"2"}',
        '{"type":"\\u0063lick"}',
      ],
      seq: 3,
      docFirst: 40,
      flags: row => (row === 0 ? flagLate : flagMasked),
      batch: { pack: 'games' },
    })
    expect(columns).toEqual({
      doc: [40, 41],
      ingest_seq: [3n, 3n],
      position: [0, 1],
      batch_id: ['bw-3', 'bw-3'],
      event_id: ['a', 'bw-3-1'],
      event_time: [BigInt(dayMs), BigInt(dayMs + 1000)],
      ingest_time: [BigInt(dayMs + 180_000), BigInt(dayMs + 180_000)],
      source: ['web', 'default'],
      type: ['click', 'click'],
      schema_version: ['2', null],
      entity_id: ['7', null],
      late: [true, false],
      masked: [false, true],
      pack: ['games', 'games'],
      pack_version: [null, null],
      contract_version: [null, null],
      subject_ref: [null, null],
    })
  })

  it('have the names that no payload column may take, each once', () => {
    const names = Object.keys(columnsOf({ lines: ['{}'] }))
    for (const name of names) expect(envelopeNames).toContain(name)
    for (const name of requiredNames) expect(names).toContain(name)
  })

  it('hold times on both sides of 1970 to the millisecond', () => {
    const times = [-62_135_596_800_000, -1, 0, 1, 253_402_300_799_999]
    expect(valuesOf(longs('t', 'timestamp', times.length, i => times[i]!))).toEqual(times.map(BigInt))
  })
})

describe('a derived id', () => {
  it('counts on from the first row of a file, through all blocks', () => {
    const { blocks } = batchOf({
      lines: Array.from({ length: 70_000 }, () => '{}'),
      batch: { derivedIdPrefix: 'f00', derivedIdFirst: 999_990 },
    })
    expect(blocks.length).toBe(2)
    const idAt = (block: number, row: number) => fromUtf8(derivedId(blocks[block]!, row))
    expect([idAt(0, 0), idAt(0, 9), idAt(0, 10), idAt(1, 0), idAt(1, 4463)]).toEqual([
      'f00-999990',
      'f00-999999',
      'f00-1000000',
      'f00-1065526',
      'f00-1069989',
    ])
  })

  it('of the first is number 0', () => {
    const { blocks } = batchOf({ lines: ['{}'] })
    expect(fromUtf8(derivedId(blocks[0]!, 0))).toBe('bw-1-0')
  })
})

describe('texts and binaries', () => {
  const bytes = [Uint8Array.of(1, 255), undefined, Uint8Array.of()]

  it('tell what is empty from what is not there', () => {
    expect(valuesOf(binaries('b', bytes))).toEqual(['\u0001\u00ff', null, ''])
    expect(valuesOf(texts('t', 3, i => bytes[i]?.subarray(0, 1)))).toEqual(['\u0001', null, ''])
  })

  it('have no bitmap when nothing is null', () => {
    expect(binaries('b', [Uint8Array.of(1)]).validity).toBeUndefined()
    expect(texts('t', 0, () => undefined)).toMatchObject({ rowCount: 0, nullCount: 0 })
  })
})
