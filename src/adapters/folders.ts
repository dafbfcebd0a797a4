// Folders that come with their first file and go with their last, each durable before a file in it counts.
//
// Making and removing take turns, so that a folder is known exactly while it stands and its name is synced. Threads that
// write to the same root share a count of removals: when it has moved, what they knew is looked at anew.

import { dirname } from 'node:path'
import { codeOf, type Disk, isMissing } from './disk.ts'

export class Folders {
  readonly #disk: Disk
  readonly #root: string
  readonly #removals: Int32Array
  /** the count of removals at which `#durable` was true */
  #seen = 0
  readonly #durable: Set<string>
  #turn: Promise<unknown> = Promise.resolve()

  /**
   * @param root      stands already, and is never removed
   * @param removals  i32[1], shared by all who write below this root in this process
   */
  constructor(disk: Disk, root: string, removals: Int32Array = new Int32Array(1)) {
    this.#disk = disk
    this.#root = root
    this.#removals = removals
    this.#durable = new Set([root])
  }

  /** Makes `path` and the folders above it; when it resolves, they would survive a crash. */
  async ensure(path: string): Promise<void> {
    for (let attempt = 1; !this.#isDurable(path); attempt++) {
      await this.#inTurn(() => this.#make(path)).catch(error => {
        // Another thread removed a folder above, which was still empty.
        if (!isMissing(error) || attempt === attemptsMax) throw error
      })
    }
  }

  /** Removes `path` and the folders above it as far as they are empty, and syncs the one that stays. */
  async removeEmpty(path: string): Promise<void> {
    await this.#inTurn(async () => {
      let standing = path
      while (standing !== this.#root && (await this.#remove(standing))) standing = dirname(standing)
      await this.#disk.syncDirectory(standing).catch(error => {
        if (!isMissing(error)) throw error // whoever removed it meanwhile syncs the one above
      })
    })
  }

  #isDurable(path: string): boolean {
    const removals = Atomics.load(this.#removals, 0)
    if (removals !== this.#seen) {
      this.#durable.clear()
      this.#durable.add(this.#root)
      this.#seen = removals
    }
    return this.#durable.has(path)
  }

  async #make(path: string): Promise<void> {
    if (this.#durable.has(path)) return
    await this.#make(dirname(path))
    await this.#disk.mkdir(path)
    await this.#disk.syncDirectory(dirname(path))
    this.#durable.add(path)
  }

  async #remove(path: string): Promise<boolean> {
    const wasDurable = this.#durable.delete(path)
    const before = Atomics.add(this.#removals, 0, 1)
    if (before === this.#seen) this.#seen++ // our own removal makes nothing else unsure
    try {
      await this.#disk.rmdir(path)
      return true
    } catch (error) {
      if (isMissing(error)) return true
      if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error
      if (wasDurable) this.#durable.add(path)
      return false
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work)
    this.#turn = result.catch(() => {}) // told to whoever asked; the next one's turn comes all the same
    return result
  }
}

const attemptsMax = 10
