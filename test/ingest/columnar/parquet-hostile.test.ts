// Parquet files that lie. Each is answered with rows or with one of two refusals, soon and within bounds.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeColumnar } from '../../../src/ingest/columnar/decode.ts'
import { bounds, flipBit, linesOf, outcomeOf, seededRandom } from './decoding.ts'
import { duckdb } from './duckdb.ts'

const folder = mkdtempSync(join(tmpdir(), 'columnar-'))
const files: Record<string, Uint8Array> = {}

beforeAll(async () => {
  const connection = await duckdb()
  const write = async (name: string, query: string, options: string) => {
    const path = join(folder, name)
    await connection.run(`COPY (${query}) TO '${path}' (FORMAT parquet, ${options})`)
    files[name] = readFileSync(path)
  }
  const flat = `SELECT i AS id, 'w' || i % 5 AS word, i / 3 AS share FROM range(0, 40) r(i)`
  const nested = `SELECT [{'a': i, 'b': ['x' || i]}] AS list, MAP {'k' || i: i} AS map FROM range(0, 20) r(i)`
  await write('flat', flat, 'COMPRESSION uncompressed')
  await write('nested', nested, 'COMPRESSION uncompressed, PARQUET_VERSION V2')
  await write('zstd', flat, 'COMPRESSION zstd')
  await write('snappy', nested, 'COMPRESSION snappy')
  await write('deep', `SELECT [[[[i]]]] AS d FROM range(0, 3) r(i)`, 'COMPRESSION uncompressed')
  await write(
    'wide',
    `SELECT 'the same long text again and again' AS text FROM range(0, 100000)`,
    'COMPRESSION zstd',
  )
  connection.closeSync()
})
afterAll(() => rmSync(folder, { recursive: true }))

const answers = expect.objectContaining({
  code: expect.stringMatching(/^(malformed_parquet|body_too_large)$/),
})

describe('damaged files', () => {
  for (const name of ['flat', 'nested']) {
    it(`are refused wherever they are cut off: ${name}`, async () => {
      const whole = files[name]!
      for (let length = 0; length < whole.length; length++) {
        expect(await outcomeOf('parquet', whole.subarray(0, length)), `first ${length} bytes`).toEqual(
          answers,
        )
      }
    })
  }

  it('give rows or a refusal for 2,000 random bit flips', async () => {
    const seed = 424_242
    const random = seededRandom(seed)
    let refusedCount = 0
    for (let round = 0; round < 2000; round++) {
      const name = ['flat', 'nested', 'zstd', 'snappy'][round % 4]!
      const whole = files[name]!
      const bit = random(whole.length * 8)
      const started = performance.now()
      const outcome = await outcomeOf('parquet', flipBit(whole, bit))
      const place = `seed ${seed}, ${name}, bit ${bit}`
      expect(performance.now() - started, place).toBeLessThan(2000)
      if ('code' in outcome) {
        expect(outcome, place).toEqual(answers)
        refusedCount++
      }
    }
    // Most bits of a file without checksums are plain values, yet many say something about its shape.
    expect(refusedCount).toBeGreaterThan(200)
  }, 60_000)

  it('give rows or a refusal when bytes of the footer are overwritten', async () => {
    const seed = 77
    const random = seededRandom(seed)
    const whole = files.nested!
    const footerStart =
      whole.length - 8 - new DataView(whole.buffer, whole.byteOffset).getUint32(whole.length - 8, true)
    for (let round = 0; round < 2000; round++) {
      const body = whole.slice()
      for (let i = 0; i < 3; i++)
        body[footerStart + random(whole.length - 8 - footerStart)] = [0, 0x7f, 0x80, 0xff, random(256)][
          random(5)
        ]!
      const outcome = await outcomeOf('parquet', body)
      if ('code' in outcome) expect(outcome, `seed ${seed}, round ${round}`).toEqual(answers)
    }
  }, 60_000)
})

