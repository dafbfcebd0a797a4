import { describe, expect, it } from 'vitest'
import { receiptSchema } from '../../src/contract/receipt.ts'
import { refusalCodes, refusalSchema, stages } from '../../src/contract/refusal.ts'

describe('refusal codes', () => {
  it('are stable: what clients rely on is never taken away', () => {
    const promised = [
      'malformed_json',
      'not_an_object',
      'bad_time',
      'future_time',
      'expired',
      'too_large',
      'too_deep',
      'bad_encoding',
    ]
    expect(refusalCodes).toEqual(expect.arrayContaining(promised))
  })

  it('are each said once, in snake case', () => {
    expect(new Set(refusalCodes).size).toBe(refusalCodes.length)
    for (const code of refusalCodes) expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/)
  })

  it('come in receipts and in the quarantine alike', () => {
    for (const code of refusalCodes) {
      expect(receiptSchema.shape.code.safeParse(code).success).toBe(true)
      expect(refusalSchema.shape.code.safeParse(code).success).toBe(true)
    }
    expect(receiptSchema.shape.code.safeParse('other').success).toBe(false)
  })

  it('belong to the stages before the answer, in their order', () => {
    expect(stages).toEqual(['decode', 'check'])
  })
})
