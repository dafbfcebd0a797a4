// A disk whose calls take their time, each another one, so that what usually happens in one order happens in others too.

import type { Disk } from '../../src/adapters/disk.ts'

export interface Slowness {
  /** 0 ≤ x < 1 */
  random: () => number
  /** turns of the event loop that a call of that kind takes at most, by name; 0 when left out */
  turnsMax: Partial<Record<keyof Disk, number>>
}

export function slowDisk(disk: Disk, { random, turnsMax }: Slowness): Disk {
  const slowed = Object.entries(turnsMax).map(([name, most]) => {
    const method = disk[name as keyof Disk] as (...given: unknown[]) => Promise<unknown>
    const call = async (...given: unknown[]) => {
      const turns = Math.floor(random() * (most + 1))
      const before = Math.floor(random() * (turns + 1))
      await pass(before)
      const result = await method(...given)
      await pass(turns - before)
      return result
    }
    return [name, call]
  })
  return { ...disk, ...Object.fromEntries(slowed) }
}

/** A few kinds of calls that are slow, and how slow, from a seed. */
export function someSlowness(random: () => number): Slowness {
  const kinds = ['fdatasync', 'link', 'syncDirectory', 'read', 'write', 'open', 'unlink'] as const
  const chosen = kinds.filter(() => random() < 0.4)
  return { random, turnsMax: Object.fromEntries(chosen.map(kind => [kind, Math.floor(random() * 30)])) }
}

export async function pass(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise(resolve => setImmediate(resolve))
}

export interface SlowFiles {
  call: 'open' | 'read' | 'fdatasync'
  turns: number
  /** by path, asked at each call */
  isSlow: (path: string) => boolean
}

/** One kind of call that is slow on some files. */
export function slowFiles(disk: Disk, { call, turns, isSlow }: SlowFiles): Disk {
  const paths = new Map<number, string>()
  const wait = async (kind: SlowFiles['call'], path: string | undefined) => {
    if (kind === call && path !== undefined && isSlow(path)) await pass(turns)
  }
  return {
    ...disk,
    async open(path, flags) {
      await wait('open', path)
      const fd = await disk.open(path, flags)
      paths.set(fd, path)
      return fd
    },
    openSync(path, flags) {
      const fd = disk.openSync(path, flags)
      paths.set(fd, path)
      return fd
    },
    async read(fd, into, position) {
      await wait('read', paths.get(fd))
      return disk.read(fd, into, position)
    },
    async fdatasync(fd) {
      await wait('fdatasync', paths.get(fd))
      await disk.fdatasync(fd)
    },
  }
}
