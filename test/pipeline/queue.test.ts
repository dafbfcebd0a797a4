import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/base/random.ts'
import { Queue } from '../../src/pipeline/queue.ts'

describe('the queue', () => {
  it('gives back in order what it took, and counts it in bytes and items', () => {
    const queue = new Queue<string>()
    expect(queue.shift()).toBeUndefined()
    queue.push('a', 10)
    queue.push('b', 0)
    queue.push('c', 5)
    expect([queue.length, queue.bytes]).toEqual([3, 15])
    expect(queue.shift()).toBe('a')
    expect([queue.length, queue.bytes]).toEqual([2, 5])
    expect([queue.shift(), queue.shift(), queue.shift()]).toEqual(['b', 'c', undefined])
    expect([queue.length, queue.bytes]).toEqual([0, 0])
  })

  it('does what a list does, whatever comes and goes', () => {
    const seed = Date.now() % 1e9
    const random = seededRandom(seed)
    const queue = new Queue<number>()
    const list: { item: number; bytes: number }[] = []
    for (let step = 0; step < 50_000; step++) {
      const grows = random() < (Math.floor(step / 10_000) % 2 === 0 ? 0.7 : 0.3)
      if (grows) {
        const bytes = Math.floor(random() * 100)
        queue.push(step, bytes)
        list.push({ item: step, bytes })
      } else expect(queue.shift(), `seed ${seed}, step ${step}`).toBe(list.shift()?.item)
    }
    expect(queue.length, `seed ${seed}`).toBe(list.length)
    expect(queue.bytes, `seed ${seed}`).toBe(list.reduce((sum, { bytes }) => sum + bytes, 0))
  })

  it('lets go of what it handed on', async () => {
    const queue = new Queue<object>()
    const refs: WeakRef<object>[] = []
    for (let i = 0; i < 10; i++) {
      const item = { i }
      refs.push(new WeakRef(item))
      queue.push(item, 1)
    }
    for (let i = 0; i < 5; i++) queue.shift()
    setFlagsFromString('--expose-gc')
    const gc = runInNewContext('gc') as () => void
    await new Promise(resolve => setTimeout(resolve))
    gc()
    expect(refs.map(ref => ref.deref() !== undefined)).toEqual([
      ...Array(5).fill(false),
      ...Array(5).fill(true),
    ])
  })

  it('stays quick when very much waits', () => {
    const queue = new Queue<number>()
    const count = 300_000
    for (let i = 0; i < count; i++) queue.push(i, 1)
    for (let i = 0; i < count; i++) if (queue.shift() !== i) expect.fail(`item ${i}`)
    expect(queue.length).toBe(0)
  }, 5000)
})
