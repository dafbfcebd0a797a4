// What a person who searches notices of the events that come in: nothing at a steady rate, and not much when ten times as
// many producers send as the service can serve. And that all of it is there afterwards.

import { inFolder } from '../measure/folder.ts'
import { expectOk, HttpClient } from '../measure/http.ts'
import { type LoadJob, type LoadReport, startClient, sumCounts } from '../measure/load.ts'
import { startSearching } from '../measure/searches.ts'
import { type Server, startService } from '../measure/server.ts'
import { type Answers, answersOf } from '../measure/statistics.ts'
import type { StreamOptions } from '../measure/streams.ts'
import { figure, megabytes, rateOf } from './figures.ts'
import { daysLongGone } from './pools.ts'
import type { Place, Suite } from './suite.ts'

const bodyBytes = 256_000
const mbPerSecond = 5
const connections = 4
/** A body is held for about a second before it is turned away, so that many are on the line at once. */
const overload = { times: 10, connections: 1200 }
/** Three of 33 days are missing, as the generator has it. */
const days = 33
const target = { p50: 10, p99: 50, timesIdle: 3, rssMb: 2000 }

/** A second, in the overload. */
interface Offered {
  wantedMb: number
  foundMb: number
}

interface Phase {
  name: string
  searches: Answers
  report: LoadReport | undefined
  rssPeakBytes: number
}

export const searchUnderLoad: Suite = {
  name: 'search-under-load',
  title: 'Search while events come in',
  about: `Hybrid searches, one after the other with 20 ms between, over 30 daily segments of the gaming stream at 10 % distinct texts: while nothing else happens, while ${mbPerSecond} MB/s come in, and while ${overload.times} times as much is offered as the service took when these segments were made. The overload is an open loop over ${overload.connections} connections of producers who mind no Retry-After: a body that is turned away with 429 is offered again in its turn. They run on the same cores, at the lowest priority. One run. Afterwards the events of all segments are counted, and compared with the receipts.`,
  async run(place) {
    const { phases, preloaded, stored, offered } = await inFolder(place.folder, 'searches', folder =>
      measure(folder, place),
    )
    const [idle, steady, overloaded] = phases as [Phase, Phase, Phase]
    const paced = sumCounts([preloaded.counts, steady.report!.counts])
    const accepted = paced.accepted + overloaded.report!.counts.accepted
    const ratio = overloaded.searches.p99 / idle.searches.p99
    return {
      tables: [table(phases), accounts([preloaded, steady.report!, overloaded.report!], { stored, offered })],
      targets: place.isSmall
        ? []
        : [
            ...(['p50', 'p99'] as const).map(name => ({
              what: `hybrid search at ${mbPerSecond} MB/s, ${name}`,
              wanted: `≤ ${target[name]} ms`,
              found: `${figure(steady.searches[name])} ms`,
              met: steady.searches[name] <= target[name],
            })),
            {
              what: 'hybrid search under overload, p99 against idle',
              wanted: `≤ ${target.timesIdle} ×`,
              found: `${figure(ratio)} ×`,
              met: ratio <= target.timesIdle,
            },
            {
              what: 'events in segments after the overload',
              wanted: `${whole(accepted)}, as accepted`,
              found: whole(stored),
              met: stored === accepted,
            },
            {
              what: 'RSS under overload, at its peak',
              wanted: `≤ ${target.rssMb} MB`,
              found: `${figure(megabytes(overloaded.rssPeakBytes))} MB`,
              met: megabytes(overloaded.rssPeakBytes) <= target.rssMb,
            },
          ],
      comparisons: [],
      charts: [
        {
          kind: 'bars',
          title: 'Hybrid search, p99',
          unit: 'ms',
          bars: phases.map(({ name, searches }) => ({ name, value: searches.p99 })),
          mark: { value: target.p99, name: 'asked for while events come in' },
        },
      ],
      counts: { ...paced, missing: accepted - stored }, // how much an overload takes differs from run to run
      repetitions: phases,
    }
  },
}

