import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AssertionError } from '../../../src/base/assert.ts'
import type { PhysicalType } from '../../../src/segment/column.ts'
import { openInput } from '../../../src/segment/parquet/join-input.ts'
import { rewriteParquet } from '../../../src/segment/parquet/rewrite.ts'
import {
  type GroupSize,
  isFragmented,
  planRowGroups,
  rowGroupRawBytesMax,
  rowGroupRowsMax,
} from '../../../src/segment/parquet/rewrite-plan.ts'
import type { SchemaColumn } from '../../../src/segment/parquet/schema.ts'
import { BlockSink } from '../../../src/segment/parquet/sink.ts'
import { widenColumns } from '../../../src/segment/parquet/widen-columns.ts'
import { ParquetFile, writeParquet } from '../../../src/segment/parquet/write.ts'
import { columnOf, type Spec, type Value } from './columns.ts'
import { asFile, codec, footerOf, readWithHyparquet } from './readers.ts'

interface Written {
  specs: Spec[]
  rowGroupRowsMax?: number
  rawBytesPerRow?: number
  required?: ReadonlySet<string>
}

async function rewrite(files: readonly Written[]): Promise<ArrayBuffer> {
  const inputs = await Promise.all(
    files.map(async ({ specs, rowGroupRowsMax = 1000, rawBytesPerRow = 1, ...more }) => {
      const bytes = asFile(writeParquet({ columns: specs.map(columnOf), rowGroupRowsMax, codec, ...more }))
      const file = {
        byteLength: bytes.byteLength,
        slice: async (start: number, end?: number) => bytes.slice(start, end),
      }
      const { columns, rowGroups } = (await openInput(file)).footer
      const sizes = rowGroups.map(({ rowCount }) => ({ rowCount, rawBytes: rowCount * rawBytesPerRow }))
      return { file, columns, rowGroups: sizes }
    }),
  )
  const chunks: Uint8Array[] = []
  const columns = widenColumns(inputs.map(({ columns }) => columns))
  for await (const chunk of rewriteParquet({ inputs, columns, codec })) chunks.push(chunk)
  return asFile(chunks)
}

const groupRows = (file: ArrayBuffer) =>
  footerOf(new Uint8Array(file)).row_groups.map(group => Number(group.num_rows))

