// One suite after the other, in a folder of its own, with what surrounds its figures: the machine, and what that could
// do at best. Both are taken once, before the first.

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { EventPool } from '../measure/events.ts'
import { inFolder } from '../measure/folder.ts'
import { describeMachine, type Machine } from '../measure/machine.ts'
import { measureWalls, type Walls } from '../measure/physical.ts'
import { hashCounts, type Result } from '../report/result.ts'
import { livePool } from './pools.ts'
import type { Suite } from './suite.ts'

export interface RunOptions {
  isSmall: boolean
  repeat: number
  isProfiled: boolean
  modelFolder: string | undefined
  /** on the disk that is measured */
  scratch: string
  tell(line: string): void
}

export async function* runSuites(suites: readonly Suite[], options: RunOptions): AsyncIterable<Result> {
  const { isSmall, scratch } = options
  const machine = describeMachine()
  const walls = await inFolder(scratch, `walls-${process.pid}`, folder => {
    const pool = livePool({ bodyBytes: 1_000_000, poolBodies: isSmall ? 1 : 16 })
    return measureWalls(new EventPool(pool).sample(), { folder, isSmall })
  })
  for (const suite of suites) yield await run(suite, { ...options, machine, walls })
}

async function run(
  suite: Suite,
  {
    isSmall,
    repeat,
    isProfiled,
    modelFolder,
    scratch,
    tell,
    ...around
  }: RunOptions & { machine: Machine; walls: Walls },
): Promise<Result> {
  const { name, title, about } = suite
  const profileFolder = isProfiled ? join(scratch, 'profiles', name) : undefined
  if (profileFolder) await mkdir(profileFolder, { recursive: true })
  const outcome = await inFolder(scratch, `${name}-${process.pid}`, folder =>
    suite.run({
      isSmall,
      repeat,
      folder,
      profileFolder,
      modelFolder,
      tell: line => tell(`${name}: ${line}`),
    }),
  )
  return {
    suite: name,
    title,
    about,
    command: `npm run bench -- ${name}${isSmall ? ' --small' : ''} --repeat ${repeat}`,
    measured_at: new Date().toISOString(),
    ...around,
    ...outcome,
    hash: hashCounts(outcome.counts),
    chart_files: outcome.charts.map((_, i) => (i === 0 ? `${name}.svg` : `${name}-${i + 1}.svg`)),
  }
}
