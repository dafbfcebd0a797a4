import { describe, expect, it } from 'vitest'
import { defaultLimits } from '../../src/contract/limits.ts'
import { Refused } from '../../src/contract/refused.ts'
import { Backpressure } from '../../src/service/backpressure.ts'
import { manualClock } from '../sim/manual-clock.ts'

const limits = {
  ...defaultLimits,
  queue_bytes_max: 100,
  log_bytes_max: 1000,
  disk_full_ratio: 0.9,
  disk_resume_ratio: 0.8,
}

function open(): Backpressure {
  const pressure = new Backpressure(limits, manualClock(0))
  pressure.enter('open')
  return pressure
}

/** @returns the code of the refusal, or undefined */
function refusal(task: () => void): { code: string; retryAfterSeconds: number | undefined } | undefined {
  try {
    task()
    return undefined
  } catch (error) {
    expect(error).toBeInstanceOf(Refused)
    const { code, retryAfterSeconds } = error as Refused
    return { code, retryAfterSeconds }
  }
}

const admission = (pressure: Backpressure) => refusal(() => pressure.admit())

describe('intake', () => {
  it('is closed while recovering, open, and closed again for good', () => {
    const pressure = new Backpressure(limits, manualClock(0))
    expect(pressure.obstacles).toEqual(['recovering'])
    expect(admission(pressure)).toEqual({ code: 'not_ready', retryAfterSeconds: 1 })
    pressure.enter('open')
    expect(pressure.obstacles).toEqual([])
    expect(admission(pressure)).toBeUndefined()
    pressure.enter('draining')
    expect(admission(pressure)).toEqual({ code: 'not_ready', retryAfterSeconds: 1 })
    pressure.enter('failed')
    pressure.enter('open')
    expect(pressure.obstacles).toEqual(['failed'])
    expect(admission(pressure)).toEqual({ code: 'not_ready', retryAfterSeconds: undefined })
  })

  it('is refused from the mark of the queue on, in flight and waiting taken together', () => {
    const pressure = open()
    pressure.inFlightBytes = 60
    pressure.queuedBytes = 39
    expect(admission(pressure)).toBeUndefined()
    pressure.queuedBytes = 40
    expect(admission(pressure)).toEqual({ code: 'queue_full', retryAfterSeconds: 1 })
    expect(pressure.queueBytes).toBe(100)
    pressure.inFlightBytes = 0
    expect(admission(pressure)).toBeUndefined()
  })

  it('is refused from the mark of the log on', () => {
    const pressure = open()
    let logBytes = 999
    pressure.logBytes = () => logBytes
    expect(admission(pressure)).toBeUndefined()
    logBytes = 1000
    expect(admission(pressure)).toMatchObject({ code: 'queue_full' })
  })

  it('is refused above one mark of the disk until it is below the other', () => {
    const pressure = open()
    const after = (ratio: number | undefined) => {
      pressure.noteDisk(ratio)
      return admission(pressure)?.code
    }
    expect([0.85, 0.9, 0.901, 0.85, undefined, 0.8, 0.799, 0.85].map(after)).toEqual([
      undefined,
      undefined,
      'disk_full',
      'disk_full',
      'disk_full',
      'disk_full',
      undefined,
      undefined,
    ])
    pressure.noteDisk(0.95)
    expect(admission(pressure)?.retryAfterSeconds).toBe(30)
  })

  it('names every obstacle, the phase first', () => {
    const pressure = new Backpressure(limits, manualClock(0))
    pressure.noteDisk(1)
    pressure.queuedBytes = 100
    expect(pressure.obstacles).toEqual(['recovering', 'disk_full', 'queue_full'])
    expect(admission(pressure)?.code).toBe('not_ready')
  })
})

describe('evictions and reads', () => {
  it('go on over a full disk and a full queue', () => {
    const pressure = open()
    pressure.noteDisk(1)
    pressure.queuedBytes = 1e9
    expect(refusal(() => pressure.requireOpen())).toBeUndefined()
    expect(refusal(() => pressure.requireRecovered())).toBeUndefined()
  })

  it('wait for the recovery; reads alone go on while the service drains', () => {
    const pressure = new Backpressure(limits, manualClock(0))
    expect(refusal(() => pressure.requireRecovered())).toEqual({ code: 'not_ready', retryAfterSeconds: 1 })
    expect(refusal(() => pressure.requireOpen())?.code).toBe('not_ready')
    pressure.enter('draining')
    expect(refusal(() => pressure.requireRecovered())).toBeUndefined()
    expect(refusal(() => pressure.requireOpen())?.code).toBe('not_ready')
  })
})

describe('a request that finds the queue full', () => {
  function full() {
    const clock = manualClock(0)
    const pressure = new Backpressure({ ...limits, queue_wait_seconds: 2 }, clock)
    pressure.enter('open')
    pressure.queuedBytes = 120
    const through: string[] = []
    const wait = (name: string, bytes: number) => pressure.untilRoom(bytes).then(() => through.push(name))
    return { clock, pressure, through, wait }
  }
  const settled = () => new Promise(resolve => setImmediate(resolve))

  it('goes on when there is room, the first to come first, as many as it is for', async () => {
    const { pressure, through, wait } = full()
    for (const name of ['a', 'b', 'c']) void wait(name, 30)
    pressure.letIn()
    await settled()
    expect(through).toEqual([])
    pressure.queuedBytes = 60
    pressure.letIn()
    await settled()
    expect(through).toEqual(['a', 'b'])
    void wait('d', 1)
    await settled()
    expect(through, 'nobody passes those who wait').toEqual(['a', 'b'])
    pressure.queuedBytes = 0
    pressure.letIn()
    await settled()
    expect(through).toEqual(['a', 'b', 'c', 'd'])
  })

  it('waits no longer than it may, and is then refused', async () => {
    const { clock, pressure, through, wait } = full()
    void wait('a', 30)
    clock.pass(1999)
    await settled()
    expect(through).toEqual([])
    clock.pass(1)
    await settled()
    expect(through).toEqual(['a'])
    expect(admission(pressure)).toMatchObject({ code: 'queue_full' })
  })

  it('does not wait for what a moment does not change', async () => {
    const { pressure, through, wait } = full()
    pressure.noteDisk(1)
    await wait('a', 30)
    expect(through).toEqual(['a'])
    expect(admission(pressure)).toMatchObject({ code: 'disk_full' })
  })
})
