// When events happen: an hour at a time, with nights and weekends, and with days on which nothing came in. How many
// fall into an hour is arithmetic, so the counts of days are known before the first event is made.

import { chanceOf } from './chance.ts'
import { dayMs, type GamingOptions, hourMs } from './gaming-options.ts'

export interface Hour {
  startMs: number
  /** 0 to 23, UTC */
  ofDay: number
  isWeekend: boolean
  eventCount: number
}

type Span = Pick<GamingOptions, 'seed' | 'days' | 'rate' | 'startMs'>

/** Hours in their order, empty ones too. */
export function* hoursOf(span: Span): Generator<Hour> {
  const missing = missingDays(span)
  let due = 0
  for (let startMs = span.startMs; startMs < span.startMs + span.days * dayMs; startMs += hourMs) {
    const day = Math.floor(startMs / dayMs)
    const ofDay = Math.floor(startMs / hourMs) % 24
    const ofWeek = (day + thursday) % 7
    const before = Math.floor(due)
    if (!missing.has(day)) due += span.rate * (hourMs / 1000) * dayRhythm[ofDay]! * weekRhythm[ofWeek]!
    yield { startMs, ofDay, isWeekend: ofWeek === 0 || ofWeek === 6, eventCount: Math.floor(due) - before }
  }
}

/** One day in ten is missing, never the first or the last. @returns days since 1970 */
export function missingDays({ seed, days, startMs }: Span): Set<number> {
  const first = Math.floor(startMs / dayMs)
  const missing = new Set<number>()
  for (let i = 0; missing.size < Math.floor(days / daysAMissing); i++)
    missing.add(first + 1 + Math.floor(chanceOf(seed, 'missing day', i) * (days - 2)))
  return missing
}

const daysAMissing = 10
/** 1970 began on one; Sunday is 0. */
const thursday = 4

/** Mean 1 each: quiet at 4 in the morning, loud at 20 h; loud on Saturday and Sunday. */
const dayRhythm = toMeanOne(
  Array.from({ length: 24 }, (_, hour) => 1 + 0.75 * Math.cos(((hour - 20) / 24) * 2 * Math.PI)),
)
const weekRhythm = toMeanOne([1.35, 0.82, 0.84, 0.9, 0.95, 1.15, 1.4])

function toMeanOne(weights: readonly number[]): number[] {
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length
  return weights.map(weight => weight / mean)
}
