// 39,244 edits of Wikipedia, in and out again: every byte of every payload, before sealing, after it, and from another
// program that reads the same parts. The sums are those that the data's origin states.

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { beforeAll, expect, it, vi } from 'vitest'
import { type Client, clientOf, json, type Line, linesOf } from './client.ts'
import { dataPath, describeWith, readData } from './real-data.ts'
import { place, type Served } from './serve.ts'

const name = 'wikiticker/edits-2015-09-12.ndjson.gz'
const eventCount = 39_244
const addedSum = 9_385_573
const deletedSum = 394_298
const mainDay = 'default/events/2015-09-12/0'
const bodyCount = 5

/** A busy machine takes its time over some 300 MB of pages. */
const secondsMax = 120

describeWith(name, 'wikiticker', async () => {
  vi.setConfig({ testTimeout: secondsMax * 1000 })
  const here = await place()
  let edits: Buffer[]
  let fileHash: string
  let service: Served
  let client: Client
  beforeAll(async () => {
    edits = linesOf(readData(name))
    fileHash = createHash('sha256')
      .update(readFileSync(dataPath(name)))
      .digest('hex')
    service = await here.serve()
    client = clientOf(service)
  })

  it('goes in by several bodies in several shapes', async () => {
    const perBody = Math.ceil(edits.length / bodyCount)
    let accepted = 0
    for (const [number, shape] of shapes.entries()) {
      const firstRow = number * perBody
      const { body, ...options } = shape(edits.slice(firstRow, firstRow + perBody))
      const answer = await client.send(body, { ...options, query: `?file=${fileHash}&first_row=${firstRow}` })
      expect(answer).toMatchObject({ duplicate: 0, quarantined: 0, sent: answer.accepted, late: answer.sent })
      accepted += answer.accepted
    }
    expect(accepted).toBe(eventCount)
  })

  it('comes back byte for byte while it is open', async () => {
    expectWhole(await client.lines())
    await expectJsonPage()
  })

  it('doubles nothing when the command line sends the same file', async () => {
    const { code, stdout, stderr } = await here.alluvium('ingest', '--url', service.url, dataPath(name))
    expect(code, stderr).toBe(0)
    expect(stdout.replaceAll(',', '')).toMatch(new RegExp(`duplicate +${eventCount}`))
    expect(await client.metric('alluvium_events_accepted_total')).toBe(eventCount)
  })

  it('comes back byte for byte once it is sealed, after a restart', async () => {
    expect((await service.stop()).code).toBe(0)
    service = await here.serve()
    client = clientOf(service)
    expect(await client.metric('alluvium_parts')).toBeGreaterThan(0)
    expectWhole(await client.lines())
    await expectJsonPage()
    await expectPayloads()
  })

  it('has its 45 edits of other days in segments of their own', async () => {
    const { segments } = (await client.get('/v1/segments')).json<{ segments: SegmentAnswer[] }>()
    const others = segments.filter(({ segment_id }) => segment_id !== mainDay)
    expect(segments.find(({ segment_id }) => segment_id === mainDay)?.event_count).toBe(eventCount - 45)
    expect(sum(others.map(({ event_count }) => event_count))).toBe(45)
    expect(others.map(({ from }) => from).sort()).toMatchObject({
      0: '2015-09-08T00:00:00.000Z',
      [others.length - 1]: '2015-11-01T00:00:00.000Z',
    })
    for (const { from, until, segment_id } of others) {
      const lines = await client.lines(`from=${from}&until=${until}`)
      expect(new Set(lines.map(({ event }) => event.segment_id))).toEqual(new Set([segment_id]))
    }
  })

  it('doubles nothing when the file is sent again after sealing', async () => {
    const body = Buffer.concat(edits.slice(0, 1000).flatMap(edit => [edit, lineBreak]))
    const answer = await client.send(body, { query: `?file=${fileHash}&first_row=0` })
    expect(answer).toMatchObject({ sent: 1000, accepted: 0, duplicate: 1000 })
  })

  it('reads the same in DuckDB, from the parts themselves', async () => {
    const parts = (role: string) =>
      `read_parquet('${service.dataDir}/store/default/events/*/*/${role}-*.parquet')`
    const columns = await ask(
      `select count(*) n, sum(added) added, sum(deleted) deleted from ${parts('events')}`,
    )
    expect(columns).toEqual({ n: eventCount, added: addedSum, deleted: deletedSum })
    const field = (path: string) => `sum(cast(json_extract(decode(raw), '$.${path}') as bigint)) ${path}`
    const raws = await ask(`select count(*) n, ${field('added')}, ${field('deleted')} from ${parts('raw')}`)
    expect(raws).toEqual({ n: eventCount, added: addedSum, deleted: deletedSum })
  })

  /** Every edit once, under the id of its row, with its exact bytes. */
  function expectWhole(lines: readonly Line[]): void {
    expect(lines.length).toBe(eventCount)
    const rows = new Set<number>()
    for (const { event, payload } of lines) {
      const row = Number(event.event_id.slice(fileHash.length + 1))
      rows.add(row)
      if (!payload.equals(edits[row]!))
        expect(payload.toString(), event.event_id).toBe(edits[row]!.toString())
    }
    expect(rows.size).toBe(eventCount)
    const payloads = lines.map(({ payload }) => JSON.parse(payload.toString()) as Edit)
    expect(sum(payloads.map(({ added }) => added))).toBe(addedSum)
    expect(sum(payloads.map(({ deleted }) => deleted))).toBe(deletedSum)
  }

  /** In a JSON page, too, the payload is spliced in as it came. */
  async function expectJsonPage(): Promise<void> {
    const { bytes, json: parse } = await client.get('/v1/events?limit=1000&from=2015-09-12T10:00:00Z')
    const { events } = parse<{ events: { event_id: string; event_time: string }[] }>()
    expect(events.length).toBe(1000)
    for (const { event_id, event_time } of events) {
      const edit = edits[Number(event_id.slice(fileHash.length + 1))]!
      expect(Date.parse(event_time)).toBeGreaterThanOrEqual(Date.parse('2015-09-12T10:00:00Z'))
      expect(
        bytes.includes(Buffer.concat([Buffer.from('"payload":'), edit, Buffer.from('}')])),
        event_id,
      ).toBe(true)
    }
  }

  async function expectPayloads(): Promise<void> {
    for (let row = 0; row < edits.length; row += 997) {
      const { bytes, headers } = await client.get(`/v1/events/${fileHash}-${row}/payload`)
      expect(bytes.equals(edits[row]!), `row ${row}`).toBe(true)
      expect(headers.get('etag')).toBe(`"${createHash('sha256').update(bytes).digest('hex')}"`)
    }
  }
})

