import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../../src/base/bytes.ts'
import type { ColumnInfo } from '../../src/contract/segment.ts'
import type { Cells } from '../../src/engine/columns/cells.ts'
import { columnOfCells } from '../../src/segment/build.ts'
import { gather } from '../../src/segment/gather.ts'
import { appendRow, type Block, createRows, type Rows } from '../../src/segment/rows.ts'
import { batchInfo, batchOf, blocksOf } from './batches.ts'
import { selecting, valuesOfSource } from './loaded.ts'

/** By path: the row and the text of each value. */
function gathered(lines: readonly string[], known: readonly ColumnInfo[] = [], columnsMax = 100) {
  const { accepted: rows, blocks } = batchOf({ lines })
  return gatheredOf(rows, blocks, known, columnsMax)
}

function gatheredOf(rows: Rows, blocks: readonly Block[], known: readonly ColumnInfo[], columnsMax: number) {
  return selecting(rows, blocks, selection => {
    const { columns, capped } = gather(selection, blocks, known, columnsMax)
    const valuesAt = (path: string, cells: Cells) =>
      valuesOfSource(columnOfCells(path, 'string', cells, selection), rows.count)
        .map((value, row) => [row, value])
        .filter(([, value]) => value !== null)
    return { capped, columns: columns.map(({ path, cells }) => [path, valuesAt(path, cells)]) }
  })
}

const info = (path: string): ColumnInfo => ({ name: path, path, type: 'string' })

describe('gathering', () => {
  it('turns events into columns by dotted path', () => {
    expect(gathered(['{"a":1,"b":{"c":2}}', '{"b":{"c":3},"d":[4]}', '{}'])).toEqual({
      capped: false,
      columns: [
        ['a', [[0, '1']]],
        [
          'b.c',
          [
            [0, '2'],
            [1, '3'],
          ],
        ],
        ['d', [[1, '[4]']]],
      ],
    })
  })

  it('takes the last of the values that one event gives a field, as JSON parsers do', () => {
    const lines = ['{"a":1,"a":2}', '{"a":3,"\\u0061":4}', '{"a.b":5,"a":{"b":6}}', '{"a":7}']
    expect(gathered(lines).columns).toEqual([
      [
        'a',
        [
          [0, '2'],
          [1, '4'],
          [3, '7'],
        ],
      ],
      ['a.b', [[2, '6']]],
    ])
  })

  it('leaves a row without a value when its last one is null', () => {
    expect(gathered(['{"a":1,"a":null}', '{"a":null,"a":2}']).columns).toEqual([['a', [[1, '2']]]])
  })

  it('leaves nulls out', () => {
    expect(gathered(['{"a":null}', '{"a":1}', '{"a":null}']).columns).toEqual([['a', [[1, '1']]]])
  })

  it('leaves a field without a name to the payload', () => {
    expect(gathered(['{"":1,"a":{"":2}}'])).toEqual({ capped: false, columns: [['a.', [[0, '2']]]] })
  })

  it('keeps the places of columns that the segment has, present or not', () => {
    expect(gathered(['{"new":1,"old":2}'], [info('gone'), info('old')]).columns).toEqual([
      ['gone', []],
      ['old', [[0, '2']]],
      ['new', [[0, '1']]],
    ])
  })

  it('stops at the bound on columns and says so', () => {
    const lines = ['{"a":1,"b":2,"c":3}', '{"c":4,"b":5}']
    expect(gathered(lines, [], 3).capped).toBe(false)
    expect(gathered(lines, [], 2)).toMatchObject({
      capped: true,
      columns: [
        ['a', [[0, '1']]],
        [
          'b',
          [
            [0, '2'],
            [1, '5'],
          ],
        ],
      ],
    })
    expect(gathered(lines, [info('z')], 1)).toEqual({ capped: true, columns: [['z', []]] })
  })

  it('gives no column to what only other rows have, refused or of another segment', () => {
    const lines = ['{"x":1,"y":2, oops', '{"far":3}', '{"a":{"b":{"c":4}},"n":null}']
    const { accepted, blocks } = batchOf({ lines })
    const rows = createRows(1)
    appendRow(rows, accepted, 1, 0)
    expect(gatheredOf(rows, blocks, [], 1)).toEqual({ capped: false, columns: [['a.b.c', [[0, '4']]]] })
  })

  it('leaves paths of unreasonable length to the payload', () => {
    const long = 'k'.repeat(257)
    expect(gathered([`{"${long}":1,"${long.slice(1)}":2}`])).toEqual({
      capped: true,
      columns: [[long.slice(1), [[0, '2']]]],
    })
  })

  it('brings the blocks together that were scanned apart', () => {
    const blocks = ['{"a":1,"b":2}', '{"b":3,"a":4}'].flatMap((line, i) =>
      blocksOf(batchInfo(i), toUtf8(line)),
    )
    const each = ['{"a":1,"b":2}', '{"b":3,"a":4}'].map(line => batchOf({ lines: [line] }).accepted)
    const rows = createRows(2)
    each.forEach((from, i) => {
      appendRow(rows, from, 0, i)
    })
    expect(gatheredOf(rows, blocks, [], 10).columns).toEqual([
      [
        'a',
        [
          [0, '1'],
          [1, '4'],
        ],
      ],
      [
        'b',
        [
          [0, '2'],
          [1, '3'],
        ],
      ],
    ])
  })
})
