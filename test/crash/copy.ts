// Folders of one disk on another: a closed data directory to be damaged or replayed many times.

import { join } from 'node:path'
import { type Disk, makeDirectories } from '../../src/adapters/disk.ts'

/** Every file below a folder, by path. */
export async function readFolder(disk: Disk, folder: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>()
  const entries = await disk.readdir(folder)
  for (const { name, isDirectory } of entries.sort((left, right) => (left.name < right.name ? -1 : 1))) {
    const path = join(folder, name)
    if (isDirectory) for (const [below, bytes] of await readFolder(disk, path)) files.set(below, bytes)
    else files.set(path, await readFile(disk, path))
  }
  return files
}

export async function writeFiles(disk: Disk, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  for (const [path, bytes] of files) {
    await makeDirectories(disk, join(path, '..'))
    const fd = await disk.open(path, 'wx')
    await disk.write(fd, [bytes])
    await disk.fdatasync(fd)
    await disk.close(fd)
    await disk.syncDirectory(join(path, '..'))
  }
}

export async function copyFolder(from: Disk, to: Disk, folder: string): Promise<void> {
  await writeFiles(to, await readFolder(from, folder))
}

async function readFile(disk: Disk, path: string): Promise<Uint8Array> {
  const fd = await disk.open(path, 'r')
  const bytes = new Uint8Array(await disk.fileBytes(fd))
  await disk.read(fd, bytes, 0)
  await disk.close(fd)
  return bytes
}
