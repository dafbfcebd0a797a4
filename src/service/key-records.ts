// Idempotency-Keys that were answered: what must outlive the log for a repeated request to get its first answer.

import { concat } from '../base/bytes.ts'
import { crc32c } from '../base/crc32c.ts'
import { mustGet, openJson, sealJson } from '../catalog/root.ts'
import type { BatchHeader } from '../contract/frames.ts'
import type { BatchAnswer } from '../contract/receipt.ts'
import type { ObjectStore } from '../ports/object-store.ts'

export interface KeyRecord {
  tenant: string
  key: string
  /** of everything that shapes the answer: the body and how it was sent */
  request_sha256: string
  time_ms: number
  answer: BatchAnswer
}

/** Receipts that a remembered answer keeps; a longer list is cut, and says by how much. */
const receiptsKept = 1000

export function keyRecord(
  { tenant, idempotency, ingest_time_ms }: BatchHeader,
  answer: BatchAnswer,
): KeyRecord | undefined {
  if (!idempotency) return undefined
  return { tenant, ...idempotency, time_ms: ingest_time_ms, answer: shortened(answer) }
}

/** Keys answered since the last publish, in log order; a cut takes those up to its frame. */
export class PendingKeys {
  #records: { seq: number; record: KeyRecord }[] = []

  add(seq: number, record: KeyRecord): void {
    this.#records.push({ seq, record })
  }

  /** Writes the records up to a frame. @returns where, or undefined when there is none */
  async write(
    store: ObjectStore,
    writer: string,
    seq: number,
  ): Promise<{ key: string; lastMs: number } | undefined> {
    const taken = this.#records.filter(record => record.seq <= seq).map(({ record }) => record)
    if (taken.length === 0) return undefined
    const bytes = concat(sealJson(taken))
    const key = `idempotency/${writer}/${String(seq).padStart(12, '0')}-${crc32c(bytes).toString(16)}.json`
    await store.put(key, [bytes])
    this.#records = this.#records.filter(record => record.seq > seq)
    return { key, lastMs: Math.max(...taken.map(({ time_ms }) => time_ms)) }
  }
}

/** @throws CorruptCatalog when one is missing or damaged: a batch that comes again would be taken for a new one */
export async function* readKeys(
  store: ObjectStore,
  parts: readonly { key: string }[],
): AsyncIterable<KeyRecord> {
  for (const { key } of parts) {
    yield* openJson(key, await mustGet(store, key)) as KeyRecord[]
  }
}

function shortened(answer: BatchAnswer): BatchAnswer {
  const over = answer.receipts.length - receiptsKept
  if (over <= 0) return answer
  return {
    ...answer,
    receipts: answer.receipts.slice(0, receiptsKept),
    receipts_omitted: (answer.receipts_omitted ?? 0) + over,
  }
}
