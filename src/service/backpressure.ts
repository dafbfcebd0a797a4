// When intake slows, and why. Nothing that was acknowledged is ever dropped; what can't be taken now waits a moment with
// its sender on the line, and then is refused before its body is read, with the time to come again.

import type { Limits } from '../contract/limits.ts'
import { Refused } from '../contract/refused.ts'
import type { Clock } from '../ports/clock.ts'
import { WaitingLine } from './waiting-line.ts'

export type Obstacle = 'recovering' | 'draining' | 'failed' | 'disk_full' | 'queue_full'

const retryAfterSeconds = 1
const diskRetryAfterSeconds = 30

export class Backpressure {
  readonly #limits: Limits
  readonly #line: WaitingLine
  #phase: 'recovering' | 'open' | 'draining' | 'failed' = 'recovering'
  #diskFull = false
  /** bodies handed to the writer and not answered yet */
  inFlightBytes = 0
  /** answered, and waiting in the writer's queue */
  queuedBytes = 0
  /** frames that no published segment holds */
  logBytes: () => number = () => 0

  constructor(limits: Limits, clock: Clock) {
    this.#limits = limits
    this.#line = new WaitingLine(clock, limits.queue_wait_seconds * 1000)
  }

  enter(phase: 'open' | 'draining' | 'failed'): void {
    if (this.#phase !== 'failed') this.#phase = phase
  }

  /** Full above one mark, free again below another, so that it does not flutter. */
  noteDisk(usedRatio: number | undefined): void {
    if (usedRatio === undefined) return
    if (usedRatio > this.#limits.disk_full_ratio) this.#diskFull = true
    else if (usedRatio < this.#limits.disk_resume_ratio) this.#diskFull = false
  }

  get queueBytes(): number {
    return this.inFlightBytes + this.queuedBytes
  }

  /** What the queue and the log have room for; 0 or less when one of them is full. */
  get roomBytes(): number {
    const { queue_bytes_max, log_bytes_max } = this.#limits
    return Math.min(queue_bytes_max - this.queueBytes, log_bytes_max - this.logBytes())
  }

  get obstacles(): Obstacle[] {
    const found: Obstacle[] = this.#phase === 'open' ? [] : [this.#phase]
    if (this.#diskFull) found.push('disk_full')
    if (this.roomBytes <= 0) found.push('queue_full')
    return found
  }

  /** There is no room, or others wait for it, and nothing else is in the way: to wait is of use. */
  get mustWait(): boolean {
    const { obstacles } = this
    const isFull = this.#line.length > 0 || obstacles.length > 0
    return isFull && obstacles.every(obstacle => obstacle === 'queue_full')
  }

  /** Resolves when the queue has room, or after `queue_wait_seconds`; at once where to wait is of no use. */
  async untilRoom(bodyBytes: number): Promise<void> {
    if (this.mustWait) await this.#line.wait(bodyBytes)
  }

  /** To be called whenever there may be more room than before. */
  letIn(): void {
    this.#line.letIn(this.roomBytes)
  }

  /** @throws Refused when nothing can be taken now */
  admit(): void {
    this.requireOpen()
    switch (this.obstacles[0]) {
      case 'disk_full':
        throw new Refused(
          'disk_full',
          'the disk is almost full; reads go on, and intake resumes when segments expire or are evicted',
          { retryAfterSeconds: diskRetryAfterSeconds },
        )
      case 'queue_full':
        throw new Refused(
          'queue_full',
          'events come faster than they can be indexed; nothing of this body was taken, send it again',
          { retryAfterSeconds },
        )
    }
  }

  /** Evictions make room: neither a full disk nor a full queue keeps them out. @throws Refused */
  requireOpen(): void {
    this.requireRecovered()
    if (this.#phase === 'draining') {
      throw new Refused('not_ready', 'the service is stopping; send to another, or here when it is back', {
        retryAfterSeconds,
      })
    }
    if (this.#phase === 'failed')
      throw new Refused('not_ready', 'the service has failed and is about to stop; its log says why')
  }

  /** Until then what was acknowledged may be missing from an answer. @throws Refused */
  requireRecovered(): void {
    if (this.#phase === 'recovering')
      throw new Refused('not_ready', 'the log is being recovered', { retryAfterSeconds })
  }
}
