import { describe, expect, it } from 'vitest'
import { candidatesMax, meaningsMax } from '../../../src/segment/words/plan.ts'
import { openRun, planOver, saidBy, sealedRun } from './runs.ts'

/** Events that say `word0`, `word1` …, the later words oftener. */
function wordsByFrequency(count: number): string[] {
  return Array.from({ length: count }, (_, i) => Array.from({ length: i + 1 }, () => `word${i}`)).flat()
}

describe('planWords', () => {
  it('looks a beginning up as so many terms, those in most events', async () => {
    const run = openRun(saidBy(wordsByFrequency(meaningsMax + 1)))
    const { terms } = await planOver([run], 'word*')
    expect(terms).toHaveLength(meaningsMax)
    expect(terms.map(({ term }) => term)).not.toContain('word0')
  })

  it('takes the word that was asked for before any that is in more events', async () => {
    const run = openRun(saidBy(['word', ...wordsByFrequency(meaningsMax + 1)]))
    const { terms } = await planOver([run], 'word*')
    expect(terms.map(({ term }) => term)).toContain('word')
  })

  it('cuts more candidates than it looks at the same way however they lie in runs', async () => {
    const texts = Array.from({ length: 3 * candidatesMax }, (_, i) => `x${(i * 7919) % (3 * candidatesMax)}`)
    const events = [...texts, ...texts.slice(0, 999)]
    const whole = await planOver([await sealedRun(saidBy(events))], 'x*')
    const halves = [saidBy(events.slice(0, 1500)), saidBy(events.slice(1500))]
    expect(await planOver([openRun(halves[0]!), await sealedRun(halves[1]!)], 'x*')).toEqual(whole)
    expect(
      await planOver(
        halves.map(said => openRun(said)),
        'x*',
      ),
    ).toEqual(whole)
  })

  it('gives a rare misspelling no more weight than half that of the word', async () => {
    const events = [...Array.from({ length: 50 }, () => 'connection lost'), 'conection lost']
    const { terms } = await planOver([openRun(saidBy(events))], 'connection', { fuzzy: true })
    expect(terms.map(({ term }) => term)).toEqual(['connection', 'conection'])
    expect(terms[1]!.weight).toBeCloseTo(terms[0]!.weight / 2, 12)
  })

  it('adds up what a term is worth that several words can mean', async () => {
    const run = openRun(saidBy(['timeout', 'timeouts', 'other']))
    const both = await planOver([run], 'timeout timeouts', { fuzzy: true })
    const { weight, meant } = both.terms.find(({ term }) => term === 'timeout')!
    const alone = (await planOver([run], 'timeout')).terms[0]!.weight
    expect(meant).toEqual([0, 1])
    expect(weight).toBeCloseTo(1.5 * alone, 12)
  })
})
