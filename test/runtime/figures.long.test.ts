// How fast each runtime starts and takes events, for docs/runtimes.md: the client runs on the same cores, so it is the
// ratios that say something. No figure is asserted, only that everything was taken.

import { describe, expect, it } from 'vitest'
import { clientOf, until } from '../e2e/client.ts'
import { bunExecutable, denoExecutable } from './executables.ts'
import { processPlace } from './process.ts'
import type { RuntimePlace } from './runtime.suite.ts'
import { workerdPlace } from './workerd.ts'

const runtimes: Record<string, () => Promise<RuntimePlace>> = {
  Node: () => processPlace(process.execPath),
  Bun: () => processPlace(bunExecutable()),
  Deno: () => processPlace(denoExecutable(), 'run', '--allow-all'),
  workerd: workerdPlace,
}

const bootCount = 3
const producerCount = 4
const bodyCount = 60
const bodyEvents = 2500
const note = 'some text that an event might well carry with it, and that differs a little from event to event'

describe('figures', () => {
  for (const [name, open] of Object.entries(runtimes)) {
    it(`${name}`, async () => {
      const place = await open()
      try {
        const bootMs: number[] = []
        for (let n = 1; n < bootCount; n++) {
          const { kill, ms } = await timedBoot(place)
          bootMs.push(ms)
          await kill()
        }
        const last = await timedBoot(place)
        bootMs.push(last.ms)
        const { megabytes, seconds } = await feed(last.url).finally(() => last.kill())
        const median = bootMs.sort((a, b) => a - b)[bootCount >> 1]!
        console.log(`${name}: ready in ${Math.round(median)} ms; ${(megabytes / seconds).toFixed(1)} MB/s`)
      } finally {
        await place.remove()
      }
    }, 300_000)
  }
})

async function timedBoot(place: RuntimePlace) {
  const startedMs = performance.now()
  const booted = await place.boot({})
  const client = clientOf(booted)
  while ((await client.get('/readyz')).status !== 200);
  return { ...booted, ms: performance.now() - startedMs }
}

async function feed(url: string): Promise<{ megabytes: number; seconds: number }> {
  const client = clientOf({ url })
  const time = new Date().toISOString()
  const bodies = Array.from({ length: bodyCount }, (_, body) =>
    Array.from({ length: bodyEvents }, (_, n) =>
      JSON.stringify({
        id: `${body}-${n}`,
        time,
        type: `type-${n % 7}`,
        user_id: `user-${n % 999}`,
        note: `${note} ${n} `.repeat(3),
        value: n * 1.5,
      }),
    ).join('\n'),
  )
  const bytes = bodies.reduce((sum, body) => sum + Buffer.byteLength(body), 0)
  const startedMs = performance.now()
  await Promise.all(
    Array.from({ length: producerCount }, async () => {
      for (let body = bodies.pop(); body !== undefined; body = bodies.pop()) {
        const sent = body
        // Turned away while its queue is full, or, by workerd, cut off in the middle of it: then again.
        await until('room', async () => (await client.post(sent).catch(() => undefined))?.status === 200, 120)
      }
    }),
  )
  const seconds = (performance.now() - startedMs) / 1000
  expect(await client.metric('alluvium_events_accepted_total')).toBe(bodyCount * bodyEvents)
  return { megabytes: bytes / 1e6, seconds }
}
