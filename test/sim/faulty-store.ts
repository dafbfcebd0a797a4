// A store that fails once, at a chosen call: before it did anything, or after, when the caller can't know.

import { type ObjectStore, StoreError } from '../../src/ports/object-store.ts'

const storeCalls = ['put', 'get', 'getRange', 'list', 'delete'] as const
type StoreCall = (typeof storeCalls)[number]

export interface StoreFault {
  call: StoreCall
  /** 1 for the first call of its kind */
  nth: number
  how: 'before' | 'after'
}

export interface FaultyStore extends ObjectStore {
  readonly counts: Record<StoreCall, number>
  /** the fault has struck */
  readonly struck: boolean
}

export function faultyStore(store: ObjectStore, fault?: StoreFault): FaultyStore {
  const counts = Object.fromEntries(storeCalls.map(call => [call, 0])) as Record<StoreCall, number>
  let struck = false
  const run = async <T>(call: StoreCall, key: string, work: () => Promise<T>): Promise<T> => {
    counts[call]++
    const strikes = fault?.call === call && fault.nth === counts[call]
    struck ||= strikes
    if (strikes && fault.how === 'before') throw injected(call, key)
    const result = await work()
    if (strikes) throw injected(call, key)
    return result
  }
  return {
    counts,
    get struck() {
      return struck
    },
    put: (key, chunks) => run('put', key, () => store.put(key, chunks)),
    get: key => run('get', key, () => store.get(key)),
    getRange: (key, start, end) => run('getRange', key, () => store.getRange(key, start, end)),
    async *list(prefix) {
      yield* await run('list', prefix, async () => store.list(prefix))
    },
    delete: keys => run('delete', keys[0] ?? '', () => store.delete(keys)),
    usedRatio: () => store.usedRatio(),
  }
}

function injected(call: StoreCall, key: string): StoreError {
  return new StoreError('faulty', call, key, { reason: 'injected' })
}
