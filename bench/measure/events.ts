// Events of an online game, 400 to 900 bytes each, made from a seed. Making an event costs more than storing it may
// cost, so a run makes a pool of bodies once and sends copies of it, in which only the ids (and the day) are new.
//
//   {"event_id":"e-0123456789abcdef","event_time":"2024-03-01T12:00:00.000Z",…}\n
//                  └ 16 hex digits                └ the day
//
// So what is sent repeats after `poolBodies`, ids apart; a pool is far larger than what one page compresses together.

import { assert } from '../../src/base/assert.ts'
import { mix32, seededRandom } from './random.ts'

export interface PoolOptions {
  seed: number
  bodyBytes: number
  poolBodies: number
  /** events' times rise from here to `fromMs` + `spanMs`, once through the pool */
  fromMs: number
  spanMs: number
}

export interface Body {
  bytes: Uint8Array
  eventCount: number
}

export class EventPool {
  readonly #templates: { bytes: Uint8Array; starts: number[] }[]

  constructor({ seed, bodyBytes, poolBodies, fromMs, spanMs }: PoolOptions) {
    const random = seededRandom(seed)
    this.#templates = Array.from({ length: poolBodies }, (_, number) => {
      const lines: string[] = []
      const starts: number[] = []
      for (let bytes = 0; bytes < bodyBytes; ) {
        const timeMs = fromMs + (spanMs * (number + bytes / bodyBytes)) / poolBodies
        const line = `${JSON.stringify(gameEvent(random, timeMs))}\n`
        starts.push(bytes)
        lines.push(line)
        bytes += Buffer.byteLength(line)
      }
      assert(lines.length <= eventsMax, 'ids have room for so many events in one body')
      return { bytes: new Uint8Array(Buffer.from(lines.join(''))), starts } // a Buffer's slice would be no copy
    })
  }

  /**
   * @param sequence  number of the body in its run, 0 to 65,535; the ids follow from it
   * @param day       `YYYY-MM-DD` that all events move to; their own when left out
   */
  body(sequence: number, day?: string): Body {
    const { bytes: template, starts } = this.#templates[sequence % this.#templates.length]!
    const bytes = template.slice()
    const dayBytes = day === undefined ? undefined : Buffer.from(day)
    for (const [index, start] of starts.entries()) {
      writeId(bytes, start + idOffset, sequence, index)
      if (dayBytes) bytes.set(dayBytes, start + dayOffset)
    }
    return { bytes, eventCount: starts.length }
  }

  /** The bodies as they were made, one behind the other. */
  sample(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#templates.map(({ bytes }) => bytes)))
  }
}

/** The id of an event, told from its place in the run. */
export function eventId(sequence: number, index: number): string {
  const bytes = Buffer.alloc(idDigits)
  writeId(bytes, 0, sequence, index)
  return `e-${bytes.toString('latin1')}`
}

const sequencesMax = 65_536
const eventsMax = 65_536
const idDigits = 16
const idOffset = '{"event_id":"e-'.length
const dayOffset = idOffset + idDigits + '","event_time":"'.length
const hexDigits = Buffer.from('0123456789abcdef')

/** Looks random, as real ids do, and never repeats: the mix is one-to-one on the first 32 bits. */
function writeId(bytes: Uint8Array, at: number, sequence: number, index: number): void {
  assert(sequence < sequencesMax, 'more bodies than there are ids for')
  const first = mix32(sequence * eventsMax + index)
  const second = mix32(first ^ 0x5bd1e995)
  for (let i = 0; i < 8; i++) {
    bytes[at + i] = hexDigits[(first >>> (28 - i * 4)) & 15]!
    bytes[at + 8 + i] = hexDigits[(second >>> (28 - i * 4)) & 15]!
  }
}

const games = ['dragon-mine', 'moon-poker', 'sky-race', 'river-siege', 'glass-garden']
const cities = ['Malmö', 'São Paulo', 'Kyoto', 'Nairobi', 'Montréal', 'Łódź', 'Pune', 'Leeds']
const systems = ['ios', 'android', 'web', 'windows']
const words =
  'the river is wild tonight who has a silver key left one more round well played lag again'.split(' ')
/** Many players, so that one of them is rare in a segment. */
export const playersMax = 100_000
const eventBytesLeast = 420
const eventBytesSpread = 440

type Fields = Record<string, unknown>

function gameEvent(random: () => number, timeMs: number): Fields {
  const whole = (below: number) => Math.floor(random() * below)
  const pick = <T>(list: readonly T[]): T => list[whole(list.length)]!
  const amount = (below: number) => whole(below * 100) / 100
  const event: Fields = {
    event_id: `e-${'0'.repeat(idDigits)}`,
    event_time: new Date(timeMs).toISOString(),
    ...pick<() => Fields>([
      () => ({ type: 'spin', stake: amount(5), won: random() < 0.2 ? amount(40) : 0, lines: whole(20) }),
      () => ({ type: 'level_up', level: whole(80), seconds: whole(900), score: whole(1e6) }),
      () => ({
        type: 'chat',
        room: `room-${whole(400)}`,
        text: Array.from({ length: 6 }, () => pick(words)).join(' '),
      }),
      () => ({ type: 'purchase', item: `item-${whole(300)}`, amount: amount(50), currency: 'EUR' }),
      () => ({ type: 'match_end', rank: whole(50), kills: whole(30), victory: random() < 0.3 }),
    ])(),
    user_id: `u-${whole(playersMax)}`,
    session_id: `s-${whole(2 ** 32).toString(16)}`,
    game: pick(games),
    device: {
      os: pick(systems),
      version: `8.${whole(10)}.${whole(40)}`,
      screen: `${whole(2000)}x${whole(2000)}`,
    },
    geo: { city: pick(cities), lat: amount(180) - 90, lon: amount(360) - 180 },
  }
  const traits: Fields = {}
  event.traits = traits
  const bytesWanted = eventBytesLeast + whole(eventBytesSpread)
  for (let bytes = Buffer.byteLength(JSON.stringify(event)); bytes < bytesWanted; ) {
    const name = `trait_${whole(40)}`
    if (name in traits) continue
    traits[name] = pick<() => unknown>([
      () => whole(1e4),
      () => amount(100),
      () => random() < 0.5,
      () => pick(words),
    ])()
    bytes += Buffer.byteLength(JSON.stringify({ [name]: traits[name] })) - 1
  }
  return event
}
