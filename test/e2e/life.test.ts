// Stopping, crashing and starting again, with producers at work all the while. What was acknowledged is there, once.

import { mkdir, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { type Client, clientOf, linesOf, pause, until } from './client.ts'
import { place, type Served, set } from './serve.ts'

const drainSecondsMax = 30
const producers = 6
const eventsPerBody = 50

describe('a data directory', async () => {
  const here = await place()

  it('has one process at a time, and says so to a second', async () => {
    const first = await here.serve()
    const second = await here.alluvium('serve', '--port', '0', '--data-dir', first.dataDir)
    expect(second.code).toBe(1)
    expect(second.stderr).toContain(`${first.dataDir} is in use by`)
    expect(second.stderr).toContain('--data-dir')
    expect((await clientOf(first).send('{"id":"unharmed"}')).accepted).toBe(1)
    await first.kill()
    const third = await here.serve() // a dead process holds nothing
    expect((await clientOf(third).lines()).map(({ event }) => event.event_id)).toEqual(['unharmed'])
    await third.stop()
  })

  it('of a newer format is left alone', async () => {
    const dataDir = here.path('newer')
    await mkdir(dataDir)
    await writeFile(`${dataDir}/format.json`, '{"format":999}\n')
    const { code, stderr } = await here.alluvium('serve', '--port', '0', '--data-dir', dataDir)
    expect(code).toBe(1)
    expect(stderr).toContain('has format 999, and this build reads up to')
    expect(stderr).not.toContain('    at ') // a message for a person, not a stack
  })
})

describe('under load', async () => {
  const here = await place()
  const acknowledged = new Set<string>()
  let round = 0

  it.each(['stop', 'kill', 'kill', 'stop'] as const)(
    'keeps what it acknowledged through a %s (%#)',
    async how => {
      const service = await here.serve(...set({ 'limits.flush_bytes': 400_000 }))
      await expectWhole(clientOf(service))
      const producing = produce(service, `r${round++}`)
      const before = acknowledged.size
      await until('producers are at work', async () => acknowledged.size > before + 2000)
      const startedMs = Date.now()
      const { code, stderr } = await service[how]()
      expect((Date.now() - startedMs) / 1000).toBeLessThan(drainSecondsMax)
      if (how === 'stop') expect(code, stderr).toBe(0)
      await producing
      if (how === 'stop')
        expect(linesOf(Buffer.from(stderr)).filter(line => line.includes('"level":"error"'))).toEqual([])
    },
  )

  it('has it all at the end', async () => {
    const service = await here.serve()
    await expectWhole(clientOf(service))
    await service.stop()
    const { code, stdout, stderr } = await here.alluvium('verify', '--data-dir', service.dataDir)
    expect(code, stdout + stderr).toBe(0)
  })

  /** Sends bodies from several producers until the service is gone. */
  async function produce(service: Served, prefix: string): Promise<void> {
    const client = clientOf(service)
    let next = 0
    await Promise.all(
      Array.from({ length: producers }, async () => {
        for (;;) {
          const body = next++
          const ids = Array.from({ length: eventsPerBody }, (_, i) => `${prefix}-${body}-${i}`)
          const events = ids.map(id => JSON.stringify({ id, pad: 'p'.repeat(200) })).join('\n')
          const answer = await client.post(events).catch(() => undefined)
          if (!answer) return // the line is cut: the body may or may not be in
          if (answer.status === 200) for (const id of ids) acknowledged.add(id)
          else expect([429, 503]).toContain(answer.status)
          if (answer.status === 503) return
        }
      }),
    )
  }

  /** Everything acknowledged, nothing twice, and of a body that was not acknowledged all or nothing. */
  async function expectWhole(client: Client): Promise<void> {
    const lines = await client.lines()
    const ids = new Set(lines.map(({ event }) => event.event_id))
    expect(ids.size).toBe(lines.length)
    for (const id of acknowledged) if (!ids.has(id)) expect(id).toBe('there')
    const perBody = new Map<string, number>()
    for (const id of ids) {
      const body = id.slice(0, id.lastIndexOf('-'))
      perBody.set(body, (perBody.get(body) ?? 0) + 1)
    }
    expect([...perBody].filter(([, count]) => count !== eventsPerBody)).toEqual([])
  }
})

describe('readiness', async () => {
  const here = await place()
  it('is told only while it takes events: never before it has recovered, never once it stops', async () => {
    const first = await here.serve(...set({ 'limits.flush_bytes': 1e9 }))
    const body = Array.from({ length: 5000 }, (_, i) => JSON.stringify({ n: i, pad: 'p'.repeat(1000) })).join(
      '\n',
    )
    for (let i = 0; i < 4; i++) await clientOf(first).send(body)
    const { port } = first
    await first.kill()

    const starting = here.serve('--port', String(port), ...set({ 'limits.flush_bytes': 1e9 }))
    const readiness = watchReadiness(port)
    const second = await starting
    await until('it is ready', async () => readiness.seen.includes(200))
    expect((await clientOf(second).lines()).length).toBe(20_000)
    await second.stop()
    await pause(500)
    readiness.stop()
    expect(readiness.seen.filter((status, i) => status !== readiness.seen[i - 1])).toSatisfy(isOneReadySpell)
    // while it publishes what is open, a balancer hears that it is going
    expect(readiness.seen.slice(readiness.seen.lastIndexOf(200))).toContain(503)
  }, 60_000)
})

/** Asks /readyz over and over; 0 when nobody answers. */
function watchReadiness(port: number): { seen: number[]; stop(): void } {
  const seen: number[] = []
  let stopped = false
  void (async () => {
    while (!stopped) {
      const answer = await fetch(`http://127.0.0.1:${port}/readyz`, {
        headers: { connection: 'close' },
      }).catch(() => undefined)
      seen.push(answer?.status ?? 0)
      await pause(10)
    }
  })()
  return {
    seen,
    stop() {
      stopped = true
    },
  }
}

function isOneReadySpell(changes: number[]): boolean {
  return changes.filter(status => status === 200).length === 1 && changes.at(-1) === 0
}
