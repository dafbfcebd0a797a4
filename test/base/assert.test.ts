import { expect, it } from 'vitest'
import { AssertionError, assert } from '../../src/base/assert.ts'

it('throws an error of its own kind that says what should have held', () => {
  expect(() => assert(1 + 1 === 3, 'a sum')).toThrow(new AssertionError('a sum'))
  expect(() => assert(Number.NaN, 'a number')).toThrow(AssertionError)
})

it('lets pass what holds', () => {
  expect(assert('yes', 'never seen')).toBeUndefined()
})
