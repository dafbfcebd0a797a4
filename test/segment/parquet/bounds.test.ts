import { readColumnIndex, readOffsetIndex } from 'hyparquet/src/indexes.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { boundaryOrder, boundBytesMax } from '../../../src/segment/parquet/bounds.ts'
import { boundaryOrders } from '../../../src/segment/parquet/page-index.ts'
import { writeParquet } from '../../../src/segment/parquet/write.ts'
import { columnOf, type Spec, type Value } from './columns.ts'
import { asFile, codec, footerOf, openDuckdb, readWithHyparquet } from './readers.ts'

let duckdb: Awaited<ReturnType<typeof openDuckdb>>
beforeAll(async () => {
  duckdb = await openDuckdb()
})
afterAll(() => duckdb.close())

function write(specs: Spec[], rowGroupRowsMax = 100_000): ArrayBuffer {
  return asFile(writeParquet({ columns: specs.map(columnOf), rowGroupRowsMax, codec }))
}

/** The bounds of the first row group, as hyparquet sees them. */
function statistics(spec: Spec) {
  const stats = footerOf(new Uint8Array(write([spec]))).row_groups[0]!.columns[0]!.meta_data!.statistics!
  const { min_value, max_value, null_count, is_min_value_exact, is_max_value_exact } = stats
  return {
    min: min_value,
    max: max_value,
    nullCount: null_count,
    exact: [is_min_value_exact, is_max_value_exact],
  }
}

const text = (...values: Value[]): Spec => ({ name: 't', type: 'string', values })

