// A disk that can only be looked at. A store or a log opened over it may tidy up as much as it likes: nothing moves.

import { type Disk, isMissing, nodeDisk } from '../../adapters/disk.ts'
import { AssertionError } from '../../base/assert.ts'

async function nothing(): Promise<void> {}

function never(): never {
  throw new AssertionError('verify changes nothing')
}

export const lookingDisk: Disk = {
  open: (path, flags) => (flags === 'r' ? nodeDisk.open(path, flags) : never()),
  read: nodeDisk.read,
  fileBytes: nodeDisk.fileBytes,
  close: nodeDisk.close,
  closeSync: nodeDisk.closeSync,
  statBytes: nodeDisk.statBytes,
  usedRatio: nodeDisk.usedRatio,
  async readdir(path) {
    try {
      return await nodeDisk.readdir(path)
    } catch (error) {
      if (isMissing(error)) return [] // a folder that the service would have made by now
      throw error
    }
  },
  // What opening does in passing: make a folder that is there, remove what a crash left half written.
  mkdir: nothing,
  syncDirectory: nothing,
  unlink: nothing,
  openSync: never,
  write: never,
  writeSync: never,
  fdatasync: never,
  fdatasyncSync: never,
  link: never,
  rename: never,
  rmdir: never,
}
