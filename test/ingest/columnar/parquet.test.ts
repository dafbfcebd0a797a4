import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { DuckDBConnection } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exactJson, linesOf, outcomeOf, parquetTesting } from './decoding.ts'
import { difference, duckdb, readRows } from './duckdb.ts'

let connection: DuckDBConnection
const folder = mkdtempSync(join(tmpdir(), 'columnar-'))
beforeAll(async () => {
  connection = await duckdb()
})
afterAll(() => {
  connection.closeSync()
  rmSync(folder, { recursive: true })
})

/** Files of parquet-testing/good that are refused, and what the message says. All others must be read. */
const refused: Record<string, RegExp> = {
  'datapage_v1-corrupt-checksum.parquet': /row group 0: column "a": a page fails its checksum/,
  'rle-dict-uncompressed-corrupt-checksum.parquet':
    /row group 0: column "long_field": a page fails its checksum/,
  'nation.dict-malformed.parquet': /row group 0: column "name": 28 bytes were announced where 13 are left/,
  'large_string_map.brotli.parquet': /decodes to more than 104857600 bytes/,
}

/** Files that DuckDB can't read or holds less exactly. Each has a test of its own below. */
const withoutDuckdb = [
  'byte_stream_split_extended.gzip.parquet',
  'hadoop_lz4_compressed.parquet',
  'hadoop_lz4_compressed_larger.parquet',
  'int96_from_spark.parquet',
  'map_no_value.parquet',
  'non_hadoop_lz4_compressed.parquet',
]

