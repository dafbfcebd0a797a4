import fc from 'fast-check'
import { readOffsetIndex } from 'hyparquet/src/indexes.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ConcatRequest, concatParquet } from '../../../src/segment/parquet/concat.ts'
import { copyBytesMax, type RangeFile } from '../../../src/segment/parquet/join-plan.ts'
import { writeParquet } from '../../../src/segment/parquet/write.ts'
import { columnOf, type Spec, type Value } from './columns.ts'
import { asFile, codec, footerOf, openDuckdb, readWithHyparquet } from './readers.ts'

let duckdb: Awaited<ReturnType<typeof openDuckdb>>
beforeAll(async () => {
  duckdb = await openDuckdb()
})
afterAll(() => duckdb.close())

function write(
  specs: Spec[],
  more: { rowGroupRowsMax?: number; required?: ReadonlySet<string> } = {},
): RangeFile {
  return rangeFile(
    asFile(writeParquet({ columns: specs.map(columnOf), rowGroupRowsMax: 1000, codec, ...more })),
  )
}

function rangeFile(bytes: ArrayBuffer): RangeFile {
  return { byteLength: bytes.byteLength, slice: async (start, end) => bytes.slice(start, end) }
}

async function join(request: ConcatRequest): Promise<ArrayBuffer> {
  const joined = await concatParquet(request)
  if (joined.outcome !== 'joined') throw new Error(`${joined.column}: ${joined.reason}`)
  const chunks: Uint8Array[] = []
  for await (const chunk of joined.chunks()) chunks.push(chunk)
  const file = asFile(chunks)
  expect(file.byteLength).toBe(joined.bytes)
  return file
}

const early: Spec[] = [
  { name: 'id', type: 'string', values: ['a', 'b', 'c'] },
  { name: 'at', type: 'timestamp', values: [1n, null, 3n] },
  { name: 'kind', type: 'string', values: ['edit', 'edit', null], dictionary: true },
]
const later: Spec[] = [
  { name: 'raw', type: 'binary', values: ['00', '01'] },
  { name: 'id', type: 'string', values: ['d', 'e'] },
  { name: 'at', type: 'timestamp', values: [4n, 5n] },
  { name: 'score', type: 'double', values: [0.5, null] },
]
const order = ['id', 'at', 'kind', 'score', 'raw', 'never']
const joinedRows: Record<string, Value>[] = [
  { id: 'a', at: 1n, kind: 'edit', score: null, raw: null },
  { id: 'b', at: null, kind: 'edit', score: null, raw: null },
  { id: 'c', at: 3n, kind: null, score: null, raw: null },
  { id: 'd', at: 4n, kind: null, score: 0.5, raw: '00' },
  { id: 'e', at: 5n, kind: null, score: null, raw: '01' },
]

