import { describe, expect, it } from 'vitest'
import { TenantIdentities } from '../../src/catalog/tenant-identities.ts'
import { StoreError } from '../../src/ports/object-store.ts'
import { writeIds } from '../../src/segment/ids.ts'
import { memoryStore, partOf, segmentOf } from './stores.ts'

const ids = (...values: number[]) => writeIds(Uint32Array.from(values.flatMap(id => [id, id, 0, 0, id])))

describe('the identities of every tenant', () => {
  it('are loaded from the ids parts of the live segments, each tenant apart', async () => {
    const store = await memoryStore()
    await store.put('t1', ids(1))
    await store.put('t2', ids(2, 3))
    await store.put('u1', ids(1))
    const part = (key: string) => partOf(key, { role: 'ids' })
    const all = await TenantIdentities.open(
      [
        segmentOf({ parts: [part('t1'), partOf('events'), part('t2')] }),
        segmentOf({ tenant: 'u', parts: [part('u1')] }),
      ],
      store,
    )
    expect(await all.of('t').findSealed(2, 2, all.read)).toEqual([
      { segmentId: 't/events/2026-01-10/0', doc: 2 },
    ])
    expect(await all.of('u').findSealed(2, 2, all.read)).toEqual([])
    expect(await all.of('nobody').findSealed(1, 1, all.read)).toEqual([])
    expect(all.size.events).toBe(4)
    expect(all.exact).toBe(true)
    expect(all.ofSegment('t/events/2026-01-10/0')).toBe(all.of('t'))
  })

  it('do without a damaged part, and are no longer exact', async () => {
    const store = await memoryStore()
    const chunks = ids(1)
    chunks[1]![0]! ^= 1
    await store.put('bad', chunks)
    await store.put('good', ids(2))
    const parts = ['bad', 'good'].map(key => partOf(key, { role: 'ids' }))
    const all = await TenantIdentities.open([segmentOf({ parts })], store)
    expect(all.exact).toBe(false)
    expect(all.size.events).toBe(1)
    expect(await all.of('t').findSealed(2, 2, all.read)).toHaveLength(1)
  })

  it('are not opened without a part that is listed', async () => {
    const segment = segmentOf({ parts: [partOf('missing', { role: 'ids' })] })
    await expect(TenantIdentities.open([segment], await memoryStore())).rejects.toThrow(StoreError)
  })
})
