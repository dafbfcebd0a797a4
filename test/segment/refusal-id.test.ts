import { describe, expect, it } from 'vitest'
import { parseRefusalId, refusalId } from '../../src/segment/refusal-id.ts'

describe('a refusal id', () => {
  it.each(['tenant/events/2015-09-12/0', 'tenant/events/2015-09-12T06/12'])('leads back to %s', segmentId => {
    const id = refusalId(segmentId, 'w', 345)
    expect(parseRefusalId(id, 'tenant', 'events')).toEqual({ segmentId, sequence: 345 })
  })

  it('names no tenant, so that nobody reaches into another', () => {
    const id = refusalId('theirs/events/2015-09-12/0', 'w', 1)
    expect(id).toBe('2015-09-12.0.w-1')
    expect(parseRefusalId(id, 'ours', 'events')).toEqual({
      segmentId: 'ours/events/2015-09-12/0',
      sequence: 1,
    })
  })

  it.each([
    '',
    '2015-09-12.0.w',
    '2015-09-12.0.w-',
    '2015-09-12.0.-1',
    '2015-09-12.w-1',
    '../x.0.w-1',
    'x2015-09-12.0.w-1',
  ])('is not %j', text => {
    expect(parseRefusalId(text, 'tenant', 'events')).toBeUndefined()
  })
})
