// Damage at rest: a sample of cuts and turned bits. damage.long.test.ts takes every cut and ten thousand bits.

import { beforeAll, describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/base/random.ts'
import { manualClock } from '../sim/manual-clock.ts'
import { memoryDisk } from '../sim/memory-disk.ts'
import { writeFiles } from './copy.ts'
import { type DataDir, judgeDamage, makeDataDir } from './damage.ts'
import { cutEverywhere, turnBits } from './damages.ts'
import { Ledger } from './ledger.ts'
import { startMs } from './script.ts'
import { openService } from './service.ts'

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 30))
let dataDir: DataDir
beforeAll(async () => {
  dataDir = await makeDataDir({ batches: 2, days: 2 })
})

describe('a data directory', () => {
  it('cut short anywhere is found so, and nothing wrong is served', async () => {
    const verdicts = await cutEverywhere(dataDir, { step: 499 })
    expect(verdicts).toMatchObject({
      stopped: expect.any(Number),
      torn: expect.any(Number),
      partial: expect.any(Number),
    })
    expect(verdicts.harmless).toBe(0)
  }, 60_000)

  it('with an ids part cut within its header goes on without it', async () => {
    for (const [path, bytes] of dataDir.files) {
      if (!path.endsWith('.ids')) continue
      for (const length of [0, 7, 8, 12, 23])
        expect(await judgeDamage(dataDir, path, bytes.slice(0, length)), `${length}`).toBe('partial')
    }
  })

  it('with a bit turned anywhere is found so, and nothing wrong is served', async () => {
    const verdicts = await turnBits(dataDir, { bits: 150, seed })
    expect(verdicts).toMatchObject({ stopped: expect.any(Number), partial: expect.any(Number) })
  }, 60_000)

  it('goes on beside a damaged part: takes events, publishes and merges the others', async () => {
    for (const [path, bytes] of dataDir.files) {
      if (!/(parquet|ids)$/.test(path)) continue
      const damaged = bytes.slice()
      damaged[Math.floor(seededRandom(bytes.length)() * bytes.length)]! ^= 16
      const disk = memoryDisk()
      await writeFiles(disk, new Map(dataDir.files).set(path, damaged))
      const opened = await openService({ disk, clock: manualClock(startMs) })
      const ledger = new Ledger()
      for (let i = 0; i < 6; i++) {
        const line = `{"id":"new${i}","time":"2026-01-01T02:00:00Z"}`
        expect(await ledger.send(opened, { tenant: 't', lines: [line] })).toBe(true)
        await opened.flush()
      }
      expect(opened.fatal, path).toBe(undefined)
      expect(opened.log.heldBytes).toBe(0)
      const { segments } = await opened.service.segments('t')
      const parts = segments.flatMap(segment => segment.parts)
      expect(parts.map(({ key }) => key)).toContain(path.replace('/data/store/', ''))
      for (const { segment_id } of segments) await ledger.evict(opened, 't', segment_id)
      expect((await opened.service.segments('t')).segments, 'eviction needs no sound part').toEqual([])
      await opened.kill()
    }
  }, 60_000)
})
