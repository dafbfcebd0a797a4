// A day in the life of a small service, in which everything happens once: batches alone and side by side, bad lines, ids
// from a key and from a file, flushes, a merge, a repair, two evictions, a slice begun anew, and a clean stop.

import type { ManualClock } from '../sim/manual-clock.ts'
import type { Batch, Ledger } from './ledger.ts'
import type { Opened } from './service.ts'

export const startMs = Date.UTC(2026, 0, 1, 6)
const dayMs = 86_400_000
const today = '2026-01-01T05:00:00Z'
const yesterday = '2025-12-31T12:00:00Z'

const yesterdaySegment = 't/events/2025-12-31/0'
const todaySegment = 't/events/2026-01-01/0'

/** Goes on until it is through or the service is gone. */
export async function runScript(opened: Opened, ledger: Ledger, clock: ManualClock): Promise<void> {
  const steps: (() => Promise<unknown>)[] = [
    () =>
      ledger.send(
        opened,
        keyed('k1', [event('a1', today), event('a2', yesterday), 'no json', badTime('r1')]),
      ),
    () =>
      Promise.all([
        ledger.send(opened, batch([event('b1', today), event('b2', yesterday), event('a1', today)])),
        ledger.send(opened, batch([event('c1', today)], { wait: 'indexed' })),
        ledger.send(opened, { tenant: 'u', lines: [event('a1', today)] }),
      ]),
    () => opened.flush(),
    () => ledger.send(opened, keyed('k2', [anonymous(1, today), anonymous(2, today)])),
    () => ledger.send(opened, batch([event('b1', today), event('d1', yesterday), event('d2', today)])),
    () => opened.flush(),
    () =>
      ledger.send(
        opened,
        batch([anonymous(3, today), anonymous(4, today)], { file: { hash: 'f'.repeat(64), firstRow: 0 } }),
      ),
    () => opened.flush(),
    () => ledger.repair(opened, { tenant: 't', patch: { time: today }, segmentId: todaySegment }),
    () => ledger.evict(opened, 't', yesterdaySegment),
    () => ledger.send(opened, keyed('k3', [event('e1', yesterday), event('e2', today)])),
    () => ledger.send(opened, batch([event('a2', yesterday)], { reopen: true })),
    async () => clock.pass(dayMs),
    () => opened.flush(),
    () => ledger.send(opened, keyed('k4', [event('g1', '2026-01-02T01:00:00Z'), badTime('r2')])),
    () => ledger.evict(opened, 't', todaySegment),
    () =>
      ledger.send(opened, batch([event('h1', '2026-01-02T02:00:00Z'), event('g1', '2026-01-02T01:00:00Z')])),
    () => opened.stop(),
  ]
  for (const step of steps) {
    if (isGone(opened)) return
    await step()
  }
}

/** What a client sends when the service is back, to see that it works. */
export const afterwards: Batch = { tenant: 't', lines: [event('z1', '2026-01-02T03:00:00Z')] }

function isGone(opened: Opened): boolean {
  return opened.fatal !== undefined
}

function batch(lines: string[], more?: Batch['more']): Batch {
  return { tenant: 't', lines, ...(more && { more }) }
}

function keyed(idempotencyKey: string, lines: string[]): Batch {
  return batch(lines, { idempotencyKey })
}

function event(id: string, time: string): string {
  return `{"id":"${id}","time":"${time}","type":"x","user_id":"u${id.length}","nested":{"n": 1.50},"text":"ü ${id}"}`
}

function anonymous(n: number, time: string): string {
  return `{ "time":"${time}", "n":${n} }`
}

function badTime(id: string): string {
  return `{"id":"${id}","time":"never"}`
}
