import { describe, expect, it } from 'vitest'
import { EmbedError } from '../../src/ports/embedder.ts'
import { VectorBacklog } from '../../src/service/vector-backlog.ts'
import { VectorFiller } from '../../src/service/vector-filler.ts'
import { manualClock } from '../sim/manual-clock.ts'

const settled = () => new Promise(resolve => setImmediate(resolve))

function fillerOf(fill: (run: string, signal: AbortSignal) => Promise<void>, { runsMax = 100 } = {}) {
  const clock = manualClock()
  const backlog = new VectorBacklog<string>({
    runsMax,
    pauseMs: 1000,
    pauseMsMax: 60_000,
    triesMax: 3,
    random: () => 1,
  })
  const failures: string[] = []
  const missing = new Set<string>()
  const filler = new VectorFiller({
    backlog,
    clock,
    fill,
    refill: async () => {
      for (const run of missing) backlog.add(run, run)
    },
    onFailure: (key, error) => failures.push(`${key}: ${(error as Error).message}`),
  })
  const add = (...runs: string[]) => {
    for (const run of runs) backlog.add(run, run)
    filler.wake()
  }
  return { clock, backlog, filler, failures, missing, add }
}

describe('the filler of vectors', () => {
  it('fills runs one at a time, in their order, those added meanwhile too', async () => {
    const filled: string[] = []
    let atOnce = 0
    const { add, backlog } = fillerOf(async run => {
      expect(++atOnce).toBe(1)
      await settled()
      atOnce--
      filled.push(run)
    })
    add('a', 'b')
    add('c')
    while (backlog.counts.waiting > 0) await settled()
    expect(filled).toEqual(['a', 'b', 'c'])
  })

  it('waits while the embedder is away, and goes on by itself when it is back', async () => {
    let isAway = true
    const tried: string[] = []
    const { add, clock, failures, backlog } = fillerOf(async run => {
      tried.push(run)
      if (isAway) throw new EmbedError('far', 'away', { isTransient: true, retryMs: 5000 })
    })
    add('a', 'b')
    await settled()
    expect(tried).toEqual(['a'])
    clock.pass(4999)
    await settled()
    expect(tried).toEqual(['a'])
    isAway = false
    clock.pass(1)
    await settled()
    expect(tried).toEqual(['a', 'a', 'b'])
    expect(failures).toEqual(['a: embedder far: away'])
    expect(backlog.counts).toEqual({ waiting: 0, stuck: 0 })
  })

  it('leaves a run that is unfit after some tries, and fills the others', async () => {
    const { add, backlog, failures } = fillerOf(async run => {
      if (run === 'bad') throw new EmbedError('far', 'wrong size')
    })
    add('bad', 'b')
    await settled()
    expect(failures.length).toBe(3)
    expect(backlog.counts).toEqual({ waiting: 0, stuck: 1 })
  })

  it('reads the manifests again for what it could not remember', async () => {
    const { add, missing, backlog } = fillerOf(
      async run => {
        missing.delete(run)
      },
      { runsMax: 2 },
    )
    for (const run of ['a', 'b', 'c', 'd', 'e']) missing.add(run)
    add('a', 'b', 'c', 'd', 'e')
    for (let turn = 0; turn < 20; turn++) await settled()
    expect(missing.size).toBe(0)
    expect(backlog.hasMissed).toBe(false)
  })

  it('stops in the middle of a run, and begins no other', async () => {
    const begun: string[] = []
    const { add, filler, failures, clock } = fillerOf((run, signal) => {
      begun.push(run)
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    })
    add('a', 'b')
    await filler.stop()
    filler.wake()
    clock.pass(100_000)
    await settled()
    expect(begun).toEqual(['a'])
    expect(failures).toEqual([])
  })
})
