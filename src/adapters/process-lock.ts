// A folder that one process holds at a time, also when the last holder was killed.
//
// Who wants it creates a file named after itself, and then looks who else is there: of two, at least the later one sees
// the other (Dekker's order, flag first, look second). Whoever sees a living other withdraws. So no stale lock is ever
// taken from someone's hands, which is where lock files race: the dead are just not counted, and swept up.
//
//     <pid>-<start of the process>-<machine, boot and pid namespace>
//
// A process of our own machine, boot and namespace is looked up. Of another one (a container on the same volume) only its
// heartbeat can be seen: the time of its file moves.

import { createHash, randomInt } from 'node:crypto'
import { readdir, readFile, readlink, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { codeOf, isMissing } from './disk.ts'

export interface LockOptions {
  /** how often a holder shows that it lives; default 2 s */
  heartbeatMs?: number
}

export type LockHold = { kind: 'held'; release: () => Promise<void> } | { kind: 'taken'; holder: string }

/** Two that start at once both withdraw, and try again after a while of their own (of other places, a restart does that). */
const attemptsMax = 5
const attemptMsMax = 200

/** A holder that shows no heartbeat for this many is dead. */
const silentHeartbeats = 3

export async function holdLock(
  directory: string,
  { heartbeatMs = 2000 }: LockOptions = {},
): Promise<LockHold> {
  const self = await identify()
  const path = join(directory, nameOf(self))
  for (let attempt = 1; ; attempt++) {
    try {
      await writeFile(path, '', { flag: 'wx' })
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
      return { kind: 'taken', holder: `this process (${process.pid})` }
    }
    const beat = setInterval(() => void touch(path), heartbeatMs)
    beat.unref()
    const release = async () => {
      clearInterval(beat)
      await rm(path, { force: true })
    }
    const other = await findLiving(directory, self, silentHeartbeats * heartbeatMs)
    if (other === undefined) return { kind: 'held', release }
    await release()
    if (attempt === attemptsMax || other.place !== self.place)
      return { kind: 'taken', holder: describe(other, self) }
    await sleep(randomInt(attemptMsMax))
  }
}

interface Identity {
  pid: number
  /** clock ticks since boot, or '' where the system doesn't tell */
  start: string
  place: string
}

async function identify(): Promise<Identity> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '') // Linux only
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '') // Linux only
  const place = createHash('sha256')
    .update([hostname(), boot, namespace].join('\n'))
    .digest('hex')
    .slice(0, 16)
  return { pid: process.pid, start: (await startOf(process.pid)) ?? '', place }
}

/** The start of a running process of our namespace: field 22 of its stat, counted behind the name, which may hold spaces. */
async function startOf(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined) // no such process, or no /proc
  const [state, ...fields] = text?.slice(text.lastIndexOf(')') + 2).split(' ') ?? []
  // A zombie is dead already and waits for its parent.
  return state === 'Z' || state === 'X' ? undefined : fields[18]
}

function nameOf({ pid, start, place }: Identity): string {
  return `${pid}-${start}-${place}`
}

function parseName(name: string): Identity | undefined {
  const match = /^(\d+)-(\d*)-([0-9a-f]{16})$/.exec(name)
  return match === null ? undefined : { pid: Number(match[1]), start: match[2]!, place: match[3]! }
}

/** @returns another that lives and holds or wants the folder; the files of the dead are removed on the way */
async function findLiving(
  directory: string,
  self: Identity,
  silentMs: number,
): Promise<Identity | undefined> {
  for (const name of await readdir(directory)) {
    const other = parseName(name)
    if (other === undefined || name === nameOf(self)) continue
    if (await isLiving(join(directory, name), other, { self, silentMs })) return other
    await rm(join(directory, name), { force: true })
  }
  return undefined
}

async function isLiving(
  path: string,
  other: Identity,
  { self, silentMs }: { self: Identity; silentMs: number },
): Promise<boolean> {
  if (other.place === self.place) {
    if (self.start !== '') return (await startOf(other.pid)) === other.start
    if (!isRunning(other.pid)) return false
  }
  const before = await heartbeatOf(path)
  await sleep(silentMs)
  const now = await heartbeatOf(path)
  return now !== undefined && now !== before
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM' // it runs, as somebody else
  }
}

async function heartbeatOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mtimeMs
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

async function touch(path: string): Promise<void> {
  const now = new Date()
  await utimes(path, now, now).catch(() => {}) // released meanwhile; or the disk is gone, which the log will tell
}

function describe(other: Identity, self: Identity): string {
  return other.place === self.place
    ? `another process (${other.pid})`
    : `another process (${other.pid} of another container or machine)`
}
