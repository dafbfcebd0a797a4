import { describe, expect, it } from 'vitest'
import { fromUtf8 } from '../../src/base/bytes.ts'
import {
  derivedId,
  envelopeColumns,
  envelopeNames,
  requiredNames,
} from '../../src/segment/envelope-columns.ts'
import { flagLate, flagMasked } from '../../src/segment/rows.ts'
import { batchOf, dayMs } from './batches.ts'
import { selecting, valuesOfSource } from './loaded.ts'

function columnsOf(spec: Parameters<typeof batchOf>[0]): Record<string, unknown[]> {
  const { accepted, blocks } = batchOf(spec)
  return selecting(accepted, blocks, selection =>
    Object.fromEntries(
      envelopeColumns(accepted, blocks, selection).map(source => [
        source.name,
        valuesOfSource(source, accepted.count),
      ]),
    ),
  )
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
      batch: { pack: { name: 'games', version: 3 } },
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
      pack_version: ['3', '3'],
      contract_version: [null, null],
      subject_ref: [null, null],
    })
  })

  it('have the names that no payload column may take, each once', () => {
    const names = Object.keys(columnsOf({ lines: ['{}'] }))
    for (const name of names) expect(envelopeNames).toContain(name)
    for (const name of requiredNames) expect(names).toContain(name)
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
