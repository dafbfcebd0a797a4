// How much comes in, sustained, and what stands beside it.

import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { PoolOptions } from '../measure/events.ts'
import { inFolder } from '../measure/folder.ts'
import { type Client, type LoadReport, startClient, sumCounts } from '../measure/load.ts'
import { type Server, startPeer, startService } from '../measure/server.ts'
import { spreadOf } from '../measure/statistics.ts'
import { figure, megabytes, rateOf, spread } from './figures.ts'
import { livePool } from './pools.ts'
import type { Place, Suite, Table } from './suite.ts'

const connections = 4
const bodyBytes = 1_000_000
const targetMbPerSecond = 50

interface Repetition {
  report: LoadReport
  serverCpuSeconds: number
  rssPeakBytes: number
  /** from SIGTERM until all is published and the process gone */
  drainSeconds: number
}

interface Contender {
  name: string
  start(folder: string): Promise<Server>
}

export const ingest: Suite = {
  name: 'ingest',
  title: 'Ingest, sustained',
  about: `NDJSON bodies of 1 MB over ${connections} kept connections, the next one sent when one is answered; every answer means synced, checked and deduplicated. "Until published" also counts the time to seal, publish and stop after the last answer. Beside it a plain Hono handler that reads and parses the same bodies and forgets them, which is the ceiling of a JavaScript service, and ClickHouse in process (chdb) behind a plain Node server with \`fsync_after_insert\`, which keeps columns only: no payloads, no receipts, no deduplication.`,
  async run(place) {
    const bodies = place.isSmall ? 6 : 1000
    const pool = livePool({ bodyBytes, poolBodies: place.isSmall ? 3 : 32 })
    const contenders = contendersOf(place)
    const found = new Map<string, Repetition[]>(contenders.map(({ name }) => [name, []]))
    const client = startClient()
    for (let round = 0; round < place.repeat; round++) {
      for (const contender of contenders) {
        const repetition = await measure(contender, client, { place, pool, bodies })
        found.get(contender.name)!.push(repetition)
        place.tell(`${contender.name}: ${figure(rateOf(repetition.report))} MB/s`)
      }
    }
    client.close()
    const ours = found.get(alluvium)!
    const median = (name: string) => spreadOf(found.get(name)!.map(({ report }) => rateOf(report))).median
    return {
      tables: [table(found)],
      targets: [
        {
          what: 'NDJSON, durable, sustained',
          wanted: `≥ ${targetMbPerSecond} MB/s`,
          found: `${figure(median(alluvium))} MB/s`,
          met: median(alluvium) >= targetMbPerSecond,
        },
      ],
      comparisons: contenders.slice(1).map(({ name }) => ({
        what: 'ingest of NDJSON',
        unit: 'MB/s',
        ours: median(alluvium),
        theirs: median(name),
        other: name,
        better: 'more' as const,
      })),
      charts: [
        {
          kind: 'bars',
          title: 'Ingest, sustained',
          unit: 'MB/s',
          bars: contenders.map(({ name }) => ({ name, value: median(name) })),
          mark: { value: targetMbPerSecond, name: 'asked for' },
        },
      ],
      counts: { bodies, ...sumCounts(ours.map(({ report }) => report.counts)) },
      repetitions: Object.fromEntries(found),
    }
  },
}

const alluvium = 'Alluvium'

function contendersOf({ isSmall, profileFolder }: Place): Contender[] {
  const all: Contender[] = [
    { name: alluvium, start: folder => startService({ folder, profileFolder }) },
    { name: 'Hono + JSON.parse, nothing kept', start: folder => startPeer('ceiling', folder) },
  ]
  const hasChdb = existsSync(resolve('bench/node_modules/chdb'))
  // The small run is a test, and has to find the same on every machine.
  if (hasChdb && !isSmall)
    all.push({ name: 'ClickHouse (chdb), synced', start: folder => startPeer('chdb', folder) })
  return all
}

function measure(
  { name, start }: Contender,
  client: Client,
  { place, pool, bodies }: { place: Place; pool: PoolOptions; bodies: number },
): Promise<Repetition> {
  return inFolder(place.folder, name.replace(/\W+/g, '-'), async folder => {
    const server = await start(folder)
    const before = server.usage()
    const report = await client.run({
      url: server.url,
      pool,
      bodyFirst: 0,
      bodies,
      expect: 'accepted',
      connections,
    })
    const after = server.usage()
    const drainSeconds = await server.stop()
    return {
      report,
      serverCpuSeconds: after.cpuSeconds - before.cpuSeconds,
      rssPeakBytes: after.rssPeakBytes,
      drainSeconds,
    }
  })
}

function table(found: ReadonlyMap<string, Repetition[]>): Table {
  const rows = [...found].map(([name, repetitions]) => {
    const each = (figureOf: (repetition: Repetition) => number) => spread(spreadOf(repetitions.map(figureOf)))
    const perGigabyte = (seconds: number, { bytes }: LoadReport) => (seconds * 1e9) / bytes
    return [
      name,
      each(({ report }) => rateOf(report)),
      each(({ report }) => report.counts.sent / report.seconds),
      each(({ report, drainSeconds }) => megabytes(report.bytes) / (report.seconds + drainSeconds)),
      each(({ report }) => report.answers.p50),
      each(({ report }) => report.answers.p99),
      each(({ report }) => report.turnedAway),
      each(({ report, serverCpuSeconds }) => perGigabyte(serverCpuSeconds, report)),
      each(({ report }) => perGigabyte(report.cpuSeconds, report)),
      each(({ rssPeakBytes }) => megabytes(rssPeakBytes)),
    ]
  })
  const columns = ['', 'MB/s', 'events/s', 'MB/s until published', 'answer p50 ms', 'p99 ms', '429s']
  return {
    title: 'Medians of the repetitions, least and most in brackets',
    columns: [...columns, 'server CPU s/GB', 'client CPU s/GB', 'RSS peak MB'],
    rows,
  }
}
