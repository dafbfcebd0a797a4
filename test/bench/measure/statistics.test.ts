import { describe, expect, it } from 'vitest'
import { answersOf, medianAnswers, quantile, spreadOf } from '../../../bench/measure/statistics.ts'

describe('statistics', () => {
  it('takes quantiles by nearest rank', () => {
    const sorted = Array.from({ length: 100 }, (_, i) => i + 1)
    expect([0, 0.5, 0.99, 0.999, 1].map(share => quantile(sorted, share))).toEqual([1, 50, 99, 100, 100])
  })

  it('names the middle and both ends of repetitions in any order', () => {
    expect(spreadOf([3, 100, 1])).toEqual({ median: 3, min: 1, max: 100 })
  })

  it('lets one slow repetition not decide', () => {
    const fast = answersOf([1, 2, 3])
    expect(medianAnswers([fast, answersOf([500, 600, 700]), fast])).toEqual(fast)
  })

  it('refuses to speak of nothing', () => {
    expect(() => spreadOf([])).toThrow('something was measured')
  })
})
