// The whole hot path on: how much comes in until all of it can be searched, and how long an answer takes meanwhile.

import { inFolder } from '../measure/folder.ts'
import { HttpClient } from '../measure/http.ts'
import { type LoadReport, startClient, sumCounts } from '../measure/load.ts'
import { startService } from '../measure/server.ts'
import { distinctShare } from '../measure/service.ts'
import { medianAnswers, spreadOf } from '../measure/statistics.ts'
import { hasWiki, type StreamOptions } from '../measure/streams.ts'
import { figure, megabytes, rateOf, spread } from './figures.ts'
import { daysLongGone } from './pools.ts'
import type { Place, Suite, Table } from './suite.ts'

const connections = 4
const bodyBytes = 1_000_000
const steady = { mbPerSecond: 5, bodyBytes: 64_000, connections: 16, p50: 5, p99: 25 }

interface Case {
  name: string
  pack: string
  stream: Pick<StreamOptions, 'kind' | 'distinct'>
  mbPerSecondWanted: number
}

const gaming = (distinct: number, mbPerSecondWanted: number): Case => ({
  name: `gaming stream, ${figure(100 * distinct)} % distinct texts`,
  pack: 'gaming',
  stream: { kind: 'gaming', distinct },
  mbPerSecondWanted,
})
const repeating = gaming(0.1, 20)
const wiki: Case = {
  name: 'Wikipedia edits, 97 % distinct texts',
  pack: 'wiki',
  stream: { kind: 'wiki', distinct: 1 },
  mbPerSecondWanted: 4,
}

interface Repetition {
  report: LoadReport
  serverCpuSeconds: number
  rssPeakBytes: number
  distinct: number
}

export const hotpath: Suite = {
  name: 'hotpath',
  title: 'The hot path, sustained',
  about: `Events of about 1 KB with a pack, over ${connections} kept connections in bodies of 1 MB, the next one sent when one is answered; none comes twice. The clock stops when a last body, sent behind all others with \`wait=indexed\`, is answered: then all of it is found by words, by meaning and in the graph. Distinct is the share of texts that were new in their run, which are embedded and indexed. Answers at a steady rate: ${steady.mbPerSecond} MB/s in bodies of 64 kB, open loop, counted from when each was due; the first five seconds warm up.`,
  async run(place) {
    const cases = [repeating, gaming(0.5, 8), ...(hasWiki() && !place.isSmall ? [wiki] : [])]
    const found = new Map<Case, Repetition[]>(cases.map(one => [one, []]))
    const answers: LoadReport[] = []
    for (let round = 0; round < place.repeat; round++) {
      for (const one of cases) {
        const repetition = await measure(one, place)
        found.get(one)!.push(repetition)
        place.tell(`${one.name}: ${figure(rateOf(repetition.report))} MB/s`)
      }
      answers.push(await measureSteady(place))
    }
    const { p50, p99 } = medianAnswers(answers.map(report => report.answers))
    return {
      tables: [sustained(found), steadily(answers)],
      targets: place.isSmall
        ? []
        : [
            ...[...found].map(([{ name, mbPerSecondWanted }, repetitions]) => {
              const { median } = spreadOf(repetitions.map(({ report }) => rateOf(report)))
              const met = median >= mbPerSecondWanted
              return {
                what: name,
                wanted: `≥ ${mbPerSecondWanted} MB/s`,
                found: `${figure(median)} MB/s`,
                met,
              }
            }),
            ...Object.entries({ p50, p99 }).map(([name, ms]) => {
              const wanted = name === 'p50' ? steady.p50 : steady.p99
              const what = `answer at ${steady.mbPerSecond} MB/s, ${name}`
              return { what, wanted: `≤ ${wanted} ms`, found: `${figure(ms)} ms`, met: ms <= wanted }
            }),
          ],
      comparisons: [],
      charts: [
        {
          kind: 'bars',
          title: 'Until all can be searched',
          unit: 'MB/s',
          bars: [...found].map(([{ name }, repetitions]) => ({
            name,
            value: spreadOf(repetitions.map(({ report }) => rateOf(report))).median,
          })),
        },
      ],
      counts: sumCounts([...found.values()].map(([first]) => first!.report.counts)),
      repetitions: [...found].map(([{ name }, repetitions]) => ({ name, repetitions })),
    }
  },
}