describe('rewriteParquet', () => {
  it('keeps every value of every type, and where there is none', async () => {
    const specs: Spec[] = [
      { name: 'b', type: 'boolean', values: [true, null, false] },
      { name: 'i', type: 'int32', values: [-1, 2 ** 31 - 1, null] },
      { name: 'l', type: 'int64', values: [null, -(2n ** 63n), 2n ** 63n - 1n] },
      { name: 'd', type: 'double', values: [-0, Number.NaN, Number.NEGATIVE_INFINITY] },
      { name: 't', type: 'timestamp', values: [-62_135_596_800_000n, 253_402_300_799_999n, null] },
      { name: 's', type: 'string', values: ['', '\ufeffü😀', null] },
      { name: 'few', type: 'string', values: ['one', null, 'one'], dictionary: true },
      { name: 'j', type: 'json', values: ['{"a": [1, 2 ]}', null, '"text"'] },
      { name: 'x', type: 'binary', values: ['', 'ff00', null] },
      { name: 'none', type: 'string', values: [null, null, null] },
    ]
    const rows = [0, 1, 2].map(row =>
      Object.fromEntries(specs.map(({ name, values }) => [name, values[row]])),
    )
    const file = await rewrite([{ specs }, { specs, rowGroupRowsMax: 2 }])
    expect(await readWithHyparquet(file)).toEqual([...rows, ...rows])
    expect(groupRows(file)).toEqual([6])
  })

  it('keeps a required column required, unless a file lacks it', async () => {
    const required = new Set(['id', 'new'])
    const id: Spec = { name: 'id', type: 'int32', values: [1, 2] }
    const added: Spec = { name: 'new', type: 'string', values: ['a', 'b'] }
    const file = await rewrite([
      { specs: [id], required },
      { specs: [id, added], required },
    ])
    const repetitions = footerOf(new Uint8Array(file))
      .schema.slice(1)
      .map(element => element.repetition_type)
    expect(repetitions).toEqual(['REQUIRED', 'OPTIONAL'])
    expect((await readWithHyparquet(file)).map(row => row.new)).toEqual([null, null, 'a', 'b'])
  })

  it('widens integers to doubles, and everything to text as JSON writes it', async () => {
    const cases: [type: PhysicalType, values: Value[], texts: (string | null)[]][] = [
      ['boolean', [true, false, null], ['true', 'false', null]],
      ['int64', [2n ** 53n + 1n, -7n, null], ['9007199254740993', '-7', null]],
      ['double', [0.1, 1e21, null], ['0.1', '1e+21', null]],
      [
        'timestamp',
        [0n, 1_442_018_818_771n, null],
        ['1970-01-01T00:00:00.000Z', '2015-09-12T00:46:58.771Z', null],
      ],
      ['json', ['[1, 2]', '{}', null], ['[1, 2]', '{}', null]],
    ]
    for (const [type, values, texts] of cases) {
      const narrow: Spec[] = [{ name: 'v', type, values }]
      const file = await rewrite([
        { specs: narrow },
        { specs: [{ name: 'v', type: 'string', values: ['text'] }] },
      ])
      expect(
        (await readWithHyparquet(file)).map(({ v }) => v),
        type,
      ).toEqual([...texts, 'text'])
    }
    const long: Spec[] = [{ name: 'v', type: 'int64', values: [1n, null, -3n] }]
    const double: Spec[] = [{ name: 'v', type: 'double', values: [0.5] }]
    const file = await rewrite([{ specs: double }, { specs: long }])
    expect((await readWithHyparquet(file)).map(({ v }) => v)).toEqual([0.5, 1, null, -3])
  })

  it('cuts and joins row groups within both bounds', async () => {
    const values = Array.from({ length: 5000 }, (_, row) => row)
    const specs: Spec[] = [{ name: 'n', type: 'int32', values }]
    const heavy = await rewrite([
      { specs, rowGroupRowsMax: 5000, rawBytesPerRow: rowGroupRawBytesMax / 2000 },
    ])
    expect(groupRows(heavy)).toEqual([1667, 1667, 1666])
    expect((await readWithHyparquet(heavy)).map(({ n }) => n)).toEqual(values)
    const light = await rewrite([{ specs, rowGroupRowsMax: 10 }, { specs }])
    expect(groupRows(light)).toEqual([10_000])
    expect((await readWithHyparquet(light)).map(({ n }) => n)).toEqual([...values, ...values])
  })

  it('reads the same as its inputs one after the other, whatever the columns', async () => {
    const seed = Date.now() % 1e9
    const text = fc.option(fc.string())
    const row = fc.record({
      s: text,
      k: fc.option(fc.constantFrom('a', 'b')),
      n: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
      d: fc.option(fc.double()),
      b: fc.option(fc.boolean()),
    })
    const types = { s: 'string', k: 'string', n: 'int64', d: 'double', b: 'boolean' } as const
    const names = Object.keys(types) as (keyof typeof types)[]
    const someFiles = fc.array(
      fc.record({
        rows: fc.array(row, { minLength: 1, maxLength: 40 }),
        names: fc.subarray(names, { minLength: 1 }),
        rowGroupRowsMax: fc.integer({ min: 1, max: 20 }),
        rawBytesPerRow: fc.integer({ min: 1, max: rowGroupRawBytesMax / 4 }),
      }),
      { minLength: 1, maxLength: 4 },
    )
    await fc.assert(
      fc.asyncProperty(someFiles, async files => {
        const file = await rewrite(
          files.map(({ rows, names, ...more }) => ({
            ...more,
            specs: names.map(name => ({
              name,
              type: types[name],
              values: rows.map(row => row[name]),
              dictionary: name === 'k',
            })),
          })),
        )
        const present = names.filter(name => files.some(file => file.names.includes(name)))
        const expected = files.flatMap(({ rows, names }) =>
          rows.map(row =>
            Object.fromEntries(present.map(name => [name, names.includes(name) ? row[name] : null])),
          ),
        )
        expect(await readWithHyparquet(file)).toEqual(expected)
      }),
      { seed, numRuns: 60 },
    )
  })

  it('gives the same bytes for the same inputs', async () => {
    const specs: Spec[] = [{ name: 's', type: 'string', values: ['a', 'b', 'a'] }]
    const bytes = async () => Buffer.from(await rewrite([{ specs }, { specs }])).toString('hex')
    expect(await bytes()).toBe(await bytes())
  })

  it('lets go of what is written while it goes on', async () => {
    const random = (row: number) => BigInt.asIntN(64, BigInt(row + 1) * 0x9e3779b97f4a7c15n)
    const values = Array.from({ length: 60_000 }, (_, row) => random(row))
    const specs = ['a', 'b', 'c', 'd', 'e', 'f'].map((name): Spec => ({ name, type: 'int64', values }))
    const bytes = asFile(writeParquet({ columns: specs.map(columnOf), rowGroupRowsMax: 60_000, codec }))
    let readBytes = 0
    const file = {
      byteLength: bytes.byteLength,
      slice: async (start: number, end?: number) => {
        const slice = bytes.slice(start, end)
        readBytes += slice.byteLength
        return slice
      },
    }
    const { columns } = (await openInput(file)).footer
    const input = { file, columns, rowGroups: [{ rowCount: 60_000, rawBytes: 1 }] }
    const body = rewriteParquet({ inputs: [input], columns, codec })
    await body.next()
    expect(readBytes, 'the first blocks come before the last columns are read').toBeLessThan(bytes.byteLength)
  })
})

