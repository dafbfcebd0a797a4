// A failing disk, at every call of an ingest–flush–merge–evict–replay script: whatever fails and however, the state after
// recovery is one that the acknowledgements allow. This is a sample; faults.long.test.ts takes them all.

import { expect, it } from 'vitest'
import { listFaults, powers, runTrials } from './trial.ts'

const trialCount = 30

it('recovers what was acknowledged from a sample of failing calls', async () => {
  const faults = await listFaults()
  const step = Math.floor(faults.length / trialCount)
  const trials = Array.from({ length: trialCount }, (_, i) => {
    return { fault: faults[i * step]!, power: powers[i % powers.length]!, slow: i % 2 === 1, seed: i }
  })
  const { struck } = await runTrials(trials)
  expect(struck).toBeGreaterThan(trialCount / 2)
}, 60_000)
