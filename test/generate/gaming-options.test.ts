import { describe, expect, it } from 'vitest'
import { type GamingOptions, membersMax, optionsFault } from '../../src/generate/gaming-options.ts'
import { gamingStream } from '../../src/generate/gaming-stream.ts'
import { optionsFor } from './events-of.ts'

describe('the options of a gaming stream', () => {
  it.each<[Partial<GamingOptions>, string]>([
    [{ members: 19 }, 'members: expected a whole number from 20 to 1000000, found 19'],
    [{ members: membersMax + 1 }, 'members: expected'],
    [{ members: 100.5 }, 'members: expected'],
    [{ days: 0 }, 'days: expected a whole number from 1 to 400, found 0'],
    [{ days: 401 }, 'days: expected'],
    [{ seed: 2 ** 32 }, 'seed: expected'],
    [{ rate: 0 }, 'rate: expected more than 0'],
    [{ rate: 1e6, days: 1 }, 'rate: expected'],
    [{ rate: Number.NaN }, 'rate: expected'],
    [{ distinct: 1.01 }, 'distinct: expected a share from 0 to 1, found 1.01'],
    [{ startMs: 1 }, 'start: expected a whole hour'],
  ])('%j have a fault, which is told', (more, message) => {
    const options = optionsFor(1, { rate: 1, ...more })
    expect(optionsFault(options)).toContain(message)
    expect(() => gamingStream(options).next()).toThrow('sound options')
  })

  it('at their bounds are fine', () => {
    for (const more of [
      { members: 20 },
      { members: membersMax },
      { days: 400 },
      { seed: 0 },
      { distinct: 0 },
    ])
      expect(optionsFault(optionsFor(1, { rate: 1, ...more }))).toBeUndefined()
  })
})
