// Three days of an online game, made up from a seed: players who come back, rooms that fill, money that moves, and
// the faults that real producers have. The same seed and the same end give the same bytes.

import { seededRandom } from '../../base/random.ts'

export interface GameDay {
  lines: string[]
  /** a player who does a lot */
  player: string
  /** ids of events whose time is broken but could be repaired */
  broken: readonly string[]
}

export interface GameOptions {
  seed: number
  /** the newest event is just before */
  untilMs: number
  eventCount: number
}

const dayMs = 24 * 60 * 60 * 1000
const days = 3
const names = [
  'ada',
  'bo',
  'cleo',
  'dario',
  'edda',
  'finn',
  'gaia',
  'hugo',
  'ines',
  'jun',
  'kai',
  'lou',
  'mira',
  'nuri',
  'odo',
  'pia',
]
const playerCount = 320
const games = ['dragon-mine', 'moon-poker', 'sky-race', 'river-siege']
const countries = ['SE', 'BR', 'JP', 'DE', 'KE', 'CA', 'IN']
const items = ['torch', 'silver key', 'phoenix feather', 'rope', 'map of the delta', 'ferry ticket']
const lines = [
  'gg',
  'anyone for a round?',
  'that river level is wild',
  'well played!',
  'lag again',
  'who has the silver key?',
  'one more 🙂',
]
/** One in so many lines is sent a second time, as a producer does that missed an answer. */
const duplicateEvery = 211
const brokenCount = 5

export function gameEvents({ seed, untilMs, eventCount }: GameOptions): GameDay {
  const random = seededRandom(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  const fromMs = Math.floor(untilMs / dayMs) * dayMs - (days - 1) * dayMs

  function player(): string {
    // A square favours the low numbers: some play all the time, most now and then.
    const number = Math.floor(random() ** 2 * playerCount)
    return `${names[number % names.length]}-${number}`
  }

  function event(at: number): Record<string, unknown> {
    const time = new Date(fromMs + ((untilMs - fromMs) * (at + random() * 0.8)) / eventCount).toISOString()
    const id = `e-${at.toString().padStart(6, '0')}`
    const common = { id, time, user_id: player(), game: pick(games), country: pick(countries) }
    const chance = random()
    if (chance < 0.28)
      return {
        ...common,
        type: 'spin',
        stake: euros(random() * 4),
        won: random() < 0.2 ? euros(random() * 30) : 0,
      }
    if (chance < 0.48)
      return {
        ...common,
        type: 'level_up',
        level: 1 + Math.floor(random() * 60),
        seconds: Math.floor(random() * 900),
      }
    if (chance < 0.62)
      return {
        ...common,
        type: 'room_joined',
        room: `room-${Math.floor(random() * 40)}`,
        with: [player(), player()],
      }
    if (chance < 0.76)
      return { ...common, type: 'chat', room: `room-${Math.floor(random() * 40)}`, text: pick(lines) }
    if (chance < 0.88)
      return {
        ...common,
        type: 'session_start',
        device: { os: pick(['ios', 'android', 'web']), version: `8.${Math.floor(random() * 9)}` },
      }
    if (chance < 0.96)
      return {
        ...common,
        type: 'purchase',
        item: pick(items),
        amount: euros(1 + random() * 40),
        currency: 'EUR',
      }
    return { ...common, type: 'friend_added', friend: player() }
  }

  const events = Array.from({ length: eventCount }, (_, at) => event(at))
  const broken = Array.from(
    { length: brokenCount },
    (_, at) => events[Math.floor((eventCount * (at + 1)) / (brokenCount + 1))]!,
  )
  for (const one of broken) one.time = 'yesterday, around noon'
  const texts = events.flatMap((one, at) => {
    const text = JSON.stringify(one)
    return at % duplicateEvery === duplicateEvery - 1 ? [text, text] : [text]
  })
  for (const text of faults(untilMs)) texts.splice(Math.floor(random() * texts.length), 0, text)
  return { lines: texts, player: busiest(events), broken: broken.map(one => String(one.id)) }
}

/** What real producers send now and then. */
function faults(untilMs: number): string[] {
  const nextYear = new Date(untilMs + 365 * dayMs).toISOString()
  return [
    '{"id":"f-1","type":"chat","user_id":"bo-1","text":"cut off in the mid',
    '{"id":"f-2","type":"spin","user_id":"bo-1","stake":1,}',
    'INFO 12:00:01 game server started',
    '["session_start","bo-1"]',
    `{"id":"f-3","time":"${nextYear}","type":"purchase","user_id":"bo-1","item":"time machine"}`,
  ]
}

function busiest(events: readonly Record<string, unknown>[]): string {
  const counts = new Map<string, number>()
  for (const { user_id: id } of events) counts.set(String(id), (counts.get(String(id)) ?? 0) + 1)
  return [...counts].reduce((most, next) => (next[1] > most[1] ? next : most))[0]
}

function euros(amount: number): number {
  return Math.round(amount * 100) / 100
}