describe.skipIf(!parquetTesting)('apache/parquet-testing (skipped when ../shared/data is missing)', () => {
  const names = (kind: string) =>
    parquetTesting
      ? readdirSync(new URL(`${kind}/`, parquetTesting)).filter(name => name.endsWith('.parquet'))
      : []
  const url = (kind: string, name: string) => new URL(`${kind}/${name}`, parquetTesting)

  it('holds the files that this test names', () => {
    expect(names('good')).toHaveLength(65)
    expect(names('good')).toEqual(expect.arrayContaining([...Object.keys(refused), ...withoutDuckdb]))
    expect(names('bad')).toHaveLength(8)
  })

  for (const name of names('good').filter(name => !refused[name] && !withoutDuckdb.includes(name))) {
    it(`reads ${name} as DuckDB does`, async () => {
      const ours = (await linesOf('parquet', readFileSync(url('good', name)))).map(exactJson)
      const path = fileURLToPath(url('good', name))
      const theirs = await readRows(connection, `SELECT * FROM read_parquet('${path}')`)
      expect(ours.length).toBe(theirs.length)
      for (const [row, line] of ours.entries())
        expect(difference(line, theirs[row], `row ${row}`)).toBeUndefined()
    })
  }

  for (const [name, message] of Object.entries(refused)) {
    it(`refuses ${name} and says why`, async () => {
      expect(await outcomeOf('parquet', readFileSync(url('good', name)))).toMatchObject({
        message: expect.stringMatching(message),
      })
    })
  }

  for (const name of names('bad').filter(name => name !== 'ARROW-GH-43605.parquet')) {
    it(`refuses bad/${name} as malformed`, async () => {
      expect(await outcomeOf('parquet', readFileSync(url('bad', name)))).toMatchObject({
        code: 'malformed_parquet',
      })
    })
  }

  it('reads bad/ARROW-GH-43605.parquet: only a reader was bad, indexes of 0 bits into one entry are right', async () => {
    const lines = await linesOf('parquet', readFileSync(url('bad', 'ARROW-GH-43605.parquet')))
    expect(lines).toHaveLength(21_186)
    expect(new Set(lines)).toEqual(new Set(['{"min_fl":0}']))
  })

  for (const [name, same] of [
    ['hadoop_lz4_compressed', 'lz4_raw_compressed'],
    ['non_hadoop_lz4_compressed', 'lz4_raw_compressed'],
    ['hadoop_lz4_compressed_larger', 'lz4_raw_compressed_larger'],
  ]) {
    it(`reads ${name}.parquet, whose rows are those of ${same}.parquet`, async () => {
      const [ours, theirs] = await Promise.all(
        [name, same].map(each => linesOf('parquet', readFileSync(url('good', `${each}.parquet`)))),
      )
      expect(ours).toEqual(theirs)
      expect(ours!.length).toBeGreaterThan(3)
    })
  }

  it('reads byte stream split columns, which are written beside the same values in plain', async () => {
    const lines = await linesOf(
      'parquet',
      readFileSync(url('good', 'byte_stream_split_extended.gzip.parquet')),
    )
    const rows = lines.map(line => exactJson(line) as Record<string, string>)
    expect(rows).toHaveLength(200)
    for (const kind of ['float16', 'float', 'double', 'int32', 'int64', 'flba5', 'decimal']) {
      expect(rows.map(row => row[`${kind}_plain`])).toEqual(rows.map(row => row[`${kind}_byte_stream_split`]))
      expect(new Set(rows.map(row => row[`${kind}_plain`])).size).toBeGreaterThan(100)
    }
  })

  it('reads maps without values as maps to null', async () => {
    const lines = await linesOf('parquet', readFileSync(url('good', 'map_no_value.parquet')))
    const pairs = (keys: number[]) => keys.map(key => ({ key, value: null }))
    const rows = [1, 4, 7].map(first => [first, first + 1, first + 2])
    expect(lines.map(line => JSON.parse(line))).toEqual(
      rows.map(keys => ({ my_map: pairs(keys), my_map_no_v: pairs(keys), my_list: keys })),
    )
  })

  it('reads INT96 of Spark to the nanosecond', async () => {
    const lines = await linesOf('parquet', readFileSync(url('good', 'int96_from_spark.parquet')))
    expect(lines.slice(0, 5)).toEqual([
      '{"a":"2024-01-01T20:34:56.123456000Z"}',
      '{"a":"2024-01-01T01:00:00.000000000Z"}',
      '{"a":"9999-12-31T03:00:00.000000000Z"}',
      '{"a":"2024-12-30T23:00:00.000000000Z"}',
      '{"a":null}',
    ])
  })

  for (const name of [
    'delta_binary_packed',
    'delta_byte_array',
    'delta_encoding_required_column',
    'delta_encoding_optional_column',
  ]) {
    it(`reads ${name} as its expected CSV says`, async () => {
      const lines = await linesOf('parquet', readFileSync(url('good', `${name}.parquet`)))
      const [, ...rows] = readCsv(readFileSync(url('good', `${name}_expect.csv`), 'utf8'))
      const cells = lines.map(line =>
        Object.values(exactJson(line) as object).map(cell =>
          cell === null ? '' : String(cell).replace(/^#/, ''),
        ),
      )
      expect(cells).toEqual(rows)
    })
  }
})

describe('files that DuckDB writes', () => {
  const query = `SELECT
      (i % 128)::TINYINT AS tiny, (i * 1000003)::INTEGER AS int, (i::HUGEINT * 922337203685477 - 461168601842738)::BIGINT AS big,
      (18446744073709551615 - i)::UBIGINT AS ubig, i % 3 = 0 AS flag, i / 7 AS dbl, (i / 7)::FLOAT AS flt,
      (i * 945.678)::DECIMAL(9, 3) AS dec9, (i * -12345.678)::DECIMAL(18, 5) AS dec18, (i::HUGEINT * 1000000000001)::DECIMAL(38, 10) AS dec38,
      'text ' || i AS text, CASE WHEN i % 5 = 0 THEN NULL ELSE 'w' || i % 11 END AS word, ('\\xAA\\x00' || i)::BLOB AS blob,
      DATE '2020-02-29' + i::INTEGER AS day, TIME '00:00:01' + to_milliseconds(i * 77) AS tod,
      TIMESTAMP '1969-12-31 23:59:59' + to_microseconds(i * 100001) AS ts, (TIMESTAMP '2024-01-01' + to_hours(i))::TIMESTAMP_MS AS ms,
      make_timestamp_ns(i * 1000000007) AS ns, TIMESTAMPTZ '2024-01-01 00:00:00+00' + to_minutes(i) AS tz,
      md5(i::VARCHAR)::UUID AS id, [i, NULL, i + 1] AS list, CASE WHEN i % 4 = 0 THEN [] WHEN i % 4 = 1 THEN NULL ELSE [[i], []] END AS lists,
      {'a': i, 'b': CASE WHEN i % 2 = 0 THEN {'c': 'x' || i} END} AS st,
      MAP {'2': i, '1': NULL, 'k' || i: 7} AS names, MAP {i: 'v' || i} AS numbers
    FROM range(0, 1000) r(i)`
  const codecs = ['uncompressed', 'snappy', 'gzip', 'zstd', 'lz4_raw', 'brotli']
  const variants = codecs.flatMap(codec => ['V1', 'V2'].map(version => ({ codec, version })))

  for (const { codec, version } of variants) {
    it(`are read as they were written: ${codec}, ${version}`, async () => {
      const path = join(folder, `${codec}-${version}.parquet`)
      await connection.run(
        `COPY (${query}) TO '${path}' (FORMAT parquet, COMPRESSION ${codec}, PARQUET_VERSION ${version}, ROW_GROUP_SIZE 300)`,
      )
      const ours = (await linesOf('parquet', readFileSync(path))).map(exactJson)
      const theirs = await readRows(connection, `SELECT * FROM read_parquet('${path}')`)
      expect(ours).toHaveLength(1000)
      for (const [row, line] of ours.entries())
        expect(difference(line, theirs[row], `row ${row}`)).toBeUndefined()
    })
  }

  it('become the same text, whichever way they were compressed', async () => {
    const texts = await Promise.all(
      variants.map(async ({ codec, version }) =>
        (await linesOf('parquet', readFileSync(join(folder, `${codec}-${version}.parquet`)))).join('\n'),
      ),
    )
    expect(new Set(texts).size).toBe(1)
    expect(texts[0]!.split('\n')[7]).toBe(
      '{"tiny":7,"int":7000021,"big":5995191823955601,"ubig":18446744073709551608,"flag":false,"dbl":1,"flt":1,' +
        '"dec9":6619.746,"dec18":-86419.74600,"dec38":7000000000007.0000000000,"text":"text 7","word":"w7",' +
        '"blob":"qgA3","day":"2020-03-07","tod":"00:00:01.539000","ts":"1969-12-31T23:59:59.700007Z",' +
        '"ms":"2024-01-01T07:00:00.000Z","ns":"1970-01-01T00:00:07.000000049Z","tz":"2024-01-01T00:07:00.000000Z",' +
        '"id":"8f14e45f-ceea-167a-5a36-dedd4bea2543","list":[7,null,8],"lists":[[7],[]],"st":{"a":7,"b":null},' +
        '"names":{"2":7,"1":null,"k7":7},"numbers":[{"key":7,"value":"v7"}]}',
    )
  })

  it('hold no rows, and that is no error', async () => {
    const path = join(folder, 'empty.parquet')
    await connection.run(`COPY (SELECT 1 AS a WHERE false) TO '${path}' (FORMAT parquet)`)
    expect(await outcomeOf('parquet', readFileSync(path))).toEqual({ rowCount: 0 })
  })
})

/** Cells of a CSV file with quotes, but no line ends in cells. */
function readCsv(text: string): string[][] {
  const lines = text.trimEnd().split(/\r?\n/)
  return lines.map(line =>
    (line.match(/(?<=^|,)(?:"[^"]*"|[^,]*)/g) ?? []).map(cell => cell.replace(/^"|"$/g, '')),
  )
}
