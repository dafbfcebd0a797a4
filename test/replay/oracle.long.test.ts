// Many long random histories against a model.

import { it } from 'vitest'
import { runHistories } from './histories.ts'

it('answers as the model of it does, over many long histories', async () => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 30))
  await runHistories({ histories: Number(process.env.HISTORIES ?? 30), operations: 150, seed })
}, 3_600_000)
