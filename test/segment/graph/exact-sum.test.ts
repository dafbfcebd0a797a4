import { expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import { ExactSum, weightMax } from '../../../src/segment/graph/exact-sum.ts'
import { exact } from './twin.ts'

function sumOf(values: readonly number[]): ExactSum {
  const sum = new ExactSum()
  for (const value of values) sum.add(value)
  return sum
}

it('takes what is beyond its range for the end of it, and nothing that is no number', () => {
  expect(sumOf([Number.POSITIVE_INFINITY]).value()).toBe(weightMax)
  expect(sumOf([-1e300, 1]).value()).toBe(-weightMax)
  expect(() => sumOf([Number.NaN])).toThrow('a weight is a number')
})

it('loses nothing, whatever the sizes', () => {
  expect(sumOf([1e100, 1, -1e100]).value()).toBe(1)
  expect(sumOf(Array.from({ length: 10 }, () => 0.1)).value()).toBe(1)
  expect(sumOf([2 ** 53, 1, 2 ** -60]).value()).toBe(2 ** 53 + 2)
  expect(sumOf([2 ** 53, 1, -(2 ** -60)]).value()).toBe(2 ** 53)
  expect(sumOf([]).value()).toBe(0)
})

it('gives parts that are the same in any order and grouping, and add up to it', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = seededRandom(seed)
    const values = Array.from(
      { length: Math.floor(random() * 12) },
      () => (random() - 0.5) * 2 ** Math.floor(random() * 300 - 150),
    )
    const cut = Math.floor(random() * values.length)
    const grouped = new ExactSum()
    grouped.addParts(sumOf(values.slice(cut).reverse()).takeParts())
    grouped.addParts(sumOf(values.slice(0, cut)).takeParts())
    const sum = sumOf(values)
    expect(grouped.value(), `seed ${seed}`).toBe(sum.value())
    const parts = sum.takeParts()
    expect(grouped.takeParts(), `seed ${seed}`).toEqual(parts)
    expect(sum.value()).toBe(0)
    const total = values.reduce((all, value) => all + exact(value), 0n)
    expect(
      parts.reduce((all, part) => all + exact(part), 0n),
      `seed ${seed}`,
    ).toBe(total)
  }
})
