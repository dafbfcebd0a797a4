// ClickHouse in process (chdb) behind a plain Node server, each insert synced before its answer. It keeps columns only:
// no payloads as they came, no receipts, and the same event twice is two rows. The open part of an event is a Map, which
// it takes three times as fast as its JSON type with a column for each path.

import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What is used of the package, which is installed beside the benchmarks and not with Alluvium. */
interface Chdb {
  Session: new (
    path: string,
  ) => {
    queryAsync(sql: string): Promise<unknown>
    insert(request: {
      table: string
      values: Uint8Array
      format: 'JSONEachRow'
      settings: Record<string, string | number>
    }): Promise<{ rowsSent?: number }>
    close(): void
  }
}

const folder = process.argv[2]!
const packageName: string = 'chdb'
const { Session }: Chdb = await import(packageName)
const session = new Session(folder)
await session.queryAsync(`
  CREATE TABLE events (
    event_id String, event_time DateTime64(3, 'UTC'), type LowCardinality(String),
    user_id String, session_id String, game LowCardinality(String),
    stake Nullable(Float64), won Nullable(Float64), victory Nullable(Bool), lines Nullable(Int64), level Nullable(Int64),
    seconds Nullable(Int64), score Nullable(Int64), room Nullable(String), text Nullable(String),
    item Nullable(String), amount Nullable(Float64), currency Nullable(String), rank Nullable(Int64),
    kills Nullable(Int64), device Tuple(os String, version String, screen String),
    geo Tuple(city String, lat Float64, lon Float64), traits Map(String, String)
  ) ENGINE = MergeTree PARTITION BY toDate(event_time) ORDER BY (type, event_time)
  SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`)

const settings = { date_time_input_format: 'best_effort' }

const server = createServer((request, response) => {
  insert(request).then(
    sent => response.end(JSON.stringify({ sent, accepted: sent, duplicate: 0, quarantined: 0 })),
    error => response.writeHead(500).end(String(error)),
  )
})

async function insert(request: IncomingMessage): Promise<number> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece)
  const values = Buffer.concat(pieces)
  const { rowsSent } = await session.insert({ table: 'events', values, format: 'JSONEachRow', settings })
  return rowsSent ?? 0
}

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`serves at http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
process.once('SIGTERM', () => {
  server.close(() => {
    session.close()
    process.exit(0)
  })
  server.closeIdleConnections()
})
