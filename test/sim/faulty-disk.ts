// A disk that fails once, at a chosen call. Run a script without a fault first and read `counts` to know how many
// calls of each kind there are to fail.

import type { Disk } from '../../src/adapters/disk.ts'

export const diskCalls = [
  'open',
  'write',
  'read',
  'fdatasync',
  'syncDirectory',
  'link',
  'rename',
  'unlink',
  'mkdir',
  'rmdir',
  'readdir',
] as const
type DiskCall = (typeof diskCalls)[number]

export interface DiskFault {
  call: DiskCall
  /** 1 for the first call of its kind */
  nth: number
  /**
   * `fails`: it does nothing and throws. `half`: a write that stops halfway, and throws. `after`: it is done, and throws
   * all the same. `halts`: it does nothing, and neither does any call from then on: the process is as good as killed.
   */
  how: 'fails' | 'half' | 'after' | 'halts'
  /** default EIO; link with EPERM is a file system without links */
  code?: string
}

export interface FaultyDisk extends Disk {
  readonly counts: Record<DiskCall, number>
  /** the fault has struck */
  readonly struck: boolean
}

export function faultyDisk(disk: Disk, fault?: DiskFault): FaultyDisk {
  const counts = Object.fromEntries(diskCalls.map(call => [call, 0])) as Record<DiskCall, number>
  let struck = false
  const failure = () => {
    const code = fault?.code ?? 'EIO'
    return Object.assign(new Error(`${code}: injected, ${fault?.call} number ${fault?.nth}`), { code })
  }
  /** @returns whether this is the call to fail; throws by itself when nothing is to be done */
  const strikes = (call: DiskCall): boolean => {
    counts[call]++
    if (struck && fault?.how === 'halts') throw failure()
    if (struck || fault?.call !== call || fault.nth !== counts[call]) return false
    struck = true
    if (fault.how === 'fails' || fault.how === 'halts') throw failure()
    return true
  }
  const counted = <Arguments extends unknown[], Result>(
    call: DiskCall,
    method: (...given: Arguments) => Promise<Result>,
  ) => {
    return async (...given: Arguments): Promise<Result> => {
      const struckNow = strikes(call)
      const result = await method(...given)
      if (struckNow) throw failure()
      return result
    }
  }
  const written = (chunks: readonly Uint8Array[]) => (fault?.how === 'half' ? firstHalf(chunks) : chunks)

  return {
    ...disk,
    counts,
    get struck() {
      return struck
    },
    open: counted('open', disk.open),
    openSync(path, flags) {
      const struckNow = strikes('open')
      const fd = disk.openSync(path, flags)
      if (struckNow) throw failure()
      return fd
    },
    async write(fd, chunks) {
      const struckNow = strikes('write')
      await disk.write(fd, struckNow ? written(chunks) : chunks)
      if (struckNow) throw failure()
    },
    writeSync(fd, chunks) {
      const struckNow = strikes('write')
      disk.writeSync(fd, struckNow ? written(chunks) : chunks)
      if (struckNow) throw failure()
    },
    read: counted('read', disk.read),
    fdatasync: counted('fdatasync', disk.fdatasync),
    fdatasyncSync(fd) {
      const struckNow = strikes('fdatasync')
      disk.fdatasyncSync(fd)
      if (struckNow) throw failure()
    },
    syncDirectory: counted('syncDirectory', disk.syncDirectory),
    link: counted('link', disk.link),
    rename: counted('rename', disk.rename),
    unlink: counted('unlink', disk.unlink),
    mkdir: counted('mkdir', disk.mkdir),
    rmdir: counted('rmdir', disk.rmdir),
    readdir: counted('readdir', disk.readdir),
  }
}

function firstHalf(chunks: readonly Uint8Array[]): Uint8Array[] {
  let left = Math.floor(chunks.reduce((sum, chunk) => sum + chunk.length, 0) / 2)
  return chunks.map(chunk => {
    const half = chunk.subarray(0, left)
    left -= half.length
    return half
  })
}
