// What every clock keeps to, run by each adapter with one line.

import { describe, expect, it } from 'vitest'
import type { Clock } from '../../src/ports/clock.ts'

export interface ClockPlace {
  clock: Clock
  /** Lets time pass; for a real clock, by waiting. */
  pass(ms: number): Promise<void>
}

export function describeClock(name: string, open: () => ClockPlace): void {
  describe(`the clock: ${name}`, () => {
    it('tells whole milliseconds that go forward', async () => {
      const { clock, pass } = open()
      const before = clock.nowMs()
      expect(Number.isSafeInteger(before)).toBe(true)
      await pass(30)
      // A timer of the runtime may be a millisecond early by the clock on the wall.
      expect(clock.nowMs() - before).toBeGreaterThanOrEqual(29)
    })

    it('calls back once, not before its time', async () => {
      const { clock, pass } = open()
      let callCount = 0
      clock.after(60, () => callCount++)
      await pass(20)
      expect(callCount).toBe(0)
      await pass(80)
      expect(callCount).toBe(1)
      await pass(100)
      expect(callCount).toBe(1)
    })

    it('calls back in the order of the times, also at once', async () => {
      const { clock, pass } = open()
      const calls: string[] = []
      clock.after(60, () => calls.push('late'))
      clock.after(0, () => calls.push('now'))
      clock.after(25, () => calls.push('soon'))
      expect(calls).toEqual([])
      await pass(120)
      expect(calls).toEqual(['now', 'soon', 'late'])
    })

    it('does not call back what was cancelled, and cancels twice or late without harm', async () => {
      const { clock, pass } = open()
      let callCount = 0
      const cancel = clock.after(20, () => callCount++)
      cancel()
      cancel()
      const cancelLate = clock.after(20, () => callCount++)
      await pass(60)
      cancelLate()
      expect(callCount).toBe(1)
    })

    it('does not call back at once when asked to wait for months', async () => {
      const { clock, pass } = open()
      let callCount = 0
      const cancel = clock.after(90 * 86_400_000, () => callCount++)
      await pass(40)
      expect(callCount).toBe(0)
      cancel()
    })
  })
}
