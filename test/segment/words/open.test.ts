import { describe, expect, it } from 'vitest'
import { found, openRun, type Said, saidBy, sealedRun } from './runs.ts'

describe('an open run', () => {
  it('shows texts and events below its bounds alone', async () => {
    const whole = saidBy(['a b', 'a', 'a b', 'c a', 'b'])
    const seen: Said = { texts: whole.texts.slice(0, 2), docCounts: [1, 1] }
    const bounded = openRun({ texts: whole.texts, docCounts: [1, 1, 0, 0] }, 2)
    for (const text of ['a', 'b', 'c', 'a b c'])
      expect(await found([{ run: bounded, said: whole }], text, { prefix: true })).toEqual(
        await found([{ run: openRun(seen), said: seen }], text, { prefix: true }),
      )
  })

  it('finds in an empty run nothing', async () => {
    const nothing = saidBy([])
    for (const run of [openRun(nothing), await sealedRun(nothing)])
      expect(await found([{ run, said: nothing }], 'a b* +c', { fuzzy: true })).toEqual({})
  })
})
