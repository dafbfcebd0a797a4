// The log in an R2 bucket: one object a frame, `<prefix><seq, 16 digits>`.
//
// Up to `putsMax` frames are under way at once, and they may arrive in any order, but each is acknowledged only after
// all before it. So a gap at the end, with fewer than `putsMax` frames behind it, was never acknowledged: those frames are
// removed. A longer run of frames behind a gap is a loss, and stops. One writer at a time: a second one finds its frame
// taken, and dies of it.

import { assert } from '../base/assert.ts'
import { type Appended, type Frame, type FrameKind, type Log, LogError } from '../ports/log.ts'
import { decodeFrame, decodeHead, encodeFrame, headBytes } from './log-frame.ts'
import { HeldFrames } from './log-held.ts'
import { concat, deleteAll, deletedKeysMax, listAll, putNew, type R2Bucket } from './r2.ts'

export interface R2LogOptions {
  /** default 'log/' */
  prefix?: string
  onFatal?: (error: LogError) => void
}

/** What a Worker may have open at once. */
export const putsMax = 6
/** Frames in memory while the log is read back: each may be as large as a body. */
const readsMax = 3

export function r2Log(bucket: R2Bucket, options: R2LogOptions = {}): Log {
  return new R2Log(bucket, options)
}

interface Pending {
  seq: number
  bytes: Uint8Array
  resolve: () => void
  reject: (error: LogError) => void
  state: 'queued' | 'under way' | 'arrived'
}

class R2Log implements Log {
  readonly #bucket: R2Bucket
  readonly #prefix: string
  readonly #onFatal: (error: LogError) => void
  readonly #held = new HeldFrames()
  /** Not yet acknowledged, in seq order; the first `putsMax` are under way. */
  #pending: Pending[] = []
  #firstSeq = 1
  #nextSeq: number | undefined
  #closed = false
  #fatal: LogError | undefined
  #idle: (() => void)[] = []

  constructor(bucket: R2Bucket, { prefix = 'log/', onFatal = () => {} }: R2LogOptions) {
    this.#bucket = bucket
    this.#prefix = prefix
    this.#onFatal = onFatal
  }

  get heldBytes(): number {
    return this.#held.bytes
  }

