// Damage at rest, all of it: every file cut at every byte, and ten thousand random bits.

import { expect, it } from 'vitest'
import { makeDataDir } from './damage.ts'
import { cutEverywhere, turnBits } from './damages.ts'

it('finds every cut', async () => {
  const verdicts = await cutEverywhere(await makeDataDir({ batches: 1, days: 1 }), { step: 1 })
  console.log('every file cut at every byte:', verdicts)
  expect(verdicts.harmless).toBe(0)
}, 1_800_000)

it('finds ten thousand turned bits', async () => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 30))
  const verdicts = await turnBits(await makeDataDir({ batches: 3, days: 2 }), { bits: 10_000, seed })
  console.log(`ten thousand bits, one at a time, SEED=${seed}:`, verdicts)
}, 1_800_000)
