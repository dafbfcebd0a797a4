import { describe, expect, it } from 'vitest'
import { finish, finishInTurns, type Progress, type Work } from '../../src/engine/work.ts'

/** Counts to three, and says so when it is let go of. */
function* count(log: string[]): Work<number> {
  try {
    for (let i = 1; i <= 3; i++) {
      log.push(`step ${i}`)
      yield { step: 'count', share: i / 3 }
    }
    return 3
  } finally {
    log.push('over')
  }
}

describe('long work', () => {
  it('can be done at once', () => {
    const log: string[] = []
    expect(finish(count(log))).toBe(3)
    expect(log).toEqual(['step 1', 'step 2', 'step 3', 'over'])
  })

  it('pauses after each chunk, and tells how far it is', async () => {
    const log: string[] = []
    const told: Progress[] = []
    const result = await finishInTurns(count(log), {
      pause: async () => void log.push('pause'),
      onProgress: progress => told.push(progress),
    })
    expect(result).toBe(3)
    expect(log).toEqual(['step 1', 'pause', 'step 2', 'pause', 'step 3', 'pause', 'over'])
    expect(told.map(({ share }) => share)).toEqual([1 / 3, 2 / 3, 1])
  })

  it('ends between two chunks when it is aborted, and lets go of what it holds', async () => {
    const log: string[] = []
    const abort = new AbortController()
    const done = finishInTurns(count(log), {
      pause: async () => abort.abort(new Error('enough')),
      signal: abort.signal,
    })
    await expect(done).rejects.toThrow('enough')
    expect(log).toEqual(['step 1', 'over'])
  })

  it('that fails hands its error on', async () => {
    function* broken(): Work<number> {
      yield { step: 'begin', share: 0 }
      throw new Error('broken')
    }
    await expect(finishInTurns(broken(), { pause: async () => undefined })).rejects.toThrow('broken')
  })
})
