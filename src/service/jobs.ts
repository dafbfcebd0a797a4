// Jobs, one after the other, each segment by segment, the newest first. What a job makes are parts that are published as
// they are made, so an interrupted one has lost nothing but what it had not come to.

import type { Config } from '../contract/config.ts'
import { type Job, type JobRequest, type JobsService, jobsMax } from '../contract/jobs.ts'
import type { InstalledPack } from '../contract/pack.ts'
import type { PacksService } from '../contract/packs-service.ts'
import { Refused } from '../contract/refused.ts'
import type { Segment } from '../contract/segment.ts'
import type { Clock } from '../ports/clock.ts'
import { autoName, choosePack } from './pack-choice.ts'
import type { Reading } from './reader.ts'
import type { Writing } from './writing.ts'

export interface JobsOptions {
  config: Config
  clock: Clock
  packs: PacksService
  reading: Pick<Reading, 'segments' | 'autoPack'>
  writing: Pick<Writing, 'rederive'>
  /** @throws Refused while nothing can be begun */
  admit: () => void
  /** Resolves when everything that came before is published. */
  flush: () => Promise<void>
}

export class Jobs implements JobsService {
  readonly #options: JobsOptions
  /** the oldest first */
  readonly #jobs = new Map<string, Job>()
  #running: Promise<void> = Promise.resolve()
  #lastNumber = 0

  constructor(options: JobsOptions) {
    this.#options = options
  }

  async start(request: JobRequest): Promise<Job> {
    const { admit, clock, config, packs } = this.#options
    admit()
    await choosePack({ ...request, fields: {} }, config, packs)
    this.#makeRoom()
    const createdMs = clock.nowMs()
    const job: Job = {
      ...request,
      jobId: `${request.kind}-${createdMs}-${++this.#lastNumber}`,
      state: 'waiting',
      segmentCount: undefined,
      segmentsDone: 0,
      events: 0,
      unreadEvents: 0,
      createdMs,
      endedMs: undefined,
      error: undefined,
    }
    this.#jobs.set(job.jobId, job)
    this.#running = this.#running.then(() => this.#run(job))
    return { ...job }
  }

  async list(tenant: string): Promise<Job[]> {
    return [...this.#jobs.values()].filter(job => job.tenant === tenant).reverse()
  }

  async get(tenant: string, jobId: string): Promise<Job | undefined> {
    const job = this.#jobs.get(jobId)
    return job?.tenant === tenant ? job : undefined
  }

  /** @throws Refused when all that are remembered are still to be done */
  #makeRoom(): void {
    if (this.#jobs.size < jobsMax) return
    for (const [id, { endedMs }] of this.#jobs) {
      if (endedMs === undefined) continue
      this.#jobs.delete(id)
      return
    }
    throw new Refused('queue_full', `${jobsMax} jobs are still to be done; start this one later`)
  }

  async #run(job: Job): Promise<void> {
    job.state = 'running'
    try {
      await this.#rederive(job)
      job.state = 'done'
    } catch (error) {
      job.state = 'failed'
      job.error = error instanceof Error ? error.message : String(error)
    }
    job.endedMs = this.#options.clock.nowMs()
  }

  async #rederive(job: Job): Promise<void> {
    const { flush, reading, writing } = this.#options
    await flush()
    const { segments } = await reading.segments(job.tenant)
    const wanted = segments.filter(segment => isWanted(segment, job))
    job.segmentCount = wanted.length
    for (const segment of wanted.sort((left, right) => right.from_ms - left.from_ms)) {
      const packs = await this.#packsOf(segment, job)
      const request = { segmentId: segment.segment_id, packs, unreadOnly: job.unreadOnly }
      const outcome = await writing.rederive({
        ...request,
        ...(job.pack !== undefined && { pack: job.pack }),
      })
      job.events += outcome.docs
      job.unreadEvents += outcome.unreadDocs
      job.segmentsDone++
    }
  }

  /** The newest version of every pack that the segment's events may want. @throws Error for one that is no more */
  async #packsOf({ parts }: Segment, job: Job): Promise<InstalledPack[]> {
    const { tenant, pack } = job
    const read = parts.flatMap(({ packs = [] }) => packs).map(name => name.slice(0, name.indexOf('@')))
    const names = pack === undefined ? new Set([autoName, ...read]) : new Set([pack])
    const found: InstalledPack[] = []
    for (const name of names) {
      const newest = name === autoName ? await this.#auto(job) : await this.#options.packs.get(tenant, name)
      if (!newest) throw new Error(`events were read by the pack ${name}, which is no more: install it again`)
      found.push(newest)
    }
    return found
  }

  /** @throws Error when all events are to be read by it and it has seen none, since it would say nothing of them */
  async #auto({ tenant, stream, pack }: Job): Promise<InstalledPack> {
    const auto = await this.#options.reading.autoPack({ tenant, stream })
    if (pack !== undefined && auto.events === 0)
      throw new Error(
        `${autoName} has seen no events of the stream ${stream}: it learns from those that come without a pack`,
      )
    return auto.pack
  }
}

function isWanted({ stream, from_ms, until_ms, parts }: Segment, job: Job): boolean {
  const { fromMs = Number.NEGATIVE_INFINITY, untilMs = Number.POSITIVE_INFINITY } = job
  const isIn = stream === job.stream && from_ms < untilMs && until_ms > fromMs
  return (
    isIn &&
    parts.some(({ role, unread_docs = 0 }) => role === 'texts' && (!job.unreadOnly || unread_docs > 0))
  )
}
