// An indexer that is slower than what comes in: the queue fills, intake waits, then refuses, and nothing that was taken is
// lost or out of order.

import { expect, it } from 'vitest'
import { Refused } from '../../src/contract/refused.ts'
import type { Embedder } from '../../src/ports/embedder.ts'
import { testEmbedder } from './knowing.ts'
import { running } from './running.ts'
import { gate, quiet } from './written.ts'

const waitSeconds = 5
const batchCount = 60

it('fills the queue, keeps senders waiting, refuses them, and loses nothing', async () => {
  const { opened, open } = gate()
  const real = await testEmbedder()
  const slow: Embedder = {
    ...{ id: real.id, dims: real.dims, batchTextsMax: real.batchTextsMax },
    async embed(texts) {
      await opened
      return real.embed(texts)
    },
  }
  const limits = { queue_bytes_max: 20_000, queue_wait_seconds: waitSeconds, flush_bytes: 50_000 }
  const service = await running({ config: { limits }, embedder: async () => slow })
  const batchOf = (batch: number) =>
    Array.from({ length: 10 }, (_, i) => ({
      id: `${batch}-${i}`,
      ...{ time: '2026-01-10T11:00:00Z', user_id: `u${i % 3}`, n: batch * 10 + i },
      text: `number ${batch} of row ${i} says something of its own`,
    }))
  const told: Record<string, number> = {}
  const taken: number[] = []
  const send = async (batch: number) => {
    try {
      await service.send(batchOf(batch), { wait: 'durable' })
      taken.push(batch)
      told.taken = (told.taken ?? 0) + 1
    } catch (error) {
      expect(error).toBeInstanceOf(Refused)
      const { code, retryAfterSeconds } = error as Refused
      expect(retryAfterSeconds).toBeGreaterThanOrEqual(1)
      told[code] = (told[code] ?? 0) + 1
    }
  }
  const sent: Promise<void>[] = []
  for (let batch = 0; batch < batchCount; batch++) {
    sent.push(send(batch))
    await quiet(5)
  }
  const before = { ...told }
  expect(before.taken).toBeGreaterThan(0)
  expect(before.queue_full, 'who comes to a full queue waits').toBeUndefined()
  expect(before.taken!).toBeLessThan(batchCount)
  await service.pass(waitSeconds * 1000)
  await Promise.all(sent)
  expect(told).toEqual({ taken: before.taken, queue_full: batchCount - before.taken! })

  open()
  for (let batch = 0; batch < batchCount; batch++) {
    if (taken.includes(batch)) continue
    await send(batch)
  }
  await service.send([{ id: 'last' }])
  expect(taken.length).toBe(batchCount)
  const { events } = await service.service.events({
    ...{ tenant: 't', stream: 'events', order: 'asc', limit: 10_000 },
    untilMs: Date.UTC(2026, 0, 10, 11, 1),
  })
  expect(events.map(({ eventId }) => eventId)).toEqual(
    taken.flatMap(batch => batchOf(batch).map(({ id }) => id)),
  )
  const { count } = await service.service.knowledge.search({
    ...{ tenant: 't', stream: 'events', text: 'something', mode: 'words', k: 1, exact: true, fuzzy: false },
    ...{ fusion: { method: 'rrf', rankConstant: 60 }, prefix: false, facets: [], explain: false },
  })
  expect(count).toBe(batchCount * 10)
  expect(service.fatal).toEqual([])
})
