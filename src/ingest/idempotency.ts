// Idempotency-Keys of a tenant: a request that came before gets the answer that it got then.

import { toHex } from '../base/bytes.ts'
import type { BatchAnswer } from '../contract/receipt.ts'
import { Refused } from '../contract/refused.ts'

export interface RememberedAnswer {
  request_sha256: string
  time_ms: number
  answer: BatchAnswer
}

export interface KeyBounds {
  rememberedMs: number
  keysMax: number
}

export class IdempotencyKeys {
  readonly #bounds: KeyBounds
  /** by tenant, then by key, the oldest first */
  readonly #remembered = new Map<string, Map<string, RememberedAnswer>>()
  readonly #inFlight = new Map<string, Promise<unknown>>()

  constructor(bounds: KeyBounds) {
    this.#bounds = bounds
  }

  /**
   * Answers a request once: again from memory, or by `answer`, whose outcome the next request of that key waits for.
   * @throws Refused when the key came with another request
   */
  async once(
    tenant: string,
    key: string,
    sha256: string,
    nowMs: number,
    answer: () => Promise<BatchAnswer>,
  ): Promise<{ answer: BatchAnswer; replayed: boolean }> {
    const name = `${tenant}\n${key}`
    for (let before = this.#inFlight.get(name); before; before = this.#inFlight.get(name)) {
      await before.catch(() => undefined) // its own request is told; this one tries after it
    }
    const known = this.#find(tenant, key, nowMs)
    if (known && known.request_sha256 !== sha256) {
      throw new Refused(
        'idempotency_conflict',
        `the Idempotency-Key ${JSON.stringify(key)} was used with another body or other parameters; use a new key for a new batch`,
      )
    }
    if (known) return { answer: known.answer, replayed: true }
    const running = answer()
    this.#inFlight.set(name, running)
    try {
      return { answer: await running, replayed: false }
    } finally {
      this.#inFlight.delete(name)
    }
  }

  remember(tenant: string, key: string, remembered: RememberedAnswer): void {
    let keys = this.#remembered.get(tenant)
    if (!keys) this.#remembered.set(tenant, (keys = new Map()))
    keys.delete(key)
    keys.set(key, remembered)
    for (const [oldest, { time_ms }] of keys) {
      if (keys.size <= this.#bounds.keysMax && time_ms + this.#bounds.rememberedMs > remembered.time_ms) break
      keys.delete(oldest)
    }
  }

  #find(tenant: string, key: string, nowMs: number): RememberedAnswer | undefined {
    const known = this.#remembered.get(tenant)?.get(key)
    return known && known.time_ms + this.#bounds.rememberedMs > nowMs ? known : undefined
  }
}

/** SHA-256 over everything that shapes an answer. */
export async function hashRequest(parameters: unknown, body: Uint8Array): Promise<string> {
  const text = new TextEncoder().encode(`${JSON.stringify(parameters)}\n`)
  const all = new Uint8Array(text.length + body.length)
  all.set(text)
  all.set(body, text.length)
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', all)))
}