describe('bounds of a chunk', () => {
  it('are the least and the greatest value, and how many nulls there are', () => {
    const exact = [true, true]
    const of = (type: Spec['type'], ...values: Value[]) => statistics({ name: 'c', type, values })
    expect(of('int32', 5, null, -7, 0)).toEqual({ min: -7, max: 5, nullCount: 1n, exact })
    expect(of('int64', -(2n ** 63n), 2n ** 63n - 1n, null)).toEqual({
      min: -(2n ** 63n),
      max: 2n ** 63n - 1n,
      nullCount: 1n,
      exact,
    })
    expect(of('int64', 2n ** 32n, 2n ** 31n, 2n ** 32n - 1n)).toEqual({
      min: 2n ** 31n,
      max: 2n ** 32n,
      nullCount: 0n,
      exact,
    })
    expect(of('int64', 5n, 2n ** 31n, -1n - 2n ** 32n, -2n)).toMatchObject({
      min: -1n - 2n ** 32n,
      max: 2n ** 31n,
    })
    expect(of('int64', 2n ** 31n, 5n)).toMatchObject({ min: 5n, max: 2n ** 31n })
    expect(of('timestamp', 9n, null, 3n, null)).toEqual({ min: 3n, max: 9n, nullCount: 2n, exact })
    expect(of('double', 1.5, -2.5)).toEqual({ min: -2.5, max: 1.5, nullCount: 0n, exact })
    expect(of('boolean', true, null)).toEqual({ min: true, max: true, nullCount: 1n, exact })
    expect(of('boolean', true, false)).toEqual({ min: false, max: true, nullCount: 0n, exact })
  })

  it('order text by its bytes, so that what UTF-16 puts before U+FFFD is after it', () => {
    const { min, max } = statistics(text('b', '😀', '\ufffd', 'ab', 'a', null))
    expect([Buffer.from(min as Uint8Array).toString(), Buffer.from(max as Uint8Array).toString()]).toEqual([
      'a',
      '😀',
    ])
  })

  it('look only at the values that a dictionary column uses', () => {
    const { min, max } = statistics({ ...text('m', 'c', null, 'm'), dictionary: true })
    expect([Buffer.from(min as Uint8Array).toString(), Buffer.from(max as Uint8Array).toString()]).toEqual([
      'c',
      'm',
    ])
  })

  it('leave NaN out, and are missing when there is nothing else', () => {
    expect(statistics({ name: 'd', type: 'double', values: [Number.NaN, 2, Number.NaN, 1] })).toMatchObject({
      min: 1,
      max: 2,
    })
    expect(statistics({ name: 'd', type: 'double', values: [Number.NaN, null] })).toMatchObject({
      min: undefined,
      max: undefined,
      nullCount: 1n,
    })
  })

  it('take in both zeros', () => {
    const { min, max } = statistics({ name: 'd', type: 'double', values: [0, -0] })
    expect([Object.is(min, -0), Object.is(max, 0)]).toEqual([true, true])
    const reversed = statistics({ name: 'd', type: 'double', values: [0, 0] })
    expect([Object.is(reversed.min, -0), Object.is(reversed.max, 0)]).toEqual([true, true])
  })

  it('are missing for nulls alone and for raw binary', () => {
    expect(statistics({ name: 'n', type: 'int32', values: [null, null] })).toMatchObject({
      min: undefined,
      nullCount: 2n,
    })
    expect(statistics({ name: 'b', type: 'binary', values: ['00', null] })).toMatchObject({
      min: undefined,
      nullCount: 1n,
    })
  })

  it.each([
    ['ASCII', 'a'.repeat(boundBytesMax + 1), 'a'.repeat(boundBytesMax), `${'a'.repeat(boundBytesMax - 1)}b`],
    ['a character over the cut', `a${'é'.repeat(40)}`, `a${'é'.repeat(31)}`, `a${'é'.repeat(30)}ê`],
    [
      'a last character that can not be raised',
      `${'b'.repeat(60)}${'\u{10ffff}'.repeat(3)}`,
      `${'b'.repeat(60)}\u{10ffff}`,
      `${'b'.repeat(59)}c`,
    ],
    [
      'the gap of the surrogates',
      `${'\ud7ff'.repeat(30)}`,
      '\ud7ff'.repeat(21),
      `${'\ud7ff'.repeat(20)}\ue000`,
    ],
    ['a byte more', `${'\u007f'.repeat(70)}`, '\u007f'.repeat(64), `${'\u007f'.repeat(63)}\u0080`],
  ])('of long text are cut and said to be inexact: %s', (_name, value, min, max) => {
    const stats = statistics(text(value))
    expect(Buffer.from(stats.min as Uint8Array).toString()).toBe(min)
    expect(Buffer.from(stats.max as Uint8Array).toString()).toBe(max)
    expect(stats.exact).toEqual([false, false])
  })

  it('have no greatest text when none can be above it', () => {
    expect(statistics(text('\u{10ffff}'.repeat(20)))).toMatchObject({
      max: undefined,
      exact: [false, undefined],
    })
  })

  it('say the same to DuckDB', async () => {
    const file = write(
      [
        { name: 'at', type: 'timestamp', values: [1_442_016_000_000n, null, 1_442_102_399_999n] },
        { name: 'n', type: 'int64', values: [3n, 2n ** 60n, null] },
        { name: 't', type: 'string', values: ['b', 'a', 'x'.repeat(100)] },
        { name: 'd', type: 'double', values: [Number.NaN, 0.5, 0.25] },
      ],
      2,
    )
    const rows = await duckdb.query(
      file,
      `SELECT row_group_id AS g, path_in_schema AS c, stats_min_value AS min, stats_max_value AS max, stats_null_count AS nulls,
              min_is_exact AS min_exact, max_is_exact AS max_exact FROM parquet_metadata(FILE) ORDER BY column_id, g`,
    )
    const exactly = { min_exact: true, max_exact: true }
    expect(rows).toMatchObject([
      { g: 0n, c: 'at', min: '2015-09-12 00:00:00+00', max: '2015-09-12 00:00:00+00', nulls: 1n, ...exactly },
      {
        g: 1n,
        c: 'at',
        min: '2015-09-12 23:59:59.999+00',
        max: '2015-09-12 23:59:59.999+00',
        nulls: 0n,
        ...exactly,
      },
      { g: 0n, c: 'n', min: '3', max: `${2n ** 60n}`, nulls: 0n, ...exactly },
      { g: 1n, c: 'n', min: null, max: null, nulls: 1n },
      { g: 0n, c: 't', min: 'a', max: 'b', ...exactly },
      { g: 1n, c: 't', min: 'x'.repeat(64), max: `${'x'.repeat(63)}y`, min_exact: false, max_exact: false },
      { g: 0n, c: 'd', min: '0.5', max: '0.5' },
      { g: 1n, c: 'd', min: '0.25', max: '0.25' },
    ])
  })

  it('never hide a row that matches', async () => {
    const values = ['\ufffd', '😀', 'a', 'é', `${'z'.repeat(70)}1`, 'z'.repeat(64), '\ue000', 'b'.repeat(100)]
    const file = write([text(...values)], 2)
    for (const value of values) {
      expect(await readWithHyparquet(file, { filter: { t: { $eq: value } }, usePageIndex: true })).toEqual([
        { t: value },
      ])
      const found = await duckdb.query(file, `SELECT t FROM FILE WHERE t = '${value}'`)
      expect(found).toEqual([{ t: value }])
    }
  })
})

