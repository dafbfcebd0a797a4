import { describe, expect, it } from 'vitest'
import { slugSchema, usualNames } from '../../src/contract/envelope.ts'

describe('a slug', () => {
  it.each(['a', '0', 'events', 'my-stream_2', 'x'.repeat(63)])('may be %s', text => {
    expect(slugSchema.safeParse(text).success).toBe(true)
  })

  it.each(['', 'A', '-a', '_a', 'a.b', 'a/b', '..', 'a b', 'ü', 'a\n', 'x'.repeat(64)])(
    'may not be %j',
    text => {
      expect(slugSchema.safeParse(text).success).toBe(false)
    },
  )
})

describe('the usual names', () => {
  it('mean one field each', () => {
    const names = Object.values(usualNames).flat()
    expect(new Set(names).size).toBe(names.length)
  })

  it('hold those that were promised', () => {
    expect(usualNames.eventId).toEqual(expect.arrayContaining(['event_id', 'id']))
    expect(usualNames.eventTime).toEqual(
      expect.arrayContaining(['time', 'timestamp', '@timestamp', 'created_at']),
    )
    expect(usualNames.type).toEqual(expect.arrayContaining(['type', 'event']))
    expect(usualNames.entityId).toEqual(expect.arrayContaining(['entity_id', 'user_id']))
  })
})
