// The log in files of a folder, `<first seq>.log`, oldest first.
//
// - `append` writes the frame before it returns, without copying its body, so the caller may hand the body on at once.
// - Group commit: an fdatasync starts at once when none is running; what is appended meanwhile shares the next one.
// - A new file begins only when all before it is durable. Else, after a power cut, the new one could be whole and the old
//   one torn, and nobody could tell that from a loss. Within one file, a file system keeps the order by itself.
// - A failed write or sync ends the log for good. Nothing is ever written behind a frame that may be torn.

import { join } from 'node:path'
import { assert } from '../base/assert.ts'
import { type Appended, type Frame, type FrameKind, type Log, LogError } from '../ports/log.ts'
import { type Disk, makeDirectories, nodeDisk } from './disk.ts'
import { type LogFile, recoverFiles } from './log-file-recover.ts'
import { encodeFrame } from './log-frame.ts'
import { HeldFrames } from './log-held.ts'

export interface FileLogOptions {
  directory: string
  /** a file past this size is followed by a new one as soon as nothing waits, and past twice this in any case; default 32 MiB */
  fileBytesMax?: number
  /** told once, when the log dies: the process should stop */
  onFatal?: (error: LogError) => void
  disk?: Disk
}

export function fileLog(options: FileLogOptions): Log {
  return new FileLog(options)
}

const fileBytesMaxDefault = 32 * 1024 * 1024

interface OpenFile extends LogFile {
  fd: number
  bytes: number
  /** its name has been made durable */
  named: boolean
  syncing: boolean
}

interface Waiter {
  resolve: () => void
  reject: (error: LogError) => void
}

class FileLog implements Log {
  readonly #directory: string
  readonly #fileBytesMax: number
  readonly #onFatal: (error: LogError) => void
  readonly #disk: Disk
  readonly #held = new HeldFrames()
  /** Complete files, oldest first; no descriptor is held. */
  #files: LogFile[] = []
  #current: OpenFile | undefined
  #nextSeq: number | undefined
  /**
   * Who is to be told of the frames `#durableSeq + 1`, `#durableSeq + 2` … They stay here while their sync runs: when the
   * log dies meanwhile they are rejected, for of two syncs the kernel tells only one that bytes were lost.
   */
  #waiting: Waiter[] = []
  #durableSeq = 0
  #syncing: Promise<void> | undefined
  #closed = false
  #fatal: LogError | undefined

  constructor({
    directory,
    fileBytesMax = fileBytesMaxDefault,
    onFatal = () => {},
    disk = nodeDisk,
  }: FileLogOptions) {
    this.#directory = directory
    this.#fileBytesMax = fileBytesMax
    this.#onFatal = onFatal
    this.#disk = disk
  }

  get heldBytes(): number {
    return this.#held.bytes
  }

