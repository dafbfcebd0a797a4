import { describe, expect, it } from 'vitest'
import { CorruptCatalog } from '../../src/catalog/root.ts'
import type { BatchAnswer } from '../../src/contract/receipt.ts'
import { StoreError } from '../../src/ports/object-store.ts'
import { type KeyRecord, keyRecord, PendingKeys, readKeys } from '../../src/service/key-records.ts'
import { memoryStore } from '../catalog/stores.ts'
import { batchHeader, nowMs } from '../ingest/gate.ts'
import { keysOf } from '../ports/store.suite.ts'
import { faultyStore } from '../sim/faulty-store.ts'
import { damage } from './written.ts'

function answerOf(receiptCount: number): BatchAnswer {
  const receipts = Array.from({ length: receiptCount }, (_, position) => ({
    position,
    outcome: 'duplicate' as const,
  }))
  const counts = { accepted: 0, duplicate: receiptCount, late: 0, masked: 0, quarantined: 0 }
  return { batch_id: 'b0-1', sent: receiptCount, ...counts, receipts }
}

function recordOf(key: string, time_ms = nowMs): KeyRecord {
  return { tenant: 't', key, request_sha256: 'h', time_ms, answer: answerOf(1) }
}

async function read(...given: Parameters<typeof readKeys>): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of readKeys(...given)) keys.push(key)
  return keys
}

describe('the record of a key', () => {
  it('is none for a batch without one', () => {
    expect(keyRecord(batchHeader(), answerOf(1))).toBeUndefined()
  })

  it('keeps what a repeated request needs', () => {
    const header = batchHeader({ idempotency: { key: 'k', request_sha256: 'h' } })
    expect(keyRecord(header, answerOf(1))).toEqual(recordOf('k'))
  })

  it('keeps a bounded list of receipts, and says how many are missing', () => {
    const header = batchHeader({ idempotency: { key: 'k', request_sha256: 'h' } })
    const { answer } = keyRecord(header, { ...answerOf(1500), receipts_omitted: 10 })!
    expect(answer.receipts.length).toBe(1000)
    expect(answer).toMatchObject({ sent: 1500, receipts_omitted: 510 })
    expect(keyRecord(header, answerOf(1000))!.answer).toEqual(answerOf(1000))
  })
})

describe('keys that wait for a publish', () => {
  it('are written up to the frame of the cut, and read again', async () => {
    const store = await memoryStore()
    const pending = new PendingKeys()
    for (const seq of [1, 2, 3]) pending.add(seq, recordOf(`k${seq}`, nowMs - seq))
    const part = await pending.write(store, '0', 2)
    expect(part).toMatchObject({ lastMs: nowMs - 1 })
    expect(part!.key).toMatch(/^idempotency\/0\/000000000002-[0-9a-f]+\.json$/)
    expect(await read(store, [part!])).toEqual(['k1', 'k2'])
    const rest = await pending.write(store, '0', 9)
    expect(await read(store, [part!, rest!])).toEqual(['k1', 'k2', 'k3'])
  })

  it('write nothing when there is nothing', async () => {
    const store = await memoryStore()
    const pending = new PendingKeys()
    pending.add(5, recordOf('later'))
    expect(await pending.write(store, '0', 4)).toBeUndefined()
    expect(await keysOf(store, '')).toEqual([])
  })

  it('are still there when the write failed, and written to the same place by the next process', async () => {
    const store = await memoryStore()
    const pending = new PendingKeys()
    pending.add(1, recordOf('k'))
    const faulty = faultyStore(store, { call: 'put', nth: 1, how: 'after' })
    await expect(pending.write(faulty, '0', 1)).rejects.toThrow(StoreError)
    const part = await pending.write(store, '0', 1)
    expect(await keysOf(store, '')).toEqual([part!.key])
    expect(await read(store, [part!])).toEqual(['k'])
  })

  it('that are missing or damaged stop the start: a repeated batch would be taken for a new one', async () => {
    const store = await memoryStore()
    const pending = new PendingKeys()
    pending.add(1, recordOf('k'))
    const part = (await pending.write(store, '0', 1))!
    await damage(store, part.key, 30)
    await expect(read(store, [part])).rejects.toThrow(CorruptCatalog)
    await expect(read(store, [{ key: 'missing' }])).rejects.toThrow(CorruptCatalog)
  })
})
