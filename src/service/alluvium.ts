// The service: what routes and the command line call. It owns the log and the time, asks the writer for outcomes and the
// reader for answers, and decides when to seal and when to evict, writing each decision into the log first.

import { assert } from '../base/assert.ts'
import { concat } from '../base/bytes.ts'
import type { Published } from '../catalog/catalog.ts'
import type { Config } from '../contract/config.ts'
import type { FieldMap } from '../contract/envelope.ts'
import type { BatchHeader, EvictHeader, RepairHeader, SealHeader } from '../contract/frames.ts'
import type { JobsService } from '../contract/jobs.ts'
import type { PacksService } from '../contract/packs-service.ts'
import { Refused } from '../contract/refused.ts'
import type { Segment } from '../contract/segment.ts'
import type {
  AsOf,
  EventsPage,
  EventsRequest,
  IngestAnswer,
  IngestRequest,
  Metric,
  QuarantinePage,
  QuarantineRequest,
  Readiness,
  ReplayAnswer,
  ReplayRequest,
  Service,
  StoredEvent,
} from '../contract/service.ts'
import { hashRequest, IdempotencyKeys } from '../ingest/idempotency.ts'
import { withoutGone } from '../ingest/receipts.ts'
import type { Clock } from '../ports/clock.ts'
import type { FrameKind, Log } from '../ports/log.ts'
import { parseRefusalId } from '../segment/refusal-id.ts'
import { Backpressure } from './backpressure.ts'
import { policyOf } from './intake-policy.ts'
import { Jobs } from './jobs.ts'
import type { KeyRecord } from './key-records.ts'
import { type Knowledge, knowledgeOf } from './knowledge.ts'
import { Meters } from './meters.ts'
import { choosePack } from './pack-choice.ts'
import { Quotas } from './quotas.ts'
import type { EventRequest, Reading } from './reader.ts'
import { Rounds } from './rounds.ts'
import { secondTry } from './second-try.ts'
import type { Applied, Writing } from './writing.ts'

export interface AlluviumOptions {
  config: Config
  clock: Clock
  log: Log
  writing: Writing
  reading: Reading
  packs: PacksService
  usedRatio: () => Promise<number | undefined>
  /** The process must stop: what was acknowledged is safe, what comes now could not be. */
  onFatal: (error: unknown) => void
}

type AppliedAs<Kind extends Applied['kind']> = Extract<Applied, { kind: Kind }>

const diskCheckMs = 5_000
/** What a refusal weighs in memory besides its bytes. */
const refusalBytes = 256

export class Alluvium implements Service {
  /** what the events say and mention */
  readonly knowledge: Knowledge
  /** longer work on what is stored */
  readonly jobs: JobsService
  readonly #options: AlluviumOptions
  readonly #pressure: Backpressure
  readonly #quotas: Quotas
  readonly #keys: IdempotencyKeys
  readonly #meters = new Meters()
  /** bytes and age of what is accepted and not cut yet */
  #open: { bytes: number; sinceMs: number } | undefined
  #replaying: Promise<unknown> = Promise.resolve()
  readonly #rounds: Rounds
  /** Frames up to these are durable and published. Either may be ahead of the other; what is both may leave the log. */
  readonly #through = { durable: 0, published: 0 }

