// Replay over many histories.

import { it } from 'vitest'
import { checkAnswers, checkBytes } from './replays.ts'

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 30))
const histories = Number(process.env.HISTORIES ?? 30)

it('makes the same bytes of the same log, over many histories', async () => {
  await checkBytes({ histories, operations: 120, seed })
}, 3_600_000)

it('has the same answers wherever a history was flushed, merged and restarted, over many', async () => {
  await checkAnswers({ histories, operations: 120, seed })
}, 3_600_000)
