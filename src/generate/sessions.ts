// A member's visit, from its login to its last event: who it is, on which device, and what will be done in which order.
// What all its events share is written as JSON once.

import type { Hour } from './calendar.ts'
import { chanceOf, pickOf, scattered } from './chance.ts'
import { type Behaviour, type EventKind, sequences } from './event-kinds.ts'
import { categories, gamesPerCommunity } from './games.ts'
import { dayMs } from './gaming-options.ts'
import {
  behaviourOf,
  communityOf,
  fellowOf,
  fingerprintOf,
  type GamingPlan,
  has,
  hex8,
  memberCode,
  trendShareMax,
} from './gaming-plan.ts'
import { deviceModels, places, vipGroups } from './vocabulary.ts'

export interface Session {
  member: number
  behaviour: Behaviour
  /** `"memberCode":"…","sessionId":"…",…,` */
  fields: string
  script: readonly EventKind[]
  /** index into `script` of what comes next */
  at: number
  /** number of the game that is open, -1 before the first */
  game: number
}

/** Some play a lot: a power above 1 favours the low numbers. */
const favour = 1.5
const candidatesMax = 4
const ringDeviceShare = 0.7
const secondDeviceShare = 0.1

export class Sessions {
  readonly #plan: GamingPlan
  readonly #random: () => number
  #count = 0

  constructor(plan: GamingPlan, random: () => number) {
    this.#plan = plan
    this.#random = random
  }

  /** @param member  left out, whoever has appetite at this hour */
  start(hour: Hour, member = this.#memberFor(hour)): Session {
    const behaviour = behaviourOf(this.#plan, member)
    return {
      member,
      behaviour,
      fields: this.#fieldsOf(member),
      script: this.#scriptOf(behaviour),
      at: 0,
      game: -1,
    }
  }

  /** The game that a session opens next: what rises, what its community plays, or what everybody does. */
  gameFor({ member, behaviour }: Session, timeMs: number): number {
    const { options, trends, games } = this.#plan
    const week = Math.floor((timeMs - options.startMs) / (7 * dayMs))
    let chance = this.#random()
    for (const { game, firstShare, weeklyFactor } of trends) {
      chance -= Math.min(trendShareMax, firstShare * weeklyFactor ** week)
      if (chance < 0) return game
    }
    const community = communityOf(this.#plan, member)
    const preferred =
      behaviour.prefers !== undefined && this.#random() < preferredShare ? behaviour.prefers : undefined
    const place =
      community >= 0 && this.#random() < communityShare
        ? community * gamesPerCommunity + Math.floor(this.#random() * gamesPerCommunity)
        : (Math.floor(this.#random() ** 2 * games.length) * stepThroughGames) % games.length
    return preferred === undefined
      ? place
      : place - (place % categories.length) + categories.indexOf(preferred)
  }

  #memberFor(hour: Hour): number {
    const { options } = this.#plan
    for (let candidate = 1; ; candidate++) {
      const member = Math.floor(this.#random() ** favour * options.members)
      if (candidate === candidatesMax || this.#random() < behaviourOf(this.#plan, member).appetite(hour))
        return member
    }
  }

  #scriptOf({ mix, eventsMin, eventsMax, name }: Behaviour): EventKind[] {
    const length = eventsMin + Math.floor(this.#random() * (eventsMax - eventsMin + 1))
    const script: EventKind[] = ['login', ...this.#planted(name)]
    while (script.length < length) script.push(pickOf(mix, this.#random()))
    if (this.#random() < 0.5) script.push('logout')
    return script
  }

  /** What follows the login where a planted sequence begins the session. */
  #planted(name: Behaviour['name']): readonly EventKind[] {
    if (name === 'lurker' || !has(this.#plan.options.plant, 'sequences')) return []
    let left = this.#random()
    return sequences.find(({ sessionShare }) => (left -= sessionShare) < 0)?.events.slice(1) ?? []
  }

  #fieldsOf(member: number): string {
    const { options, affiliateCount } = this.#plan
    const { seed } = options
    const about = (what: string) => chanceOf(seed, what, member)
    const device = this.#deviceOf(member)
    const { model, platform, os, userAgent } = pickOf(deviceModels, chanceOf(seed, 'model', device.number))
    const place = pickOf(places, about('place'))
    const community = communityOf(this.#plan, member)
    const affiliate =
      community >= 0 && about('referred') < affiliateShare
        ? community
        : Math.floor(about('affiliate') * affiliateCount)
    const session = scattered(seed, 'session', this.#count++)
    const noise = this.#random()
    const fields = {
      memberCode: memberCode(this.#plan, member),
      sessionId: `${hex8(session)}${hex8(member)}`,
      fingerprint: device.fingerprint,
      platform,
      deviceModel: noise < missingShare ? '' : model,
      os,
      appVersion: `8.${Math.floor(about('version') * 6)}.${Math.floor(about('patch') * 10)}`,
      affiliateId: `AF-${1000 + affiliate}`,
      ...(community >= 0 && about('has referrer') < referrerShare
        ? { referrerCode: memberCode(this.#plan, fellowOf(this.#plan, member, about('referrer'))) }
        : {}),
      currency: noise > 1 - missingShare ? '' : place.currency,
      rGroup: vipGroups[Math.floor(about('vip') ** 2 * vipGroups.length)]!,
      country: place.country,
      language: place.language,
      timezone: place.timezone,
      ip: `10.${Math.floor(about('ip') * 256)}.${session & 255}.${(session >>> 8) & 255}`,
      userAgent,
      affinity: `edge-${pickOf(edges, about('edge'))}-${hex8(session ^ member)}`,
      experiments: `lobby-${session & 1 ? 'tiles' : 'rows'},cashier-v${2 + (session & 1)},odds-${member & 1 ? 'decimal' : 'local'}`,
    }
    return `${JSON.stringify(fields).slice(1, -1)},`
  }

  #deviceOf(member: number): { fingerprint: string; number: number } {
    const { options, ringOf } = this.#plan
    const ring = ringOf.get(member)
    const chance = this.#random()
    if (ring && chance < ringDeviceShare)
      return { fingerprint: ring.fingerprint, number: ring.members[0]! * 2 }
    const number = member * 2 + (chance > 1 - secondDeviceShare ? 1 : 0)
    return { fingerprint: fingerprintOf(options.seed, number), number }
  }
}

const edges = ['fra', 'gru', 'nrt', 'nbo', 'yyz', 'mnl'] as const
const communityShare = 0.8
const preferredShare = 0.85
const affiliateShare = 0.85
const referrerShare = 0.3
/** Noise: a field that some client forgot. */
const missingShare = 0.01
/** Shares no factor with any number of games, so that what is popular lies in every community. */
const stepThroughGames = 101
