// How long a producer waits for its receipt at a steady rate, far below what would be possible.

import { inFolder } from '../measure/folder.ts'
import { type LoadReport, startClient, sumCounts } from '../measure/load.ts'
import { startService } from '../measure/server.ts'
import { medianAnswers, spreadOf } from '../measure/statistics.ts'
import { figure, rateOf, spread } from './figures.ts'
import { livePool } from './pools.ts'
import type { Place, Suite, Table } from './suite.ts'

const mbPerSecond = 5
const connections = 16
const targetMs = { p50: 5, p99: 25 }

/** Bodies of a size, each with about as many events as a batching producer sends. */
interface Case {
  name: string
  bodyBytes: number
}

const cases: [Case, ...Case[]] = [
  { name: 'bodies of 64 kB', bodyBytes: 64_000 },
  { name: 'bodies of 1 MB', bodyBytes: 1_000_000 },
]

export const latency: Suite = {
  name: 'latency',
  title: 'The answer at a steady rate',
  about: `${mbPerSecond} MB/s over ${connections} kept connections, open loop: each body is due at its time, whatever the answers do, and its time runs from when it was due. So a stall of the service is counted for every body that came due in it. An answer means synced, checked and deduplicated. The first five seconds warm the service up and are not counted.`,
  async run(place) {
    const reports = new Map<Case, LoadReport[]>(cases.map(one => [one, []]))
    for (let round = 0; round < place.repeat; round++) {
      for (const one of cases) {
        const report = await measure(one, place)
        reports.get(one)!.push(report)
        place.tell(`${one.name}: p50 ${figure(report.answers.p50)} ms, p99 ${figure(report.answers.p99)} ms`)
      }
    }
    const main = medianAnswers(reports.get(cases[0])!.map(({ answers }) => answers))
    return {
      tables: [table(reports)],
      targets: (['p50', 'p99'] as const).map(name => ({
        what: `answer at ${mbPerSecond} MB/s, ${cases[0].name}, ${name}`,
        wanted: `≤ ${targetMs[name]} ms`,
        found: `${figure(main[name])} ms`,
        met: main[name] <= targetMs[name],
      })),
      comparisons: [],
      charts: [
        {
          kind: 'bars',
          title: `Answers at ${mbPerSecond} MB/s`,
          unit: 'ms',
          bars: [...reports].flatMap(([{ name }, of]) => bars(name, of)),
          mark: { value: targetMs.p99, name: 'asked for as p99' },
        },
      ],
      counts: sumCounts([...reports.values()].flat().map(({ counts }) => counts)),
      repetitions: Object.fromEntries([...reports].map(([{ name }, of]) => [name, of])),
    }
  },
}

function measure({ bodyBytes }: Case, { folder, isSmall, profileFolder }: Place): Promise<LoadReport> {
  const bodiesPerSecond = (mbPerSecond * 1e6) / bodyBytes
  const bodiesIn = (seconds: number) => Math.round(seconds * bodiesPerSecond)
  const [warmUp, bodies] = isSmall ? [bodiesIn(0.2), bodiesIn(0.8)] : [bodiesIn(5), bodiesIn(30)]
  const pool = livePool({ bodyBytes, poolBodies: Math.ceil((isSmall ? 2e6 : 16e6) / bodyBytes) })
  return inFolder(folder, 'latency', async place => {
    const server = await startService({ folder: place, profileFolder })
    const client = startClient()
    const job = { url: server.url, pool, expect: 'accepted' as const, connections, bodiesPerSecond }
    await client.run({ ...job, bodyFirst: 0, bodies: warmUp })
    const report = await client.run({ ...job, bodyFirst: warmUp, bodies })
    client.close()
    await server.stop()
    return report
  })
}

function bars(name: string, reports: readonly LoadReport[]) {
  const { p50, p99 } = medianAnswers(reports.map(({ answers }) => answers))
  return [
    { name: `${name}, p50`, value: p50 },
    { name: `${name}, p99`, value: p99 },
  ]
}

function table(reports: ReadonlyMap<Case, LoadReport[]>): Table {
  const rows = [...reports].map(([{ name }, of]) => {
    const each = (figureOf: (report: LoadReport) => number) => spread(spreadOf(of.map(figureOf)))
    return [
      name,
      each(({ answers }) => answers.p50),
      each(({ answers }) => answers.p90),
      each(({ answers }) => answers.p99),
      each(({ answers }) => answers.p999),
      each(({ answers }) => answers.max),
      each(({ turnedAway }) => turnedAway),
      each(rateOf),
    ]
  })
  return {
    title: 'Medians of the repetitions, least and most in brackets',
    columns: ['', 'p50 ms', 'p90 ms', 'p99 ms', 'p99.9 ms', 'longest ms', '429s', 'MB/s'],
    rows,
  }
}
