// The producer's side of a run: a process of its own that sends bodies and counts what became of their events. This is
// the end that the suites hold; client.ts is the process.

import { fork } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { PoolOptions } from './events.ts'
import type { Answers } from './statistics.ts'
import type { StreamOptions } from './streams.ts'

export interface LoadJob {
  url: string
  /** what to send: bodies that repeat, ids apart, or a stream that never does */
  pool: PoolOptions | StreamOptions
  /** what the path of each body asks for besides: `pack=gaming` */
  query?: string
  /** one body more at the end, whose answer waits until it, and all before it, can be searched */
  untilIndexed?: boolean
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
  /** Bodies are offered at their rate for so long, no matter how many are taken; `bodies` is how many there are at most. */
  floodSeconds?: number
}

export interface LoadReport {
  /** from the first byte sent to the last answer read */
  seconds: number
  bytes: number
  counts: Counts
  /**
   * 429s. Such a body is sent again after Retry-After, and its answer is late by that; in a flood it waits for its next
   * turn, and is no part of the counts until it is taken.
   */
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

/** Events are made before a clock starts: those of the next job that has the same pool. */
export type Preparation = { prepare: LoadJob['pool'] }

export type ClientMessage =
  | { kind: 'prepared' }
  | { kind: 'progress'; bytes: number }
  | { kind: 'done'; report: LoadReport }
  | { kind: 'failed'; error: string }

export interface Client {
  prepare(pool: LoadJob['pool']): Promise<void>
  /** To whatever else runs on its cores, which in truth it would not share. */
  giveWay(): void
  run(job: LoadJob, onProgress?: (bytes: number) => void): Promise<LoadReport>
  close(): void
}

export function startClient(): Client {
  const child = fork(fileURLToPath(new URL('client.js', import.meta.url)))
  const ask = (asked: LoadJob | Preparation, onProgress?: (bytes: number) => void) =>
    new Promise<LoadReport | undefined>((resolve, reject) => {
      const settle = (settled: () => void) => {
        child.off('message', onMessage)
        child.off('exit', onExit)
        settled()
      }
      const onExit = () => settle(() => reject(new Error('the client is gone')))
      const onMessage = (message: ClientMessage) => {
        if (message.kind === 'progress') onProgress?.(message.bytes)
        else if (message.kind === 'prepared') settle(() => resolve(undefined))
        else if (message.kind === 'done') settle(() => resolve(message.report))
        else settle(() => reject(new Error(message.error)))
      }
      child.on('message', onMessage)
      child.once('exit', onExit)
      child.send(asked)
    })
  return {
    prepare: async pool => void (await ask({ prepare: pool })),
    giveWay: () => setPriority(child.pid!, constants.priority.PRIORITY_LOW),
    run: async (job, onProgress) => (await ask(job, onProgress))!,
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