  async *recover(after: number): AsyncIterable<Frame> {
    assert(this.#nextSeq === undefined, 'a log is recovered once')
    const found = await this.#seqs()
    const behind = found.filter(seq => seq > after)
    const gap = behind.findIndex((seq, index) => seq !== after + 1 + index)
    const whole = gap < 0 ? behind : behind.slice(0, gap)
    const lastSeq = after + whole.length
    for await (const { frame, frameBytes } of ahead(whole, seq => this.#read(seq))) {
      this.#held.add(frame.seq, frameBytes)
      yield frame
    }
    if (gap >= 0) await this.#removeUnacknowledged(behind.slice(gap), lastSeq)
    this.#firstSeq = found[0] ?? lastSeq + 1
    this.#nextSeq = lastSeq + 1
  }

  append(kind: FrameKind, header: Record<string, unknown>, body: Uint8Array): Appended {
    assert(this.#nextSeq !== undefined, 'a log is recovered to its end before the first append')
    if (this.#closed) throw new LogError('log: append: the log is closed')
    const seq = this.#nextSeq
    const durable = new Promise<void>((resolve, reject) => {
      if (this.#fatal !== undefined) return reject(this.#fatal)
      const bytes = concat([encodeFrame({ seq, kind, header, body }), body])
      this.#pending.push({ seq, bytes, resolve, reject, state: 'queued' })
      this.#held.add(seq, bytes.length)
      this.#nextSeq = seq + 1
    })
    // The caller decodes beside the put and may not be listening yet. `onFatal` has heard of it in any case.
    durable.catch(() => {})
    this.#putNext()
    return { seq, durable }
  }

  async release(through: number): Promise<void> {
    assert(
      through < (this.#pending[0]?.seq ?? this.#nextSeq ?? 0),
      'only durable frames are published and released',
    )
    if (this.#fatal !== undefined) throw this.#fatal
    this.#held.release(through)
    while (this.#firstSeq <= through) {
      const endSeq = Math.min(through + 1, this.#firstSeq + deletedKeysMax)
      await this.#delete(range(this.#firstSeq, endSeq))
      this.#firstSeq = Math.max(this.#firstSeq, endSeq)
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    if (this.#pending.length > 0) await new Promise<void>(resolve => this.#idle.push(resolve))
  }

  #putNext(): void {
    for (const pending of this.#pending.slice(0, putsMax)) {
      if (pending.state !== 'queued') continue
      pending.state = 'under way'
      void this.#put(pending)
    }
  }

  async #put(pending: Pending): Promise<void> {
    const key = this.#key(pending.seq)
    try {
      const put = await putNew(this.#bucket, key, pending.bytes)
      if (put === 'exists') throw new Error('another writer has put this frame')
    } catch (cause) {
      this.#die(logError('append', key, cause))
      return
    }
    pending.state = 'arrived'
    while (this.#pending[0]?.state === 'arrived') this.#pending.shift()!.resolve()
    this.#putNext()
    if (this.#pending.length === 0) this.#tellIdle()
  }

  #die(error: LogError): void {
    if (this.#fatal !== undefined) return
    this.#fatal = error
    const pending = this.#pending
    this.#pending = []
    for (const { reject } of pending) reject(error)
    this.#tellIdle()
    this.#onFatal(error)
  }

  #tellIdle(): void {
    for (const resolve of this.#idle.splice(0)) resolve()
  }

  async #seqs(): Promise<number[]> {
    const seqs: number[] = []
    try {
      for await (const { key } of listAll(this.#bucket, this.#prefix)) {
        const name = key.slice(this.#prefix.length)
        if (/^\d{16}$/.test(name)) seqs.push(Number(name))
      }
    } catch (cause) {
      throw logError('recover', this.#prefix, cause)
    }
    return seqs
  }

  async #read(seq: number): Promise<{ frame: Frame; frameBytes: number }> {
    const key = this.#key(seq)
    let bytes: Uint8Array | undefined
    try {
      const object = await this.#bucket.get(key)
      bytes = object === null ? undefined : new Uint8Array(await object.arrayBuffer())
    } catch (cause) {
      throw logError('recover', key, cause)
    }
    const head = bytes === undefined ? undefined : decodeHead(bytes)
    if (bytes !== undefined && head?.seq === seq && head.frameBytes === bytes.length) {
      const bodyAt = headBytes + head.headerBytes
      const frame = decodeFrame(head, bytes.subarray(headBytes, bodyAt), bytes.slice(bodyAt))
      if (frame !== undefined) return { frame, frameBytes: bytes.length }
    }
    throw new LogError(
      `log: recover ${key}: the frame is bad; acknowledged events may be lost. Restore the object from a copy, or ` +
        'delete it and all later ones to go on without what they hold',
    )
  }

  async #removeUnacknowledged(behind: number[], lastSeq: number): Promise<void> {
    if (behind.at(-1)! > lastSeq + putsMax) {
      throw new LogError(
        `log: recover ${this.#key(lastSeq + 1)}: the frame is missing, yet later ones are there; acknowledged events ` +
          'may be lost. Restore the object, or delete all later ones to go on without what they hold',
      )
    }
    await this.#delete(behind)
  }

  async #delete(seqs: number[]): Promise<void> {
    try {
      await deleteAll(
        this.#bucket,
        seqs.map(seq => this.#key(seq)),
      )
    } catch (cause) {
      throw logError('release', this.#prefix, cause)
    }
  }

  #key(seq: number): string {
    return this.#prefix + String(seq).padStart(16, '0')
  }
}

/** Reads the next few while one is being used. */
async function* ahead<Read>(
  seqs: readonly number[],
  read: (seq: number) => Promise<Read>,
): AsyncGenerator<Read> {
  const reading: Promise<Read>[] = []
  for (const seq of seqs) {
    if (reading.length === readsMax) yield await reading.shift()!
    const next = read(seq)
    next.catch(() => {}) // told when its turn comes; until then nobody listens
    reading.push(next)
  }
  for (const last of reading) yield await last
}

function range(first: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - first) }, (_, index) => first + index)
}

function logError(operation: string, what: string, cause: unknown): LogError {
  return new LogError(`log: ${operation} ${what}: ${cause instanceof Error ? cause.message : cause}`, {
    cause,
  })
}
