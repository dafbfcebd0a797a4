import { describe, expect, it } from 'vitest'
import { fileLog } from '../../src/adapters/log-file.ts'
import { fsStore } from '../../src/adapters/store-fs.ts'
import { LogError } from '../../src/ports/log.ts'
import { StoreError } from '../../src/ports/object-store.ts'
import { collect } from '../ports/log.suite.ts'
import { describeStore, keysOf } from '../ports/store.suite.ts'
import { faultyLog } from './faulty-log.ts'
import { faultyStore } from './faulty-store.ts'
import { memoryDisk } from './memory-disk.ts'

const directory = '/data'
const nothing = new Uint8Array(0)

describeStore('one that could fail and does not', async () => {
  const disk = memoryDisk()
  return { open: async () => faultyStore(await fsStore({ directory, disk })), remove: async () => {} }
})

describe('a store that fails', () => {
  it('fails once, before or after it did what was asked', async () => {
    for (const how of ['before', 'after'] as const) {
      const store = faultyStore(await fsStore({ directory, disk: memoryDisk() }), {
        call: 'put',
        nth: 2,
        how,
      })
      await store.put('a', [nothing])
      await expect(store.put('b', [nothing])).rejects.toThrow(StoreError)
      await store.put('c', [nothing])
      expect(store.struck).toBe(true)
      expect(store.counts).toMatchObject({ put: 3, get: 0 })
      expect(await keysOf(store, '')).toEqual(how === 'before' ? ['a', 'c'] : ['a', 'b', 'c'])
    }
  })

  it('fails a list when it is read', async () => {
    const store = faultyStore(await fsStore({ directory, disk: memoryDisk() }), {
      call: 'list',
      nth: 1,
      how: 'before',
    })
    const listed = store.list('')
    await expect(listed[Symbol.asyncIterator]().next()).rejects.toThrow(StoreError)
  })
})

describe('a log that dies', () => {
  it('dies once and for good, before or after the frame is in it', async () => {
    for (const how of ['before', 'after'] as const) {
      const disk = memoryDisk()
      const errors: LogError[] = []
      const log = faultyLog(fileLog({ directory, disk }), {
        nth: 2,
        how,
        onFatal: error => errors.push(error),
      })
      expect(await collect(log, 0)).toEqual([])
      await log.append('batch', {}, nothing).durable
      for (let i = 0; i < 2; i++) {
        const { seq, durable } = log.append('batch', {}, nothing)
        expect(seq).toBeGreaterThan(1)
        await expect(durable).rejects.toThrow(LogError)
      }
      await expect(log.release(1)).rejects.toThrow(LogError)
      expect(errors.length).toBe(1)
      await log.close()
      expect((await collect(fileLog({ directory, disk }), 0)).length).toBe(how === 'before' ? 1 : 2)
    }
  })
})
