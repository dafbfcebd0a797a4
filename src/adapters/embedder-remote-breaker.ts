// A circuit breaker (Nygard 2007): a server that keeps failing is left alone for a while, so that callers hear at once
// what they would otherwise wait for, and the server has rest.
//
//   closed ──failures in a row──▶ open ──rest is over──▶ half-open, one probe
//     ▲                            ▲                        │
//     └──────── it succeeds ───────┼────────────────────────┤
//                                  └─────── it fails ───────┘

import type { Clock } from '../ports/clock.ts'

export interface BreakerOptions {
  /** failures in a row that open it */
  failuresMax: number
  /** how long it stays open, when nobody says otherwise */
  restMs: number
  clock: Clock
}

export type BreakerState = 'closed' | 'open' | 'half_open'

export class CircuitBreaker {
  readonly #options: BreakerOptions
  #failures = 0
  #openUntilMs: number | undefined
  #isProbing = false

  constructor(options: BreakerOptions) {
    this.#options = options
  }

  get state(): BreakerState {
    if (this.#openUntilMs === undefined) return 'closed'
    return this.#isProbing || this.#options.clock.nowMs() >= this.#openUntilMs ? 'half_open' : 'open'
  }

  /**
   * Asks to begin. Whoever is let in says how it ended, by `succeeded`, `failed` or `abandoned`.
   *
   * @returns 0 when it may; else after how many ms to ask again
   */
  admit(): number {
    if (this.#openUntilMs === undefined) return 0
    const leftMs = this.#openUntilMs - this.#options.clock.nowMs()
    if (leftMs > 0) return leftMs
    if (this.#isProbing) return probeMs
    this.#isProbing = true
    return 0
  }

  succeeded(): void {
    this.#failures = 0
    this.#openUntilMs = undefined
    this.#isProbing = false
  }

  failed(): void {
    this.#failures++
    if (this.#isProbing || this.#failures >= this.#options.failuresMax) this.rest(this.#options.restMs)
  }

  /** It ended without telling anything of the server: its caller went away. */
  abandoned(): void {
    this.#isProbing = false
  }

  /** The server asked to be left alone. A rest that ends later holds. */
  rest(restMs: number): void {
    this.#openUntilMs = Math.max(this.#openUntilMs ?? 0, this.#options.clock.nowMs() + restMs)
    this.#isProbing = false
  }
}

/** While one request probes, others look again after this. */
const probeMs = 1000
