// Whether memory stays flat while gigabytes pass through.

import { inFolder } from '../measure/folder.ts'
import { startClient } from '../measure/load.ts'
import { type Server, startService } from '../measure/server.ts'
import { spreadOf } from '../measure/statistics.ts'
import { figure, megabytes, rateOf } from './figures.ts'
import { livePool } from './pools.ts'
import type { Suite } from './suite.ts'

const connections = 4
const bodyBytes = 1_000_000
const targetMb = 600
const sampleMs = 250
/** A chart of more points than this says no more. */
const pointsMax = 400

export const memory: Suite = {
  name: 'memory',
  title: 'Memory while it ingests',
  about: `As fast as it goes, bodies of 1 MB over ${connections} connections, one run. Resident memory of the service process, all its threads, sampled every ${sampleMs} ms; the page cache is the kernel's and not counted.`,
  async run({ isSmall, folder, profileFolder, tell }) {
    const bodies = isSmall ? 100 : 5000
    const points: [number, number][] = []
    const { report, atRestMb, peakMb } = await inFolder(folder, 'memory', async place => {
      const server = await startService({ folder: place, profileFolder })
      const stopSampling = sample(server, points)
      const client = startClient()
      const onProgress = (bytes: number) => stopSampling.reach(bytes)
      const pool = livePool({ bodyBytes, poolBodies: isSmall ? 4 : 32 })
      const report = await client.run(
        { url: server.url, pool, bodyFirst: 0, bodies, expect: 'accepted', connections },
        onProgress,
      )
      client.close()
      stopSampling.stop()
      const { rssBytes, rssPeakBytes } = server.usage()
      await server.stop()
      return { report, atRestMb: megabytes(rssBytes), peakMb: megabytes(rssPeakBytes) }
    })
    tell(`peak ${figure(peakMb)} MB`)
    return {
      tables: [
        {
          title: `RSS of the service while ${figure(megabytes(report.bytes))} MB came in`,
          columns: ['first third, median MB', 'last third, median MB', 'at the end MB', 'peak MB', 'MB/s'],
          rows: [[...thirds(points), figure(atRestMb), figure(peakMb), figure(rateOf(report))]],
        },
      ],
      targets: [
        {
          what: `RSS after ${figure(megabytes(report.bytes))} MB ingested, at its peak`,
          wanted: `≤ ${targetMb} MB`,
          found: `${figure(peakMb)} MB`,
          met: peakMb <= targetMb,
        },
      ],
      comparisons: [],
      charts: [
        {
          kind: 'lines',
          title: 'Resident memory while it ingests',
          x: { name: 'ingested', unit: 'MB' },
          y: { name: 'RSS', unit: 'MB' },
          lines: [{ name: 'Alluvium', points: thinned(points) }],
          mark: { value: targetMb, name: 'asked for' },
        },
      ],
      counts: { bodies, ...report.counts },
      repetitions: [{ report, points }],
    }
  },
}

/** RSS against what has been acknowledged by then. */
function sample(server: Server, points: [number, number][]) {
  let bytes = 0
  const take = () => points.push([megabytes(bytes), megabytes(server.usage().rssBytes)])
  take()
  const timer = setInterval(take, sampleMs)
  return {
    reach: (reached: number) => {
      bytes = reached
    },
    stop: () => {
      clearInterval(timer)
      take()
    },
  }
}

function thirds(points: readonly [number, number][]): string[] {
  const third = Math.ceil(points.length / 3)
  return [points.slice(0, third), points.slice(-third)].map(some =>
    figure(spreadOf(some.map(([, mb]) => mb)).median),
  )
}

function thinned(points: readonly [number, number][]): [number, number][] {
  const step = Math.ceil(points.length / pointsMax)
  return points.filter((_, i) => i % step === 0 || i === points.length - 1)
}
