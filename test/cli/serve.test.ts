import { describe, expect, it } from 'vitest'
import { untilStopped } from '../../src/cli/serve.ts'
import { recordingIo } from './io.ts'

function stoppable() {
  let stopped = () => {}
  let asked = 0
  const drained = new Promise<void>(resolve => {
    stopped = resolve
  })
  return {
    running: {
      stop: () => {
        asked++
        return drained
      },
    },
    finish: () => stopped(),
    asked: () => asked,
  }
}

const moment = () => new Promise(resolve => setTimeout(resolve, 5))

describe('a service in the foreground', () => {
  it('drains at the first signal and then ends well', async () => {
    const { io, said, signal, exits } = recordingIo()
    const { running, finish, asked } = stoppable()
    const code = untilStopped(running, io, 30)
    await moment()
    expect(asked()).toBe(0)
    signal()
    await moment()
    expect(asked()).toBe(1)
    expect(said.stderr).toContain('Draining')
    finish()
    expect(await code).toBe(0)
    expect(exits).toEqual([])
  })

  it('leaves at once at the second signal', async () => {
    const { io, signal, exits } = recordingIo()
    const { running, finish } = stoppable()
    const code = untilStopped(running, io, 30)
    signal()
    await moment()
    signal()
    expect(exits).toEqual([1])
    finish()
    await code
  })

  it('does not wait longer than it may, and says what becomes of the rest', async () => {
    const { io, said, signal, exits } = recordingIo()
    const { running } = stoppable()
    const code = untilStopped(running, io, 0.02)
    signal()
    expect(await code).toBe(1)
    expect(exits).toEqual([1])
    expect(said.stderr).toContain('recovered from the log at the next start')
  })

  it('lets a failing drain be seen', async () => {
    const { io, signal } = recordingIo()
    const code = untilStopped({ stop: () => Promise.reject(new Error('the disk is gone')) }, io, 30)
    signal()
    await expect(code).rejects.toThrow('the disk is gone')
  })
})
