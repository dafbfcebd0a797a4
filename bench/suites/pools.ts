// The events of the suites. One seed for all, so that the same command sends the same bytes, today's date apart.

import type { PoolOptions } from '../measure/events.ts'

const seed = 8420
const hourMs = 3_600_000

type Size = Pick<PoolOptions, 'bodyBytes' | 'poolBodies'>

/** Events of the last hour, as they come in live. */
export function livePool(size: Size): PoolOptions {
  return { ...size, seed, fromMs: Date.now() - hourMs, spanMs: hourMs }
}

/** Events that fill a day, to be moved to the day that a segment is for. */
export function dayPool(size: Size): PoolOptions {
  return { ...size, seed, fromMs: Date.UTC(2024, 2, 1), spanMs: 24 * hourMs }
}

/** `YYYY-MM-DD` of the day `number` days after the first. */
export function dayText(number: number): string {
  return new Date(Date.UTC(2024, 2, 1) + number * 24 * hourMs).toISOString().slice(0, 10)
}

/** Days long gone are not late, so that their receipts are as short as those of today. */
export const daysLongGone = { 'limits.late_hours': 1_000_000 }
