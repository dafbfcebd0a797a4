// What more segments cost: the same work beside 1, 5, 10 and 30 live ones.

import { eventId, playersMax } from '../measure/events.ts'
import { inFolder } from '../measure/folder.ts'
import { expectOk, HttpClient } from '../measure/http.ts'
import { type Client, type Counts, startClient, sumCounts } from '../measure/load.ts'
import { mix32 } from '../measure/random.ts'
import { startService } from '../measure/server.ts'
import { evict, settled } from '../measure/service.ts'
import { type Answers, answersOf } from '../measure/statistics.ts'
import type { Chart } from '../report/chart.ts'
import { figure, rateOf } from './figures.ts'
import { dayPool, daysLongGone, dayText } from './pools.ts'
import type { Place, Suite, Table } from './suite.ts'

const bodyBytes = 500_000
const connections = 4

interface Size {
  /** live segments at which the work is measured */
  stages: number[]
  bodiesPerDay: number
  gets: number
  scans: number
}

const full: Size = { stages: [1, 5, 10, 30], bodiesPerDay: 128, gets: 300, scans: 20 }
const small: Size = { stages: [1, 3], bodiesPerDay: 2, gets: 20, scans: 3 }

interface Stage {
  segments: number
  /** one more day, beside those that are there */
  ingestMbPerSecond: number
  get: Answers
  scanAll: Answers
  scanDay: Answers
  /** that one more day again */
  evictMs: number
  /** what the scans found; the same on every machine */
  found: number
}

export const growth: Suite = {
  name: 'growth',
  title: 'Cost from 1 to 30 segments',
  about: `Each day is a segment of ${(full.bodiesPerDay * bodyBytes) / 1e6} MB, sealed, published and merged before anything is measured. At each number of segments: events with ids for one more day come in over ${connections} connections; single events are read by id, spread over all days; all events of one rare player are read, over all days and over one of them; the day that was added is evicted again. One connection for the reads, no cache but the service's own and the kernel's.`,
  async run(place) {
    const size = place.isSmall ? small : full
    const { stages, counts } = await inFolder(place.folder, 'growth', folder => grow(folder, size, place))
    return {
      tables: [table(stages)],
      targets: [],
      comparisons: [],
      charts: [chart(stages)],
      counts: { ...counts, found: stages.reduce((sum, { found }) => sum + found, 0) },
      repetitions: stages,
    }
  },
}

async function grow(folder: string, size: Size, { profileFolder, tell }: Place) {
  const server = await startService({
    folder,
    profileFolder,
    settings: { ...daysLongGone, 'limits.flush_seconds': 1 },
  })
  const http = new HttpClient(server.url)
  const client = startClient()
  const filling = { client, url: server.url, size }
  const stages: Stage[] = []
  const counts: Counts[] = []
  let days = 0
  for (const segments of size.stages) {
    for (; days < segments; days++) counts.push((await fill(filling, days)).counts)
    await settled(http)
    const reads = await read(http, { size, days, stage: stages.length })
    // A day that no stage fills, and ids of its own: evicted ones may come again, but only to the slice that lost them.
    const extra = size.stages.at(-1)! + stages.length
    const report = await fill(filling, extra)
    counts.push(report.counts)
    await settled(http)
    const evictMs = await evict(http, dayText(extra))
    stages.push({ segments, ingestMbPerSecond: rateOf(report), ...reads, evictMs })
    tell(`${segments} segments: ${figure(rateOf(report))} MB/s, GET by id ${figure(reads.get.p50)} ms`)
  }
  client.close()
  http.close()
  await server.stop()
  return { stages, counts: sumCounts(counts) }
}

function fill({ client, url, size }: { client: Client; url: string; size: Size }, day: number) {
  const { bodiesPerDay } = size
  const pool = dayPool({ bodyBytes, poolBodies: Math.min(bodiesPerDay, 64) })
  const bodyFirst = day * bodiesPerDay
  return client.run({
    url,
    pool,
    day: dayText(day),
    bodyFirst,
    bodies: bodiesPerDay,
    expect: 'accepted',
    connections,
  })
}

async function read(http: HttpClient, { size, days, stage }: { size: Size; days: number; stage: number }) {
  const ms = { get: [] as number[], scanAll: [] as number[], scanDay: [] as number[] }
  for (let i = 0; i < size.gets; i++) {
    const body = mix32(i) % (days * size.bodiesPerDay)
    const path = `/v1/events/${eventId(body, i % 100)}`
    ms.get.push(expectOk(await http.get(path), path).ms)
  }
  let found = 0
  const day = `from=${dayText(0)}T00:00:00Z&until=${dayText(1)}T00:00:00Z`
  for (let i = 0; i < size.scans; i++) {
    const player = `/v1/events?limit=1000&entity_id=u-${mix32(stage * size.scans + i) % playersMax}`
    const all = expectOk(await http.get(player), player)
    const one = expectOk(await http.get(`${player}&${day}`), player)
    ms.scanAll.push(all.ms)
    ms.scanDay.push(one.ms)
    found += JSON.parse(all.text).events.length + JSON.parse(one.text).events.length
  }
  return { get: answersOf(ms.get), scanAll: answersOf(ms.scanAll), scanDay: answersOf(ms.scanDay), found }
}

function table(stages: readonly Stage[]): Table {
  const both = ({ p50, p99 }: Answers) => `${figure(p50)} / ${figure(p99)}`
  return {
    title: 'ms as p50 / p99 where there are two',
    columns: [
      'live segments',
      'ingest MB/s',
      'GET by id ms',
      'one player, all days ms',
      'one player, one day ms',
      'evict ms',
    ],
    rows: stages.map(({ segments, ingestMbPerSecond, get, scanAll, scanDay, evictMs }) => [
      String(segments),
      figure(ingestMbPerSecond),
      both(get),
      both(scanAll),
      both(scanDay),
      figure(evictMs),
    ]),
  }
}

function chart(stages: readonly Stage[]): Chart {
  const line = (name: string, of: (stage: Stage) => number) => ({
    name,
    points: stages.map((stage): [number, number] => [stage.segments, of(stage)]),
  })
  return {
    kind: 'lines',
    title: 'Reads and eviction against live segments',
    x: { name: 'live segments', unit: '' },
    y: { name: 'p50', unit: 'ms' },
    lines: [
      line('GET by id', ({ get }) => get.p50),
      line('one player, all days', ({ scanAll }) => scanAll.p50),
      line('one player, one day', ({ scanDay }) => scanDay.p50),
      line('evict', ({ evictMs }) => evictMs),
    ],
  }
}
