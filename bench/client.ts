// The process that sends: it makes its pool of events before the clock starts, then keeps connections busy, or a rate, or
// floods.

import { assert } from '../src/base/assert.ts'
import { EventPool } from './measure/events.ts'
import { type Answer, expectOk, HttpClient } from './measure/http.ts'
import type { ClientMessage, Counts, LoadJob, LoadReport, Preparation } from './measure/load.ts'
import { answersOf } from './measure/statistics.ts'
import { StreamBodies } from './measure/streams.ts'

const progressEveryBytes = 4 * 1024 * 1024

type Bodies = EventPool | StreamBodies

let pool: { made: string; bodies: Bodies } | undefined

process.on('message', (asked: LoadJob | Preparation) => {
  answer(asked).then(tell, error => tell({ kind: 'failed', error: String(error?.stack ?? error) }))
})

async function answer(asked: LoadJob | Preparation): Promise<ClientMessage> {
  if (!('prepare' in asked)) return { kind: 'done', report: await run(asked) }
  bodiesOf(asked.prepare)
  return { kind: 'prepared' }
}

function tell(message: ClientMessage): void {
  process.send!(message)
}

async function run(job: LoadJob): Promise<LoadReport> {
  const sending = new Sending(job, bodiesOf(job.pool))
  const cpuBefore = process.cpuUsage()
  const startedMs = performance.now()
  const { bodiesPerSecond, floodSeconds } = job
  if (bodiesPerSecond === undefined) await sending.busy()
  else if (floodSeconds === undefined) await sending.paced(bodiesPerSecond)
  else await sending.flood(bodiesPerSecond, floodSeconds)
  if (job.untilIndexed) await sending.last()
  const seconds = (performance.now() - startedMs) / 1000
  const { user, system } = process.cpuUsage(cpuBefore)
  const found = sending.end()
  if (found.counts[job.expect] !== found.counts.sent)
    throw new Error(`not every event was ${job.expect}: ${JSON.stringify(found.counts)}`)
  return { seconds, cpuSeconds: (user + system) / 1e6, ...found }
}

function bodiesOf(options: LoadJob['pool']): Bodies {
  const made = JSON.stringify(options)
  if (pool?.made !== made)
    pool = { made, bodies: 'kind' in options ? new StreamBodies(options) : new EventPool(options) }
  return pool.bodies
}

class Sending {
  readonly #job: LoadJob
  readonly #pool: Bodies
  readonly #http: HttpClient
  readonly #ms: number[] = []
  readonly #counts: Counts = { sent: 0, accepted: 0, duplicate: 0, quarantined: 0 }
  #bytes = 0
  #toldBytes = 0
  #turnedAway = 0

  constructor(job: LoadJob, pool: Bodies) {
    this.#job = job
    this.#pool = pool
    this.#http = new HttpClient(job.url, job.connections)
  }

  /** Every connection sends its next body when the last one is answered. */
  async busy(): Promise<void> {
    let next = 0
    const connection = async () => {
      while (next < this.#job.bodies) await this.#send(next++, performance.now())
    }
    await Promise.all(Array.from({ length: this.#job.connections }, connection))
  }

  /** Each body at its time. One that waits for a connection, or for the one before, is late, and that is counted. */
  async paced(bodiesPerSecond: number): Promise<void> {
    const startMs = performance.now()
    const answered: Promise<void>[] = []
    for (let number = 0; number < this.#job.bodies; number++) {
      const dueMs = startMs + (number * 1000) / bodiesPerSecond
      const earlyMs = dueMs - performance.now()
      if (earlyMs > 0) await new Promise(resolve => setTimeout(resolve, earlyMs))
      answered.push(this.#send(number, Math.max(dueMs, startMs)))
    }
    await Promise.all(answered)
  }

  /**
   * Each body at its time, by producers who mind no answer: one that is turned away is offered again in its turn, at
   * once. Where all connections are taken, the next body waits for one.
   */
  async flood(bodiesPerSecond: number, seconds: number): Promise<void> {
    const startMs = performance.now()
    const untilMs = startMs + seconds * 1000
    const again: number[] = []
    const waiting: (() => void)[] = []
    const offered = new Set<Promise<void>>()
    let next = 0
    for (let turn = 0; performance.now() < untilMs; turn++) {
      const earlyMs = startMs + (turn * 1000) / bodiesPerSecond - performance.now()
      if (earlyMs > 0) await new Promise(resolve => setTimeout(resolve, earlyMs))
      if (offered.size >= this.#job.connections) await new Promise<void>(resolve => waiting.push(resolve))
      const number = again.shift() ?? next++
      assert(number < this.#job.bodies, 'a pool for all that is taken')
      const one = this.#offer(number).then(isTaken => {
        if (!isTaken) again.push(number)
        offered.delete(one)
        waiting.shift()?.()
      })
      offered.add(one)
    }
    await Promise.all(offered)
  }

  /** Behind all others: what is indexed is indexed in order. */
  last(): Promise<void> {
    return this.#send(this.#job.bodies, performance.now(), 'wait=indexed')
  }

  end(): Omit<LoadReport, 'seconds' | 'cpuSeconds'> {
    this.#http.close()
    return {
      bytes: this.#bytes,
      counts: this.#counts,
      turnedAway: this.#turnedAway,
      answers: answersOf(this.#ms),
    }
  }

  async #send(number: number, dueMs: number, wait?: string): Promise<void> {
    const bytes = this.#bytesOf(number)
    let answer = await this.#post(bytes, wait)
    while (answer.status === 429) {
      this.#turnedAway++
      await new Promise(resolve => setTimeout(resolve, Number(answer.headers['retry-after'] ?? 1) * 1000))
      answer = await this.#post(bytes, wait)
    }
    this.#count(answer, bytes, dueMs)
  }

  /** @returns whether it was taken */
  async #offer(number: number): Promise<boolean> {
    const offeredMs = performance.now()
    const bytes = this.#bytesOf(number)
    const answer = await this.#post(bytes)
    const isTaken = answer.status !== 429
    if (isTaken) this.#count(answer, bytes, offeredMs)
    else this.#turnedAway++
    return isTaken
  }

  #bytesOf(number: number): Uint8Array {
    return this.#pool.body(this.#job.bodyFirst + number, this.#job.day).bytes
  }

  #post(bytes: Uint8Array, wait?: string): Promise<Answer> {
    const asked = [this.#job.query, wait].filter(part => part !== undefined).join('&')
    return this.#http.send('POST', asked === '' ? '/v1/events' : `/v1/events?${asked}`, bytes)
  }

  #count(answer: Answer, bytes: Uint8Array, dueMs: number): void {
    this.#ms.push(performance.now() - dueMs)
    const receipt: Counts = JSON.parse(expectOk(answer, 'POST /v1/events').text)
    for (const name of Object.keys(this.#counts) as (keyof Counts)[]) this.#counts[name] += receipt[name]
    this.#bytes += bytes.length
    if (this.#bytes - this.#toldBytes >= progressEveryBytes) {
      this.#toldBytes = this.#bytes
      tell({ kind: 'progress', bytes: this.#bytes })
    }
  }
}
