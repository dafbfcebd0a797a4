import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PhysicalType } from '../../../src/segment/column.ts'
import { rowGroupRowsLimit, writeParquet } from '../../../src/segment/parquet/write.ts'
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
): ArrayBuffer {
  return asFile(writeParquet({ columns: specs.map(columnOf), rowGroupRowsMax: 1000, codec, ...more }))
}

function rowsOf(specs: Spec[]): Record<string, Value>[] {
  return specs[0]!.values.map((_, row) =>
    Object.fromEntries(specs.map(({ name, values }) => [name, values[row]!])),
  )
}

async function expectBothReadersToSee(specs: Spec[], file: ArrayBuffer): Promise<void> {
  expect(await readWithHyparquet(file)).toEqual(rowsOf(specs))
  expect(await duckdb.read(file, specs)).toEqual(rowsOf(specs))
}

const int64Min = -(2n ** 63n)
const int64Max = 2n ** 63n - 1n

/** One column of each type and of each way to store it, nulls in all. */
const everyType: Spec[] = [
  { name: 'boolean', type: 'boolean', values: [true, null, false, true, null] },
  { name: 'int32', type: 'int32', values: [null, -(2 ** 31), 2 ** 31 - 1, 0, null] },
  { name: 'int64', type: 'int64', values: [int64Min, null, int64Max, -1n, 2n ** 53n + 1n] },
  { name: 'double', type: 'double', values: [-0, 5e-324, null, Number.MAX_VALUE, Number.NEGATIVE_INFINITY] },
  { name: 'timestamp', type: 'timestamp', values: [0n, -1n, 1_700_000_000_123n, null, 253_402_300_799_999n] },
  { name: 'string', type: 'string', values: ['', 'a\0b', null, '😀 – ü', '\ufeffmark'] },
  { name: 'string.few', type: 'string', values: ['x', 'x', null, '', 'x'], dictionary: true },
  { name: 'json', type: 'json', values: ['{"a":1}', null, '[9007199254740993]', 'null', '"😀"'] },
  { name: 'json.few', type: 'json', values: ['1', '2', '1', null, '1'], dictionary: true },
  { name: 'binary', type: 'binary', values: ['', '00ff', null, 'c3', '00'] },
  { name: 'binary.few', type: 'binary', values: ['ff', null, 'ff', '', 'ff'], dictionary: true },
]

