// A clock that stands still until it is told to go on.

import type { Clock } from '../../src/ports/clock.ts'

export interface ManualClock extends Clock {
  /** Goes on by `ms`, calling back on the way what is due, each at its own time. */
  pass(ms: number): void
}

export function manualClock(startMs = Date.UTC(2026, 0, 1)): ManualClock {
  let nowMs = startMs
  let timers: { dueMs: number; callback: () => void }[] = []
  return {
    nowMs: () => nowMs,
    after(delayMs, callback) {
      const timer = { dueMs: nowMs + delayMs, callback }
      timers.push(timer)
      return () => {
        timers = timers.filter(other => other !== timer)
      }
    },
    pass(ms) {
      const untilMs = nowMs + ms
      for (;;) {
        const next = timers.filter(timer => timer.dueMs <= untilMs).sort((a, b) => a.dueMs - b.dueMs)[0]
        if (next === undefined) break
        timers = timers.filter(timer => timer !== next)
        nowMs = next.dueMs
        next.callback()
      }
      nowMs = untilMs
    },
  }
}