interface Edit {
  added: number
  deleted: number
}

interface SegmentAnswer {
  segment_id: string
  from: string
  until: string
  event_count: number
}

const lineBreak = Buffer.from('\n')

/** The shapes in which the bodies go, one each. */
const shapes: ((edits: Buffer[]) => { body: Uint8Array; type?: string; headers?: Record<string, string> })[] =
  [
    edits => ({ body: Buffer.from(`[${edits.join(',\n')}]`), type: json }),
    edits => ({ body: gzipSync(edits.join('\n')), headers: { 'content-encoding': 'gzip' } }),
    edits => ({ body: Buffer.from(edits.join('\r\n')) }),
    edits => ({
      body: gzipSync(` [\n${edits.join(' , ')}\n]\n`),
      type: json,
      headers: { 'content-encoding': 'gzip' },
    }),
    edits => ({ body: fastBrotli(edits.join('\n')), headers: { 'content-encoding': 'br' } }),
  ]

function fastBrotli(text: string): Buffer {
  return brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 3 } })
}

async function ask(query: string): Promise<Record<string, number>> {
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  const [row] = await (await connection.runAndReadAll(query)).getRowObjects()
  connection.closeSync()
  instance.closeSync()
  return Object.fromEntries(Object.entries(row!).map(([column, value]) => [column, Number(value)]))
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
