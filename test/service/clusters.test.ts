import { describe, expect, it } from 'vitest'
import type { ClustersAnswer } from '../../src/contract/clusters.ts'
import { eventsOf, optionsFor } from '../generate/events-of.ts'
import { type Running, running } from './running.ts'

const options = optionsFor(20_260_108, { members: 60, days: 7, rate: 3000 / (7 * 86_400) })
const events = eventsOf(options)
const batchSize = 300

async function sendAll({ send }: Running, from: number, until: number): Promise<void> {
  for (let at = from; at < until; at += batchSize)
    await send(events.slice(at, Math.min(until, at + batchSize)), {
      pack: 'gaming',
      fields: { entityId: 'memberCode' },
    })
}

const ask = ({ service }: Running, entity?: string): Promise<ClustersAnswer> =>
  service.knowledge.clusters({ tenant: 't', stream: 'events', ...(entity !== undefined && { entity }) })

/** What does not tell of versions of the catalog. */
async function told(service: Running): Promise<Omit<ClustersAnswer, 'asOf'>> {
  const { asOf: _, ...answer } = await ask(service, events[0]!.memberCode)
  return answer
}

async function snapshots({ store }: Running): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of store.list('clusters/')) keys.push(key)
  return keys
}

describe('the clusters of a stream', () => {
  it('are none before there are events, and of others', async () => {
    const { texts, behaviour, entity } = await ask(await running(), 'nobody')
    expect({ texts, behaviour, entity }).toEqual({
      texts: undefined,
      behaviour: { step: 0, entities: 0, clusters: [] },
      entity: undefined,
    })
  })

  it('count every event whose text came when there was a model, and are told by texts near to them', async () => {
    const service = await running()
    await sendAll(service, 0, events.length)
    const { texts, behaviour } = await ask(service)
    expect(texts!.clusters.length).toBe(32)
    const counted = texts!.clusters.reduce((sum, cluster) => sum + cluster.events, 0)
    expect(counted).toBeGreaterThan(events.length / 2)
    expect(counted).toBeLessThanOrEqual(events.length)
    for (const { texts: labels } of texts!.clusters) expect(labels.length).toBe(3)
    const stored = await service.service.events({
      tenant: 't',
      stream: 'events',
      limit: 10_000,
      order: 'asc',
    })
    expect(behaviour.entities).toBe(new Set(stored.events.map(({ entityId }) => entityId)).size)
  })

  it('are the same after a restart in the middle, and after one that comes behind a seal', async () => {
    const whole = await running()
    await sendAll(whole, 0, events.length)
    const first = await running()
    await sendAll(first, 0, 900)
    await first.service.drain()
    expect((await snapshots(first)).length).toBe(1)
    const second = await running({ disk: first.disk })
    await sendAll(second, 900, 2100)
    const third = await running({ disk: second.disk })
    await sendAll(third, 2100, events.length)
    expect(await told(third)).toEqual(await told(whole))
    expect(third.fatal).toEqual([])
  })

  it('count no event of a segment that is gone', async () => {
    const service = await running()
    await sendAll(service, 0, events.length)
    const { segments } = await service.service.segments('t')
    for (const { segment_id } of segments) await service.service.evict('t', segment_id)
    const { texts } = await ask(service)
    expect(texts!.clusters.every(cluster => cluster.events === 0 && cluster.texts.length === 0)).toBe(true)
  })

  it('keep one snapshot of what is published', async () => {
    const service = await running({ config: { limits: { flush_bytes: 100_000 } } })
    await sendAll(service, 0, events.length)
    await service.service.drain()
    await service.pass(0)
    expect((await snapshots(service)).length).toBe(1)
  })
})
