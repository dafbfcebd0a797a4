// A failing disk, at every call of the script and in every way, and two faults in a row: the second in the recovery from
// the first.

import { expect, it } from 'vitest'
import { seededRandom } from '../../src/base/random.ts'
import { listFaults, powers, runTrials, type Trial } from './trial.ts'

const pairCount = 300
/** Opening and recovering takes fewer calls than this of each kind. */
const recoveryCallsMax = 25

it('recovers what was acknowledged from every failing call', async () => {
  const faults = await listFaults()
  const trials = faults.map((fault, i) => {
    return { fault, power: powers[i % powers.length]!, slow: Math.floor(i / 3) % 2 === 1, seed: i }
  })
  const { struck, stopped } = await runTrials(trials)
  console.log(`${trials.length} faults, ${struck} struck, ${stopped} of them stopped the service`)
  expect(struck).toBeGreaterThan(trials.length * 0.8)
}, 3_600_000)

it('recovers what was acknowledged when the recovery is struck too', async () => {
  const faults = await listFaults()
  const firsts = faults.filter(({ how }) => how !== 'after')
  const seconds = faults.filter(({ nth }) => nth <= recoveryCallsMax)
  const trials = Array.from({ length: pairCount }, (_, seed): Trial => {
    const random = seededRandom(seed)
    const one = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)]!
    return { fault: one(firsts), again: one(seconds), power: one(powers), slow: random() < 0.5, seed }
  })
  const { struck } = await runTrials(trials)
  console.log(`${trials.length} pairs of faults, the first of ${struck} struck`)
}, 3_600_000)
