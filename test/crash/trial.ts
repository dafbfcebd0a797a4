// One fault in the life of the script, what may be left of the disk after it, and everything that must hold then.

import { expect } from 'vitest'
import type { Disk } from '../../src/adapters/disk.ts'
import { fsStore } from '../../src/adapters/store-fs.ts'
import { seededRandom } from '../../src/base/random.ts'
import { Catalog } from '../../src/catalog/catalog.ts'
import { type DiskFault, diskCalls, type FaultyDisk, faultyDisk } from '../sim/faulty-disk.ts'
import { type ManualClock, manualClock } from '../sim/manual-clock.ts'
import { type MemoryDisk, memoryDisk } from '../sim/memory-disk.ts'
import { slowDisk, someSlowness } from '../sim/slow-disk.ts'
import { syncWatch } from '../sim/sync-watch.ts'
import { Ledger } from './ledger.ts'
import { afterwards, runScript, startMs } from './script.ts'
import { logDirectory, type Opened, openService, storeDirectory } from './service.ts'

/** What becomes of what was not synced: the machine runs on, or the power fails and all or part of it is lost. */
export const powers = ['stays', 'lost', 'partly'] as const
export type Power = (typeof powers)[number]

export interface Trial {
  fault: DiskFault
  power: Power
  /** some calls take longer than others, so that much is under way when the fault strikes */
  slow: boolean
  /** strikes while the next one recovers, before the power fails a second time */
  again?: DiskFault | undefined
  seed: number
}

/** Calls whose failure leaves nothing to rely on. What only reads or tidies up may fail and be told or tried later. */
const vital = new Set(['write', 'fdatasync', 'syncDirectory', 'link'])

/** Every call of the script, failed in every way that it can fail. */
export async function listFaults(): Promise<DiskFault[]> {
  const disk = faultyDisk(memoryDisk())
  const clock = manualClock(startMs)
  const opened = await openService({ disk, clock })
  await runScript(opened, new Ledger(), clock)
  const ways = ['fails', 'half', 'after', 'halts'] as const
  return diskCalls.flatMap(call =>
    ways
      .filter(how => how !== 'half' || call === 'write')
      .flatMap(how => Array.from({ length: disk.counts[call] }, (_, i) => ({ call, how, nth: i + 1 }))),
  )
}

/** @returns how many of the faults struck, and how many of those made the service stop */
export async function runTrials(trials: readonly Trial[]): Promise<{ struck: number; stopped: number }> {
  const count = { struck: 0, stopped: 0 }
  for (const trial of trials) {
    try {
      const { struck, stopped } = await runTrial(trial)
      if (struck) count.struck++
      if (struck && stopped) count.stopped++
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      throw new Error(`${JSON.stringify(trial)}: ${message}`, { cause: error })
    }
  }
  return count
}

interface TrialResult {
  /** the script came as far as the fault */
  struck: boolean
  /** it made the service stop */
  stopped: boolean
}

async function runTrial({ fault, power, slow, again, seed }: Trial): Promise<TrialResult> {
  const memory = memoryDisk()
  const clock = manualClock(startMs)
  const ledger = new Ledger()
  const random = seededRandom(seed)
  const faulty = faultyDisk(memory, fault)
  const disk = syncWatch(slow ? slowDisk(faulty, someSlowness(random)) : faulty)
  const opened = await openOver(faulty, disk, clock)
  if (opened) await runScript(opened, ledger, clock)
  const stopped = opened === undefined || opened.fatal !== undefined
  await opened?.kill()

  expect(disk.retried, 'a failed fsync is never retried').toBe(false)
  if (faulty.struck && vital.has(fault.call)) expect(stopped, 'a failed write stops the service').toBe(true)
  loseUnsynced(memory, power, random)
  if (again) {
    const faultyAgain = faultyDisk(memory, again)
    const recovering = await openOver(faultyAgain, faultyAgain, clock)
    if (recovering) await ledger.sendAgain(recovering)
    await recovering?.kill()
    loseUnsynced(memory, 'partly', random)
  }
  await checkRecovered({ memory, clock, ledger })
  return { struck: faulty.struck, stopped }
}

async function openOver(faulty: FaultyDisk, disk: Disk, clock: ManualClock): Promise<Opened | undefined> {
  try {
    return await openService({ disk, clock })
  } catch (error) {
    if (!faulty.struck) throw error
    return undefined
  }
}

function loseUnsynced(memory: MemoryDisk, power: Power, random: () => number): void {
  if (power === 'lost') memory.crash()
  if (power === 'partly') memory.crash(random)
}

async function checkRecovered(left: {
  memory: MemoryDisk
  clock: ManualClock
  ledger: Ledger
}): Promise<void> {
  const { memory, clock, ledger } = left
  let opened = await openService({ disk: memory, clock })
  await ledger.check(opened)
  await ledger.sendAgain(opened)
  // What was answered now rests on what the stopped service left behind, synced or not. It must hold all the same.
  await opened.kill()
  memory.crash()
  opened = await openService({ disk: memory, clock })
  await ledger.check(opened)
  expect(ledger.isSure, 'what was not told is answered when it is sent again').toBe(true)
  await ledger.checkDuplicates(opened)
  await ledger.send(opened, afterwards)
  await opened.flush()
  expect(opened.fatal).toBe(undefined)
  expect(opened.log.heldBytes, 'the log lets go of what is published').toBe(0)
  await ledger.check(opened)
  await opened.stop()
  await checkClean(memory)
}

/** Nothing lies about that nobody needs. */
async function checkClean(disk: MemoryDisk): Promise<void> {
  const store = await fsStore({ directory: storeDirectory, disk })
  const orphans: string[] = []
  for await (const key of (await Catalog.open(store, '0', 0)).orphans()) orphans.push(key)
  expect(orphans, 'objects that no root knows').toEqual([])
  expect(await disk.readdir(logDirectory), 'files of a log that is all published').toEqual([])
}
