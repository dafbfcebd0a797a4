import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { concatParquet } from '../../../src/segment/parquet/concat.ts'
import { writeParquet } from '../../../src/segment/parquet/write.ts'
import { columnOf } from './columns.ts'
import { asFile, codec, openDuckdb, readWithHyparquet } from './readers.ts'

const edits = new URL('../../../../shared/data/wikiticker/edits-2015-09-12.ndjson.gz', import.meta.url)
const missing = !existsSync(edits)
if (missing) console.log('skipped: the real data of wikiticker is not beside this repository')

describe.skipIf(missing)('a day of Wikipedia edits', () => {
  let duckdb: Awaited<ReturnType<typeof openDuckdb>>
  let lines: string[]
  let file: ArrayBuffer
  beforeAll(async () => {
    duckdb = await openDuckdb()
    lines = gunzipSync(readFileSync(edits)).toString().trimEnd().split('\n')
    file = await joinedHalves(lines)
  })
  afterAll(() => duckdb.close())

  it('adds up in DuckDB to what is known of it, written as two files and joined', async () => {
    const sums = await duckdb.query(
      file,
      `SELECT count(*)::INT AS edits, sum(added)::INT AS added, sum(deleted)::INT AS deleted,
              count(*) FILTER (epoch_ms("time") NOT BETWEEN 1442016000000 AND 1442102399999)::INT AS off_day FROM FILE`,
    )
    expect(sums).toEqual([{ edits: 39_244, added: 9_385_573, deleted: 394_298, off_day: 45 }])
  })

  it('gives every payload back byte for byte', async () => {
    const rows = await readWithHyparquet(file, { columns: ['raw'] })
    const read = createHash('sha256')
    for (const { raw } of rows) read.update(Buffer.from(String(raw), 'hex')).update('\n')
    const sent = createHash('sha256')
    for (const line of lines) sent.update(line).update('\n')
    expect(read.digest('hex')).toBe(sent.digest('hex'))
  })
})

async function joinedHalves(lines: string[]): Promise<ArrayBuffer> {
  const half = lines.length >> 1
  const inputs = [lines.slice(0, half), lines.slice(half)].map(write)
  const joined = await concatParquet({
    inputs,
    order: ['time', 'channel', 'comment', 'added', 'deleted', 'raw'],
  })
  if (joined.outcome !== 'joined') throw new Error(joined.reason)
  const chunks: Uint8Array[] = []
  for await (const chunk of joined.chunks()) chunks.push(chunk)
  return asFile(chunks)
}

function write(lines: string[]) {
  const rows = lines.map(line => JSON.parse(line))
  const columns = [
    columnOf({ name: 'time', type: 'timestamp', values: rows.map(row => BigInt(Date.parse(row.time))) }),
    columnOf({ name: 'channel', type: 'string', values: rows.map(row => row.channel), dictionary: true }),
    columnOf({ name: 'comment', type: 'string', values: rows.map(row => row.comment) }),
    columnOf({ name: 'added', type: 'int32', values: rows.map(row => row.added) }),
    columnOf({ name: 'deleted', type: 'int64', values: rows.map(row => BigInt(row.deleted)) }),
    columnOf({ name: 'raw', type: 'binary', values: lines.map(line => Buffer.from(line).toString('hex')) }),
  ]
  const bytes = asFile(
    writeParquet({ columns, rowGroupRowsMax: 8000, codec, required: new Set(['raw', 'time']) }),
  )
  return {
    byteLength: bytes.byteLength,
    slice: async (start: number, end: number) => bytes.slice(start, end),
  }
}
