// Runs whose texts have no vectors yet, since the embedder was away when they were sealed. Their texts are durable and
// found by words; this says which run to try next, and when. It is no file: after a restart the same list is made again
// from the manifests, of every run that has texts and no vectors.
//
//   add ──▶ waiting ──next──▶ in work ──done──▶ gone
//              ▲                 │
//              ├─ transient ─────┤  all wait: the embedder is away, whichever run is asked for
//              └─ not transient ─┘  this run goes behind the others; after `triesMax` it is stuck, and counted

export interface VectorBacklogOptions {
  /** runs that are remembered; more are `missed`, and found again in the manifests once there is room */
  runsMax: number
  /** below which the first pause after a failure is drawn; it doubles with each in a row */
  pauseMs: number
  pauseMsMax: number
  /** failures of one run, the embedder being well, after which it is left until a restart */
  triesMax: number
  /** 0 ≤ x < 1 */
  random: () => number
}

export interface Failure {
  isTransient: boolean
  /** how long the embedder wants to be left alone, where it says so */
  retryMs?: number | undefined
}

interface Entry<Run> {
  run: Run
  tries: number
}

export class VectorBacklog<Run> {
  readonly #options: VectorBacklogOptions
  /** in the order in which they are tried */
  readonly #waiting = new Map<string, Entry<Run>>()
  readonly #inWork = new Map<string, Entry<Run>>()
  readonly #stuck = new Set<string>()
  #failuresInARow = 0
  #resumeMs = 0
  #missed = false

  constructor(options: VectorBacklogOptions) {
    this.#options = options
  }

  /** Runs that have no vectors yet, those in work counted in; and of those, which are not tried any more. */
  get counts(): { waiting: number; stuck: number } {
    return { waiting: this.#waiting.size + this.#inWork.size, stuck: this.#stuck.size }
  }

  /** Whether runs were turned away: once there is room, the manifests should be read again. */
  get hasMissed(): boolean {
    return this.#missed
  }

  /**
   * A run that has texts and no vectors. One that is known stays where it is.
   *
   * @param key  of the run, the same after a restart
   */
  add(key: string, run: Run): void {
    if (this.#waiting.has(key) || this.#inWork.has(key) || this.#stuck.has(key)) return
    if (this.#waiting.size + this.#inWork.size >= this.#options.runsMax) this.#missed = true
    else this.#waiting.set(key, { run, tries: 0 })
  }

  /** The run is no more: evicted, or merged into another, which is added by its own key. */
  remove(key: string): void {
    this.#waiting.delete(key)
    this.#inWork.delete(key)
    this.#stuck.delete(key)
  }

  /** The manifests are being read again: what was missed will be added. */
  refill(): void {
    this.#missed = false
  }

  /** @returns the run to embed now, which is in work from here on; undefined when there is none, or it is too early */
  next(nowMs: number): { key: string; run: Run } | undefined {
    if (nowMs < this.#resumeMs) return undefined
    for (const [key, entry] of this.#waiting) {
      this.#waiting.delete(key)
      this.#inWork.set(key, entry)
      return { key, run: entry.run }
    }
    return undefined
  }

  /** @returns when `next` may have one: a time, perhaps past; undefined while nothing waits */
  get dueMs(): number | undefined {
    return this.#waiting.size === 0 ? undefined : this.#resumeMs
  }

  /** Its vectors are published. */
  done(key: string): void {
    this.#failuresInARow = 0
    this.#resumeMs = 0
    this.#inWork.delete(key)
  }

  /** It has no vectors still. A run that was removed meanwhile is forgotten. */
  failed(key: string, nowMs: number, { isTransient, retryMs = 0 }: Failure): void {
    const entry = this.#inWork.get(key)
    this.#inWork.delete(key)
    if (isTransient) this.#rest(nowMs, retryMs)
    if (!entry) return
    if (isTransient) this.#putFirst(key, entry)
    else if (entry.tries + 1 >= this.#options.triesMax) this.#stuck.add(key)
    else this.#waiting.set(key, { run: entry.run, tries: entry.tries + 1 })
  }

  #rest(nowMs: number, retryMs: number): void {
    const { pauseMs, pauseMsMax, random } = this.#options
    const mostMs = Math.min(pauseMsMax, pauseMs * 2 ** this.#failuresInARow++)
    this.#resumeMs = nowMs + Math.max(retryMs, Math.round(random() * mostMs))
  }

  #putFirst(key: string, entry: Entry<Run>): void {
    const others = [...this.#waiting]
    this.#waiting.clear()
    for (const [other, waiting] of [[key, entry] as const, ...others]) this.#waiting.set(other, waiting)
  }
}
