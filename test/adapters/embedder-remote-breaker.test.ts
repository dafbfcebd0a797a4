import { describe, expect, it } from 'vitest'
import { CircuitBreaker } from '../../src/adapters/embedder-remote-breaker.ts'
import { manualClock } from '../sim/manual-clock.ts'

function breakerOf(failuresMax = 3) {
  const clock = manualClock()
  return { clock, breaker: new CircuitBreaker({ failuresMax, restMs: 10_000, clock }) }
}

function fail(breaker: CircuitBreaker, times: number) {
  for (let i = 0; i < times; i++) {
    expect(breaker.admit()).toBe(0)
    breaker.failed()
  }
}

describe('the circuit breaker', () => {
  it('opens after failures in a row, and not after as many with a success between', () => {
    const { breaker } = breakerOf()
    fail(breaker, 2)
    breaker.succeeded()
    fail(breaker, 2)
    expect(breaker.state).toBe('closed')
    fail(breaker, 1)
    expect(breaker.state).toBe('open')
    expect(breaker.admit()).toBe(10_000)
  })

  it('lets one probe through when its rest is over, and holds back all others', () => {
    const { breaker, clock } = breakerOf()
    fail(breaker, 3)
    clock.pass(9_999)
    expect(breaker.admit()).toBe(1)
    clock.pass(1)
    expect(breaker.state).toBe('half_open')
    expect(breaker.admit()).toBe(0)
    expect(breaker.admit()).toBeGreaterThan(0)
    breaker.succeeded()
    expect(breaker.state).toBe('closed')
    expect(breaker.admit()).toBe(0)
  })

  it('opens again when the probe fails, after a single failure', () => {
    const { breaker, clock } = breakerOf()
    fail(breaker, 3)
    clock.pass(10_000)
    fail(breaker, 1)
    expect(breaker.state).toBe('open')
    expect(breaker.admit()).toBe(10_000)
  })

  it('lets another probe through when the first is abandoned', () => {
    const { breaker, clock } = breakerOf()
    fail(breaker, 3)
    clock.pass(10_000)
    expect(breaker.admit()).toBe(0)
    breaker.abandoned()
    expect(breaker.admit()).toBe(0)
  })

  it('rests as long as it is asked to, and no shorter for a failure meanwhile', () => {
    const { breaker, clock } = breakerOf(1)
    breaker.admit()
    breaker.rest(60_000)
    breaker.failed()
    expect(breaker.admit()).toBe(60_000)
    clock.pass(60_000)
    expect(breaker.admit()).toBe(0)
  })
})
