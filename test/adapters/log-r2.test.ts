import { describe, expect, it } from 'vitest'
import { putsMax, r2Log } from '../../src/adapters/log-r2.ts'
import type { R2Bucket } from '../../src/adapters/r2.ts'
import { LogError } from '../../src/ports/log.ts'
import { collect } from '../ports/log.suite.ts'

const nothing = new Uint8Array(0)

/** A bucket whose puts arrive when told to: workerd can't be asked for an order. */
function slowBucket() {
  const objects = new Map<string, Uint8Array>()
  const arriving: { seq: number; arrive: () => void; fail: () => void }[] = []
  const bucket: R2Bucket = {
    put: (key, value) =>
      new Promise((resolve, reject) => {
        const seq = Number(key.slice(-16))
        const arrive = () => {
          const taken = objects.has(key)
          if (!taken) objects.set(key, value.slice())
          resolve(taken ? null : { key, size: value.length })
        }
        arriving.push({ seq, arrive, fail: () => reject(new Error('internal error')) })
      }),
    async get(key) {
      const bytes = objects.get(key)
      if (bytes === undefined) return null
      return { key, size: bytes.length, arrayBuffer: async () => bytes.slice().buffer as ArrayBuffer }
    },
    async head(key) {
      const bytes = objects.get(key)
      return bytes === undefined ? null : { key, size: bytes.length }
    },
    async list({ prefix }) {
      const keys = [...objects.keys()].filter(key => key.startsWith(prefix)).sort()
      return { objects: keys.map(key => ({ key, size: objects.get(key)!.length })), truncated: false }
    },
    async delete(keys) {
      for (const key of keys) objects.delete(key)
    },
  }
  const settle = () => new Promise(resolve => setTimeout(resolve, 5))
  const take = (seq: number) => {
    const index = arriving.findIndex(put => put.seq === seq)
    return arriving.splice(index, 1)[0]!
  }
  return { bucket, objects, underWay: () => arriving.map(({ seq }) => seq), take, settle }
}

async function openOn(bucket: R2Bucket, after = 0) {
  const errors: LogError[] = []
  const log = r2Log(bucket, { onFatal: error => errors.push(error) })
  return { log, frames: await collect(log, after), errors }
}

describe('the log in R2', () => {
  it('acknowledges no frame before those before it', async () => {
    const { bucket, take, settle } = slowBucket()
    const { log } = await openOn(bucket)
    const told: number[] = []
    for (let i = 0; i < 3; i++) {
      const { seq, durable } = log.append('batch', {}, nothing)
      void durable.then(() => told.push(seq))
    }
    take(3).arrive()
    take(2).arrive()
    await settle()
    expect(told).toEqual([])
    take(1).arrive()
    await settle()
    expect(told).toEqual([1, 2, 3])
  })

  it('has at most so many puts under way, counted from the oldest that waits', async () => {
    const { bucket, underWay, take, settle } = slowBucket()
    const { log } = await openOn(bucket)
    for (let i = 0; i < putsMax + 4; i++) log.append('batch', {}, nothing)
    expect(underWay()).toEqual([1, 2, 3, 4, 5, 6])
    take(2).arrive()
    await settle()
    expect(underWay()).toEqual([1, 3, 4, 5, 6])
    take(1).arrive()
    await settle()
    expect(underWay()).toEqual([3, 4, 5, 6, 7, 8])
  })

  it('takes a short gap for frames that never arrived, and removes what came after', async () => {
    const { bucket, objects, take, settle } = slowBucket()
    const { log } = await openOn(bucket)
    for (let i = 0; i < 6; i++) log.append('batch', {}, nothing)
    for (const seq of [1, 2, 4, 6]) take(seq).arrive()
    await settle()
    const again = await openOn(bucket)
    expect(again.frames.map(frame => frame.seq)).toEqual([1, 2])
    expect(objects.size).toBe(2)
    expect(again.log.append('batch', {}, nothing).seq).toBe(3)
  })

  it('stops at a gap that is longer than what can be under way', async () => {
    const { bucket, objects, take, settle } = slowBucket()
    const { log } = await openOn(bucket)
    for (let i = 1; i <= 9; i++) {
      log.append('batch', {}, nothing)
      take(i).arrive()
      await settle()
    }
    objects.delete('log/0000000000000002')
    await expect(openOn(bucket)).rejects.toThrow(
      /0000000000000002: the frame is missing, yet later ones are there/,
    )
    expect(objects.size).toBe(8)
  })

  it('dies with a failed put: what waits and what follows is rejected', async () => {
    const { bucket, take } = slowBucket()
    const { log, errors } = await openOn(bucket)
    const waiting = [1, 2, 3].map(() => log.append('batch', {}, nothing).durable)
    take(2).fail()
    for (const durable of waiting) await expect(durable).rejects.toThrow(/internal error/)
    await expect(log.append('batch', {}, nothing).durable).rejects.toThrow(LogError)
    await expect(log.release(0)).rejects.toThrow(LogError)
    expect(errors.length).toBe(1)
    await log.close()
  })

  it('dies when another writer has taken its number', async () => {
    const { bucket, take } = slowBucket()
    const first = await openOn(bucket)
    const second = await openOn(bucket)
    const told = first.log.append('batch', {}, nothing).durable
    take(1).arrive()
    await told
    const refused = second.log.append('batch', {}, nothing).durable
    take(1).arrive()
    await expect(refused).rejects.toThrow(/another writer has put this frame/)
  })
})
