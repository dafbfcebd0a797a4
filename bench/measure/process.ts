// What a process has used so far, as Linux tells it in /proc.

import { readFileSync } from 'node:fs'

export interface Usage {
  /** of all its threads, user and system */
  cpuSeconds: number
  rssBytes: number
  rssPeakBytes: number
}

/** Ticks in a second, the same on every Linux that runs Node. */
const ticksPerSecond = 100

/** @throws Error when the process is gone, or where there is no /proc */
export function usageOf(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name in parentheses may hold anything; the numbers begin behind it, with the state as field 3 of proc(5).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1])
  return {
    cpuSeconds: (Number(fields[14 - 3]) + Number(fields[15 - 3])) / ticksPerSecond,
    rssBytes: kilobytes('VmRSS') * 1024,
    rssPeakBytes: kilobytes('VmHWM') * 1024,
  }
}
