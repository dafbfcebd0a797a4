// Kills a service again and again while clients write to it, each time at another moment, and checks after each restart
// that nothing acknowledged is missing, nothing is doubled, and every payload is what was sent.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { seededRandom } from '../../src/base/random.ts'
import { aims, momentOf, type Phase, phases, phasesOf } from './aim.ts'
import { Clients } from './clients.ts'
import { serveProcess } from './process.ts'

const clientCount = 4
const warmMs = 150
const aimWaitMs = 2_500
/** A kill strikes at the moment that it was aimed at, or up to this long after it. */
const spreadMsMax = 5
const killsPerDay = 4

export interface KillReport {
  /** kills that met it; one kill may meet several */
  phases: Record<Phase, number>
  acknowledged: number
  /** what became of events whose batch was not answered, when they were sent again */
  repeated: { accepted: number; duplicate: number }
}

export async function killAgainAndAgain(killCount: number, seed: number): Promise<KillReport> {
  const folder = await mkdtemp(join(tmpdir(), 'alluvium-kill-'))
  const dataDir = join(folder, 'data')
  const random = seededRandom(seed)
  const clients = new Clients(seed)
  const hit = Object.fromEntries(phases.map(phase => [phase, 0])) as Record<Phase, number>
  try {
    for (let kill = 0; kill < killCount; kill++) {
      const served = await serveProcess(dataDir)
      await clients.check(served.url)
      clients.day = Math.floor(kill / killsPerDay)
      await clients.start(served.url, clientCount)
      await wait(warmMs + random() * warmMs)
      if (kill % killsPerDay === killsPerDay - 1)
        void clients.evict(served.url, segmentOfDay(clients.day - 1))
      const aim = aims[kill % aims.length]!
      if (aim === 'release') await clients.stop()
      const place = { dataDir, segmentId: segmentOfDay(clients.day) }
      if (aim !== 'request') await momentOf(aim, place, aimWaitMs)
      const spreadMs = random() < 0.5 ? 0 : spreadMsMax
      await wait(random() * spreadMs)
      expect(served.ended, 'it ran until it was killed').toBe(undefined)
      await served.kill()
      await clients.stop()
      for (const phase of await phasesOf(dataDir, clients.lastAnsweredSeq)) hit[phase]++
    }
    await checkAtLast(dataDir, clients)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return { phases: hit, acknowledged: clients.acknowledged, repeated: clients.repeated }
}

async function checkAtLast(dataDir: string, clients: Clients): Promise<void> {
  const served = await serveProcess(dataDir)
  await clients.check(served.url)
  await clients.start(served.url, 1)
  await wait(warmMs)
  await clients.stop()
  await clients.check(served.url)
  const metrics = await (await fetch(`${served.url}/metrics`)).text()
  const total = (name: string) =>
    Number(new RegExp(`^alluvium_events_${name}_total (\\d+)`, 'm').exec(metrics)?.[1])
  expect(total('decoded')).toBeGreaterThan(0)
  expect(total('accepted') + total('duplicate') + total('quarantined')).toBe(total('decoded'))
  expect(await served.stop(), 'it drains').toBe(0)
}

function segmentOfDay(day: number): string {
  return `default/events/${new Date(Date.UTC(2025, 0, 1) + day * 86_400_000).toISOString().slice(0, 10)}/0`
}

function wait(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}
