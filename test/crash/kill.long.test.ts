// kill -9 fifty times (or KILLS of them) while clients write, aimed at every step of the way from a frame to an unlink.

import { expect, it } from 'vitest'
import { type KillReport, killAgainAndAgain } from './kill.ts'

it('loses and doubles nothing in fifty kills', async () => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 30))
  const killCount = Number(process.env.KILLS ?? 50)
  const report: KillReport = await killAgainAndAgain(killCount, seed).catch(error => {
    throw new Error(`SEED=${seed}: ${error.message}`, { cause: error })
  })
  console.log(`${killCount} kills, by what they met:`)
  console.table(report.phases)
  console.log(`events acknowledged: ${report.acknowledged}; sent again:`, report.repeated)
  const { phases } = report
  expect(phases['frames written, not answered'], 'between write and fsync').toBeGreaterThan(0)
  const unpublished = [
    'writing a part',
    'parts written, no manifest or root yet',
    'writing a manifest',
  ] as const
  expect(Math.max(...unpublished.map(phase => phases[phase])), 'between fsync and publish').toBeGreaterThan(0)
  const published = ['published, the log not released', 'published, old objects not unlinked'] as const
  expect(Math.max(...published.map(phase => phases[phase])), 'between publish and unlink').toBeGreaterThan(0)
}, 1_800_000)
