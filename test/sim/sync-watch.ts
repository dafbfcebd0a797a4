// Watches whether anyone syncs again what failed to sync: the kernel may have dropped the pages, and the second call
// would say that all is well (Rebello et al. 2020).

import type { Disk } from '../../src/adapters/disk.ts'

export interface SyncWatch extends Disk {
  /** a descriptor whose fdatasync failed was given to fdatasync again */
  readonly retried: boolean
}

/** @param disk  one that never gives a descriptor twice, as the memory disk */
export function syncWatch(disk: Disk): SyncWatch {
  const failed = new Set<number>()
  let retried = false
  const before = (fd: number) => {
    retried ||= failed.has(fd)
  }
  return {
    ...disk,
    get retried() {
      return retried
    },
    async fdatasync(fd) {
      before(fd)
      await disk.fdatasync(fd).catch(error => {
        failed.add(fd)
        throw error
      })
    },
    fdatasyncSync(fd) {
      before(fd)
      try {
        disk.fdatasyncSync(fd)
      } catch (error) {
        failed.add(fd)
        throw error
      }
    },
  }
}
