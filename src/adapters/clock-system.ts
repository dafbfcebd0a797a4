// The time of the machine.

import type { Clock } from '../ports/clock.ts'

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  after(delayMs, callback) {
    let timer: ReturnType<typeof setTimeout>
    const wait = (leftMs: number) => {
      const stepMs = Math.min(leftMs, timerMsMax)
      timer = setTimeout(() => (leftMs > stepMs ? wait(leftMs - stepMs) : callback()), stepMs)
    }
    wait(delayMs)
    return () => clearTimeout(timer)
  },
}

/** A longer setTimeout fires at once (its delay is an i32), so a longer wait goes in steps. */
const timerMsMax = 2 ** 31 - 1
