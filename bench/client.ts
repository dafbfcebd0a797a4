// The process that sends: it makes its pool of events before the clock starts, then keeps connections busy or a rate.

import { EventPool } from './measure/events.ts'
import { expectOk, HttpClient } from './measure/http.ts'
import type { ClientMessage, Counts, LoadJob, LoadReport } from './measure/load.ts'
import { answersOf } from './measure/statistics.ts'

const progressEveryBytes = 4 * 1024 * 1024

let pool: { made: string; events: EventPool } | undefined

process.on('message', (job: LoadJob) => {
  run(job).then(
    report => tell({ kind: 'done', report }),
    error => tell({ kind: 'failed', error: String(error?.stack ?? error) }),
  )
})

function tell(message: ClientMessage): void {
  process.send!(message)
}

async function run(job: LoadJob): Promise<LoadReport> {
  const made = JSON.stringify(job.pool)
  if (pool?.made !== made) pool = { made, events: new EventPool(job.pool) }
  const sending = new Sending(job, pool.events)
  const cpuBefore = process.cpuUsage()
  const startedMs = performance.now()
  await (job.bodiesPerSecond === undefined ? sending.busy() : sending.paced(job.bodiesPerSecond))
  const seconds = (performance.now() - startedMs) / 1000
  const { user, system } = process.cpuUsage(cpuBefore)
  const found = sending.end()
  if (found.counts[job.expect] !== found.counts.sent)
    throw new Error(`not every event was ${job.expect}: ${JSON.stringify(found.counts)}`)
  return { seconds, cpuSeconds: (user + system) / 1e6, ...found }
}

class Sending {
  readonly #job: LoadJob
  readonly #pool: EventPool
  readonly #http: HttpClient
  readonly #ms: number[] = []
  readonly #counts: Counts = { sent: 0, accepted: 0, duplicate: 0, quarantined: 0 }
  #bytes = 0
  #toldBytes = 0
  #turnedAway = 0

  constructor(job: LoadJob, pool: EventPool) {
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

  end(): Omit<LoadReport, 'seconds' | 'cpuSeconds'> {
    this.#http.close()
    return {
      bytes: this.#bytes,
      counts: this.#counts,
      turnedAway: this.#turnedAway,
      answers: answersOf(this.#ms),
    }
  }

  async #send(number: number, dueMs: number): Promise<void> {
    const { bytes } = this.#pool.body(this.#job.bodyFirst + number, this.#job.day)
    let answer = await this.#http.send('POST', '/v1/events', bytes)
    while (answer.status === 429) {
      this.#turnedAway++
      await new Promise(resolve => setTimeout(resolve, Number(answer.headers['retry-after'] ?? 1) * 1000))
      answer = await this.#http.send('POST', '/v1/events', bytes)
    }
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