describe('planRowGroups', () => {
  const full: GroupSize = { rowCount: rowGroupRowsMax, rawBytes: 1 }

  it('joins neighbours up to the bounds, and leaves full groups alone', () => {
    const tiny = { rowCount: 10, rawBytes: 10 }
    expect(planRowGroups([[tiny, tiny], [tiny], [full], [tiny]])).toEqual([
      [
        { input: 0, from: 0, until: 10 },
        { input: 0, from: 10, until: 20 },
        { input: 1, from: 0, until: 10 },
      ],
      [{ input: 2, from: 0, until: rowGroupRowsMax }],
      [{ input: 3, from: 0, until: 10 }],
    ])
  })

  it('cuts what is over a bound into equal pieces', () => {
    const planned = planRowGroups([[{ rowCount: 100, rawBytes: 3.5 * rowGroupRawBytesMax }]])
    expect(planned.map(([span]) => span!.until - span!.from)).toEqual([25, 25, 25, 25])
    const one = planRowGroups([[{ rowCount: 1, rawBytes: 9 * rowGroupRawBytesMax }]])
    expect(one).toEqual([[{ input: 0, from: 0, until: 1 }]])
  })

  it('plans nothing for files without rows', () => {
    expect(planRowGroups([[], []])).toEqual([])
  })

  it('takes every row once, in order, within the bounds, and never across row groups', () => {
    const seed = Date.now() % 1e9
    const size = fc.record({
      rowCount: fc.integer({ min: 1, max: rowGroupRowsMax * 3 }),
      rawBytes: fc.integer({ min: 1, max: rowGroupRawBytesMax * 3 }),
    })
    fc.assert(
      fc.property(fc.array(fc.array(size, { maxLength: 8 }), { maxLength: 5 }), inputs => {
        const planned = planRowGroups(inputs)
        let at = 0
        const spans = planned.flat()
        for (const [input, groups] of inputs.entries()) {
          let from = 0
          for (const { rowCount } of groups) {
            const end = from + rowCount
            while (from < end) {
              const span = spans[at++]!
              expect([span.input, span.from]).toEqual([input, from])
              expect(span.until).toBeLessThanOrEqual(end)
              from = span.until
            }
          }
        }
        expect(at).toBe(spans.length)
        for (const group of planned) {
          const rowCount = group.reduce((sum, { from, until }) => sum + until - from, 0)
          expect(rowCount).toBeLessThanOrEqual(rowGroupRowsMax)
        }
      }),
      { seed },
    )
  })
})