describe('writeParquet', () => {
  it('is read back by hyparquet and DuckDB in every type, nulls and extremes included', async () => {
    await expectBothReadersToSee(everyType, write(everyType))
  })

  it('is read back when no row is null, with and without levels', async () => {
    const full = everyType.map(spec => ({
      ...spec,
      values: spec.values.filter(value => value !== null).slice(0, 3),
    }))
    await expectBothReadersToSee(full, write(full))
    await expectBothReadersToSee(full, write(full, { required: new Set(full.map(({ name }) => name)) }))
  })

  it('is read back when all rows are null', async () => {
    const empty = everyType.map(spec => ({ ...spec, values: [null, null, null] }))
    await expectBothReadersToSee(empty, write(empty))
  })

  it('is read back with one row, and with row groups of one row', async () => {
    const one = everyType.map(spec => ({ ...spec, values: spec.values.slice(0, 1) }))
    await expectBothReadersToSee(one, write(one))
    await expectBothReadersToSee(everyType, write(everyType, { rowGroupRowsMax: 1 }))
  })

  it('writes a file without rows', async () => {
    const none = everyType.map(spec => ({ ...spec, values: [] }))
    const file = write(none)
    expect(await readWithHyparquet(file)).toEqual([])
    expect(await duckdb.read(file, none)).toEqual([])
    expect(await duckdb.query(file, 'SELECT count(*) AS n FROM (DESCRIBE SELECT * FROM FILE)')).toEqual([
      { n: BigInt(none.length) },
    ])
  })

  it('says its types to other readers', async () => {
    const types = await duckdb.query(
      write(everyType),
      'SELECT column_name AS n, column_type AS t FROM (DESCRIBE SELECT * FROM FILE)',
    )
    expect(Object.fromEntries(types.map(({ n, t }) => [n, t]))).toEqual({
      boolean: 'BOOLEAN',
      int32: 'INTEGER',
      int64: 'BIGINT',
      double: 'DOUBLE',
      timestamp: 'TIMESTAMP WITH TIME ZONE',
      string: 'VARCHAR',
      'string.few': 'VARCHAR',
      json: 'JSON',
      'json.few': 'JSON',
      binary: 'BLOB',
      'binary.few': 'BLOB',
    })
  })

  it('keeps NaN and both zeros bit for bit', async () => {
    const values = [Number.NaN, -0, 0, null, Number.NaN]
    const file = write([{ name: 'd', type: 'double', values }])
    const read = (await readWithHyparquet(file)).map(row => row.d)
    for (const [row, value] of values.entries()) expect(Object.is(read[row], value), `row ${row}`).toBe(true)
    expect(await duckdb.query(file, 'SELECT count(*) AS n FROM FILE WHERE isnan(d)')).toEqual([{ n: 2n }])
  })

  it('keeps values of 64 KiB and more, one page each when they are large', async () => {
    const texts = ['x'.repeat(65_536), '', '😀'.repeat(70_000), null, 'y'.repeat(300_000)]
    const specs: Spec[] = [
      { name: 'text', type: 'string', values: texts },
      { name: 'few', type: 'string', values: texts, dictionary: true },
      {
        name: 'raw',
        type: 'binary',
        values: texts.map(text => (text === null ? null : Buffer.from(text).toString('hex'))),
      },
    ]
    await expectBothReadersToSee(specs, write(specs))
  })

  it('cuts many rows into pages and row groups that both readers join again', async () => {
    const count = 40_000
    const specs: Spec[] = [
      { name: 'n', type: 'int64', values: Array.from({ length: count }, (_, i) => BigInt(i)) },
      {
        name: 'sparse',
        type: 'double',
        values: Array.from({ length: count }, (_, i) => (i % 1000 === 999 ? i : null)),
      },
      {
        name: 'flag',
        type: 'boolean',
        values: Array.from({ length: count }, (_, i) => (i % 7 === 0 ? null : i % 3 === 0)),
      },
      { name: 'text', type: 'string', values: Array.from({ length: count }, (_, i) => `value ${i}`) },
      {
        name: 'few',
        type: 'string',
        values: Array.from({ length: count }, (_, i) => `${i % 300}`),
        dictionary: true,
      },
      {
        name: 'late',
        type: 'string',
        values: Array.from({ length: count }, (_, i) => (i < 30_000 ? null : 'here')),
        dictionary: true,
      },
    ]
    await expectBothReadersToSee(specs, write(specs, { rowGroupRowsMax: 35_001 }))
  })

  it('gives the same bytes for the same columns', () => {
    expect(Buffer.compare(Buffer.from(write(everyType)), Buffer.from(write(everyType)))).toBe(0)
  })

  it('reads back random columns', async () => {
    const seed = Date.now()
    await fc.assert(
      fc.asyncProperty(anyTable, fc.integer({ min: 1, max: 70 }), async (specs, rowGroupRowsMax) => {
        await expectBothReadersToSee(specs, write(specs, { rowGroupRowsMax }))
      }),
      { seed, numRuns: 120 },
    )
  }, 60_000)

  it('writes key-value pairs', () => {
    const chunks = writeParquet({
      columns: everyType.map(columnOf),
      rowGroupRowsMax: 10,
      codec,
      metadata: { pack: 'wiki', ключ: '' },
    })
    expect(footerOf(Buffer.concat(chunks))).toMatchObject({
      created_by: 'alluvium',
      key_value_metadata: [
        { key: 'pack', value: 'wiki' },
        { key: 'ключ', value: '' },
      ],
    })
  })

  it('compresses each page once', () => {
    let pageCount = 0
    const counting = {
      ...codec,
      compress(bytes: Uint8Array) {
        pageCount++
        return codec.compress(bytes)
      },
    }
    const values = Array.from({ length: 40_000 }, (_, i) => `value ${i % 1000}`)
    const columns = [
      columnOf({ name: 'plain', type: 'string', values }),
      columnOf({ name: 'few', type: 'string', values, dictionary: true }),
    ]
    writeParquet({ columns, rowGroupRowsMax: 40_000, codec: counting })
    // Twenty pages of at most 2,048 rows for each column, and a dictionary.
    expect(pageCount).toBe(20 + 21)
  })

  it('stores plainly what compression does not shrink', () => {
    const noise = Array.from(
      { length: 2000 },
      (_, i) => (Math.imul(i + 1, 2654435761) ^ Math.imul(i, 40503 << 7)) | 0,
    )
    const specs: Spec[] = [
      { name: 'noise', type: 'int32', values: noise },
      { name: 'same', type: 'int32', values: noise.map(() => 7) },
    ]
    const [group] = footerOf(new Uint8Array(write(specs, { rowGroupRowsMax: 2000 }))).row_groups
    expect(group!.columns.map(column => column.meta_data!.codec)).toEqual(['UNCOMPRESSED', 'ZSTD'])
  })
})

