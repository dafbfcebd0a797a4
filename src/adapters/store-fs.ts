// Objects as files of a folder, a key being its path.
//
// An object is written under a name that no key can have ('~' is not in their alphabet), synced, and then linked to its
// own name in one step that fails when the name is taken. So a name always shows a whole object, and the first one stays.
// One process holds the folder (see data-dir.ts). A key can't be the folder of another key.

import { dirname, join } from 'node:path'
import { threadId } from 'node:worker_threads'
import { assert } from '../base/assert.ts'
import { type ObjectInfo, type ObjectStore, StoreError } from '../ports/object-store.ts'
import { codeOf, type Disk, type DiskEntry, isMissing, makeDirectories, nodeDisk } from './disk.ts'
import { Folders } from './folders.ts'
import { OpenFiles } from './open-files.ts'
import { assertKey, assertPrefix } from './store-key.ts'

export interface FsStoreOptions {
  directory: string
  disk?: Disk
  /**
   * i32[1] that all threads share who write to the store. One opens it before them, alone; for these, what is half
   * written is another's, not a crash's.
   */
  shared?: Int32Array
}

export interface FsStore extends ObjectStore {
  /** Lets go of the files that are kept open. */
  close(): Promise<void>
}

export const openFilesMax = 256

/** Opens the store and, unless it is shared, removes what a crash left half written. */
export async function fsStore({ directory, disk = nodeDisk, shared }: FsStoreOptions): Promise<FsStore> {
  const incoming = join(directory, '~incoming')
  try {
    await makeDirectories(disk, incoming)
    if (!shared) for (const { name } of await disk.readdir(incoming)) await disk.unlink(join(incoming, name))
  } catch (cause) {
    throw new StoreError('fs', 'open', directory, { cause })
  }
  return new FolderStore({ disk, directory, incoming, shared })
}

type Chunks = readonly Uint8Array[] | AsyncIterable<Uint8Array>

interface FolderStoreOptions {
  disk: Disk
  directory: string
  incoming: string
  shared: Int32Array | undefined
}

class FolderStore implements FsStore {
  readonly #disk: Disk
  readonly #directory: string
  readonly #incoming: string
  readonly #folders: Folders
  readonly #files: OpenFiles
  #putCount = 0
  /** Renames take turns: unlike a link, a rename has to look first. */
  #renaming: Promise<unknown> = Promise.resolve()

  constructor({ disk, directory, incoming, shared }: FolderStoreOptions) {
    this.#disk = disk
    this.#directory = directory
    this.#incoming = incoming
    this.#folders = new Folders(disk, directory, shared)
    this.#files = new OpenFiles(disk, openFilesMax)
  }

