// A gaming site as a stream of NDJSON, in the order of time: a number of sessions run beside each other, each event is
// the next of one of them, and one that ends makes room for another. Memory holds the sessions that run and one block.
//
//   {"@timestamp":"2026-01-05T00:00:01.250Z","eventId":"9b1f0c5e77d02a43","event":"open","memberCode":"M0K3X91B",…}\n

import { assert } from '../base/assert.ts'
import { seededRandom } from '../base/random.ts'
import { type Hour, hoursOf } from './calendar.ts'
import { mix32, scattered } from './chance.ts'
import type { EventKind } from './event-kinds.ts'
import { eventLine } from './event-line.ts'
import { EventTexts } from './event-texts.ts'
import { dayMs, type GamingOptions, hourMs, optionsFault } from './gaming-options.ts'
import { type Burst, burstShare, type GamingPlan, planOf, type Robot, robotShare } from './gaming-plan.ts'
import { type Session, Sessions } from './sessions.ts'
import { type ErrorKind, errorKinds } from './vocabulary.ts'

const blockChars = 256 * 1024
/** How far apart the events of a session lie, in seconds, on average. */
const eventEverySeconds = 15
const sessionsMin = 8
const sessionsMax = 4096
/** Noise: events that a client held back for a while. */
const lateShare = 0.003
const lateMsMax = 120_000
/** Anything but 0, which would be scattered to 0. */
const firstId = 0x2c1b3c6d

/**
 * @param options  without a fault, by `optionsFault`
 * @returns blocks of whole lines, about 256 KiB each
 */
export function* gamingStream(options: GamingOptions): Generator<Uint8Array> {
  const fault = optionsFault(options)
  assert(fault === undefined, `sound options: ${fault}`)
  const encoder = new TextEncoder()
  const site = new Site(planOf(options))
  let text = ''
  for (const hour of hoursOf(options)) {
    site.enter(hour)
    for (let i = 0; i < hour.eventCount; i++) {
      text += site.event(hour.startMs + Math.floor(((i + site.random()) / hour.eventCount) * hourMs))
      if (text.length < blockChars) continue
      yield encoder.encode(text)
      text = ''
    }
  }
  if (text !== '') yield encoder.encode(text)
}

class Site {
  readonly random: () => number
  readonly #plan: GamingPlan
  readonly #sessions: Sessions
  readonly #texts: EventTexts
  /** Of two streams, no event has the id of another. */
  readonly #streamSalt: number
  readonly #running: (Session | undefined)[]
  readonly #robotSessions = new Map<Robot, Session>()
  #hour: Hour | undefined
  #count = 0

  constructor(plan: GamingPlan) {
    const { seed, rate, distinct } = plan.options
    this.random = seededRandom(mix32(seed))
    this.#plan = plan
    this.#streamSalt = saltOf(plan.options)
    this.#sessions = new Sessions(plan, this.random)
    this.#texts = new EventTexts(distinct, plan.games.length, this.random)
    const running = Math.round(rate * eventEverySeconds)
    this.#running = Array(Math.max(sessionsMin, Math.min(sessionsMax, running)))
  }

  /** Nobody stays over an hour in which nothing comes in. */
  enter(hour: Hour): void {
    if (hour.eventCount === 0) this.#running.fill(undefined)
    this.#hour = hour
  }

  /** @returns a line */
  event(timeMs: number): string {
    const robot = during(this.#plan.robots, timeMs)
    if (robot && this.random() < robotShare) return this.#write(this.#sessionOf(robot), 'bet', timeMs)
    const session = this.#nextSession()
    const kind = session.script[session.at++]!
    const burst = during(this.#plan.bursts, timeMs)
    if (burst && kind !== 'login' && this.random() < burstShare)
      return this.#write(session, 'api_error', timeMs, burst)
    return this.#write(session, kind, timeMs)
  }

  #nextSession(): Session {
    const place = Math.floor(this.random() * this.#running.length)
    const found = this.#running[place]
    if (found && found.at < found.script.length) return found
    return (this.#running[place] = this.#sessions.start(this.#hour!))
  }

  #sessionOf(robot: Robot): Session {
    const known = this.#robotSessions.get(robot)
    if (known) return known
    const session = this.#sessions.start(this.#hour!, robot.member)
    this.#robotSessions.set(robot, session)
    return session
  }

  #write(session: Session, kind: EventKind, timeMs: number, burst?: Burst): string {
    const game = burst?.game ?? (usesGame[kind] ? this.#gameOf(session, kind, timeMs) : -1)
    const error = burst?.error ?? (kind === 'api_error' ? this.#errorOf(game) : undefined)
    const id = mix32(this.#count++ ^ firstId)
    return eventLine({
      kind,
      timeMs: this.random() < lateShare ? this.#late(timeMs) : timeMs,
      id,
      streamId: mix32(id ^ this.#streamSalt),
      session,
      game: this.#plan.games[game],
      error,
      saying: this.#texts.sayingOf({ kind, game, error }),
    })
  }

  #gameOf(session: Session, kind: EventKind, timeMs: number): number {
    if (kind === 'open' || session.game < 0) session.game = this.#sessions.gameFor(session, timeMs)
    return session.game
  }

  /** Each game has three ways to fail. */
  #errorOf(game: number): ErrorKind {
    return errorKinds[(game * 3 + Math.floor(this.random() * 3)) % errorKinds.length]!
  }

  /** Never on another day, so that the counts of days hold. */
  #late(timeMs: number): number {
    return Math.max(timeMs - (timeMs % dayMs), timeMs - Math.floor(this.random() * lateMsMax))
  }
}

function saltOf({ seed, members, days, rate, distinct, startMs, plant }: GamingOptions): number {
  return scattered(seed, [members, days, rate, distinct, startMs, ...plant].join(), 0)
}

const usesGame: Partial<Record<EventKind, true>> = { open: true, bet: true, win: true, api_error: true }

function during<T extends { fromMs: number; untilMs: number }>(
  spans: readonly T[],
  timeMs: number,
): T | undefined {
  return spans.find(({ fromMs, untilMs }) => timeMs >= fromMs && timeMs < untilMs)
}