async function measure(folder: string, { isSmall, profileFolder, tell }: Place) {
  const sizes = isSmall
    ? { preload: 4, idleSeconds: 1, steady: 8, overloadSeconds: 0.5, producers: 40 }
    : {
        preload: 2400,
        idleSeconds: 20,
        steady: Math.round((30 * mbPerSecond * 1e6) / bodyBytes),
        overloadSeconds: 60,
        producers: overload.connections,
      }
  const server = await startService({ folder, settings: daysLongGone, profileFolder })
  const client = startClient()
  const http = new HttpClient(server.url)
  const jobOf = (bodies: number, span: Pick<StreamOptions, 'dayFirst' | 'days'>): LoadJob => ({
    url: server.url,
    pool: { kind: 'gaming', distinct: 0.1, bodyBytes, bodies: bodies + 1, folder, ...span },
    query: 'pack=gaming',
    untilIndexed: true,
    bodyFirst: 0,
    bodies,
    expect: 'accepted',
    connections,
  })
  const preloaded = await client.run(jobOf(sizes.preload, { dayFirst: 0, days }))
  tell(`${figure(megabytes(preloaded.bytes))} MB lie in segments, at ${figure(rateOf(preloaded))} MB/s`)
  const phase = async (name: string, work: () => Promise<LoadReport | undefined>) => {
    const found = await during(name, server, work)
    tell(`${name}: p50 ${figure(found.searches.p50)} ms, p99 ${figure(found.searches.p99)} ms`)
    return found
  }

  await rest(sizes.idleSeconds) // for what was sealed to be merged
  const idle = await phase('idle', () => rest(sizes.idleSeconds))

  const steadyJob = {
    ...jobOf(sizes.steady, { dayFirst: days }),
    connections: connections * 4,
    bodiesPerSecond: (mbPerSecond * 1e6) / bodyBytes,
  }
  await client.prepare(steadyJob.pool)
  const steady = await phase(`${mbPerSecond} MB/s`, () => client.run(steadyJob))

  const bodiesPerSecond = (overload.times * rateOf(preloaded) * 1e6) / bodyBytes
  const takenMax = (bodiesPerSecond / overload.times) * sizes.overloadSeconds * 1.5
  const floodJob = {
    ...jobOf(Math.ceil(takenMax) + sizes.producers, { dayFirst: days + 1 }),
    connections: sizes.producers,
    bodiesPerSecond,
    floodSeconds: sizes.overloadSeconds,
  }
  await client.prepare(floodJob.pool)
  client.giveWay()
  const flood = await phase('overload', () => client.run(floodJob))

  const stored = await storedEvents(http)
  const { answers, turnedAway } = flood.report!
  const offered: Offered = {
    wantedMb: megabytes(bodiesPerSecond * bodyBytes),
    foundMb: megabytes((answers.count + turnedAway) * bodyBytes) / sizes.overloadSeconds,
  }
  client.close()
  http.close()
  await server.stop()
  return { phases: [idle, steady, flood], preloaded, stored, offered }
}

/** Searches for as long as the work lasts. */
async function during(
  name: string,
  server: Server,
  work: () => Promise<LoadReport | undefined>,
): Promise<Phase> {
  const searching = startSearching(server.url)
  const report = await work()
  const searches = answersOf(await searching.stop())
  return { name, searches, report, rssPeakBytes: server.usage().rssPeakBytes }
}

async function rest(seconds: number): Promise<undefined> {
  await new Promise(resolve => setTimeout(resolve, seconds * 1000))
}

async function storedEvents(http: HttpClient): Promise<number> {
  const { text } = expectOk(await http.get('/v1/segments'), 'GET /v1/segments')
  const { segments } = JSON.parse(text) as { segments: { event_count: number }[] }
  return segments.reduce((sum, { event_count }) => sum + event_count, 0)
}

function table(phases: readonly Phase[]) {
  const rows = phases.map(({ name, searches, report, rssPeakBytes }) => [
    name,
    figure(searches.count),
    figure(searches.p50),
    figure(searches.p99),
    figure(searches.max),
    report ? figure(rateOf(report)) : '–',
    report ? figure(report.answers.p99) : '–',
    report ? figure(report.turnedAway) : '–',
    figure(megabytes(rssPeakBytes)),
  ])
  const searched = ['searches', 'p50 ms', 'p99 ms', 'longest ms']
  return {
    title: 'Searches, and what came in meanwhile',
    columns: ['', ...searched, 'MB/s', 'answer p99 ms', '429s', 'RSS peak MB so far'],
    rows,
  }
}

function accounts(
  reports: readonly [preloaded: LoadReport, steady: LoadReport, overloaded: LoadReport],
  { stored, offered }: { stored: number; offered: Offered },
) {
  const [preloaded, , { counts, turnedAway, cpuSeconds }] = reports
  const all = sumCounts(reports.map(report => report.counts))
  return {
    title: 'The overload, and every event of the run',
    columns: ['', ''],
    rows: [
      ['taken before, with nothing else to do, MB/s', figure(rateOf(preloaded))],
      [`offered in the overload, MB/s (meant: ${figure(offered.wantedMb)})`, figure(offered.foundMb)],
      ['bodies turned away with 429', whole(turnedAway)],
      ['events accepted in the overload', whole(counts.accepted)],
      ['CPU of the producers meanwhile, s', figure(cpuSeconds)],
      ['events accepted in the whole run', whole(all.accepted)],
      ['duplicate and quarantined', whole(all.duplicate + all.quarantined)],
      ['in segments afterwards', whole(stored)],
    ],
  }
}

/** Events are counted to the last one. */
function whole(count: number): string {
  return count.toLocaleString('en-US')
}
