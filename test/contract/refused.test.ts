import { describe, expect, it } from 'vitest'
import { problemCodes, Refused } from '../../src/contract/refused.ts'

describe('a refused request', () => {
  it('says what, why, when again and where', () => {
    const errors = [{ path: 'limit', code: 'too_big', message: 'at most 10000' }]
    const refused = new Refused('bad_request', 'limit is too big', { retryAfterSeconds: 2, errors })
    expect(refused).toMatchObject({
      name: 'Refused',
      message: 'limit is too big',
      code: 'bad_request',
      retryAfterSeconds: 2,
      errors,
    })
  })

  it('says no more than it knows', () => {
    const refused = new Refused('queue_full', 'later')
    expect(refused.retryAfterSeconds).toBeUndefined()
    expect(refused.errors).toEqual([])
  })

  it('has a code of its own for each problem', () => {
    expect(new Set(problemCodes).size).toBe(problemCodes.length)
    for (const code of problemCodes) expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/)
  })
})
