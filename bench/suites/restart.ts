// How long the service is away after a crash at the worst moment: the log full to its mark, nothing of it published.

import { inFolder } from '../measure/folder.ts'
import { expectOk, HttpClient } from '../measure/http.ts'
import { type Client, type Counts, startClient, sumCounts } from '../measure/load.ts'
import { startService } from '../measure/server.ts'
import { metric } from '../measure/service.ts'
import { spreadOf } from '../measure/statistics.ts'
import { figure, megabytes, spread } from './figures.ts'
import { livePool } from './pools.ts'
import type { Place, Suite } from './suite.ts'

const logBytesMax = 256 * 1024 * 1024
const bodyBytes = 1_000_000
const connections = 4
const targetSeconds = 15

/** So that nothing is sealed on the way to the mark: a log is cut at half of what it may hold. */
const neverSeals = {
  'limits.log_bytes_max': 3 * logBytesMax,
  'limits.flush_bytes': 3 * logBytesMax,
  'limits.flush_seconds': 86_400,
}

interface Repetition {
  logMb: number
  emptySeconds: number
  readySeconds: number
  rssPeakMb: number
  counts: Counts
}

export const restart: Suite = {
  name: 'restart',
  title: 'Restart with a full log',
  about:
    'The log is filled to its mark of 256 MiB with sealing switched off, so that all of it has to be read back, scanned, checked and deduplicated again. Then kill -9, and the time from the start of the new process until /readyz answers 200, beside that of a start with an empty folder. Afterwards the last body is sent once more: every event of it has to be a duplicate.',
  async run(place) {
    const client = startClient()
    const repetitions: Repetition[] = []
    for (let round = 0; round < place.repeat; round++) {
      const repetition = await inFolder(place.folder, 'restart', folder => measure(client, folder, place))
      repetitions.push(repetition)
      place.tell(`${figure(repetition.logMb)} MB of log, ready after ${figure(repetition.readySeconds)} s`)
    }
    client.close()
    const each = (figureOf: (repetition: Repetition) => number) => spreadOf(repetitions.map(figureOf))
    const ready = each(({ readySeconds }) => readySeconds)
    return {
      tables: [
        {
          title: 'Medians of the repetitions, least and most in brackets',
          columns: ['log MB', 'start when empty s', 'ready after the crash s', 'log MB/s', 'RSS peak MB'],
          rows: [
            [
              spread(each(({ logMb }) => logMb)),
              spread(each(({ emptySeconds }) => emptySeconds)),
              spread(ready),
              spread(each(({ logMb, readySeconds }) => logMb / readySeconds)),
              spread(each(({ rssPeakMb }) => rssPeakMb)),
            ],
          ],
        },
      ],
      targets: [
        {
          what: `ready after a crash with ${figure(each(({ logMb }) => logMb).median)} MB of log`,
          wanted: `≤ ${targetSeconds} s`,
          found: `${figure(ready.median)} s`,
          met: ready.median <= targetSeconds,
        },
      ],
      comparisons: [],
      charts: [],
      counts: sumCounts(repetitions.map(({ counts }) => counts)),
      repetitions,
    }
  },
}

async function measure(
  client: Client,
  folder: string,
  { isSmall, profileFolder }: Place,
): Promise<Repetition> {
  const bodies = isSmall ? 8 : Math.floor(logBytesMax / bodyBytes)
  const pool = livePool({ bodyBytes, poolBodies: isSmall ? 2 : 32 })
  const job = { pool, bodyFirst: 0, bodies, expect: 'accepted' as const, connections }
  const options = { folder, settings: neverSeals }

  const first = await startService(options)
  const filled = await client.run({ ...job, url: first.url })
  const logBytes = await asking(first.url, http => metric(http, 'log_bytes'))
  await first.kill()

  const second = await startService({ ...options, profileFolder })
  await asking(second.url, async http => expectOk(await http.get('/readyz'), 'readyz'))
  const { rssPeakBytes } = second.usage()
  const last = { bodyFirst: bodies - 1, bodies: 1, expect: 'duplicate' as const }
  const again = await client.run({ ...job, ...last, url: second.url })
  await second.stop()
  return {
    logMb: megabytes(logBytes),
    emptySeconds: first.startSeconds,
    readySeconds: second.startSeconds,
    rssPeakMb: megabytes(rssPeakBytes),
    counts: sumCounts([filled.counts, again.counts]),
  }
}

async function asking<T>(url: string, ask: (http: HttpClient) => Promise<T>): Promise<T> {
  const http = new HttpClient(url)
  try {
    return await ask(http)
  } finally {
    http.close()
  }
}
