// What is planted where: a pure function of the options, which the stream follows and the truth tells.

import { missingDays } from './calendar.ts'
import { chanceOf, mix32, pickOf, scattered } from './chance.ts'
import { type Behaviour, behaviours, regular } from './event-kinds.ts'
import { communitiesMax, type Game, gamesForAll, gamesOf, gamesPerCommunity } from './games.ts'
import { dayMs, type GamingOptions, hourMs, type Plant } from './gaming-options.ts'
import { type ErrorKind, errorKinds } from './vocabulary.ts'

export interface GamingPlan {
  options: GamingOptions
  games: Game[]
  /** 0 where none are planted */
  communityCount: number
  affiliateCount: number
  rings: Ring[]
  ringOf: ReadonlyMap<number, Ring>
  bursts: Burst[]
  robots: Robot[]
  trends: Trend[]
}

/** Members who share a device. */
export interface Ring {
  fingerprint: string
  members: number[]
}

interface Span {
  fromMs: number
  untilMs: number
}

/** For a while, half of what happens is one error of one game. */
export interface Burst extends Span {
  error: ErrorKind
  game: number
}

/** For a while, a third of all bets come from one member. */
export interface Robot extends Span {
  member: number
}

export interface Trend {
  game: number
  direction: 'rising' | 'falling'
  weeklyFactor: number
  /** share of all openings in the first week */
  firstShare: number
}

export const burstShare = 0.5
export const robotShare = 0.33
export const trendShareMax = 0.4
/** A trend needs weeks to be one. */
const trendDaysMin = 14
const anomalyMs = hourMs / 3
const membersPerCommunity = 40
const membersPerRing = 250
const ringsMax = 500
const robotsEveryDays = 10
const burstsEveryDays = 4
/** Events name a game with one of six texts, and no more than half of the distinct texts are left to them. */
const distinctTextsPerGame = 12

export function planOf(options: GamingOptions): GamingPlan {
  const { seed, members, plant } = options
  const places = communityPlaces(options)
  const games = gamesOf(seed, places * gamesPerCommunity + gamesForAll)
  const rings = has(plant, 'devices') ? ringsOf(options) : []
  const plan = {
    options,
    games,
    communityCount: has(plant, 'communities') ? places : 0,
    affiliateCount: Math.max(communitiesMax * 2, Math.min(5000, Math.floor(members / 100))),
    rings,
    ringOf: new Map(rings.flatMap(ring => ring.members.map(member => [member, ring] as const))),
  }
  return { ...plan, ...anomaliesOf(options, games.length), trends: trendsOf(options, games.length) }
}

export function memberCode({ options: { seed } }: GamingPlan, member: number): string {
  return `M${scattered(seed, 'member', member).toString(36).toUpperCase().padStart(7, '0')}`
}

/** Three members of five belong to a community. @returns -1 for the others */
export function communityOf({ communityCount }: GamingPlan, member: number): number {
  return communityCount > 0 && member % 5 < 3 ? Math.floor(member / 5) % communityCount : -1
}

/** Somebody of the member's community, maybe the member itself. */
export function fellowOf({ communityCount, options }: GamingPlan, member: number, chance: number): number {
  const community = Math.floor(member / 5) % communityCount
  const rounds = Math.floor((Math.floor((options.members - 3) / 5) - community) / communityCount) + 1
  const place = Math.floor(chance * rounds * 3)
  return 5 * (community + communityCount * Math.floor(place / 3)) + (place % 3)
}

export function behaviourOf({ options: { seed, plant } }: GamingPlan, member: number): Behaviour {
  if (!has(plant, 'behaviours')) return regular
  let left = chanceOf(seed, 'behaviour', member)
  return behaviours.find(({ share }) => (left -= share) < 0) ?? regular
}

export function fingerprintOf(seed: number, device: number): string {
  const first = scattered(seed, 'fingerprint', device)
  return hex8(first) + hex8(mix32(first ^ 0x5bd1e995)) + hex8(mix32(first ^ 0x2545f491))
}

export function hex8(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0')
}

export function has(plant: readonly Plant[], one: Plant): boolean {
  return plant.includes(one)
}

/** As many as members and distinct texts have room for. */
function communityPlaces({ members, days, rate, distinct }: GamingOptions): number {
  const texts = (distinct * rate * days * dayMs) / 1000
  const byTexts = Math.floor((texts / distinctTextsPerGame - gamesForAll) / gamesPerCommunity)
  return Math.max(2, Math.min(communitiesMax, Math.floor(members / membersPerCommunity), byTexts))
}

function ringsOf({ seed, members }: GamingOptions): Ring[] {
  const taken = new Set<number>()
  const count = Math.max(1, Math.min(ringsMax, Math.floor(members / membersPerRing)))
  return Array.from({ length: count }, (_, number) => {
    const size = 4 + (scattered(seed, 'ring size', number) % 4)
    const ring: Ring = { fingerprint: fingerprintOf(seed, firstRingDevice + number), members: [] }
    for (let draw = 0; ring.members.length < size; draw++) {
      const member = Math.floor(chanceOf(seed, 'ring', number * 64 + draw) * members)
      if (!taken.has(member)) ring.members.push(member)
      taken.add(member)
    }
    return ring
  })
}

/** Devices of members have smaller numbers. */
const firstRingDevice = 2 ** 31

function anomaliesOf(options: GamingOptions, gameCount: number): { bursts: Burst[]; robots: Robot[] } {
  const { seed, days, members, plant } = options
  if (!has(plant, 'anomalies')) return { bursts: [], robots: [] }
  const evenings = eveningsOf(options)
  const bursts = Array.from({ length: Math.max(1, Math.floor(days / burstsEveryDays)) }, (_, number) => ({
    ...evenings(),
    error: pickOf(errorKinds, chanceOf(seed, 'burst error', number)),
    game: Math.floor(chanceOf(seed, 'burst game', number) * gameCount),
  }))
  const robots = Array.from({ length: Math.max(1, Math.floor(days / robotsEveryDays)) }, (_, number) => ({
    ...evenings(),
    member: Math.floor(chanceOf(seed, 'robot member', number) * members),
  }))
  return { bursts, robots }
}

/** Evening hours, when there is most to be seen, of days that are not missing; each is handed out once. */
function eveningsOf(options: GamingOptions): () => Span {
  const { seed, days, startMs } = options
  const unusable = missingDays(options)
  const taken = new Set<number>()
  let draw = 0
  return () => {
    for (;;) {
      const ofDay = 17 + Math.floor(chanceOf(seed, 'anomaly hour', draw) * 6)
      const behindStart = (ofDay - (Math.floor(startMs / hourMs) % 24) + 24) % 24
      const day = Math.floor(chanceOf(seed, 'anomaly day', draw++) * days)
      const fromMs = startMs + day * dayMs + behindStart * hourMs
      if (unusable.has(Math.floor(fromMs / dayMs)) || taken.has(fromMs)) continue
      taken.add(fromMs)
      return { fromMs, untilMs: fromMs + anomalyMs }
    }
  }
}

function trendsOf({ days, plant }: GamingOptions, gameCount: number): Trend[] {
  if (!has(plant, 'trends') || days < trendDaysMin) return []
  return [
    { game: gameCount - 1, direction: 'rising', weeklyFactor: 1.7, firstShare: 0.02 },
    { game: gameCount - 2, direction: 'falling', weeklyFactor: 1 / 1.7, firstShare: 0.15 },
  ]
}