  async *recover(after: number): AsyncIterable<Frame> {
    assert(this.#nextSeq === undefined, 'a log is recovered once')
    let lastSeq = after
    try {
      await makeDirectories(this.#disk, this.#directory)
      for await (const { frame, frameBytes } of recoverFiles(this.#disk, this.#directory, {
        after,
        files: this.#files,
      })) {
        if (frame.seq <= after) continue
        this.#held.add(frame.seq, frameBytes)
        lastSeq = frame.seq
        yield frame
      }
    } catch (cause) {
      throw cause instanceof LogError ? cause : logError('recover', this.#directory, cause)
    }
    this.#durableSeq = lastSeq
    this.#nextSeq = lastSeq + 1
  }

  append(kind: FrameKind, header: Record<string, unknown>, body: Uint8Array): Appended {
    assert(this.#nextSeq !== undefined, 'a log is recovered to its end before the first append')
    if (this.#closed) throw new LogError('log: append: the log is closed')
    const seq = this.#nextSeq
    if (this.#fatal === undefined) this.#write(seq, encodeFrame({ seq, kind, header, body }), body)
    const durable = new Promise<void>((resolve, reject) => {
      if (this.#fatal === undefined) this.#waiting.push({ resolve, reject })
      else reject(this.#fatal)
    })
    // The caller decodes beside the sync and may not be listening yet. `onFatal` has heard of it in any case.
    durable.catch(() => {})
    if (this.#fatal === undefined) this.#syncing ??= this.#syncAll()
    return { seq, durable }
  }

  async release(through: number): Promise<void> {
    assert(through <= this.#durableSeq, 'only durable frames are published and released')
    if (this.#fatal !== undefined) throw this.#fatal
    this.#held.release(through)
    if (this.#current !== undefined && this.#current.lastSeq <= through) this.#retire(this.#current)
    const done = this.#files.filter(file => file.lastSeq <= through)
    this.#files = this.#files.filter(file => file.lastSeq > through)
    for (let file = done[0]; file !== undefined; file = done[0]) {
      try {
        await this.#disk.unlink(file.path)
      } catch (cause) {
        this.#files.unshift(...done)
        throw logError('release', file.path, cause)
      }
      done.shift()
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#syncing
    if (this.#current !== undefined) this.#retire(this.#current)
  }

  #write(seq: number, head: Uint8Array, body: Uint8Array): void {
    try {
      const file = this.#fileFor(seq)
      this.#disk.writeSync(file.fd, [head, body])
      file.bytes += head.length + body.length
      file.lastSeq = seq
    } catch (cause) {
      this.#die(logError('append', `frame ${seq}`, cause))
      return
    }
    this.#held.add(seq, head.length + body.length)
    this.#nextSeq = seq + 1
  }

  #fileFor(seq: number): OpenFile {
    const file = this.#current
    const isQuiet = this.#waiting.length === 0
    if (file !== undefined) {
      if (file.bytes < this.#fileBytesMax * (isQuiet ? 1 : 2)) return file
      if (!isQuiet) this.#disk.fdatasyncSync(file.fd)
      this.#retire(file)
    }
    const path = join(this.#directory, `${String(seq).padStart(16, '0')}.log`)
    this.#current = {
      path,
      fd: this.#disk.openSync(path, 'wx'),
      lastSeq: seq - 1,
      bytes: 0,
      named: false,
      syncing: false,
    }
    return this.#current
  }

  /** Syncs until nothing waits. Never throws: those who wait are told. */
  async #syncAll(): Promise<void> {
    while (this.#waiting.length > 0 && this.#fatal === undefined) {
      const waitingCount = this.#waiting.length
      try {
        await this.#sync(this.#current!)
        this.#durableSeq += waitingCount
        for (const { resolve } of this.#waiting.splice(0, waitingCount)) resolve()
      } catch (cause) {
        this.#die(logError('sync', this.#directory, cause))
      }
    }
    this.#syncing = undefined
  }

  async #sync(file: OpenFile): Promise<void> {
    file.syncing = true
    try {
      await this.#disk.fdatasync(file.fd)
      if (!file.named) await this.#disk.syncDirectory(this.#directory)
      file.named = true
    } finally {
      file.syncing = false
      if (file !== this.#current) this.#disk.closeSync(file.fd)
    }
  }

  /** The file is complete. A sync that is still running closes it when done. */
  #retire(file: OpenFile): void {
    this.#current = undefined
    this.#files.push({ path: file.path, lastSeq: file.lastSeq })
    if (!file.syncing) this.#disk.closeSync(file.fd)
  }

  #die(error: LogError): void {
    if (this.#fatal !== undefined) return
    this.#fatal = error
    for (const { reject } of this.#waiting.splice(0)) reject(error)
    this.#onFatal(error)
  }
}

function logError(operation: string, what: string, cause: unknown): LogError {
  return new LogError(`log: ${operation} ${what}: ${cause instanceof Error ? cause.message : cause}`, {
    cause,
  })
}
