import { describe, expect, it } from 'vitest'
import { dayMs } from '../../src/generate/gaming-options.ts'
import { plantedTruth } from '../../src/generate/planted-truth.ts'
import { type Event, eventsOf, groupsOf, optionsFor, shareOf } from './events-of.ts'

const seed = 20_260_105
const options = optionsFor(seed, { days: 28, rate: 50_000 / (28 * 86_400) })
const truth = plantedTruth(options)
const events = eventsOf(options)
const byMember = groupsOf(events, ({ memberCode }) => memberCode)
const bySession = groupsOf(events, ({ sessionId }) => sessionId)
const noise = eventsOf({ ...options, plant: [] })

const of = (all: readonly Event[], kind: string) => all.filter(({ event }) => event === kind)
const eventsOfMembers = (members: readonly string[]) => members.flatMap(member => byMember.get(member) ?? [])
const timeOf = (event: Event) => Date.parse(event['@timestamp'])

describe('the planted truth', () => {
  it('counts the events of each day, and names the days that are missing', () => {
    const dates = groupsOf(events, event => event['@timestamp'].slice(0, 10))
    expect(truth.days.length).toBe(28)
    for (const { date, events: count } of truth.days) expect(dates.get(date)?.length ?? 0, date).toBe(count)
    expect(truth.days.filter(({ events: count }) => count === 0).length).toBe(2)
    expect(truth.event_count).toBe(events.length)
  })

  it('names communities that play their own games, by one affiliate', () => {
    expect(truth.communities.length).toBeGreaterThan(10)
    for (const { games, affiliate, members } of truth.communities) {
      const opens = of(eventsOfMembers(members), 'open')
      expect(shareOf(opens, ({ gameUid }) => games.includes(gameUid!))).toBeGreaterThan(0.5)
      const others = of(events, 'open').filter(({ memberCode }) => !members.includes(memberCode))
      expect(shareOf(others, ({ gameUid }) => games.includes(gameUid!))).toBeLessThan(0.12)
      const met = members.filter(member => byMember.has(member))
      expect(shareOf(met, member => byMember.get(member)![0]!.affiliateId === affiliate)).toBeGreaterThan(0.6)
      const referrers = eventsOfMembers(members).flatMap(({ referrerCode }) => referrerCode ?? [])
      expect(referrers.every(code => members.includes(code))).toBe(true)
    }
  })

  it('names behaviours that can be told apart', () => {
    const membersOf = (name: string) => truth.behaviours.find(one => one.name === name)!.members
    const robots = truth.anomalies.flatMap(one => (one.kind === 'impossible_rate' ? one.member : []))
    const eventsFor = (name: string) =>
      eventsOfMembers(membersOf(name).filter(code => !robots.includes(code)))
    const pays = ({ event }: Event) => ['deposit', 'withdrawal', 'bet', 'win', 'open'].includes(event)
    const atNight = (event: Event) => (new Date(timeOf(event)).getUTCHours() + 4) % 24 < 8
    const atWeekend = (event: Event) => new Date(timeOf(event)).getUTCDay() % 6 === 0
    expect(shareOf(eventsFor('lurker'), pays)).toBe(0)
    const trending = truth.trends.map(({ game_uid }) => game_uid)
    const bets = of(eventsFor('slots-grinder'), 'bet').filter(({ gameUid }) => !trending.includes(gameUid!))
    expect(shareOf(bets, ({ category }) => category === 'slots')).toBeGreaterThan(0.8)
    expect(shareOf(eventsFor('casino-night'), atNight)).toBeGreaterThan(0.7)
    expect(shareOf(eventsFor('regular'), atNight)).toBeLessThan(0.55)
    expect(shareOf(eventsFor('weekend-bettor'), atWeekend)).toBeGreaterThan(0.7)
    expect(shareOf(eventsFor('regular'), atWeekend)).toBeLessThan(0.5)
    expect(truth.behaviours.reduce((sum, { members }) => sum + members.length, 0)).toBe(options.members)
  })

  it('names the sequences that sessions of players begin with, and how often they do', () => {
    const lurkers = new Set(truth.behaviours.find(({ name }) => name === 'lurker')!.members)
    const sessions = [...bySession.values()].filter(([first]) => !lurkers.has(first!.memberCode))
    for (const { events: sequence, session_share: share } of truth.sequences) {
      const found = shareOf(sessions, session => beginsWith(session, sequence))
      expect(Math.abs(found - share), sequence.join()).toBeLessThan(0.15 * share + 0.02)
    }
    const inNoise = [...groupsOf(noise, ({ sessionId }) => sessionId).values()]
    expect(shareOf(inNoise, session => beginsWith(session, truth.sequences[0]!.events))).toBeLessThan(0.01)
  })

  it('names when errors burst and which members did what nobody can', () => {
    expect(truth.anomalies.map(({ kind }) => kind).sort()).toEqual([
      ...Array(7).fill('error_burst'),
      ...Array(2).fill('impossible_rate'),
    ])
    for (const anomaly of truth.anomalies) {
      const during = events.filter(
        event => timeOf(event) >= Date.parse(anomaly.from) && timeOf(event) < Date.parse(anomaly.until),
      )
      const outside = events.filter(event => !during.includes(event))
      const isOfIt = (event: Event) =>
        anomaly.kind === 'error_burst'
          ? event.error === anomaly.error &&
            event.gameUid === anomaly.game_uid &&
            event.stage === anomaly.stage
          : event.memberCode === anomaly.member
      expect(during.length).toBeGreaterThan(10)
      expect(shareOf(during, isOfIt), JSON.stringify(anomaly)).toBeGreaterThan(anomaly.share / 2)
      expect(shareOf(outside, isOfIt), JSON.stringify(anomaly)).toBeLessThan(0.02)
    }
  })

  it('names the games that rise and fall from week to week', () => {
    for (const { game_uid: game, direction } of truth.trends) {
      const shares = [0, 1, 2, 3].map(week => {
        const isThen = (event: Event) => Math.floor((timeOf(event) - options.startMs) / (7 * dayMs)) === week
        return shareOf(of(events, 'open').filter(isThen), ({ gameUid }) => gameUid === game)
      })
      const sorted = [...shares].sort((a, b) => (direction === 'rising' ? a - b : b - a))
      expect(shares, direction).toEqual(sorted)
      expect(Math.max(...shares)).toBeGreaterThan(2.5 * Math.min(...shares))
    }
    expect(plantedTruth({ ...options, days: 7 }).trends).toEqual([])
  })

  it('names the members who share a device, and no device is shared by others', () => {
    const users = groupsOf(events, ({ fingerprint }) => fingerprint)
    const rings = new Map(truth.devices.map(({ fingerprint, members }) => [fingerprint, members]))
    for (const [fingerprint, uses] of users) {
      const members = new Set(uses.map(({ memberCode }) => memberCode))
      const ring = rings.get(fingerprint)
      if (ring) expect(ring).toEqual(expect.arrayContaining([...members]))
      else expect(members.size).toBe(1)
    }
    for (const fingerprint of rings.keys()) expect(users.get(fingerprint)!.length).toBeGreaterThan(1)
  })
})

