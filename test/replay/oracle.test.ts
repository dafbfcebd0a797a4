// Random histories against a model: outcomes after each operation, all that can be read after some.

import { it } from 'vitest'
import { runHistories } from './histories.ts'

it('answers as the model of it does, over random histories', async () => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 30))
  await runHistories({ histories: 4, operations: 50, seed })
}, 60_000)
