// What `auto` has made of a stream does not depend on restarts: it goes on from where the published parts left it, and the
// log repeats the rest.

import { expect, it } from 'vitest'
import { nowMs } from '../ingest/gate.ts'
import { manualClock } from '../sim/manual-clock.ts'
import { memoryDisk } from '../sim/memory-disk.ts'
import { type Running, running } from './running.ts'
import { quiet } from './written.ts'

const flushSeconds = 10
const config = { limits: { flush_seconds: flushSeconds } }

/** Fields change over time, so that what is decided does too. */
const eventsOf = (batch: number) =>
  Array.from({ length: 25 }, (_, i) => {
    const n = batch * 25 + i
    return {
      id: `e${n}`,
      customer_id: `customer-${n % 17}`,
      ...(batch > 4 && { product_id: `product-${(n * 7) % 29}`, note: `remark ${n} that is new` }),
      ...(batch > 9 && { shop: { code: `shop-${n % 5}` } }),
    }
  })

/** @param restartsAfter  batches behind which the process is killed; every third is sealed */
async function explained(restartsAfter: readonly number[]) {
  const disk = memoryDisk()
  let timeMs = nowMs
  // A process that is gone hears of no time any more.
  const start = () => running({ disk, clock: manualClock(timeMs), config })
  let service: Running = await start()
  for (let batch = 0; batch < 14; batch++) {
    await service.send(eventsOf(batch))
    if (batch % 3 === 2) {
      await service.pass(flushSeconds * 1000)
      timeMs += flushSeconds * 1000
      await quiet(200)
    }
    if (restartsAfter.includes(batch)) service = await start()
  }
  const { knowledge } = service.service
  expect(service.fatal).toEqual([])
  return {
    auto: await knowledge.autoPack({ tenant: 't', stream: 'events' }),
    node: (
      await knowledge.node({
        ...{ tenant: 't', stream: 'events', node: { type: 'customer', key: 'customer-3' } },
        ...{ edgesMax: 100, evidenceMax: 100 },
      })
    ).node,
  }
}

it('is the same with restarts and without', async () => {
  const expected = await explained([])
  expect(expected.node?.edges.length).toBeGreaterThan(0)
  for (const restartsAfter of [[3], [6], [8], [10], [1, 4, 7, 12]])
    expect(await explained(restartsAfter), `restarts after ${restartsAfter}`).toEqual(expected)
})
