// The producer's side of a run: a process of its own that sends bodies and counts what became of their events. This is
// the end that the suites hold; client.ts is the process.

import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { PoolOptions } from './events.ts'
import type { Answers } from './statistics.ts'

export interface LoadJob {
  url: string
  pool: PoolOptions
  /** day that all events move to */
  day?: string
  /** number of the first body; ids follow from it */
  bodyFirst: number
  bodies: number
  /** what has to become of every event; where anything else happens, something else was measured */
  expect: 'accepted' | 'duplicate'
  connections: number
  /** Bodies are due at this rate, whatever the answers do; without it the next one goes when one is answered. */
  bodiesPerSecond?: number
}

export interface LoadReport {
  /** from the first byte sent to the last answer read */
  seconds: number
  bytes: number
  counts: Counts
  /** 429s; such a body is sent again after Retry-After, and its answer is late by that */
  turnedAway: number
  /** from when a body was due, or else first sent, to its receipt */
  answers: Answers
  cpuSeconds: number
}

/** What became of the events, summed over all receipts. */
export type Counts = {
  sent: number
  accepted: number
  duplicate: number
  quarantined: number
}

export type ClientMessage =
  | { kind: 'progress'; bytes: number }
  | { kind: 'done'; report: LoadReport }
  | { kind: 'failed'; error: string }

export interface Client {
  run(job: LoadJob, onProgress?: (bytes: number) => void): Promise<LoadReport>
  close(): void
}

export function startClient(): Client {
  const child = fork(fileURLToPath(new URL('client.js', import.meta.url)))
  return {
    run: (job, onProgress) =>
      new Promise((resolve, reject) => {
        const settle = (settled: () => void) => {
          child.off('message', onMessage)
          child.off('exit', onExit)
          settled()
        }
        const onExit = () => settle(() => reject(new Error('the client is gone')))
        const onMessage = (message: ClientMessage) => {
          if (message.kind === 'progress') onProgress?.(message.bytes)
          else if (message.kind === 'done') settle(() => resolve(message.report))
          else settle(() => reject(new Error(message.error)))
        }
        child.on('message', onMessage)
        child.once('exit', onExit)
        child.send(job)
      }),
    close: () => child.disconnect(),
  }
}

export function sumCounts(all: readonly Counts[]): Counts {
  const sum = (name: keyof Counts) => all.reduce((total, counts) => total + counts[name], 0)
  return {
    sent: sum('sent'),
    accepted: sum('accepted'),
    duplicate: sum('duplicate'),
    quarantined: sum('quarantined'),
  }
}
