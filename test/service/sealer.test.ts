import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../../src/base/bytes.ts'
import { StoreError } from '../../src/ports/object-store.ts'
import type { SealRequest } from '../../src/service/sealer.ts'
import { memoryStore } from '../catalog/stores.ts'
import { dayMs, Gate, nowMs, today } from '../ingest/gate.ts'
import { keysOf } from '../ports/store.suite.ts'
import { faultyStore } from '../sim/faulty-store.ts'
import { sealerOver } from './written.ts'

const yesterday = 't/events/2026-01-09/0'

const request = (change: Partial<SealRequest> = {}): SealRequest => ({
  chunk: 1,
  seqFirst: 1,
  seqLast: 3,
  columns: {},
  columnsMax: 100,
  skip: [],
  ...change,
})

async function batches() {
  const gate = new Gate()
  const old = { id: 'b', time: nowMs - dayMs }
  return [await gate.send([{ id: 'a', n: 1 }, old]), await gate.send('{\n{"id":"c","n":1.5}')].map(
    ({ accepted }) => accepted.checked,
  )
}

describe('the sealer', () => {
  it('makes of a chunk the parts of each segment, durable when it resolves', async () => {
    const store = await memoryStore()
    const sealer = sealerOver(store)
    for (const batch of await batches()) sealer.add(1, batch)
    const sealed = await sealer.seal(request())
    expect(sealed.map(({ segmentId, parts }) => [segmentId, ...parts.map(({ role }) => role)])).toEqual([
      [today, 'events', 'raw', 'ids', 'refusals'],
      [yesterday, 'events', 'raw', 'ids'],
    ])
    const keys = sealed.flatMap(({ parts }) => parts.map(({ key }) => key))
    expect(await keysOf(store, '')).toEqual([...keys].sort())
    for (const { parts } of sealed) {
      for (const part of parts) {
        expect(part).toMatchObject({ seq_first: 1, seq_last: 3 })
        expect((await store.get(part.key))!.length).toBe(part.bytes)
      }
    }
    expect(sealed[0]!.columns.find(({ name }) => name === 'n')?.type).toBe('double')
  })

  it('makes nothing of a chunk in which nothing came, and lets go of one that it has sealed', async () => {
    const sealer = sealerOver(await memoryStore())
    expect(await sealer.seal(request())).toEqual([])
    for (const batch of await batches()) sealer.add(1, batch)
    await sealer.seal(request())
    expect(await sealer.seal(request())).toEqual([])
  })

  it('leaves out segments that were evicted', async () => {
    const store = await memoryStore()
    const sealer = sealerOver(store)
    for (const batch of await batches()) sealer.add(1, batch)
    const sealed = await sealer.seal(request({ skip: [today] }))
    expect(sealed.map(({ segmentId }) => segmentId)).toEqual([yesterday])
    expect(await keysOf(store, `${today}/`)).toEqual([])
  })

  it('keeps chunks apart', async () => {
    const sealer = sealerOver(await memoryStore())
    const [one, other] = await batches()
    sealer.add(2, other!)
    sealer.add(1, one!)
    expect((await sealer.seal(request())).length).toBe(2)
    expect((await sealer.seal(request({ chunk: 2 }))).map(({ segmentId }) => segmentId)).toEqual([today])
  })

  it('widens the columns that the segment has already', async () => {
    const sealer = sealerOver(await memoryStore())
    for (const batch of await batches()) sealer.add(1, batch)
    const columns = { [today]: [{ name: 'n', path: 'n', type: 'string' as const }] }
    const [sealed] = await sealer.seal(request({ columns, columnsMax: 1 }))
    expect(sealed).toMatchObject({ columns: columns[today], columnsCapped: true })
  })

  it('finds the very same parts when it seals again after a crash', async () => {
    const store = await memoryStore()
    const seal = async (at: typeof store) => {
      const sealer = sealerOver(at)
      for (const batch of await batches()) sealer.add(1, batch)
      return sealer.seal(request())
    }
    await expect(seal(faultyStore(store, { call: 'put', nth: 3, how: 'before' }))).rejects.toThrow(StoreError)
    const left = await keysOf(store, '')
    expect(left.length).toBe(6)
    const sealed = await seal(store)
    expect((await keysOf(store, '')).length).toBe(7)
    expect(await seal(store)).toEqual(sealed)
  })

  it('stops when another object has the name of a part', async () => {
    const store = await memoryStore()
    const sealer = sealerOver(store)
    const [first] = await batches()
    sealer.add(1, first!)
    const [sealed] = await sealer.seal(request())
    const { key } = sealed!.parts[0]!
    await store.delete([key])
    await store.put(key, [toUtf8('something else')])
    sealer.add(1, first!)
    await expect(sealer.seal(request())).rejects.toThrow(`put ${key}: another object has this name`)
  })
})
