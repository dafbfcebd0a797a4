// Whether dropping a segment costs the same whatever it holds.

import { inFolder } from '../measure/folder.ts'
import { HttpClient } from '../measure/http.ts'
import { startClient, sumCounts } from '../measure/load.ts'
import { startService } from '../measure/server.ts'
import { evict as evictDay, settled } from '../measure/service.ts'
import { spreadOf } from '../measure/statistics.ts'
import { figure, spread } from './figures.ts'
import { dayPool, daysLongGone, dayText } from './pools.ts'
import type { Place, Suite } from './suite.ts'

const bodyBytes = 250_000
const connections = 4
const megabytesFull = [1, 16, 64, 256]
const megabytesSmall = [0.25, 1]

interface Dropped {
  megabytes: number
  ms: number
}

export const evict: Suite = {
  name: 'evict',
  title: 'Eviction against segment size',
  about:
    'Segments of rising size, each a day of its own, all sealed, published and merged. Then each is evicted with DELETE, one after the other, a size at a time in turn; the answer comes when no reader can see the segment any more. Its files are unlinked behind the answer.',
  async run(place) {
    const sizes = place.isSmall ? megabytesSmall : megabytesFull
    const { dropped, counts } = await inFolder(place.folder, 'evict', folder => measure(folder, sizes, place))
    const bySize = sizes.map(size => ({
      size,
      spread: spreadOf(dropped.filter(({ megabytes }) => megabytes === size).map(({ ms }) => ms)),
    }))
    return {
      tables: [
        {
          title: 'Median of the DELETEs of a size, least and most in brackets',
          columns: ['segment, MB of events', 'DELETE ms'],
          rows: bySize.map(one => [figure(one.size), spread(one.spread)]),
        },
      ],
      targets: [],
      comparisons: [],
      charts: [
        {
          kind: 'lines',
          title: 'Eviction against segment size',
          x: { name: 'segment', unit: 'MB' },
          y: { name: 'DELETE', unit: 'ms' },
          lines: [{ name: 'median', points: bySize.map(one => [one.size, one.spread.median]) }],
        },
      ],
      counts: { evicted: dropped.length, ...counts },
      repetitions: dropped,
    }
  },
}

async function measure(folder: string, sizes: readonly number[], { repeat, profileFolder, tell }: Place) {
  const server = await startService({
    folder,
    profileFolder,
    settings: { ...daysLongGone, 'limits.flush_seconds': 1 },
  })
  const http = new HttpClient(server.url)
  const client = startClient()
  const days = Array.from({ length: repeat }, () => sizes).flat()
  const pool = dayPool({ bodyBytes, poolBodies: 64 })
  const counts = []
  let bodyFirst = 0
  for (const [day, megabytes] of days.entries()) {
    const bodies = Math.max(1, Math.round((megabytes * 1e6) / bodyBytes))
    const job = {
      url: server.url,
      pool,
      day: dayText(day),
      bodyFirst,
      bodies,
      expect: 'accepted' as const,
      connections,
    }
    counts.push((await client.run(job)).counts)
    bodyFirst += bodies
    tell(`a segment of ${figure(megabytes)} MB is filled`)
  }
  client.close()
  await settled(http)
  const dropped: Dropped[] = []
  for (const [day, megabytes] of days.entries())
    dropped.push({ megabytes, ms: await evictDay(http, dayText(day)) })
  http.close()
  await server.stop()
  return { dropped, counts: sumCounts(counts) }
}
