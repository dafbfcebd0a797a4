// Filters against a plain filter over the parsed events, open and sealed alike.

import { expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import type { Condition, Filter } from '../../../src/contract/filter.ts'
import { ask, byAge, idsOf, type LogEvent, pick, type Random, randomEvents, seen } from '../search/world.ts'

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 30))

/** The definition: what a field holds, as a list of scalars. */
function valuesOf(event: LogEvent, key: string): (string | number | boolean)[] {
  const at = (path: string) =>
    path
      .split('.')
      .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], event)
  const found = at(key) ?? (key.startsWith('payload.') ? at(key.slice('payload.'.length)) : undefined)
  if (found === undefined || found === null || found === '') return []
  return (Array.isArray(found) ? found : [found]) as (string | number | boolean)[]
}

/** What is written as a number is one, what is written as a time as well. */
function scaleOf(value: unknown): { scale: string; at: number | string } {
  const text = String(value)
  if (
    text !== '' &&
    text.trim() === text &&
    !/^[-+]?0\d|^[+.]|x|Infinity/i.test(text) &&
    Number.isFinite(Number(text))
  )
    return { scale: 'number', at: Number(text) }
  if (/^\d{4}-\d\d-\d\d/.test(text)) return { scale: 'time', at: Date.parse(text) }
  return { scale: 'text', at: text }
}

function holds(
  event: LogEvent,
  { key, match, in: among, range, exists, prefix, ...geo }: Condition,
): boolean {
  const values = valuesOf(event, key)
  const isSame = (left: unknown, right: unknown) => {
    const [a, b] = [scaleOf(left), scaleOf(right)]
    return a.scale === b.scale && a.at === b.at
  }
  if (exists !== undefined) return values.length > 0 === exists
  if (prefix !== undefined) return values.some(value => String(value).startsWith(prefix))
  if (match !== undefined) return values.some(value => isSame(value, match))
  if (among) return values.some(value => among.some(one => isSame(value, one)))
  if (range)
    return values.some(value =>
      Object.entries(range).every(([side, bound]) => {
        const [a, b] = [scaleOf(value), scaleOf(bound)]
        if (a.scale !== b.scale) return false
        return { gt: a.at > b.at, gte: a.at >= b.at, lt: a.at < b.at, lte: a.at <= b.at }[side]
      }),
    )
  const point = event[key] as { lat: number; lon: number } | undefined
  if (!point) return false
  if (geo.geo_box) {
    const { top_left: a, bottom_right: b } = geo.geo_box
    const isBetween =
      a.lon <= b.lon ? point.lon >= a.lon && point.lon <= b.lon : point.lon >= a.lon || point.lon <= b.lon
    return point.lat <= a.lat && point.lat >= b.lat && isBetween
  }
  const { center, radius_m } = geo.geo_radius!
  return sphereMeters(point, center) <= radius_m
}

/** By the angle between two vectors, where the code has haversines. */
function sphereMeters(from: { lat: number; lon: number }, to: { lat: number; lon: number }): number {
  const [a, b] = [from, to].map(({ lat, lon }) => {
    const [north, east] = [(lat * Math.PI) / 180, (lon * Math.PI) / 180]
    return [Math.cos(north) * Math.cos(east), Math.cos(north) * Math.sin(east), Math.sin(north)]
  }) as [number[], number[]]
  const dot = a.reduce((sum, x, i) => sum + x * b[i]!, 0)
  return 6_371_008.8 * Math.acos(Math.max(-1, Math.min(1, dot)))
}

function passes(event: LogEvent, { must = [], should = [], must_not = [] }: Filter): boolean {
  return (
    must.every(one => holds(event, one)) &&
    !must_not.some(one => holds(event, one)) &&
    (should.length === 0 || should.some(one => holds(event, one)))
  )
}

function randomCondition(random: Random): Condition {
  const conditions: (() => Condition)[] = [
    () => ({ key: 'type', match: pick(random, ['error', 'info', 'inner', 'none']) }),
    () => ({ key: 'payload.type', match: pick(random, ['error', 'inner', 'outer']) }),
    () => ({ key: 'payload.kind', match: pick(random, ['x', 'y']) }),
    () => ({ key: 'kind', exists: true }),
    () => ({ key: 'level', match: pick(random, [1, '1', 3, '3.0']) }),
    () => ({ key: 'amount', in: [1, '2.5', 7.25] }),
    () => ({ key: 'amount', range: { gt: Math.floor(random() * 8), lte: '9' } }),
    () => ({ key: 'payload.amount', range: { lt: 3 } }),
    () => ({ key: 'ok', match: random() < 0.5 }),
    () => ({ key: 'ok', exists: random() < 0.5 }),
    () => ({ key: 'tags', match: pick(random, ['a', 3, true]) }),
    () => ({ key: 'tags', in: ['b', 3] }),
    () => ({ key: 'meta.region', prefix: pick(random, ['eu', 'eu-w', 'x']) }),
    () => ({ key: 'meta.depth.n', range: { gte: 2, lt: 6 } }),
    () => ({ key: 'due', range: { gte: '2026-01-08', lt: '2026-01-11T00:00:00Z' } }),
    () => ({ key: 'due', match: '2026-01-09T01:00:00+01:00' }),
    () => ({
      key: 'note',
      match: pick(random, ['null', '007', 7, 1000, true, '[not json', '2026-01-08T00:00:00Z']),
    }),
    () => ({ key: 'user', in: ['u1', 'u2', 'u11'] }),
    () => ({ key: 'no.such.field', exists: random() < 0.5 }),
    () => ({
      key: 'where',
      geo_box: { top_left: { lat: 60, lon: pick(random, [-20, 150]) }, bottom_right: { lat: -10, lon: 40 } },
    }),
    () => ({ key: 'where', geo_radius: { center: { lat: 10, lon: 170 }, radius_m: 4_000_000 } }),
  ]
  return pick(random, conditions)()
}

it(`lets through what a plain filter does [seed ${seed}]`, async () => {
  const random = seededRandom(seed)
  const events = randomEvents(random, 400)
  const open = await seen(events)
  const sealed = await seen(events, { random, batchEvents: 30 })
  const conditions = (max: number) =>
    Array.from({ length: Math.floor(random() * (max + 1)) }, () => randomCondition(random))
  for (let i = 0; i < 80; i++) {
    const filter: Filter = { must: conditions(2), should: conditions(2), must_not: conditions(1) }
    const expected = byAge(events.filter(event => passes(event, filter))).map(({ id }) => id)
    for (const written of [open, sealed]) {
      const answer = await ask(written, { filter })
      expect(idsOf(answer).sort(), JSON.stringify(filter)).toEqual([...expected].sort())
      expect(answer.count).toBe(expected.length)
    }
  }
}, 20_000)

it(`finds one event of a thousand by meaning as well [seed ${seed}]`, async () => {
  const random = seededRandom(seed)
  const events = randomEvents(random, 2000)
  const rare = [17, 1404].map(i => ({ ...events[i]!, message: 'login failed', rare: 'yes' }))
  for (const event of rare) events[events.findIndex(({ id }) => id === event.id)] = event
  const filter: Filter = { must: [{ key: 'rare', match: 'yes' }] }
  for (const written of [
    await seen(events, { batchEvents: 200 }),
    await seen(events, { random, batchEvents: 200 }),
  ])
    for (const mode of ['hybrid', 'vector', 'words'] as const)
      for (const exact of [true, false]) {
        const answer = await ask(written, { text: 'login refused', mode, exact, filter, k: 10 })
        expect(idsOf(answer).sort()).toEqual(rare.map(({ id }) => id).sort())
      }
}, 20_000)
