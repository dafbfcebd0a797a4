// What is true of a gaming stream, told from its options alone: what was planted, and how many events each day has.
// It is written beside the stream as JSON, for whoever wants to find it again.

import { hoursOf } from './calendar.ts'
import { behaviours, sequences } from './event-kinds.ts'
import { gamesPerCommunity } from './games.ts'
import { dayMs, type GamingOptions, textTemplate } from './gaming-options.ts'
import {
  behaviourOf,
  burstShare,
  communityOf,
  type GamingPlan,
  has,
  memberCode,
  planOf,
  robotShare,
} from './gaming-plan.ts'

export interface PlantedTruth {
  made_by: 'alluvium generate gaming'
  options: Record<string, unknown>
  text_template: string
  event_count: number
  /** every day, those without events too */
  days: { date: string; events: number }[]
  /** members who mostly play the same games, came by the same affiliate, and bring each other */
  communities: { games: string[]; affiliate: string; members: string[] }[]
  behaviours: { name: string; about: string; members: string[] }[]
  /** each begins this share of the sessions of members who play */
  sequences: { name: string; events: readonly string[]; session_share: number }[]
  anomalies: Anomaly[]
  /** share of openings, week by week, up to two fifths */
  trends: { game_uid: string; direction: string; weekly_factor: number; first_share: number }[]
  /** members who share a device */
  devices: { fingerprint: string; members: string[] }[]
}

type Anomaly = { from: string; until: string; share: number } & (
  | { kind: 'error_burst'; error: string; stage: string; game_uid: string }
  | { kind: 'impossible_rate'; member: string }
)

export function plantedTruth(options: GamingOptions): PlantedTruth {
  const plan = planOf(options)
  const { startMs, ...told } = options
  const days = daysOf(options)
  return {
    made_by: 'alluvium generate gaming',
    options: { ...told, start: timeText(startMs) },
    text_template: textTemplate,
    event_count: days.reduce((sum, { events }) => sum + events, 0),
    days,
    communities: communitiesOf(plan),
    behaviours: behavioursOf(plan),
    sequences: has(options.plant, 'sequences')
      ? sequences.map(({ name, events, sessionShare }) => ({ name, events, session_share: sessionShare }))
      : [],
    anomalies: anomaliesOf(plan),
    trends: plan.trends.map(({ game, direction, weeklyFactor, firstShare }) => ({
      game_uid: plan.games[game]!.uid,
      direction,
      weekly_factor: weeklyFactor,
      first_share: firstShare,
    })),
    devices: plan.rings.map(({ fingerprint, members }) => ({
      fingerprint,
      members: members.map(member => memberCode(plan, member)),
    })),
  }
}

function daysOf(options: GamingOptions): { date: string; events: number }[] {
  const counts = new Map<number, number>()
  for (const { startMs, eventCount } of hoursOf(options)) {
    const day = Math.floor(startMs / dayMs)
    counts.set(day, (counts.get(day) ?? 0) + eventCount)
  }
  return [...counts].map(([day, events]) => ({ date: timeText(day * dayMs).slice(0, 10), events }))
}

function communitiesOf(plan: GamingPlan): PlantedTruth['communities'] {
  const communities = Array.from({ length: plan.communityCount }, (_, number) => ({
    games: plan.games
      .slice(number * gamesPerCommunity, (number + 1) * gamesPerCommunity)
      .map(({ uid }) => uid),
    affiliate: `AF-${1000 + number}`,
    members: [] as string[],
  }))
  for (let member = 0; member < plan.options.members; member++)
    communities[communityOf(plan, member)]?.members.push(memberCode(plan, member))
  return communities
}

function behavioursOf(plan: GamingPlan): PlantedTruth['behaviours'] {
  if (!has(plan.options.plant, 'behaviours')) return []
  const found = behaviours.map(({ name, about }) => ({ name, about, members: [] as string[] }))
  for (let member = 0; member < plan.options.members; member++)
    found[behaviours.indexOf(behaviourOf(plan, member))]!.members.push(memberCode(plan, member))
  return found
}

function anomaliesOf(plan: GamingPlan): Anomaly[] {
  const spanOf = ({ fromMs, untilMs }: { fromMs: number; untilMs: number }) => ({
    from: timeText(fromMs),
    until: timeText(untilMs),
  })
  return [
    ...plan.bursts.map(burst => ({
      kind: 'error_burst' as const,
      error: burst.error.code,
      stage: burst.error.stage,
      game_uid: plan.games[burst.game]!.uid,
      ...spanOf(burst),
      share: burstShare,
    })),
    ...plan.robots.map(robot => ({
      kind: 'impossible_rate' as const,
      member: memberCode(plan, robot.member),
      ...spanOf(robot),
      share: robotShare,
    })),
  ]
}

function timeText(ms: number): string {
  return new Date(ms).toISOString()
}