function measure({ pack, stream }: Case, { folder, isSmall, profileFolder }: Place): Promise<Repetition> {
  const bodies = isSmall ? 3 : 600
  return inFolder(folder, 'hotpath', async place => {
    const server = await startService({ folder: place, settings: daysLongGone, profileFolder })
    const client = startClient()
    const before = server.usage()
    const report = await client.run({
      url: server.url,
      pool: { ...stream, bodyBytes, bodies: bodies + 1, folder: place },
      query: `pack=${pack}`,
      untilIndexed: true,
      bodyFirst: 0,
      bodies,
      expect: 'accepted',
      connections,
    })
    const after = server.usage()
    const http = new HttpClient(server.url)
    const distinct = await distinctShare(http)
    http.close()
    client.close()
    await server.stop()
    const serverCpuSeconds = after.cpuSeconds - before.cpuSeconds
    return { report, serverCpuSeconds, rssPeakBytes: after.rssPeakBytes, distinct }
  })
}

function measureSteady({ folder, isSmall, profileFolder }: Place): Promise<LoadReport> {
  const bodiesPerSecond = (steady.mbPerSecond * 1e6) / steady.bodyBytes
  const bodiesIn = (seconds: number) => Math.round(seconds * bodiesPerSecond)
  const [warmUp, bodies] = isSmall ? [bodiesIn(0.2), bodiesIn(0.8)] : [bodiesIn(5), bodiesIn(30)]
  return inFolder(folder, 'hotpath-steady', async place => {
    const server = await startService({ folder: place, settings: daysLongGone, profileFolder })
    const client = startClient()
    const job = {
      url: server.url,
      pool: { ...repeating.stream, bodyBytes: steady.bodyBytes, bodies: warmUp + bodies, folder: place },
      query: `pack=${repeating.pack}`,
      expect: 'accepted' as const,
      connections: steady.connections,
      bodiesPerSecond,
    }
    await client.run({ ...job, bodyFirst: 0, bodies: warmUp })
    const report = await client.run({ ...job, bodyFirst: warmUp, bodies })
    client.close()
    await server.stop()
    return report
  })
}

function sustained(found: ReadonlyMap<Case, Repetition[]>): Table {
  const rows = [...found].map(([{ name }, repetitions]) => {
    const each = (figureOf: (repetition: Repetition) => number) => spread(spreadOf(repetitions.map(figureOf)))
    const perGigabyte = (seconds: number, { bytes }: LoadReport) => (seconds * 1e9) / bytes
    const { distinct } = repetitions[0]!
    return [
      name,
      each(({ report }) => rateOf(report)),
      each(({ report }) => report.counts.sent / report.seconds),
      `${figure(100 * distinct)} %`,
      each(({ report, serverCpuSeconds }) => perGigabyte(serverCpuSeconds, report)),
      each(({ report }) => perGigabyte(report.cpuSeconds, report)),
      each(({ rssPeakBytes }) => megabytes(rssPeakBytes)),
    ]
  })
  return {
    title: 'Until all can be searched; medians of the repetitions, least and most in brackets',
    columns: ['', 'MB/s', 'events/s', 'distinct', 'server CPU s/GB', 'client CPU s/GB', 'RSS peak MB'],
    rows,
  }
}

function steadily(reports: readonly LoadReport[]): Table {
  const each = (figureOf: (report: LoadReport) => number) => spread(spreadOf(reports.map(figureOf)))
  return {
    title: `Answers at ${steady.mbPerSecond} MB/s of the ${repeating.name}`,
    columns: ['p50 ms', 'p99 ms', 'longest ms', '429s'],
    rows: [
      [
        each(({ answers }) => answers.p50),
        each(({ answers }) => answers.p99),
        each(({ answers }) => answers.max),
        each(({ turnedAway }) => turnedAway),
      ],
    ],
  }
}
