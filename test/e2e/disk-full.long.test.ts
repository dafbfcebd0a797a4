// A disk that fills up: intake stops with 507, reads go on, and it takes more again when there is room.

import { existsSync, statfsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { type Client, clientOf, problemOf, until } from './client.ts'
import { place, set } from './serve.ts'

/** A disk in memory, which a test may fill by some percent without harm. */
const disk = '/dev/shm'
const stepRatio = 0.02
/** The least mark that can be set. */
const ratioMin = 0.01
const fillerBytesMax = 1024 ** 3
const fillerBytes = existsSync(disk)
  ? Math.ceil(totalBytes() * (stepRatio + ratioMin))
  : Number.POSITIVE_INFINITY
const fits = fillerBytes < fillerBytesMax && fillerBytes < freeBytes() / 2

describe.skipIf(!fits)(
  fits ? 'a full disk' : `a full disk (skipped: no ${disk} of a fitting size)`,
  async () => {
    const here = await place(fits ? disk : undefined)
    it('stops intake, not reading, until there is room again', async () => {
      const before = Math.max(usedRatio(), ratioMin)
      const marks = {
        'limits.disk_full_ratio': before + stepRatio / 2,
        'limits.disk_resume_ratio': before + stepRatio / 4,
      }
      const client = clientOf(await here.serve(...set(marks)))
      await client.send('{"id":"before"}')

      const filler = here.path('filler')
      await writeFile(filler, fill())
      await until('it sees the disk full', async () => (await client.get('/readyz')).status === 503)
      expect((await client.get('/readyz')).json().errors).toMatchObject([{ code: 'disk_full' }])
      const refused = await client.post('{"id":"during"}')
      expect(problemOf(refused)).toBe('507 disk_full')
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(await idsOf(client)).toEqual(['before'])
      expect((await client.get('/healthz')).status).toBe(200)

      await rm(filler)
      await until(
        'it takes more',
        async () => (await client.post('{"id":"after"}', { query: '?wait=indexed' })).status === 200,
      )
      expect(await idsOf(client)).toEqual(['before', 'after'])
    }, 60_000)
  },
)

async function idsOf(client: Client): Promise<string[]> {
  return (await client.lines()).map(({ event }) => event.event_id)
}

function* fill() {
  const piece = new Uint8Array(16 * 1024 * 1024)
  for (let bytes = 0; bytes < fillerBytes; bytes += piece.length) yield piece
}

function usedRatio(): number {
  return 1 - freeBytes() / totalBytes()
}

function totalBytes(): number {
  const { blocks, bsize } = statfsSync(disk)
  return blocks * bsize
}

function freeBytes(): number {
  const { bavail, bsize } = statfsSync(disk)
  return bavail * bsize
}