  async put(key: string, chunks: Chunks): Promise<'written' | 'exists'> {
    assertKey(key)
    const temporary = join(this.#incoming, `${process.pid}-${threadId}-${++this.#putCount}`)
    // Only what the disk refuses is the store's error. That of the chunks' source comes out as it is.
    const told = <T>(work: Promise<T>) =>
      work.catch(cause => {
        throw new StoreError('fs', 'put', key, { cause })
      })
    try {
      const fd = await told(this.#disk.open(temporary, 'wx'))
      try {
        if (Symbol.asyncIterator in chunks)
          for await (const chunk of chunks) await told(this.#disk.write(fd, [chunk]))
        else await told(this.#disk.write(fd, chunks))
        await told(this.#disk.fdatasync(fd))
      } finally {
        await told(this.#disk.close(fd))
      }
      return await told(this.#place(temporary, this.#path(key)))
    } finally {
      // What can't be removed now is removed at the next start; the object itself is settled either way.
      await this.#disk.unlink(temporary).catch(() => {})
    }
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    assertKey(key)
    try {
      const fd = await this.#disk.open(this.#path(key), 'r')
      try {
        const bytes = new Uint8Array(await this.#disk.fileBytes(fd))
        return bytes.subarray(0, await this.#disk.read(fd, bytes, 0))
      } finally {
        await this.#disk.close(fd)
      }
    } catch (cause) {
      if (isMissing(cause)) return undefined
      throw new StoreError('fs', 'get', key, { cause })
    }
  }

  async getRange(key: string, start: number, end: number): Promise<Uint8Array> {
    assertKey(key)
    assert(Number.isSafeInteger(start) && Number.isSafeInteger(end), 'range of whole bytes')
    assert(0 <= start && start <= end, 'range in order')
    try {
      return await this.#files.use(this.#path(key), async (fd, bytes) => {
        const into = new Uint8Array(Math.max(0, Math.min(end, bytes) - start))
        return into.subarray(0, await this.#disk.read(fd, into, start))
      })
    } catch (cause) {
      throw new StoreError(
        'fs',
        'getRange',
        key,
        isMissing(cause) ? { reason: 'no such key', cause } : { cause },
      )
    }
  }

  async *list(prefix: string): AsyncIterable<ObjectInfo> {
    assertPrefix(prefix)
    yield* this.#walk(prefix.slice(0, prefix.lastIndexOf('/') + 1), prefix)
  }

  async delete(keys: readonly string[]): Promise<void> {
    for (const key of keys) assertKey(key)
    const folders = new Set<string>()
    for (const key of keys) {
      const path = this.#path(key)
      folders.add(dirname(path))
      try {
        await this.#files.drop(path)
        await this.#disk.unlink(path)
      } catch (cause) {
        if (!isMissing(cause)) throw new StoreError('fs', 'delete', key, { cause })
      }
    }
    for (const folder of folders) {
      await this.#folders.removeEmpty(folder).catch(cause => {
        throw new StoreError('fs', 'delete', folder, { cause })
      })
    }
  }

  async usedRatio(): Promise<number> {
    try {
      return await this.#disk.usedRatio(this.#directory)
    } catch (cause) {
      throw new StoreError('fs', 'usedRatio', this.#directory, { cause })
    }
  }

  close(): Promise<void> {
    return this.#files.close()
  }

  #path(key: string): string {
    return join(this.#directory, ...key.split('/'))
  }

  async #place(temporary: string, path: string): Promise<'written' | 'exists'> {
    const folder = dirname(path)
    let placed: 'written' | 'exists' | undefined
    for (let attempt = 1; placed === undefined; attempt++) {
      await this.#folders.ensure(folder)
      placed = await this.#link(temporary, path).catch(error => {
        // A delete emptied the folder and removed it after we made sure of it.
        if (!isMissing(error) || attempt === placeAttemptsMax) throw error
        return undefined
      })
    }
    // Whoever is told 'exists' builds on the other's object: that one must be durable too.
    await this.#disk.syncDirectory(folder)
    await this.#folders.ensure(folder)
    return placed
  }

  async #link(temporary: string, path: string): Promise<'written' | 'exists'> {
    try {
      await this.#disk.link(temporary, path)
      return 'written'
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return 'exists'
      if (!linkRefusals.has(codeOf(error))) throw error
    }
    const renamed = this.#renaming.then(() => this.#renameUnlessTaken(temporary, path))
    this.#renaming = renamed.catch(() => {}) // told to the one whose rename it was
    return renamed
  }

  async #renameUnlessTaken(temporary: string, path: string): Promise<'written' | 'exists'> {
    const taken = await this.#disk.statBytes(path).catch(error => {
      if (isMissing(error)) return undefined
      throw error
    })
    if (taken !== undefined) return 'exists'
    await this.#disk.rename(temporary, path)
    return 'written'
  }

  /** `folder` is '' or ends in '/'. */
  async *#walk(folder: string, prefix: string): AsyncGenerator<ObjectInfo> {
    for (const { name, isDirectory } of await this.#entries(folder)) {
      const key = folder + name
      if (isDirectory) {
        if (`${key}/`.startsWith(prefix)) yield* this.#walk(`${key}/`, prefix)
      } else if (key.startsWith(prefix)) {
        const bytes = await this.#bytes(key)
        if (bytes !== undefined) yield { key, bytes }
      }
    }
  }

  /** In the byte order of whole keys: a folder sorts as its name with the '/' that follows it. */
  async #entries(folder: string): Promise<DiskEntry[]> {
    try {
      const entries = await this.#disk.readdir(join(this.#directory, folder))
      const order = ({ name, isDirectory }: DiskEntry) => (isDirectory ? `${name}/` : name)
      return entries.filter(entry => !entry.name.includes('~')).sort((a, b) => (order(a) < order(b) ? -1 : 1))
    } catch (cause) {
      if (isMissing(cause)) return []
      throw new StoreError('fs', 'list', folder, { cause })
    }
  }

  /** @returns undefined when it was deleted after its folder was read */
  async #bytes(key: string): Promise<number | undefined> {
    try {
      return await this.#disk.statBytes(this.#path(key))
    } catch (cause) {
      if (isMissing(cause)) return undefined
      throw new StoreError('fs', 'list', key, { cause })
    }
  }
}

const placeAttemptsMax = 10

/** How file systems without hard links say so: exFAT, some network mounts and container volumes. */
const linkRefusals = new Set<string | undefined>(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])
