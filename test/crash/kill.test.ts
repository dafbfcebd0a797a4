// kill -9, a few times; kill.long.test.ts does it fifty times.

import { expect, it } from 'vitest'
import { killAgainAndAgain } from './kill.ts'

it('loses and doubles nothing when it is killed while clients write', async () => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 30))
  const { phases, acknowledged } = await killAgainAndAgain(Number(process.env.KILLS ?? 5), seed).catch(
    error => {
      throw new Error(`SEED=${seed}: ${error.message}`, { cause: error })
    },
  )
  console.log('kills by what they met:', phases, 'acknowledged:', acknowledged)
  expect(acknowledged).toBeGreaterThan(0)
}, 120_000)
