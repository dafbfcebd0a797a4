// Odd and broken Parquet files as bodies: read whole or refused by name, in bounded time, and the service goes on.

import { readFileSync } from 'node:fs'
import { DuckDBInstance } from '@duckdb/node-api'
import { beforeAll, expect, it } from 'vitest'
import { type Client, clientOf, problemOf } from './client.ts'
import { dataPath, describeWith, listData } from './real-data.ts'
import { place, residentBytesMax, type Served } from './serve.ts'

const type = 'application/vnd.apache.parquet'
const secondsMax = 30
const residentBytesBound = 1.5 * 1024 ** 3
const refusals = ['400 malformed_parquet', '400 empty_body', '413 body_too_large']

describeWith('parquet-testing', 'parquet-testing', async () => {
  const here = await place()
  let service: Served
  let client: Client
  beforeAll(async () => {
    service = await here.serve()
    client = clientOf(service)
  })

  it('reads what is odd but valid, with the rows that another reader finds, or says why not', async () => {
    const { read, refused } = await sendAll('parquet-testing/good')
    const wrong: string[] = []
    for (const [file, sent] of read) {
      const rows = await rowCount(dataPath(`parquet-testing/good/${file}`))
      if (rows !== undefined && rows !== sent) wrong.push(`${file}: ${sent} events of ${rows} rows`)
    }
    expect(wrong).toEqual([])
    expect(read.size).toBeGreaterThan(50)
    expect(Object.fromEntries(refused)).toEqual({
      'column_chunk_key_value_metadata.parquet': '400 empty_body',
      'datapage_v1-corrupt-checksum.parquet': '400 malformed_parquet',
      'large_string_map.brotli.parquet': '413 body_too_large',
      'nation.dict-malformed.parquet': '400 malformed_parquet',
      'rle-dict-uncompressed-corrupt-checksum.parquet': '400 malformed_parquet',
    })
  }, 240_000)

  it('refuses what is broken', async () => {
    const { read, refused } = await sendAll('parquet-testing/bad')
    // Indexes of no bits into a dictionary of one entry are unusual and right: a reader was bad, not the file.
    expect(Object.fromEntries(read)).toEqual({ 'ARROW-GH-43605.parquet': 21_186 })
    expect([...refused.values()]).toEqual(Array(7).fill('400 malformed_parquet'))
  }, 240_000)

  it('refuses each as an Arrow stream', async () => {
    for (const file of listData('parquet-testing/bad', '.parquet')) {
      const body = readFileSync(dataPath(`parquet-testing/bad/${file}`))
      const answer = await client.post(body, { type: 'application/vnd.apache.arrow.stream' })
      expect(problemOf(answer), file).toBe('400 malformed_arrow')
    }
  })

  it('leaves the service as it was, within its memory', async () => {
    expect((await client.get('/readyz')).status).toBe(200)
    expect(await client.send('{"id":"after"}')).toMatchObject({ accepted: 1 })
    expect((await residentBytesMax(service)) ?? 0).toBeLessThan(residentBytesBound)
  })

  async function sendAll(folder: string) {
    const read = new Map<string, number>()
    const refused = new Map<string, string>()
    for (const file of listData(folder, '.parquet')) {
      const startedMs = Date.now()
      const answer = await client.post(readFileSync(dataPath(`${folder}/${file}`)), { type })
      expect((Date.now() - startedMs) / 1000, file).toBeLessThan(secondsMax)
      if (answer.status === 200) read.set(file, answer.json<{ sent: number }>().sent)
      else {
        expect(refusals, file).toContain(problemOf(answer))
        refused.set(file, problemOf(answer))
      }
    }
    return { read, refused }
  }
})

/** @returns undefined where DuckDB can't read it either */
async function rowCount(path: string): Promise<number | undefined> {
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  try {
    const [row] = await (await connection.runAndReadAll(`select count(*) n from '${path}'`)).getRowObjects()
    return Number(row!.n)
  } catch {
    return undefined // a file on which readers differ
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}
