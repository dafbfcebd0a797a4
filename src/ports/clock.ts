// Time as the outside tells it. Stages never ask: the time of a batch travels in its log frame.

export interface Clock {
  /** ms since 1970-01-01T00:00:00Z, whole */
  nowMs(): number
  /** Calls back once after `delayMs`; returns a function that cancels. */
  after(delayMs: number, callback: () => void): () => void
}
