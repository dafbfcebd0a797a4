// Random streams of events that say things, and services that see them in ways of their own: all of it open, or sealed,
// merged and restarted at random. What a search of them should answer is worked out from the events alone.

import type { seededRandom } from '../../../src/base/random.ts'
import type { SearchAnswer, SearchRequest } from '../../../src/contract/knowledge.ts'
import { PackRegistry } from '../../../src/service/packs.ts'
import { dayMs, nowMs } from '../../ingest/gate.ts'
import { Written } from '../../service/written.ts'

export interface LogEvent {
  id: string
  time: string
  type: string
  user: string
  message?: string
  [field: string]: unknown
}

const pack = { name: 'log', version: 1 }
const days = 4
const firstDayMs = Date.parse('2026-01-06T00:00:00Z')
const vocabulary = [
  ...['connection', 'refused', 'login', 'failed', 'payment', 'declined', 'game', 'crashed', 'slow', 'page'],
  ...['timeout', 'retry', 'customer', 'angry', 'refund', 'server', 'disk', 'full', 'password', 'reset'],
]

export type Random = ReturnType<typeof seededRandom>

export function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[Math.floor(random() * items.length)]!
}

/** Few words, so that texts come again and share them; fields of every kind, some of them missing or of another kind. */
export function randomEvents(random: Random, count: number): LogEvent[] {
  return Array.from({ length: count }, (_, i) => {
    const words = Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(random, vocabulary))
    const timeMs = firstDayMs + Math.floor(random() * days * 24 * 60) * 60_000
    const maybe = (share: number, fields: object) => (random() < share ? fields : {})
    return {
      id: `e${i}`,
      time: new Date(timeMs).toISOString(),
      type: pick(random, ['error', 'info', 'audit']),
      user: `u${Math.floor(random() * 12)}`,
      ...maybe(0.9, { message: words.join(' ') }),
      ...maybe(0.8, { amount: Math.floor(random() * 40) / 4 }),
      ...maybe(0.5, { level: random() < 0.5 ? Math.floor(random() * 5) : String(Math.floor(random() * 5)) }),
      ...maybe(0.7, { ok: random() < 0.5 }),
      ...maybe(0.6, {
        tags: Array.from({ length: Math.floor(random() * 4) }, () => pick(random, ['a', 'b', 3, true])),
      }),
      ...maybe(0.6, {
        meta: { region: pick(random, ['eu-west', 'eu-east', 'us']), depth: { n: Math.floor(random() * 9) } },
      }),
      ...maybe(0.6, { due: new Date(firstDayMs + Math.floor(random() * 9) * dayMs).toISOString() }),
      ...maybe(0.4, { payload: { kind: pick(random, ['x', 'y']), type: pick(random, ['inner', 'outer']) } }),
      ...maybe(0.5, {
        where: { lat: Math.floor(random() * 180) - 90, lon: Math.floor(random() * 360) - 180 },
      }),
      ...maybe(0.2, { note: pick(random, ['[not json', 'null', '007', '1e3', 'true', '2026-01-08']) }),
    }
  })
}

export const segmentOf = (event: LogEvent) => `t/events/${event.time.slice(0, 10)}/0`

export interface SeenOptions {
  /** seals, merges and restarts that happen between batches; all stays open without */
  random?: Random
  batchEvents?: number
}

/** A service that has seen the events, in their order. */
export async function seen(
  events: readonly LogEvent[],
  { random, batchEvents = 40 }: SeenOptions = {},
): Promise<Written> {
  let written = await Written.open({ runsMax: 2 })
  await new PackRegistry(written.store).install('t', {
    pack: pack.name,
    version: pack.version,
    entities: { user: { key: 'user' }, kind: { key: 'type' } },
    edges: ['user -did-> kind'],
    text: '{message}',
  } as Parameters<PackRegistry['install']>[1])
  for (let at = 0; at < events.length; at += batchEvents) {
    await written.send(events.slice(at, at + batchEvents), { pack, ingest_time_ms: nowMs })
    if (random && random() < 0.5) await written.flush()
    if (random && random() < 0.2) {
      await written.flush()
      await written.writer.stop()
      written = await Written.open({ runsMax: 2, store: written.store })
    }
  }
  await written.writer.indexed()
  return written
}

export const plainRequest: SearchRequest = {
  tenant: 't',
  stream: 'events',
  mode: 'words',
  k: 1000,
  exact: true,
  fusion: { method: 'rrf', rankConstant: 60 },
  fuzzy: false,
  prefix: false,
  facets: [],
  explain: false,
}

export function ask(written: Written, request: Partial<SearchRequest>): Promise<SearchAnswer> {
  return written.reader.search({ ...plainRequest, ...request })
}

export const idsOf = ({ hits }: SearchAnswer) => hits.map(({ event }) => event.eventId)

/** An answer without what tells when and how its events came in. */
export function told({ hits, asOf: _, ...answer }: SearchAnswer) {
  return {
    ...answer,
    hits: hits.map(({ event: { eventId, segmentId, docId, sha256 }, ...hit }) => ({
      ...hit,
      eventId,
      segmentId,
      docId,
      sha256,
    })),
  }
}

/** Newest first; of equal times the later segment, then what came later. */
export function byAge(events: readonly LogEvent[]): LogEvent[] {
  return [...events].reverse().sort((left, right) => Date.parse(right.time) - Date.parse(left.time))
}
