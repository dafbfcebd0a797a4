// A bounded number of files kept open for reading, the least recently used closed first. Range reads are hot, and
// opening costs more than reading. The files never change, so a size is asked once.

import type { Disk } from './disk.ts'

interface OpenFile {
  file: Promise<{ fd: number; bytes: number }>
  userCount: number
  dropped: boolean
  /** once: by then its descriptor may be another file's */
  closed: boolean
}

export class OpenFiles {
  readonly #disk: Disk
  readonly #filesMax: number
  /** Oldest use first: a Map keeps the order of insertion. */
  readonly #files = new Map<string, OpenFile>()

  constructor(disk: Disk, filesMax: number) {
    this.#disk = disk
    this.#filesMax = filesMax
  }

  /** Calls `read` with the file open; it stays open until then even when it is dropped meanwhile. */
  async use<T>(path: string, read: (fd: number, bytes: number) => Promise<T>): Promise<T> {
    const entry = this.#take(path)
    entry.userCount++
    try {
      const { fd, bytes } = await entry.file.catch(error => {
        if (this.#files.get(path) === entry) this.#files.delete(path)
        throw error
      })
      return await read(fd, bytes)
    } finally {
      entry.userCount--
      await this.#closeUnused(entry)
    }
  }

  /** Lets go of a file that is to be deleted. */
  async drop(path: string): Promise<void> {
    const entry = this.#files.get(path)
    if (entry === undefined) return
    this.#files.delete(path)
    entry.dropped = true
    await this.#closeUnused(entry)
  }

  async close(): Promise<void> {
    for (const path of [...this.#files.keys()]) await this.drop(path)
  }

  #take(path: string): OpenFile {
    const known = this.#files.get(path)
    this.#files.delete(path)
    const entry = known ?? { file: this.#open(path), userCount: 0, dropped: false, closed: false }
    this.#files.set(path, entry)
    return entry
  }

  async #open(path: string): Promise<{ fd: number; bytes: number }> {
    const fd = await this.#disk.open(path, 'r')
    return { fd, bytes: await this.#disk.fileBytes(fd) }
  }

  async #closeUnused(entry: OpenFile): Promise<void> {
    if (this.#files.size > this.#filesMax) {
      const oldest = this.#files.keys().next().value!
      await this.drop(oldest)
    }
    if (!entry.dropped || entry.userCount > 0 || entry.closed) return
    entry.closed = true
    const opened = await entry.file.catch(() => undefined) // whoever asked for it was told
    if (opened !== undefined) await this.#disk.close(opened.fd)
  }
}
