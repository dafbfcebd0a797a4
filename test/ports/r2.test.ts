import { Miniflare } from 'miniflare'
import { afterAll, beforeAll } from 'vitest'
import { r2Log } from '../../src/adapters/log-r2.ts'
import { listAll, type R2StoreBucket } from '../../src/adapters/r2.ts'
import { r2Store } from '../../src/adapters/store-r2.ts'
import { describeLog, type LogPlace } from './log.suite.ts'
import { describeStore } from './store.suite.ts'

let workerd: Miniflare
let bucket: R2StoreBucket
let placeCount = 0

beforeAll(async () => {
  workerd = new Miniflare({ modules: true, script: 'export default {}', r2Buckets: ['BUCKET'] })
  bucket = (await workerd.getR2Bucket('BUCKET')) as unknown as R2StoreBucket
})
afterAll(() => workerd.dispose())

describeStore('R2', async () => {
  const prefix = `store-${++placeCount}/`
  return { open: async () => r2Store(bucket, { prefix }), remove: async () => {} }
})

describeLog('R2', async (): Promise<LogPlace> => {
  const prefix = `log-${++placeCount}/`
  let set = new Map<string, Uint8Array>()
  return {
    flipCount: 40,
    open: () => r2Log(bucket, { prefix }),
    async pieces() {
      const pieces = new Map<string, Uint8Array>()
      for await (const { key } of listAll(bucket, prefix)) {
        pieces.set(key, new Uint8Array(await (await bucket.get(key))!.arrayBuffer()))
      }
      return pieces
    },
    async setPieces(pieces) {
      const anew = bucket as unknown as { put(key: string, value: Uint8Array): Promise<unknown> }
      for (const [key, bytes] of pieces) if (set.get(key) !== bytes) await anew.put(key, bytes)
      set = new Map(pieces)
    },
    remove: async () => {},
  }
})