describe('page indexes', () => {
  const count = 50_000
  const rows = Array.from({ length: count }, (_, row) => row)
  const payload = (row: number) =>
    Buffer.from(`{"row":${row},"text":"${'lorem ipsum '.repeat(40)}${row * 7919}"}`).toString('hex')
  const specs: Spec[] = [
    { name: 'at', type: 'timestamp', values: rows.map(row => BigInt(1_442_016_000_000 + row)) },
    { name: 'down', type: 'int32', values: rows.map(row => (row < 20_000 ? null : -row)) },
    { name: 'mixed', type: 'string', values: rows.map(row => `${(row * 7919) % 1000}`) },
    { name: 'raw', type: 'binary', values: rows.map(payload) },
  ]
  let file: ArrayBuffer
  beforeAll(() => {
    file = write(specs)
  })

  function indexes(name: string) {
    const footer = footerOf(new Uint8Array(file))
    const index = specs.findIndex(spec => spec.name === name)
    const chunk = footer.row_groups[0]!.columns[index]!
    const column = chunk.column_index_offset && {
      view: new DataView(file),
      offset: Number(chunk.column_index_offset),
    }
    const offset = { view: new DataView(file), offset: Number(chunk.offset_index_offset) }
    return {
      columnIndex: column
        ? readColumnIndex(column, footer.schema[index + 1]!, { timestampFromMilliseconds: ms => ms })
        : undefined,
      pages: readOffsetIndex(offset).page_locations,
    }
  }

  it('tell the bounds, the nulls and the order of each page', () => {
    const pageRows = 2048
    const pages = Array.from({ length: Math.ceil(count / pageRows) }, (_, page) => page * pageRows)
    expect(indexes('at').columnIndex).toMatchObject({
      boundary_order: 'ASCENDING',
      min_values: pages.map(row => BigInt(1_442_016_000_000 + row)),
      null_pages: pages.map(() => false),
    })
    const nulls = pages.map(row => Math.min(pageRows, Math.max(0, 20_000 - row)))
    expect(indexes('down').columnIndex).toMatchObject({
      boundary_order: 'DESCENDING',
      null_pages: nulls.map(nullCount => nullCount === pageRows),
      null_counts: nulls.map(BigInt),
      max_values: pages.map((row, page) =>
        nulls[page] === pageRows ? expect.anything() : -(row + nulls[page]!),
      ),
    })
    const pagesOfMixed = pages.map(from => specs[2]!.values.slice(from, from + pageRows).sort())
    expect(indexes('mixed').columnIndex).toMatchObject({
      min_values: pagesOfMixed.map(page => page.at(0)),
      max_values: pagesOfMixed.map(page => page.at(-1)),
    })
  })

  it('call an order rising or falling only when it is', () => {
    const order = (...pages: ([number, number] | undefined)[]) =>
      boundaryOrder(pages.map(page => page && { min: page[0], max: page[1] }))
    const { unordered, ascending, descending } = boundaryOrders
    expect([order(), order([1, 2]), order([1, 2], undefined, [1, 3])]).toEqual([
      ascending,
      ascending,
      ascending,
    ])
    expect([order([2, 3], [1, 3]), order([1, 3], undefined, [1, 2])]).toEqual([descending, descending])
    expect([order([1, 3], [2, 2]), order([1, 2], [3, 4], [0, 5])]).toEqual([unordered, unordered])
  })

  it('give raw payloads pages of at most 128 KiB and no bounds', () => {
    const { columnIndex, pages } = indexes('raw')
    expect(columnIndex).toBeUndefined()
    expect(pages.length).toBeGreaterThan((count * 500) / (128 * 1024))
    expect(pages.map(page => Number(page.first_row_index))).toEqual(
      pages.map(page => Number(page.first_row_index)).toSorted((a, b) => a - b),
    )
  })

  it('let one raw payload be read with a page of it, not the chunk', async () => {
    let pageBytesRead = 0
    const counting = {
      byteLength: file.byteLength,
      slice: (start: number, end?: number) => {
        pageBytesRead += (end ?? file.byteLength) - start
        return file.slice(start, end)
      },
    }
    const metadata = footerOf(new Uint8Array(file))
    const row = 31_234
    const read = await readWithHyparquet(counting, {
      metadata,
      columns: ['raw'],
      rowStart: row,
      rowEnd: row + 1,
      useOffsetIndex: true,
    })
    expect(read).toEqual([{ raw: payload(row) }])
    expect(pageBytesRead).toBeLessThan(128 * 1024)
  })

  it('let a range of time be read without the rest', async () => {
    const from = BigInt(1_442_016_000_000 + 40_000)
    const filter = { at: { $gte: from, $lt: from + 3n } }
    const read = await readWithHyparquet(file, { columns: ['at', 'down'], filter, usePageIndex: true })
    expect(read).toEqual([0, 1, 2].map(step => ({ at: from + BigInt(step), down: -(40_000 + step) })))
  })
})
