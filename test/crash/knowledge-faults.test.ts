// Writes of what events say and mention fail, before or after they were done: the service stops, and the next one
// over the same disk answers as if nothing had been.

import { expect, it } from 'vitest'
import type { ObjectStore } from '../../src/ports/object-store.ts'
import { PackRegistry } from '../../src/service/packs.ts'
import { type Running, running } from '../service/running.ts'
import { quiet } from '../service/written.ts'
import { faultyStore, type StoreFault } from '../sim/faulty-store.ts'
import { memoryDisk } from '../sim/memory-disk.ts'

const flushSeconds = 10
const config = { limits: { flush_seconds: flushSeconds, runs_max: 2 } }
const scope = { tenant: 't', stream: 'events' }
const pack = {
  pack: 'pages',
  version: 1,
  entities: { user: { key: 'user' }, page: { key: 'page' } },
  edges: ['user -edited-> page'],
  text: '{note}',
}

const bodies = Array.from({ length: 4 }, (_, body) =>
  Array.from({ length: 6 }, (_, i) => ({
    id: `${body}-${i}`,
    time: `2026-01-${i % 2 === 0 ? '09' : '10'}T0${body}:00:0${i}Z`,
    ...{ user: `u${i % 4}`, page: `p${(body + i) % 3}`, note: `note ${body * i} of a green lamp` },
  })),
)

/** Each body is sealed, the third with a merge behind it. A service that has failed takes nothing more. */
async function live(service: Running): Promise<void> {
  await install(service)
  for (const body of bodies) {
    if (service.fatal.length > 0) return
    await service.send(body, { wait: 'durable', pack: 'pages' }).catch(() => undefined)
    await service.pass(flushSeconds * 1000)
    await quiet(200)
  }
}

async function answers({ service }: Running) {
  const graph = { degreeMax: 100, evidenceMax: 9, direction: 'both' as const }
  const search = await service.knowledge.search({
    ...{ ...scope, text: 'green lamp', mode: 'hybrid', k: 100, exact: true, fuzzy: false, prefix: false },
    ...{ fusion: { method: 'rrf', rankConstant: 60 }, facets: ['page'], explain: false },
  })
  const walk = await service.knowledge.walk({
    ...{ ...scope, ...graph, start: [{ type: 'user', key: 'u0' }] },
    ...{ strategy: 'bfs', hops: 4, limit: 1000, seed: 1 },
  })
  return {
    hits: search.hits.map(({ event, score, text }) => ({ id: event.eventId, score, text })).sort(byId),
    ...{ count: search.count, facets: search.facets, partial: search.partial || walk.partial },
    nodes: walk.nodes.map(({ type, key, count }) => ({ id: `${type} ${key}`, count })).sort(byId),
    edges: walk.edges
      .map(({ from, to, count, evidence }) => ({ id: `${from.key} ${to.key}`, count, docs: evidence.length }))
      .sort(byId),
  }
}

function byId(left: { id: string }, right: { id: string }): number {
  return left.id < right.id ? -1 : 1
}

async function install({ store }: Running): Promise<void> {
  await new PackRegistry(store).install('t', pack)
}

/** Sends everything once more, as clients do who were not told. */
async function sendAgain(service: Running): Promise<void> {
  await install(service)
  for (const body of bodies) await service.send(body, { pack: 'pages' })
}

const roles = ['graph', 'texts', 'words', 'vectors', 'manifest']

/** Of each role one that is sealed, and the last, which a merge makes. */
function sampled(keys: readonly string[]): { at: number; key: string }[] {
  return roles.flatMap(role => {
    const ofRole = keys.map((key, at) => ({ at, key })).filter(({ key }) => key.includes(`/${role}-`))
    expect(ofRole.length, role).toBeGreaterThan(2)
    return [ofRole[1]!, ofRole.at(-1)!]
  })
}

it('answers the same after any of them has failed', async () => {
  const keys: string[] = []
  const listing = (store: ObjectStore): ObjectStore => ({
    ...store,
    put: (key, chunks) => {
      keys.push(key)
      return store.put(key, chunks)
    },
  })
  const whole = await running({ config, wrapStore: listing })
  await live(whole)
  expect(whole.fatal).toEqual([])
  await sendAgain(whole)
  const expected = await answers(whole)
  expect(expected.count).toBe(24)
  for (const { at, key } of sampled(keys)) {
    for (const how of ['before', 'after'] as const) {
      const fault: StoreFault = { call: 'put', nth: at + 1, how }
      const disk = memoryDisk()
      const failing = await running({ config, disk, wrapStore: store => faultyStore(store, fault) })
      await live(failing)
      expect(failing.fatal.length, `put ${at + 1} ${how}: ${key}`).toBeGreaterThan(0)
      const next = await running({ config, disk })
      await sendAgain(next)
      expect(await answers(next), `put ${at + 1} ${how}: ${key}`).toEqual(expected)
      await next.pass(flushSeconds * 1000)
      await quiet(300)
      expect(next.fatal).toEqual([])
      expect(await answers(next), `put ${at + 1} ${how}, sealed: ${key}`).toEqual(expected)
    }
  }
}, 60_000)