  constructor(options: AlluviumOptions) {
    const { config, log } = options
    this.#options = options
    this.knowledge = knowledgeOf(options.reading, () => this.#pressure.requireRecovered())
    const admit = () => this.#pressure.requireOpen()
    this.jobs = new Jobs({ ...options, admit, flush: () => this.#flush() })
    this.#pressure = new Backpressure(config.limits, options.clock)
    this.#pressure.logBytes = () => log.heldBytes
    this.#quotas = new Quotas(config.quotas.tenants)
    this.#rounds = new Rounds(options.clock, error => this.fail(error))
    this.#keys = new IdempotencyKeys({
      rememberedMs: config.limits.idempotency_hours * 3_600_000,
      keysMax: config.limits.idempotency_keys_max,
    })
  }

  /** Replays what the log holds beyond the published segments, then opens intake. */
  async recover(): Promise<{ frames: number }> {
    const { log, writing } = this.#options
    for (const record of await writing.rememberedKeys()) this.#remember(record)
    let frames = 0
    let lastSeq = await writing.appliedSeq()
    for await (const frame of log.recover(lastSeq)) {
      const applied = await writing.apply(frame)
      if (applied.kind === 'batch' && applied.record) this.#remember(applied.record)
      if (frame.kind === 'seal' || frame.kind === 'evict') this.#open = undefined
      else this.#grow(frame.body.length)
      await writing.indexed()
      lastSeq = frame.seq
      frames++
    }
    this.#noteDurable(lastSeq)
    if (this.#open) this.#open.bytes = Math.max(this.#open.bytes, log.heldBytes) // with what frames weigh besides bodies
    this.#quotas.stored = new Map(await writing.storedBytes())
    this.#pressure.noteDisk(await this.#options.usedRatio())
    this.#rounds.every(diskCheckMs, async () => this.#pressure.noteDisk(await this.#options.usedRatio()))
    this.#rounds.every(Math.min(this.#limits.flush_seconds * 1000, 10_000), async () => this.#sealIfDue())
    this.#rounds.every(this.#options.config.evict_minutes * 60_000, () => this.evictExpired())
    this.#pressure.enter('open')
    this.#sealIfDue()
    return { frames }
  }

  /** A publish: what it covers may leave the log. */
  onPublish({ appliedSeq }: Published): void {
    this.#through.published = appliedSeq
    this.#release()
    this.#meters.publishes++
    this.#options.writing
      .storedBytes()
      .then(stored => {
        this.#quotas.stored = new Map(stored)
      })
      .catch(error => this.fail(error))
  }

  onQueue(queuedBytes: number): void {
    this.#pressure.queuedBytes = queuedBytes
    this.#pressure.letIn()
  }

  onDeadLetter(): void {
    this.#meters.deadLetters++
  }

  onCorrupt(): void {
    this.#meters.corruptParts++
  }

  fail(error: unknown): void {
    this.#pressure.enter('failed')
    this.#options.onFatal(error)
  }

  admit(tenant: string, bodyBytes: number): void {
    this.#pressure.admit()
    this.#quotas.admit(tenant, bodyBytes, this.#options.clock.nowMs())
  }

  untilRoom(bodyBytes: number): Promise<void> {
    return this.#pressure.untilRoom(bodyBytes)
  }

  async ingest(request: IngestRequest): Promise<IngestAnswer> {
    if (this.#pressure.mustWait) await this.untilRoom(request.body.length)
    this.#pressure.admit()
    if (request.idempotencyKey === undefined)
      return { ...(await this.#take(request, undefined)), replayed: false }
    const { tenant, idempotencyKey: key, body, wait, ...parameters } = request
    const request_sha256 = await hashRequest(parameters, body)
    const { answer, replayed } = await this.#keys.once(
      tenant,
      key,
      request_sha256,
      this.#options.clock.nowMs(),
      () => this.#take(request, { key, request_sha256 }),
    )
    if (!replayed) return { ...answer, replayed }
    const { segments } = await this.#options.reading.segments(tenant)
    return { ...withoutGone(answer, segments), replayed }
  }

  async #take(request: IngestRequest, idempotency: BatchHeader['idempotency']) {
    const { tenant, stream, format, body, source, receipts, reopen, file } = request
    const { pack, fields } = await choosePack(request, this.#options.config, this.#options.packs)
    const header: BatchHeader = {
      ...{ tenant, stream, format, source, pack, fields, receipts, reopen, idempotency },
      ingest_time_ms: this.#options.clock.nowMs(),
      policy: policyOf(this.#options.config, stream),
      file: file && { hash: file.hash, first_row: file.firstRow },
    }
    const bytes = body.length
    this.#pressure.inFlightBytes += bytes
    try {
      const applied = await this.#append<'batch' | 'refused'>('batch', header, body)
      if (applied.kind === 'refused') throw new Refused(applied.code, applied.message)
      if (applied.record) this.#remember(applied.record)
      this.#meters.count(applied.answer)
      if (applied.answer.quarantined > 0) this.#grow(applied.answer.quarantined * refusalBytes)
      if (request.wait === 'indexed') await this.#options.writing.indexed()
      return applied.answer
    } finally {
      this.#pressure.inFlightBytes -= bytes
      this.#pressure.letIn()
    }
  }

  async events(request: EventsRequest): Promise<EventsPage> {
    this.#pressure.requireRecovered()
    return this.#options.reading.events(request)
  }

  async event(request: EventRequest): Promise<{ events: StoredEvent[]; asOf: AsOf; partial: boolean }> {
    this.#pressure.requireRecovered()
    return this.#options.reading.event(request)
  }

  async quarantine(request: QuarantineRequest): Promise<QuarantinePage> {
    this.#pressure.requireRecovered()
    return this.#options.reading.quarantine(request)
  }

  /** One after the other, so that no refusal is tried twice at once. */
  async replay(request: ReplayRequest): Promise<ReplayAnswer> {
    this.#pressure.admit()
    const replayed = this.#replaying.then(() => this.#replay(request))
    this.#replaying = replayed.catch(() => undefined) // told to the one who asked
    return replayed
  }

  async #replay(request: ReplayRequest): Promise<ReplayAnswer> {
    const { tenant, stream, refusalIds, code, fields, reopen, limit } = request
    await this.#options.writing.indexed() // a refusal that was told of is tried, also one that readers don't see yet
    const only = refusalIds?.flatMap(id => parseRefusalId(id, tenant, stream) ?? [])
    const refusals = await this.#options.reading.refusals({
      tenant,
      stream,
      status: 'open',
      limit,
      ...(code && { code }),
      ...(only && { only }),
    })
    const { writer } = this.#options.writing
    const bodies = refusals.map(refusal => secondTry(refusal, request, writer))
    const tellsNone = Object.keys(fields).length === 0
    const choice = await choosePack(request, this.#options.config, this.#options.packs)
    const header: RepairHeader = {
      tenant,
      stream,
      reopen,
      ...choice,
      ingest_time_ms: this.#options.clock.nowMs(),
      policy: policyOf(this.#options.config, stream),
      items: refusals.map(({ segmentId, sequence, source, fields: told }, i) => ({
        segment_id: segmentId,
        sequence,
        source,
        bytes: bodies[i]!.length,
        ...(tellsNone && told !== undefined && { fields: JSON.parse(told) as FieldMap }),
      })),
    }
    const body = concat(bodies).slice()
    const { answer } = await this.#append<'repair'>('repair', header, body)
    this.#meters.countReplay(answer)
    await this.#options.writing.indexed()
    return answer
  }

  async segments(tenant: string): Promise<{ segments: Segment[]; asOf: AsOf }> {
    this.#pressure.requireRecovered()
    return this.#options.reading.segments(tenant)
  }

  async evict(tenant: string, segmentId: string): Promise<boolean> {
    this.#pressure.requireOpen()
    if (!segmentId.startsWith(`${tenant}/`)) return false
    const evicted = await this.#evict([segmentId])
    return evicted.length > 0
  }

  /** Evicts what has expired. @returns the segments that went */
  async evictExpired(): Promise<string[]> {
    const expired = await this.#options.writing.expired(this.#options.clock.nowMs())
    return expired.length === 0 ? [] : this.#evict(expired)
  }

  async #evict(segment_ids: string[]): Promise<string[]> {
    const header: EvictHeader = { time_ms: this.#options.clock.nowMs(), segment_ids }
    this.#open = undefined
    const { evicted } = await this.#append<'evict'>('evict', header, new Uint8Array(0))
    await this.#options.writing.settled()
    this.#meters.evictions += evicted.length
    return evicted
  }

  async readiness(): Promise<Readiness> {
    const reasons = this.#pressure.obstacles
    return {
      ready: reasons.length === 0,
      reasons,
      details: { queue_bytes: this.#pressure.queueBytes, log_bytes: this.#options.log.heldBytes },
    }
  }

  async metrics(): Promise<Metric[]> {
    const { log, writing } = this.#options
    return this.#meters.metrics({
      queueBytes: this.#pressure.queueBytes,
      queueBytesMax: this.#limits.queue_bytes_max,
      logBytes: log.heldBytes,
      logBytesMax: this.#limits.log_bytes_max,
      openBytes: this.#open?.bytes ?? 0,
      ready: this.#pressure.obstacles.length === 0,
      writer: await writing.stats(),
    })
  }

  async drain(): Promise<void> {
    this.#pressure.enter('draining')
    this.#rounds.stop()
    if (this.#open) this.#seal('drain')
    await this.#options.writing.stop()
    await this.#options.log.close()
  }

  get #limits() {
    return this.#options.config.limits
  }

  /** The outcome of a frame, once it is both durable and final. */
  async #append<Kind extends Applied['kind']>(
    kind: FrameKind,
    header: object,
    body: Uint8Array,
  ): Promise<AppliedAs<Kind>> {
    const { log, writing } = this.#options
    const heldBytes = log.heldBytes
    const { seq, durable } = log.append(kind, header as Record<string, unknown>, body)
    const frameBytes = log.heldBytes - heldBytes
    const applying = writing.apply({ seq, kind, header: header as Record<string, unknown>, body })
    // Also a frame that turns out to count for nothing leaves the log only by a publish.
    if (kind === 'batch' || kind === 'repair') this.#grow(frameBytes)
    durable.then(
      () => this.#noteDurable(seq),
      error => this.fail(error),
    )
    const [applied] = await Promise.all([applying, durable])
    return applied as AppliedAs<Kind>
  }

  #noteDurable(seq: number): void {
    this.#through.durable = seq
    this.#release()
  }

  #release(): void {
    const { durable, published } = this.#through
    this.#options.log
      .release(Math.min(durable, published))
      .then(() => this.#pressure.letIn())
      .catch(error => this.fail(error))
  }

  #remember({ tenant, key, ...remembered }: KeyRecord): void {
    this.#keys.remember(tenant, key, remembered)
  }

  #grow(bytes: number): void {
    this.#open ??= { bytes: 0, sinceMs: this.#options.clock.nowMs() }
    this.#open.bytes += bytes
    this.#sealIfDue()
  }

  #sealIfDue(): void {
    if (!this.#open || this.#pressure.obstacles.includes('recovering')) return
    if (this.#open.bytes >= this.#sealBytes) this.#seal('size')
    else if (this.#options.clock.nowMs() - this.#open.sinceMs >= this.#limits.flush_seconds * 1000)
      this.#seal('age')
  }

  /** A log has room for what is open and for what is being published. */
  get #sealBytes(): number {
    return Math.min(this.#limits.flush_bytes, this.#limits.log_bytes_max / 2)
  }

  async #flush(): Promise<void> {
    if (this.#open) this.#seal('job')
    await this.#options.writing.settled()
  }

  #seal(reason: SealHeader['reason']): void {
    assert(this.#open, 'only what is open is sealed')
    this.#open = undefined
    const header: SealHeader = { time_ms: this.#options.clock.nowMs(), reason }
    this.#append('seal', header, new Uint8Array(0)).catch(error => this.fail(error))
  }
}
