// Works off the backlog of vectors, one run at a time, at the pace that the backlog sets. Whoever seals, merges or evicts
// tells the backlog and wakes the filler; nobody waits for it.

import type { Clock } from '../ports/clock.ts'
import { EmbedError } from '../ports/embedder.ts'
import type { VectorBacklog } from './vector-backlog.ts'

export interface VectorFillerOptions<Run> {
  backlog: VectorBacklog<Run>
  clock: Clock
  /** Embeds the run's texts and publishes its vectors; resolves too when the run is no more. */
  fill: (run: Run, signal: AbortSignal) => Promise<void>
  /** Reads the manifests again and adds the runs without vectors, after more came than the backlog remembers. */
  refill: () => Promise<void>
  /** A run could not be filled, for the log; what is transient is told too. */
  onFailure: (key: string, error: unknown) => void
}

export class VectorFiller<Run> {
  readonly #options: VectorFillerOptions<Run>
  readonly #ended = new AbortController()
  #working: Promise<void> | undefined
  #cancelTimer: () => void = () => undefined

  constructor(options: VectorFillerOptions<Run>) {
    this.#options = options
  }

  /** There may be something to do. */
  wake(): void {
    if (this.#working || this.#ended.signal.aborted) return
    this.#cancelTimer()
    this.#working = this.#work().finally(() => {
      this.#working = undefined
      this.#sleep()
    })
  }

  /** Resolves when nothing is under way any more; the run in work is given up. */
  async stop(): Promise<void> {
    this.#ended.abort(new Error('the service is stopping'))
    this.#cancelTimer()
    await this.#working
  }

  async #work(): Promise<void> {
    const { backlog, clock, refill, onFailure } = this.#options
    const { signal } = this.#ended
    while (!signal.aborted) {
      const next = backlog.next(clock.nowMs())
      if (next) await this.#fill(next)
      else if (backlog.dueMs === undefined && backlog.hasMissed) {
        backlog.refill()
        await refill().catch(error => onFailure('', error))
      } else return
    }
  }

  async #fill({ key, run }: { key: string; run: Run }): Promise<void> {
    const { backlog, clock, fill, onFailure } = this.#options
    try {
      await fill(run, this.#ended.signal)
      backlog.done(key)
    } catch (error) {
      if (this.#ended.signal.aborted) return
      onFailure(key, error)
      const { isTransient, retryMs } =
        error instanceof EmbedError ? error : { isTransient: false, retryMs: undefined }
      backlog.failed(key, clock.nowMs(), { isTransient, retryMs })
    }
  }

  #sleep(): void {
    const { backlog, clock } = this.#options
    if (backlog.dueMs === undefined || this.#ended.signal.aborted) return
    this.#cancelTimer = clock.after(Math.max(0, backlog.dueMs - clock.nowMs()), () => this.wake())
  }
}