describe('files that claim too much', () => {
  /** Thrift compact, as far as these footers need it. */
  const zigzag = (value: bigint): number[] => {
    const bytes: number[] = []
    let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
    for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
    return [...bytes, Number(rest)]
  }
  const i32 = (delta: number, value: number) => [(delta << 4) | 5, ...zigzag(BigInt(value))]
  const i64 = (delta: number, value: bigint) => [(delta << 4) | 6, ...zigzag(value)]
  const name = (delta: number) => [(delta << 4) | 8, 1, 0x61]
  const file = (pages: number[], footer: number[]) => {
    const length = new Uint8Array(new Uint32Array([footer.length]).buffer)
    return Uint8Array.from([...Buffer.from('PAR1'), ...pages, ...footer, ...length, ...Buffer.from('PAR1')])
  }
  const page = (inflated: number, stored: number, values: number, encoding = 0) => [
    ...i32(1, 0),
    ...i32(1, inflated),
    ...i32(1, stored),
    0x2c,
    ...i32(1, values),
    ...i32(1, encoding),
    ...i32(1, 3),
    ...i32(1, 3),
    0,
    0,
  ]
  const crafted = (claims: {
    pages?: number[]
    rows?: bigint
    values?: bigint
    inflated?: bigint
    stored?: bigint
    offset?: bigint
    codec?: number
    groups?: number
  }) => {
    const pages = claims.pages ?? [...page(8, 8, 1), 7, 0, 0, 0, 0, 0, 0, 0]
    const root = [0x48, 1, 0x61, ...i32(1, 1), 0]
    const column = [...i32(1, 2), ...i32(2, 0), ...name(1), 0]
    const chunk = [
      ...[0x3c, ...i32(1, 2), ...i32(3, claims.codec ?? 0)],
      ...i64(1, claims.values ?? 1n),
      ...i64(1, claims.inflated ?? 8n),
      ...i64(1, claims.stored ?? BigInt(pages.length)),
      ...i64(2, claims.offset ?? 4n),
      ...[0, 0],
    ]
    const group = [0x19, 0x1c, ...chunk, ...i64(2, claims.rows ?? 1n), 0]
    const groups = Array.from({ length: claims.groups ?? 1 }, () => group).flat()
    const list = [0x29, 0x2c, ...root, ...column, 0x29, ((claims.groups ?? 1) << 4) | 12, ...groups, 0]
    return file(pages, list)
  }
  const refusal = async (claims: Parameters<typeof crafted>[0]) => {
    const started = performance.now()
    const outcome = await outcomeOf('parquet', crafted(claims))
    expect(performance.now() - started).toBeLessThan(1000)
    return outcome
  }

  it('are read when they tell the truth, so that the lies below are what is refused', async () => {
    expect(await linesOf('parquet', crafted({}))).toEqual(['{"a":7}'])
  })

  it('cannot claim rows: 2^60, or a negative count', async () => {
    expect(await refusal({ rows: 2n ** 60n })).toMatchObject({ code: 'body_too_large' })
    expect(await refusal({ rows: -1n })).toMatchObject({
      message: expect.stringContaining('row group 0 claims -1 rows'),
    })
    expect(await refusal({ rows: 2n })).toMatchObject({
      message: expect.stringContaining('row group 0: column "a": ends at row 1 of 2'),
    })
    expect(await refusal({ rows: 0n })).toMatchObject({
      message: expect.stringContaining('goes on after 0 rows'),
    })
  })

  it('cannot claim values: 2^60, negative, or more than their pages hold', async () => {
    expect(await refusal({ values: 2n ** 60n })).toMatchObject({ code: 'body_too_large' })
    expect(await refusal({ values: -5n })).toMatchObject({ code: 'malformed_parquet' })
    expect(await refusal({ values: 9n })).toMatchObject({
      message: expect.stringContaining('its pages end 8 values early'),
    })
  })

  it('cannot claim sizes and places outside the file', async () => {
    expect(await refusal({ inflated: 2n ** 50n })).toMatchObject({ code: 'body_too_large' })
    expect(await refusal({ stored: 2n ** 50n })).toMatchObject({ code: 'malformed_parquet' })
    expect(await refusal({ offset: 2n ** 40n })).toMatchObject({ code: 'malformed_parquet' })
    expect(await refusal({ offset: -4n })).toMatchObject({ code: 'malformed_parquet' })
    expect(await refusal({ stored: -4n })).toMatchObject({ code: 'malformed_parquet' })
  })

  it('cannot read the same bytes over and over', async () => {
    expect(await refusal({ groups: 9 })).toMatchObject({ message: expect.stringContaining('some overlap') })
  })

  it('cannot announce pages that are larger than the bound before they are inflated', async () => {
    const pages = [...page(2 ** 31 - 1, 8, 1), 7, 0, 0, 0, 0, 0, 0, 0]
    expect(await refusal({ pages, codec: 1 })).toMatchObject({ code: 'body_too_large' })
    const negative = [...page(-1, 8, 1), 7, 0, 0, 0, 0, 0, 0, 0]
    expect(await refusal({ pages: negative })).toMatchObject({
      message: expect.stringContaining('negative sizes'),
    })
    const long = [...page(8, 2 ** 31 - 1, 1), 7, 0, 0, 0, 0, 0, 0, 0]
    expect(await refusal({ pages: long })).toMatchObject({
      message: expect.stringContaining('bytes were announced'),
    })
  })

  it('cannot name a dictionary of more entries than the bound has room for', async () => {
    const dictionary = [
      ...i32(1, 2),
      ...i32(1, 8),
      ...i32(1, 8),
      0x4c,
      ...i32(1, 2 ** 30),
      ...i32(1, 0),
      0,
      0,
      7,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
    ]
    expect(await refusal({ pages: dictionary })).toMatchObject({ code: 'body_too_large' })
  })

  it('cannot loop in delta blocks of no values', async () => {
    for (const head of [
      [0x80, 0x01, 0, 2],
      [0, 4, 2],
      [0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2],
      [8, 0xff, 0xff, 0xff, 0xff, 0x0f, 2],
    ]) {
      const bytes = [...head, ...Array(40).fill(0x80)]
      const pages = [...page(bytes.length, bytes.length, 2, 5), ...bytes]
      expect(await refusal({ pages, rows: 2n, values: 2n })).toMatchObject({ code: 'malformed_parquet' })
    }
  })

  it('cannot nest Thrift structures or run integers on without end', async () => {
    const nested = file([], Array(100_000).fill(0x1c))
    expect(await outcomeOf('parquet', nested)).toMatchObject({
      message: expect.stringContaining('nest deeper than 24'),
    })
    const endless = file([], [0x16, ...Array(100_000).fill(0xff)])
    expect(await outcomeOf('parquet', endless)).toMatchObject({
      message: expect.stringContaining('more than ten bytes'),
    })
    const list = file([], [0x29, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x0f])
    expect(await outcomeOf('parquet', list)).toMatchObject({
      message: expect.stringContaining('longer than the bytes'),
    })
  })
})

