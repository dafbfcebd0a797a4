// What repeated figures say: the middle, and how far apart they lie.

import { assert } from '../../src/base/assert.ts'

export interface Spread {
  median: number
  min: number
  max: number
}

export function spreadOf(figures: readonly number[]): Spread {
  const sorted = sortedOf(figures)
  return { median: quantile(sorted, 0.5), min: sorted[0]!, max: sorted.at(-1)! }
}

/** What is said of many answers, in ms. */
export interface Answers {
  count: number
  p50: number
  p90: number
  p99: number
  p999: number
  max: number
}

export function answersOf(ms: readonly number[]): Answers {
  const sorted = sortedOf(ms)
  return {
    count: sorted.length,
    p50: quantile(sorted, 0.5),
    p90: quantile(sorted, 0.9),
    p99: quantile(sorted, 0.99),
    p999: quantile(sorted, 0.999),
    max: sorted.at(-1)!,
  }
}

/** The middle of each figure over repetitions, each repetition counting the same. */
export function medianAnswers(repetitions: readonly Answers[]): Answers {
  const middle = (name: keyof Answers) => spreadOf(repetitions.map(answers => answers[name])).median
  return {
    count: middle('count'),
    p50: middle('p50'),
    p90: middle('p90'),
    p99: middle('p99'),
    p999: middle('p999'),
    max: middle('max'),
  }
}

/** The least figure that `share` of all do not exceed (nearest rank). */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!
}

function sortedOf(figures: readonly number[]): number[] {
  assert(figures.length > 0, 'something was measured')
  return [...figures].sort((left, right) => left - right)
}
