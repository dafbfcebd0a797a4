import { describe, expect, it } from 'vitest'
import { appendRow, createRows, type Rows } from '../../src/segment/rows.ts'
import { batchOf } from './batches.ts'

function rowAt(rows: Rows, i: number): unknown[] {
  const { count: _, identity, ...columns } = rows
  return [...Object.values(columns).map(column => column[i]), ...identity.subarray(i * 4, i * 4 + 4)]
}

describe('rows', () => {
  const { accepted } = batchOf({
    lines: ['{"id":"a","type":"t","entity_id":"e","source":"s","schema_version":"1"}', '{"id":"b"}'],
    docFirst: 40,
    flags: row => row + 1,
    segmentOf: row => `segment ${row}`,
  })

  it('are copied with every column, their block counted from another', () => {
    const to = createRows(3)
    appendRow(to, accepted, 1, 5)
    appendRow(to, accepted, 0, 0)
    expect(to.count).toBe(2)
    const [block, ...others] = rowAt(accepted, 1)
    expect(rowAt(to, 0)).toEqual([(block as number) + 5, ...others])
    expect(rowAt(to, 1)).toEqual(rowAt(accepted, 0))
  })

  it('are empty when they are made', () => {
    const rows = createRows(2)
    expect(rows.count).toBe(0)
    expect(rowAt(rows, 0).every(value => value === 0)).toBe(true)
    expect(rows.identity.length).toBe(8)
  })
})
