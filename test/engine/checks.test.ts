import { describe, expect, it } from 'vitest'
import { BadInput, demand, demandBelow, demandFinite, demandWhole } from '../../src/engine/checks.ts'

describe('inputs of a kernel', () => {
  it('are what they must be, or are told', () => {
    expect(() => demand(true, 'fine')).not.toThrow()
    expect(() => demand(false, 'k is odd')).toThrow(new BadInput('k is odd'))
  })

  it.each([0, 11, 2.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'are whole numbers within bounds: not %s',
    k => {
      expect(() => demandWhole('k', k, { min: 1, max: 10 })).toThrow(
        `k is ${k}: expected a whole number from 1 to 10`,
      )
    },
  )

  it('may be the bounds themselves', () => {
    for (const k of [1, 10]) expect(() => demandWhole('k', k, { min: 1, max: 10 })).not.toThrow()
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('hold no %s', value => {
    const values = new Float32Array([3.4e38, -3.4e38, value, 1])
    expect(() => demandFinite('vector', values)).toThrow(`vector[2] is ${value}: expected a finite number`)
    expect(() => demandFinite('vector', values.subarray(0, 2))).not.toThrow()
    expect(() => demandFinite('weights', new Float64Array([value]))).toThrow(BadInput)
  })

  it('name what is there', () => {
    expect(() => demandBelow('ids', new Uint32Array([0, 4, 5]), 5)).toThrow(
      'ids[2] is 5: expected an id below 5',
    )
    expect(() => demandBelow('ids', new Uint32Array([0, 4]), 5)).not.toThrow()
  })
})