describe('concatParquet', () => {
  it('unites the columns in the order asked for and fills what a file lacks with nulls', async () => {
    const file = await join({ inputs: [write(early), write(later)], order })
    expect(await readWithHyparquet(file)).toEqual(joinedRows)
    const specs = order.flatMap(name => [...early, ...later].find(spec => spec.name === name) ?? [])
    expect(await duckdb.read(file, specs)).toEqual(joinedRows)
    expect(
      footerOf(new Uint8Array(file))
        .schema.slice(1)
        .map(({ name }) => name),
    ).toEqual(order.slice(0, 5))
  })

  it('keeps the bounds and the row groups of its inputs', async () => {
    const file = await join({ inputs: [write(early, { rowGroupRowsMax: 2 }), write(later)], order })
    const groups = footerOf(new Uint8Array(file)).row_groups
    expect(groups.map(group => group.num_rows)).toEqual([2n, 1n, 2n])
    const at = groups.map(group => group.columns[1]!.meta_data!.statistics!)
    expect(at.map(({ min_value, max_value, null_count }) => [min_value, max_value, null_count])).toEqual([
      [1n, 1n, 1n],
      [3n, 3n, 0n],
      [4n, 5n, 0n],
    ])
    expect(groups.map(group => group.columns[3]!.meta_data!.statistics!.null_count)).toEqual([2n, 1n, 1n])
  })

  it('says where the dictionary and the first page of values are', async () => {
    const file = await join({ inputs: [write(early), write(later), write(early)], order })
    for (const group of footerOf(new Uint8Array(file)).row_groups) {
      for (const { meta_data, offset_index_offset } of group.columns) {
        const index = readOffsetIndex({ view: new DataView(file), offset: Number(offset_index_offset) })
        expect(meta_data!.data_page_offset).toBe(index.page_locations[0]!.offset)
        const hasDictionary = meta_data!.encodings.includes('RLE_DICTIONARY')
        expect(meta_data!.dictionary_page_offset !== undefined).toBe(hasDictionary)
      }
    }
  })

  it('joins what it joined before', async () => {
    const once = await join({ inputs: [write(early), write(later)], order })
    const twice = await join({ inputs: [rangeFile(once), write(early)], order, metadata: { round: '2' } })
    expect((await readWithHyparquet(twice)).map(({ id }) => id)).toEqual([
      'a',
      'b',
      'c',
      'd',
      'e',
      'a',
      'b',
      'c',
    ])
    expect(footerOf(new Uint8Array(twice)).key_value_metadata).toEqual([{ key: 'round', value: '2' }])
  })

  it('joins files without rows', async () => {
    const none = early.map(spec => ({ ...spec, values: [] }))
    expect(await readWithHyparquet(await join({ inputs: [write(none)], order }))).toEqual([])
    const file = await join({ inputs: [write(none), write(later), write(none)], order })
    expect((await readWithHyparquet(file)).map(({ id, kind }) => [id, kind])).toEqual([
      ['d', null],
      ['e', null],
    ])
  })

  it('moves the page indexes, so that one row is still found by its page', async () => {
    const rows = Array.from({ length: 20_000 }, (_, row) => row)
    const many: Spec[] = [
      { name: 'n', type: 'int64', values: rows.map(row => BigInt(row)) },
      { name: 'few', type: 'string', values: rows.map(row => `kind ${row % 50}`), dictionary: true },
    ]
    const inputs = [
      write(many, { rowGroupRowsMax: 20_000 }),
      write(many.toReversed(), { rowGroupRowsMax: 20_000 }),
    ]
    const file = await join({ inputs, order: ['few', 'n'] })
    for (const rowStart of [0, 17_000, 20_000, 37_123]) {
      const read = await readWithHyparquet(file, { rowStart, rowEnd: rowStart + 1, useOffsetIndex: true })
      expect(read).toEqual([{ few: `kind ${(rowStart % 20_000) % 50}`, n: BigInt(rowStart % 20_000) }])
    }
    const filter = { n: { $eq: 19_999n } }
    expect(await readWithHyparquet(file, { filter, usePageIndex: true })).toHaveLength(2)
  })

  it('holds one stretch at a time, and reads neighbouring chunks together', async () => {
    const noise = Array.from({ length: 700_000 }, (_, i) =>
      BigInt.asIntN(64, BigInt(i + 1) * 0x9e3779b97f4a7c15n),
    )
    const wide = ['a', 'b'].map((name): Spec => ({ name, type: 'int64', values: noise }))
    const input = write(wide, { rowGroupRowsMax: 1_000_000 })
    const reads: number[] = []
    const counting: RangeFile = {
      byteLength: input.byteLength,
      slice: (start, end) => {
        reads.push(end - start)
        return input.slice(start, end)
      },
    }
    const file = await join({ inputs: [counting], order: ['a', 'b'] })
    expect(file.byteLength).toBeGreaterThan(2 * 8 * noise.length)
    expect(Math.max(...reads)).toBe(copyBytesMax)
    // trailer, footer, indexes, then the pages
    expect(reads.length).toBe(3 + Math.ceil((2 * 8 * noise.length) / copyBytesMax))
  })

  it('reads the same as one file written at once, whatever the columns', async () => {
    const seed = Date.now()
    const anyRow = fc.record({
      s: fc.option(fc.string()),
      n: fc.option(fc.integer()),
      d: fc.option(fc.double()),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(
            fc.array(anyRow, { minLength: 1 }),
            fc.subarray(['s', 'n', 'd'] as const, { minLength: 1 }),
          ),
          { minLength: 1, maxLength: 4 },
        ),
        async files => {
          const types = { s: 'string', n: 'int32', d: 'double' } as const
          const inputs = files.map(([rows, names]) =>
            write(
              names.map(name => ({ name, type: types[name], values: rows.map(row => row[name]) })),
              { rowGroupRowsMax: 5 },
            ),
          )
          const present = (['s', 'n', 'd'] as const).filter(name =>
            files.some(([, names]) => names.includes(name)),
          )
          const expected = files.flatMap(([rows, names]) =>
            rows.map(row =>
              Object.fromEntries(present.map(name => [name, names.includes(name) ? row[name] : null])),
            ),
          )
          const file = await join({ inputs, order: ['s', 'n', 'd'] })
          expect(await readWithHyparquet(file)).toEqual(expected)
          expect(
            await duckdb.read(
              file,
              present.map(name => ({ name, type: types[name], values: [] })),
            ),
          ).toEqual(expected)
        },
      ),
      { seed, numRuns: 60 },
    )
  })
})

