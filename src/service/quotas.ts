// What one tenant may use: a token bucket for its intake, a bound on what it keeps.

import { Refused } from '../contract/refused.ts'

export interface Quota {
  ingest_bytes_per_second?: number | undefined
  stored_bytes_max?: number | undefined
}

/** Seconds of intake that may come at once. */
const burstSeconds = 10

export class Quotas {
  readonly #quotas: Readonly<Record<string, Quota>>
  readonly #buckets = new Map<string, { bytes: number; atMs: number }>()
  /** payload bytes in live segments, by tenant */
  stored: ReadonlyMap<string, number> = new Map()

  constructor(quotas: Readonly<Record<string, Quota>>) {
    this.#quotas = quotas
  }

  /** @throws Refused when the tenant is over a bound */
  admit(tenant: string, bodyBytes: number, nowMs: number): void {
    const quota = this.#quotas[tenant]
    if (!quota) return
    const { ingest_bytes_per_second: rate, stored_bytes_max: storedMax } = quota
    if (storedMax !== undefined && (this.stored.get(tenant) ?? 0) >= storedMax) {
      throw new Refused(
        'quota_exceeded',
        `tenant ${tenant} keeps its ${storedMax} bytes already; evict segments or wait until some expire`,
        { retryAfterSeconds: 60 },
      )
    }
    if (rate !== undefined) this.#take(tenant, bodyBytes, rate, nowMs)
  }

  /** A body larger than the bucket passes when the bucket is full, and leaves it in debt. */
  #take(tenant: string, bodyBytes: number, rate: number, nowMs: number): void {
    const full = rate * burstSeconds
    const bucket = this.#buckets.get(tenant) ?? { bytes: full, atMs: nowMs }
    const bytes = Math.min(full, bucket.bytes + ((nowMs - bucket.atMs) / 1000) * rate)
    const need = Math.min(bodyBytes, full)
    if (bytes < need) {
      const retryAfterSeconds = Math.max(1, Math.ceil((need - bytes) / rate))
      throw new Refused('quota_exceeded', `tenant ${tenant} may send ${rate} bytes a second`, {
        retryAfterSeconds,
      })
    }
    this.#buckets.set(tenant, { bytes: bytes - bodyBytes, atMs: nowMs })
  }
}
