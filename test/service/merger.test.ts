import { describe, expect, it } from 'vitest'
import { StoreError } from '../../src/ports/object-store.ts'
import { Merger } from '../../src/service/merger.ts'
import { memoryStore } from '../catalog/stores.ts'
import { Gate, today } from '../ingest/gate.ts'
import { keysOf } from '../ports/store.suite.ts'
import { engineModule } from './knowing.ts'
import { codec, damage, sealerOver } from './written.ts'

describe('merging', () => {
  async function twoParts() {
    const store = await memoryStore()
    const sealer = sealerOver(store)
    const gate = new Gate()
    const parts = []
    for (const [i, id] of ['a', 'b'].entries()) {
      sealer.add(i, (await gate.send([{ id }])).accepted.checked)
      const [sealed] = await sealer.seal({
        chunk: i,
        seqFirst: i + 1,
        seqLast: i + 1,
        columns: {},
        columnsMax: 100,
        skip: [],
      })
      parts.push(sealed!.parts.find(({ role }) => role === 'events')!)
    }
    return {
      store,
      merger: new Merger({ store, codec, engineModule }),
      parts,
      plan: { segmentId: today, role: 'events' as const, parts, beside: parts.map(() => []) },
    }
  }

  it('makes one part of neighbours', async () => {
    const { merger, plan, parts } = await twoParts()
    const { parts: merged, damaged } = await merger.merge(plan)
    expect(damaged).toBeUndefined()
    expect(merged).toMatchObject([
      { rows: 2, doc_first: 0, doc_last: 1, inputs: parts.map(({ key }) => key) },
    ])
  })

  it('names the input that is damaged, and leaves nothing behind', async () => {
    const { store, merger, plan, parts } = await twoParts()
    await damage(store, parts[1]!.key, 10)
    const before = await keysOf(store, '')
    expect(await merger.merge(plan)).toEqual({ parts: [], damaged: parts[1]!.key })
    expect(await keysOf(store, '')).toEqual(before)
  })

  it('hands on what the store could not do', async () => {
    const { store, merger, plan, parts } = await twoParts()
    await store.delete([parts[0]!.key])
    await expect(merger.merge(plan)).rejects.toThrow(StoreError)
  })
})
