// A log that dies at a chosen append: before the frame is in the log, or after, when nobody was told.

import { type Appended, type Log, LogError } from '../../src/ports/log.ts'

export interface LogFault {
  /** 1 for the first append */
  nth: number
  how: 'before' | 'after'
  onFatal?: (error: LogError) => void
}

export function faultyLog(log: Log, fault: LogFault): Log {
  let appendCount = 0
  let lastSeq = 0
  const dead = () => new LogError(`log: append: injected, number ${fault.nth}`)

  const rejected = (seq: number): Appended => {
    const durable = Promise.reject(dead())
    durable.catch(() => {}) // as in a real log: the caller may listen later
    return { seq, durable }
  }
  return {
    get heldBytes() {
      return log.heldBytes
    },
    async *recover(after) {
      lastSeq = after
      for await (const frame of log.recover(after)) {
        lastSeq = frame.seq
        yield frame
      }
    },
    append(kind, header, body) {
      appendCount++
      if (appendCount === fault.nth) fault.onFatal?.(dead())
      if (appendCount > fault.nth || (appendCount === fault.nth && fault.how === 'before'))
        return rejected(lastSeq + 1)
      const appended = log.append(kind, header, body)
      lastSeq = appended.seq
      return appendCount === fault.nth ? rejected(appended.seq) : appended
    },
    async release(through) {
      if (appendCount >= fault.nth) throw dead()
      await log.release(through)
    },
    close: () => log.close(),
  }
}