describe('concatParquet does not join', () => {
  it('a column of two types', async () => {
    const other: Spec[] = [{ name: 'at', type: 'int64', values: [1n] }]
    expect(await concatParquet({ inputs: [write(early), write(other)], order })).toEqual({
      outcome: 'not_joinable',
      column: 'at',
      reason: 'timestamp in one file, int64 in another',
    })
  })

  it('a column that is required in one file only, or lacking there', async () => {
    const required = new Set(['id'])
    const mixed = await concatParquet({ inputs: [write(early, { required }), write(later)], order })
    expect(mixed).toMatchObject({
      outcome: 'not_joinable',
      column: 'id',
      reason: 'required in one file, nullable in another',
    })
    const lacking = await concatParquet({
      inputs: [write(early, { required }), write(later.slice(0, 1))],
      order,
    })
    expect(lacking).toMatchObject({
      outcome: 'not_joinable',
      column: 'id',
      reason: 'required, and a file lacks it',
    })
  })

  it('a column without a place in the order', async () => {
    await expect(concatParquet({ inputs: [write(early)], order: ['id', 'at'] })).rejects.toThrow(
      'column kind has no place',
    )
  })

  it('no files', async () => {
    await expect(concatParquet({ inputs: [], order })).rejects.toThrow('nothing to join')
  })

  it('what is not Parquet of ours, however it is cut', async () => {
    const bytes = await write(early).slice(0, write(early).byteLength)
    for (let end = 0; end < bytes.byteLength; end++) {
      await expect(
        concatParquet({ inputs: [rangeFile(bytes.slice(0, end))], order }),
        `cut at ${end}`,
      ).rejects.toThrow(/Parquet|thrift/)
    }
  })

  it('a footer with a flipped byte, without falling over', async () => {
    const whole = write(early)
    const bytes = new Uint8Array(await whole.slice(0, whole.byteLength))
    for (let at = bytes.length - 300; at < bytes.length; at++) {
      const flipped = bytes.slice()
      flipped[at]! ^= 0x41
      try {
        await concatParquet({ inputs: [rangeFile(flipped.buffer)], order })
      } catch (error) {
        expect(['ParquetError', 'AssertionError'], String(error)).toContain((error as Error).name)
      }
    }
  })
})