describe('a stream in which nothing is planted', () => {
  it('says so', () => {
    const { communities, behaviours, sequences, anomalies, trends, devices } = plantedTruth({
      ...options,
      plant: [],
    })
    expect([communities, behaviours, sequences, anomalies, trends, devices].flat()).toEqual([])
  })

  it('has no pair of members who share more games than chance would have it', () => {
    // The highest of 4,950 pairs, whose matches are few and lean to the right.
    expect(Math.max(...sharedGamesBeyondChance(noise))).toBeLessThan(9)
    expect(Math.max(...sharedGamesBeyondChance(events))).toBeGreaterThan(15)
  })

  it('has no device of two members, and no member or error that stands out', () => {
    for (const uses of groupsOf(noise, ({ fingerprint }) => fingerprint).values())
      expect(new Set(uses.map(({ memberCode }) => memberCode)).size).toBe(1)
    const errors = of(noise, 'api_error')
    for (const inHour of groupsOf(errors, event => event['@timestamp'].slice(0, 13)).values()) {
      const counts = [...groupsOf(inHour, ({ error, gameUid }) => `${error} ${gameUid}`).values()]
      expect(Math.max(...counts.map(({ length }) => length))).toBeLessThan(8)
    }
  })

  it('keeps the rhythm and the missing days, which are noise', () => {
    const days = ({ plant }: { plant: readonly never[] }) => plantedTruth({ ...options, plant }).days
    expect(days({ plant: [] })).toEqual(truth.days)
  })
})

function beginsWith(session: readonly Event[], sequence: readonly string[]): boolean {
  return sequence.every((kind, at) => session[at]?.event === kind)
}

/**
 * For each pair of the members who open most: how many standard deviations the number of matches (an opening of the
 * one and an opening of the other, of one game) lies above that of openings drawn independently by popularity.
 */
function sharedGamesBeyondChance(all: readonly Event[]): number[] {
  const opens = of(all, 'open')
  const games = [...groupsOf(opens, ({ gameUid }) => gameUid!)]
  const moment = (power: number) =>
    games.reduce((sum, [, { length }]) => sum + (length / opens.length) ** power, 0)
  const [match, double] = [moment(2), moment(3)]
  const members = [...groupsOf(opens, ({ memberCode }) => memberCode).values()]
    .sort((a, b) => b.length - a.length)
    .slice(0, 100)
    .map(own => games.map(([game]) => own.filter(({ gameUid }) => gameUid === game).length))
  const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0)
  return members.flatMap((one, at) =>
    members.slice(at + 1).map(other => {
      const pairs = total(one) * total(other)
      const matches = one.reduce((sum, count, game) => sum + count * other[game]!, 0)
      const both = total(one) + total(other)
      const variance = pairs * (match + (both - 2) * double - (both - 1) * match ** 2)
      return (matches - pairs * match) / Math.sqrt(variance)
    }),
  )
}