describe('bounds', () => {
  it('count the NDJSON to the byte', async () => {
    const { ndjson } = await decodeColumnar('parquet', files.wide!, bounds)
    expect(files.wide!.length).toBeLessThan(10_000)
    expect(ndjson.length).toBe(100_000 * '{"text":"the same long text again and again"}\n'.length)
    expect(await outcomeOf('parquet', files.wide!, { inflatedBytesMax: ndjson.length })).toEqual({
      rowCount: 100_000,
    })
    expect(await outcomeOf('parquet', files.wide!, { inflatedBytesMax: ndjson.length - 1 })).toMatchObject({
      code: 'body_too_large',
    })
  })

  it('count nesting: the event, four lists', async () => {
    expect(await outcomeOf('parquet', files.deep!, { eventDepthMax: 5 })).toEqual({ rowCount: 3 })
    expect(await outcomeOf('parquet', files.deep!, { eventDepthMax: 4 })).toMatchObject({
      message: expect.stringContaining('nests deeper than 4 levels'),
    })
  })

  it('refuse compression that the runtime lacks, and say what to do', async () => {
    const path = join(folder, 'gzip')
    const connection = await duckdb()
    await connection.run(`COPY (SELECT 1 AS a) TO '${path}' (FORMAT parquet, COMPRESSION gzip)`)
    connection.closeSync()
    expect(await outcomeOf('parquet', readFileSync(path), { inflaters: {} })).toEqual({
      code: 'malformed_parquet',
      message:
        'Parquet body: row group 0: column "a": gzip compression is not supported here. Write the file with zstd or snappy.',
    })
  })
})
