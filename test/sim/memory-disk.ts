// A disk in memory that can crash: what was not synced is then lost, all of it or, with a seed, some of it.
//
// Bytes of a file are durable up to its last fdatasync. Names of a folder are durable up to its last syncDirectory; in a
// crash with a seed, a first part of the changes of each folder survives, and a first part of what each file gained.

import { dirname } from 'node:path'
import type { Disk } from '../../src/adapters/disk.ts'
import { assert } from '../../src/base/assert.ts'

interface File {
  bytes: Uint8Array
  /** A view of the bytes at the last sync; writing only ever goes behind it. */
  durable: Uint8Array
  /** the number of the sync that made it so; an earlier one that ends later changes nothing */
  syncedBy: number
}

interface Folder {
  names: Map<string, Node>
  durable: Map<string, Node>
  /** changes of `names` since the last sync, in order; undefined removes */
  changes: { name: string; node: Node | undefined }[]
}

type Node = { file: File } | { folder: Folder }

export interface MemoryDisk extends Disk {
  /**
   * Loses what was not synced; descriptors are void.
   * @param random  0 ≤ x < 1: how much of it survives here and there; none when left out
   */
  crash(random?: () => number): void
}

export function memoryDisk(): MemoryDisk {
  const root: Folder = emptyFolder()
  let files = new Map<number, File>()
  let nextFd = 3
  let syncCount = 0

  const names = (path: string) => path.split('/').filter(name => name !== '')
  const nodeAt = (path: string): Node => {
    let node: Node = { folder: root }
    for (const name of names(path)) {
      if (!('folder' in node)) throw posixError('ENOTDIR', path)
      const next = node.folder.names.get(name)
      if (next === undefined) throw posixError('ENOENT', path)
      node = next
    }
    return node
  }
  const folderAt = (path: string): Folder => {
    const node = nodeAt(path)
    if (!('folder' in node)) throw posixError('ENOTDIR', path)
    return node.folder
  }
  const change = (path: string, node: Node | undefined) => {
    const folder = folderAt(dirname(path))
    const name = names(path).at(-1)!
    if (node === undefined) folder.names.delete(name)
    else folder.names.set(name, node)
    folder.changes.push({ name, node })
  }
  const fileOf = (fd: number): File => {
    const file = files.get(fd)
    if (file === undefined) throw posixError('EBADF', String(fd))
    return file
  }
  const has = (path: string) => folderAt(dirname(path)).names.has(names(path).at(-1)!)
  const open = (path: string, flags: string): number => {
    if (flags === 'wx') {
      if (has(path)) throw posixError('EEXIST', path)
      change(path, { file: { bytes: new Uint8Array(0), durable: new Uint8Array(0), syncedBy: 0 } })
    }
    const node = nodeAt(path)
    if (!('file' in node)) throw posixError('EISDIR', path)
    files.set(nextFd, node.file)
    return nextFd++
  }
  const close = (fd: number) => {
    fileOf(fd)
    files.delete(fd)
  }
  const write = (fd: number, chunks: readonly Uint8Array[]) => {
    const file = fileOf(fd)
    for (const chunk of chunks) file.bytes = appended(file.bytes, chunk)
  }

  return {
    open: async (path, flags) => open(path, flags),
    openSync: open,
    write: async (fd, chunks) => write(fd, chunks),
    writeSync: write,
    async read(fd, into, position) {
      const bytes = fileOf(fd).bytes.subarray(position, position + into.length)
      into.set(bytes)
      return bytes.length
    },
    fileBytes: async fd => fileOf(fd).bytes.length,
    async fdatasync(fd) {
      const file = fileOf(fd)
      // A sync takes a while: what is written meanwhile is not in it.
      const { bytes } = file
      const sync = ++syncCount
      const session = files
      await new Promise(resolve => setImmediate(resolve))
      if (session !== files) throw posixError('EIO', 'crashed within fdatasync')
      synced(file, bytes, sync)
    },
    fdatasyncSync(fd) {
      const file = fileOf(fd)
      synced(file, file.bytes, ++syncCount)
    },
    close: async fd => close(fd),
    closeSync: close,
    async syncDirectory(path) {
      const folder = folderAt(path)
      folder.durable = new Map(folder.names)
      folder.changes = []
    },
    async link(source, target) {
      const node = nodeAt(source)
      if (has(target)) throw posixError('EEXIST', target)
      change(target, node)
    },
    async rename(source, target) {
      const node = nodeAt(source)
      change(target, node)
      change(source, undefined)
    },
    async unlink(path) {
      if (!('file' in nodeAt(path))) throw posixError('EISDIR', path)
      change(path, undefined)
    },
    async mkdir(path) {
      if (!has(path)) change(path, { folder: emptyFolder() })
    },
    async rmdir(path) {
      if (folderAt(path).names.size > 0) throw posixError('ENOTEMPTY', path)
      change(path, undefined)
    },
    async readdir(path) {
      return [...folderAt(path).names].map(([name, node]) => ({ name, isDirectory: 'folder' in node }))
    },
    async statBytes(path) {
      const node = nodeAt(path)
      return 'file' in node ? node.file.bytes.length : 4096
    },
    usedRatio: async () => 0.5,
    crash(random = () => 0) {
      files = new Map()
      settle({ folder: root }, random, new Set())
    },
  }
}

function emptyFolder(): Folder {
  return { names: new Map(), durable: new Map(), changes: [] }
}

/** Goes on in the spare room behind the view when there is any, so that a log of many frames isn't copied for each. */
function appended(bytes: Uint8Array, chunk: Uint8Array): Uint8Array {
  const end = bytes.length + chunk.length
  let room = bytes
  if (bytes.buffer.byteLength < end) {
    room = new Uint8Array(Math.max(1024, end * 2))
    room.set(bytes)
  }
  const longer = new Uint8Array(room.buffer, 0, end)
  longer.set(chunk, bytes.length)
  return longer
}

function synced(file: File, bytes: Uint8Array, sync: number): void {
  if (sync < file.syncedBy) return
  file.durable = bytes
  file.syncedBy = sync
}

function settle(node: Node, random: () => number, seen: Set<File>): void {
  if ('file' in node) {
    const { file } = node
    if (seen.has(file)) return
    seen.add(file)
    const gained = Math.max(0, file.bytes.length - file.durable.length)
    const kept = gained > 0 ? file.durable.length + Math.floor(random() * (gained + 1)) : 0
    file.bytes = gained > 0 ? file.bytes.slice(0, kept) : file.durable.slice()
    file.durable = file.bytes
    return
  }
  const { folder } = node
  const keptCount = Math.floor(random() * (folder.changes.length + 1))
  for (const { name, node } of folder.changes.slice(0, keptCount)) {
    if (node === undefined) folder.durable.delete(name)
    else folder.durable.set(name, node)
  }
  folder.names = new Map(folder.durable)
  folder.changes = []
  for (const child of folder.names.values()) settle(child, random, seen)
}

function posixError(code: string, path: string): Error {
  assert(code.length > 0, 'an error has a code')
  return Object.assign(new Error(`${code}: ${path}`), { code })
}
