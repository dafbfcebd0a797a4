import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../../src/adapters/clock-system.ts'
import { manualClock } from '../sim/manual-clock.ts'
import { describeClock } from './clock.suite.ts'

describeClock('of the system', () => ({ clock: systemClock, pass: ms => sleep(ms) }))

describeClock('by hand', () => {
  const clock = manualClock()
  return { clock, pass: async ms => clock.pass(ms) }
})
