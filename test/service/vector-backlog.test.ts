import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/base/random.ts'
import { VectorBacklog, type VectorBacklogOptions } from '../../src/service/vector-backlog.ts'

const away = { isTransient: true }
const unfit = { isTransient: false }

function backlogOf(options: Partial<VectorBacklogOptions> = {}): VectorBacklog<string> {
  return new VectorBacklog({
    runsMax: 100,
    pauseMs: 1000,
    pauseMsMax: 60_000,
    triesMax: 3,
    random: () => 1,
    ...options,
  })
}

function filled(...keys: string[]): VectorBacklog<string> {
  const backlog = backlogOf()
  for (const key of keys) backlog.add(key, `run ${key}`)
  return backlog
}

describe('the backlog of vectors', () => {
  it('gives runs in the order in which they came, each once', () => {
    const backlog = filled('a', 'b')
    backlog.add('a', 'again')
    expect(backlog.next(0)).toEqual({ key: 'a', run: 'run a' })
    backlog.add('a', 'again, in work')
    expect(backlog.next(0)).toEqual({ key: 'b', run: 'run b' })
    expect(backlog.next(0)).toBeUndefined()
    expect(backlog.counts.waiting).toBe(2)
    backlog.done('a')
    backlog.done('b')
    expect(backlog.counts).toEqual({ waiting: 0, stuck: 0 })
    expect(backlog.dueMs).toBeUndefined()
  })

  it('waits with all runs while the embedder is away, longer each time, up to a bound', () => {
    const backlog = filled('a', 'b')
    let nowMs = 0
    for (const pauseMs of [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]) {
      expect(backlog.next(nowMs)?.key).toBe('a')
      backlog.failed('a', nowMs, away)
      expect(backlog.next(nowMs + pauseMs - 1)).toBeUndefined()
      expect(backlog.dueMs).toBe(nowMs + pauseMs)
      nowMs += pauseMs
    }
    backlog.next(nowMs)
    backlog.done('a')
    expect(backlog.next(nowMs)?.key).toBe('b')
    backlog.failed('b', nowMs, away)
    expect(backlog.dueMs, 'from the beginning, after a success').toBe(nowMs + 1000)
  })

  it('waits for as long as the embedder asks', () => {
    const backlog = filled('a')
    backlog.next(0)
    backlog.failed('a', 0, { isTransient: true, retryMs: 25_000 })
    expect(backlog.dueMs).toBe(25_000)
  })

  it('tries the others first when one run is unfit, and leaves it after some tries', () => {
    const backlog = filled('bad', 'b', 'c')
    const order: string[] = []
    for (let given = backlog.next(0); given; given = backlog.next(0)) {
      order.push(given.key)
      if (given.key === 'bad') backlog.failed('bad', 0, unfit)
      else backlog.done(given.key)
    }
    expect(order).toEqual(['bad', 'b', 'c', 'bad', 'bad'])
    expect(backlog.counts).toEqual({ waiting: 0, stuck: 1 })
    backlog.add('bad', 'it is known')
    expect(backlog.next(0)).toBeUndefined()
  })

  it('forgets a run that is evicted or merged away, waiting, in work or stuck', () => {
    const backlog = filled('a', 'b')
    backlog.remove('a')
    expect(backlog.next(0)?.key).toBe('b')
    backlog.remove('b')
    backlog.failed('b', 0, unfit)
    expect(backlog.counts).toEqual({ waiting: 0, stuck: 0 })
    backlog.done('never there')
    expect(backlog.next(0)).toBeUndefined()
  })

  it('remembers no more runs than its bound, and says that it missed some', () => {
    const backlog = backlogOf({ runsMax: 2 })
    for (const key of ['a', 'b', 'c']) backlog.add(key, key)
    expect([backlog.counts.waiting, backlog.hasMissed]).toEqual([2, true])
    backlog.next(0)
    backlog.done('a')
    backlog.refill()
    for (const key of ['b', 'c']) backlog.add(key, key)
    expect([backlog.counts.waiting, backlog.hasMissed]).toEqual([2, false])
  })

  it('brings every run to an end once the embedder stays well, whatever happened before', () => {
    for (let seed = 1; seed <= 100; seed++) {
      const random = seededRandom(seed)
      const backlog = backlogOf({ random, runsMax: 10 })
      const missing = new Set(Array.from({ length: 30 }, (_, i) => `run ${i}`))
      let nowMs = 0
      for (let step = 0; step < 2000 && missing.size > 0; step++) {
        const { waiting } = backlog.counts
        if (waiting === 0 || (backlog.hasMissed && waiting < 10)) {
          backlog.refill()
          for (const key of missing) backlog.add(key, key)
        }
        nowMs = Math.max(nowMs, backlog.dueMs ?? 0)
        const given = backlog.next(nowMs)
        if (!given) continue
        if (step < 200 && random() < 0.5) backlog.failed(given.key, nowMs, away)
        else {
          backlog.done(given.key)
          expect(missing.delete(given.key), `seed ${seed}`).toBe(true)
        }
      }
      expect(missing.size, `seed ${seed}`).toBe(0)
    }
  })
})
