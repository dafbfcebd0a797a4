// Requests that wait for room in the queue. To wait a moment with the sender on the line keeps the pipeline busy, where a
// sender that is told to come again in a second leaves it idle for most of that.

import type { Clock } from '../ports/clock.ts'

interface Waiting {
  bytes: number
  goOn: () => void
}

export class WaitingLine {
  readonly #clock: Clock
  readonly #waitMs: number
  readonly #line = new Set<Waiting>()

  /** @param waitMs  after which a request goes on, room or not */
  constructor(clock: Clock, waitMs: number) {
    this.#clock = clock
    this.#waitMs = waitMs
  }

  get length(): number {
    return this.#line.size
  }

  /** Resolves when it is let in, or has waited long enough. */
  wait(bytes: number): Promise<void> {
    return new Promise(resolve => {
      const waiting: Waiting = {
        bytes,
        goOn: () => {
          cancel()
          this.#line.delete(waiting)
          resolve()
        },
      }
      const cancel = this.#clock.after(this.#waitMs, waiting.goOn)
      this.#line.add(waiting)
    })
  }

  /** Whoever came first goes first, as long as there is room for any of its bytes. */
  letIn(roomBytes: number): void {
    for (const waiting of this.#line) {
      if (roomBytes <= 0) return
      roomBytes -= waiting.bytes
      waiting.goOn()
    }
  }
}