describe('writeParquet refuses', () => {
  const [spec] = everyType as [Spec]
  const column = columnOf(spec)
  const attempt = (columns: unknown[], rowGroupRowsMax = 10, required = new Set<string>()) =>
    expect(() => writeParquet({ columns: columns as never, rowGroupRowsMax, codec, required }))

  it('no columns', () => attempt([]).toThrow('without columns'))
  it('two columns of one name', () => attempt([column, column]).toThrow('two columns of one name'))
  it('columns of different lengths', () => {
    attempt([column, columnOf({ name: 'b', type: 'int32', values: [1] })]).toThrow('another length')
  })
  it('row groups out of bounds', () => {
    attempt([column], 0).toThrow('row groups')
    attempt([column], rowGroupRowsLimit + 1).toThrow('row groups')
  })
  it('a null in a required column', () => attempt([column], 10, new Set([spec.name])).toThrow('holds a null'))
  it('a wrong count of nulls', () => attempt([{ ...column, nullCount: 1 }]).toThrow('states 1 nulls, has 2'))
  it('nulls without a bitmap', () => attempt([{ ...column, validity: undefined }]).toThrow('no bitmap'))
  it('fewer values than rows', () => {
    attempt([
      { ...columnOf({ name: 'i', type: 'int32', values: [1, 2] }), values: new Int32Array(1) },
    ]).toThrow('fewer values')
  })
  it('an index beyond its dictionary', () => {
    const few = columnOf({ name: 'few', type: 'string', values: ['a', 'b'], dictionary: true })
    attempt([{ ...few, indices: Int32Array.of(0, 9) }]).toThrow('its dictionary lacks')
  })
})

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('', 'a', '\0', 'z'.repeat(200)),
)

function anyValue(type: PhysicalType): fc.Arbitrary<Value> {
  switch (type) {
    case 'boolean':
      return fc.boolean()
    case 'int32':
      return fc.integer()
    case 'int64':
      return fc.bigInt({ min: int64Min, max: int64Max })
    case 'double':
      return fc.double()
    case 'timestamp':
      return fc.bigInt({ min: -62_135_596_800_000n, max: 253_402_300_799_999n })
    case 'string':
      return anyText
    case 'json':
      return fc.json({ maxDepth: 2 })
    case 'binary':
      return fc.uint8Array({ maxLength: 40 }).map(bytes => Buffer.from(bytes).toString('hex'))
  }
}

const anyType = fc.constantFrom<PhysicalType>(
  'boolean',
  'int32',
  'int64',
  'double',
  'timestamp',
  'string',
  'json',
  'binary',
)

const anyTable = fc.integer({ min: 1, max: 200 }).chain(rowCount =>
  fc
    .array(
      fc.tuple(anyType, fc.boolean(), fc.constantFrom(0, 2, 30)).chain(([type, dictionary, freq]) => {
        const value = freq === 0 ? anyValue(type) : fc.option(anyValue(type), { freq })
        return fc.record({
          type: fc.constant(type),
          dictionary: fc.constant(dictionary),
          values: fc.array(value, { minLength: rowCount, maxLength: rowCount }),
        })
      }),
      { minLength: 1, maxLength: 5 },
    )
    .map(columns => columns.map((column, index): Spec => ({ ...column, name: `column ${index}` }))),
)