describe('isFragmented', () => {
  const tiny = { rowCount: 10, rawBytes: 10 }
  const large = { rowCount: 10, rawBytes: rowGroupRawBytesMax / 2 }

  it('holds when more than half of the row groups are small in rows and in bytes', () => {
    expect(isFragmented([[tiny], [tiny]])).toBe(true)
    expect(isFragmented([[tiny, large], [tiny]])).toBe(true)
    expect(isFragmented([[tiny, large]])).toBe(false)
    expect(isFragmented([[large], [large]])).toBe(false)
    expect(isFragmented([[{ rowCount: 20_000, rawBytes: 1 }], [{ rowCount: 20_000, rawBytes: 1 }]])).toBe(
      false,
    )
  })

  it('does not hold for one row group or none, which can not be fewer', () => {
    expect(isFragmented([[tiny], []])).toBe(false)
    expect(isFragmented([[], []])).toBe(false)
  })
})

describe('widenColumns', () => {
  const column = (name: string, type: PhysicalType, required = false): SchemaColumn => ({
    name,
    type,
    required,
  })

  it('takes columns as they first appear, in the type that holds all', () => {
    const files = [
      [column('doc', 'int32', true), column('b', 'int64')],
      [column('doc', 'int32', true), column('a', 'json'), column('b', 'double')],
      [column('doc', 'int32', true), column('a', 'timestamp'), column('c', 'boolean')],
    ]
    expect(widenColumns(files)).toEqual([
      column('doc', 'int32', true),
      column('b', 'double'),
      column('a', 'string'),
      column('c', 'boolean'),
    ])
  })

  it('refuses to widen the envelope, whose types are fixed', () => {
    expect(() => widenColumns([[column('doc', 'int32')], [column('doc', 'int64')]])).toThrow(AssertionError)
    expect(() => widenColumns([[column('raw', 'binary')], [column('raw', 'string')]])).toThrow(AssertionError)
  })
})

describe('ParquetFile', () => {
  const schema: SchemaColumn[] = ['a', 'b'].map(name => ({ name, type: 'int32', required: true }))
  const [a, b] = ['a', 'b'].map(name => columnOf({ name, type: 'int32', values: [1, 2, 3] }))

  it('is the file that writing whole columns at once gives', () => {
    const sink = new BlockSink()
    const file = new ParquetFile(schema, codec, sink)
    for (const from of [0, 2])
      for (const column of [a!, b!]) file.append(column, { from, until: Math.min(3, from + 2) })
    file.end({ key: 'value' })
    const required = new Set(['a', 'b'])
    const whole = writeParquet({
      columns: [a!, b!],
      rowGroupRowsMax: 2,
      codec,
      required,
      metadata: { key: 'value' },
    })
    expect(Buffer.compare(Buffer.concat(sink.blocks()), Buffer.concat(whole))).toBe(0)
  })

  it('refuses columns out of order, of another type, of another length, or too few', () => {
    const started = () => new ParquetFile(schema, codec, new BlockSink())
    expect(() => started().append(b!, { from: 0, until: 3 })).toThrow('as the schema says')
    const double = columnOf({ name: 'a', type: 'double', values: [1] })
    expect(() => started().append(double, { from: 0, until: 1 })).toThrow('as the schema says')
    const file = started()
    file.append(a!, { from: 0, until: 3 })
    expect(() => file.end()).toThrow('lacks columns')
    expect(() => file.append(b!, { from: 0, until: 2 })).toThrow('of another length')
  })
})
