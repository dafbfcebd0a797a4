// What is done again and again: each round begins when so much time has passed since the last one ended.

import type { Clock } from '../ports/clock.ts'

export class Rounds {
  readonly #clock: Clock
  readonly #onFailure: (error: unknown) => void
  readonly #waiting = new Set<() => void>()
  #isStopped = false

  constructor(clock: Clock, onFailure: (error: unknown) => void) {
    this.#clock = clock
    this.#onFailure = onFailure
  }

  every(periodMs: number, round: () => Promise<unknown>): void {
    const cancel = this.#clock.after(periodMs, () => {
      this.#waiting.delete(cancel)
      round()
        .catch(this.#onFailure)
        .finally(() => {
          if (!this.#isStopped) this.every(periodMs, round)
        })
    })
    this.#waiting.add(cancel)
  }

  /** No round begins any more; one that runs goes on to its end. */
  stop(): void {
    this.#isStopped = true
    for (const cancel of this.#waiting) cancel()
  }
}
