// The calls that the file adapters make on a disk, and nothing else, so that a test can put a failing one in its place.
// They are the promises of POSIX: bytes survive a crash after `fdatasync`, names after `syncDirectory`.
//
// Everything goes by file descriptor and callback: that is what Node, Bun and Deno have in common.

import * as fs from 'node:fs'
import { dirname } from 'node:path'

export interface DiskEntry {
  name: string
  isDirectory: boolean
}

export interface Disk {
  /** 'wx' creates and fails with EEXIST; writes go to the end of what this descriptor wrote */
  open(path: string, flags: 'r' | 'wx'): Promise<number>
  openSync(path: string, flags: 'wx'): number
  /** All of the chunks, or it throws; what it wrote until then stays. */
  write(fd: number, chunks: readonly Uint8Array[]): Promise<void>
  writeSync(fd: number, chunks: readonly Uint8Array[]): void
  /** Fills `into` from `position`. @returns the bytes read, fewer only at the end of the file */
  read(fd: number, into: Uint8Array, position: number): Promise<number>
  fileBytes(fd: number): Promise<number>
  fdatasync(fd: number): Promise<void>
  fdatasyncSync(fd: number): void
  close(fd: number): Promise<void>
  closeSync(fd: number): void
  syncDirectory(path: string): Promise<void>
  /** fails with EEXIST when `target` is taken */
  link(source: string, target: string): Promise<void>
  rename(source: string, target: string): Promise<void>
  unlink(path: string): Promise<void>
  /** One folder; one that is there is no error. */
  mkdir(path: string): Promise<void>
  /** fails with ENOTEMPTY or EEXIST when something is in it */
  rmdir(path: string): Promise<void>
  readdir(path: string): Promise<DiskEntry[]>
  /** fails with ENOENT when there is nothing of that name */
  statBytes(path: string): Promise<number>
  /** Used share of what this process may use, 0..1, as `df` counts it. */
  usedRatio(path: string): Promise<number>
}

export const nodeDisk: Disk = {
  open: (path, flags) => called<number>(done => fs.open(path, flags, done)),
  openSync: (path, flags) => fs.openSync(path, flags),
  async write(fd, chunks) {
    let rest = withoutEmpty(chunks)
    while (rest.length > 0) {
      const batch = rest.slice(0, buffersPerWriteMax)
      rest = after(rest, await called<number>(done => fs.writev(fd, batch, done)))
    }
  },
  writeSync(fd, chunks) {
    let rest = withoutEmpty(chunks)
    while (rest.length > 0) rest = after(rest, fs.writevSync(fd, rest.slice(0, buffersPerWriteMax)))
  },
  async read(fd, into, position) {
    let done = 0
    while (done < into.length) {
      const start = done
      const bytes = await called<number>(next =>
        fs.read(fd, into, start, into.length - start, position + start, next),
      )
      if (bytes === 0) break
      done += bytes
    }
    return done
  },
  fileBytes: fd => called<fs.Stats>(done => fs.fstat(fd, done)).then(stats => stats.size),
  fdatasync: fd => called<void>(done => fs.fdatasync(fd, done)),
  fdatasyncSync: fd => fs.fdatasyncSync(fd),
  close: fd => called<void>(done => fs.close(fd, done)),
  closeSync: fd => fs.closeSync(fd),
  async syncDirectory(path) {
    // Windows opens no folders, and NTFS journals its names by itself.
    if (process.platform === 'win32') return
    const fd = await nodeDisk.open(path, 'r')
    try {
      await called<void>(done => fs.fsync(fd, done))
    } finally {
      await nodeDisk.close(fd)
    }
  },
  link: (source, target) => fs.promises.link(source, target),
  rename: (source, target) => fs.promises.rename(source, target),
  unlink: path => fs.promises.unlink(path),
  async mkdir(path) {
    try {
      await fs.promises.mkdir(path)
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
    }
  },
  rmdir: path => fs.promises.rmdir(path),
  async readdir(path) {
    const entries = await fs.promises.readdir(path, { withFileTypes: true })
    return entries.map(entry => ({ name: entry.name, isDirectory: entry.isDirectory() }))
  },
  statBytes: path => fs.promises.stat(path).then(stats => stats.size),
  async usedRatio(path) {
    const { blocks, bfree, bavail } = await fs.promises.statfs(path)
    const used = blocks - bfree
    return used + bavail === 0 ? 1 : used / (used + bavail)
  },
}

/** Makes a folder and those above it, durable when it resolves. */
export async function makeDirectories(disk: Disk, path: string): Promise<void> {
  try {
    await disk.mkdir(path)
  } catch (error) {
    if (!isMissing(error) || dirname(path) === path) throw error
    await makeDirectories(disk, dirname(path))
    await disk.mkdir(path)
  }
  await disk.syncDirectory(dirname(path))
}

export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code
}

/** No file of that name: nothing at all, a folder, or a file where the path wants a folder. */
export function isMissing(error: unknown): boolean {
  const code = codeOf(error)
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR'
}

/** IOV_MAX of Linux and macOS. */
const buffersPerWriteMax = 1024

function called<T>(start: (done: (error: Error | null, value?: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, value) => (error ? reject(error) : resolve(value as T)))
  })
}

/** writev of nothing is EINVAL on some systems and an endless loop here. */
function withoutEmpty(chunks: readonly Uint8Array[]): Uint8Array[] {
  return chunks.filter(chunk => chunk.length > 0)
}

/** What is left of the chunks when their first `bytes` are written. */
function after(chunks: Uint8Array[], bytes: number): Uint8Array[] {
  let left = bytes
  for (let i = 0; i < chunks.length; i++) {
    const chunk = chunks[i]!
    if (left < chunk.length)
      return left === 0 ? chunks.slice(i) : [chunk.subarray(left), ...chunks.slice(i + 1)]
    left -= chunk.length
  }
  return []
}
