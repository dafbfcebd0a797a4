// A service and its model, side by side: each operation is done to both, and what they say is compared.

import { expect } from 'vitest'
import { toUtf8 } from '../../src/base/bytes.ts'
import { Refused } from '../../src/contract/refused.ts'
import type { EventFilter, EventsRequest, IngestRequest, StoredEvent } from '../../src/contract/service.ts'
import { refusalId } from '../../src/segment/refusal-id.ts'
import { docId } from '../../src/segment/slice.ts'
import { readBackwards, readById, readContents } from '../crash/contents.ts'
import { type Opened, openService } from '../crash/service.ts'
import { type ManualClock, manualClock } from '../sim/manual-clock.ts'
import { type MemoryDisk, memoryDisk } from '../sim/memory-disk.ts'
import { Model, type ModelEvent, type Outcome, sha256 } from './model.ts'
import { hourMs, type IngestOperation, type Operation, startMs, streams, tenants } from './operations.ts'

const retentionDays = 0.5
const pageEvents = 3
/** Below the period of the service's own evictor, so that only the operations evict. */
const passedMsMax = 16 * hourMs
const scope = { tenants, streams, pageEvents }

interface HeldCursor {
  request: EventsRequest
  cursor: string
  rest: ModelEvent[]
}

export class Twins {
  readonly #random: () => number
  readonly #disk: MemoryDisk = memoryDisk()
  readonly #clock: ManualClock = manualClock(startMs)
  readonly #model = new Model(retentionDays * 24 * hourMs)
  #opened: Opened | undefined
  #passedMs = 0
  #held: HeldCursor | undefined

  constructor(random: () => number) {
    this.#random = random
  }

  async apply(operation: Operation): Promise<void> {
    this.#opened ??= await this.#open()
    switch (operation.kind) {
      case 'ingest':
        await this.#ingest(operation)
        break
      case 'repair':
        await this.#repair(operation)
        break
      case 'evict':
        await this.#evict(operation)
        break
      case 'expire':
        await this.#expire()
        break
      case 'pass':
        if (this.#passedMs + operation.ms > passedMsMax) break
        this.#passedMs += operation.ms
        this.#clock.pass(operation.ms)
        break
      case 'flush':
        await this.#service.flush()
        break
      case 'restart':
        await this.#restart()
    }
    expect(this.#service.fatal).toBe(undefined)
    await this.#compareSegments()
  }

  /** Everything that can be read, in both orders and by id, and one filter. */
  async compare(): Promise<void> {
    const { service } = this.#service
    const read = await readContents(service, scope)
    expect(read.partial).toBe(false)
    const expected = tenants.flatMap(tenant => streams.flatMap(stream => this.#model.events(tenant, stream)))
    expect(read.events.map(shownStored)).toEqual(expected.map(shownByModel))
    const backwards = tenants.flatMap(tenant =>
      streams.flatMap(stream => this.#model.events(tenant, stream).reverse()),
    )
    expect((await readBackwards(service, scope)).map(shownStored)).toEqual(backwards.map(shownByModel))
    const some = read.events.filter(() => this.#random() < 0.2)
    for (const event of some) expect(await readById(service, event)).toEqual([event])
    this.#compareRefusals(read)
    await this.#compareFilter()
    await this.#goOnWithCursor()
  }

  get #service(): Opened {
    return this.#opened!
  }

  #open(): Promise<Opened> {
    this.#passedMs = 0
    return openService({ disk: this.#disk, clock: this.#clock, retentionDays })
  }

  /** A clean stop, a kill, or a power cut; the same to whoever was answered. */
  async #restart(): Promise<void> {
    const dice = this.#random()
    if (dice < 0.3) await this.#service.stop()
    else await this.#service.kill()
    if (dice > 0.6) this.#disk.crash(this.#random)
    this.#opened = await this.#open()
  }

  async #ingest(operation: IngestOperation): Promise<void> {
    const nowMs = this.#clock.nowMs()
    const request = requestOf(operation, this.#random() < 0.5 ? 'durable' : 'indexed')
    const answer = await this.#service.service.ingest(request).catch(error => {
      if (error instanceof Refused && error.code === 'idempotency_conflict') return 'conflict' as const
      throw error
    })
    const expected = this.#model.ingest(operation, nowMs, answer === 'conflict' ? '' : answer.batch_id)
    if (answer === 'conflict' || expected === 'conflict') {
      expect(answer).toBe(expected)
      return
    }
    const { receipts, sent, accepted, duplicate, quarantined, late, replayed } = answer
    expect(
      receipts.map(({ outcome, event_id, code, late }) => told({ outcome, eventId: event_id, code, late })),
    ).toEqual(expected.outcomes.map(told))
    const count = (name: string) => expected.outcomes.filter(({ outcome }) => outcome === name).length
    expect({ sent, accepted, duplicate, quarantined, late, replayed }).toEqual({
      sent: operation.lines.length,
      accepted: count('accepted'),
      duplicate: count('duplicate'),
      quarantined: count('quarantined'),
      late: expected.outcomes.filter(outcome => outcome.late).length,
      replayed: expected.replayed,
    })
  }

  async #repair({ tenant, stream, patch }: Extract<Operation, { kind: 'repair' }>): Promise<void> {
    const nowMs = this.#clock.nowMs()
    const request = { tenant, stream, patch, fields: {}, reopen: false, limit: 1000 }
    const answer = await this.#service.service.replay(request)
    const expected = this.#model.repair({ tenant, stream, nowMs }, patch, answer.batch_id)
    const outcomes = answer.outcomes.map(({ outcome, event_id, code }) =>
      told({ outcome, eventId: event_id, code }),
    )
    expect(outcomes).toEqual(expected.map(outcome => told({ ...outcome, late: undefined })))
  }

  async #evict({ tenant, rank }: Extract<Operation, { kind: 'evict' }>): Promise<void> {
    const segments = this.#model.segments(tenant)
    const id = segments[rank % Math.max(1, segments.length)]?.id
    expect(await this.#service.service.evict(tenant, id ?? `${tenant}/events/2020-01-01/0`)).toBe(
      id !== undefined,
    )
    if (id !== undefined) this.#model.evict(id)
  }

  async #expire(): Promise<void> {
    const expired = this.#model.expired(this.#clock.nowMs())
    expect((await this.#service.service.evictExpired()).sort()).toEqual([...expired].sort())
    for (const id of expired) this.#model.evict(id)
  }

  async #compareSegments(): Promise<void> {
    for (const tenant of tenants) {
      const { segments } = await this.#service.service.segments(tenant)
      expect(
        segments.map(({ segment_id, event_rows, refusal_rows, raw_bytes, expires_at_ms }) => {
          return [segment_id, event_rows, refusal_rows, raw_bytes, expires_at_ms]
        }),
      ).toEqual(
        this.#model.segments(tenant).map(({ id, docs, refusals, rawBytes, expiresMs }) => {
          return [id, docs, refusals, rawBytes, expiresMs]
        }),
      )
    }
  }

  #compareRefusals({ refusals }: Awaited<ReturnType<typeof readContents>>): void {
    const expected = tenants.flatMap(tenant =>
      streams.flatMap(stream => this.#model.refusals(tenant, stream)),
    )
    expect(
      refusals.map(({ refusal_id, code, raw, source, resolution }) => {
        const settled = resolution && { outcome: resolution.outcome, eventId: resolution.event_id }
        return [refusal_id, code, raw, source, settled ?? undefined]
      }),
    ).toEqual(
      expected.map(({ segment, sequence, code, text, source, resolution }) => {
        return [refusalId(segment.id, '0', sequence), code, text, source, resolution]
      }),
    )
  }

  async #compareFilter(): Promise<void> {
    const filter: EventFilter = {
      ...(this.#random() < 0.3 && { type: 'click' }),
      ...(this.#random() < 0.3 && { entityId: 'u2' }),
      ...(this.#random() < 0.3 && { source: 's1' }),
      ...(this.#random() < 0.4 && { fromMs: startMs - Math.floor(this.#random() * 60) * hourMs }),
      ...(this.#random() < 0.4 && { untilMs: startMs - Math.floor(this.#random() * 60) * hourMs }),
    }
    const order = this.#random() < 0.5 ? 'asc' : 'desc'
    const request: EventsRequest = { tenant: 't', stream: 'events', order, limit: pageEvents, ...filter }
    const all = this.#model.events('t', 'events').filter(event => matches(event, filter))
    if (order === 'desc') all.reverse()
    const page = await this.#service.service.events(request)
    expect(page.events.map(shownStored)).toEqual(all.slice(0, pageEvents).map(shownByModel))
    const cursor = page.nextCursor
    if (cursor === undefined) expect(all.length).toBeLessThanOrEqual(pageEvents)
    else this.#held ??= { request, cursor, rest: all.slice(pageEvents) }
  }

  /** A cursor from some operations ago shows what there was then, less what has been evicted. */
  async #goOnWithCursor(): Promise<void> {
    if (!this.#held || this.#random() < 0.5) return
    const { request, cursor, rest } = this.#held
    this.#held = undefined
    const live = new Set(this.#model.segments('t'))
    const page = await this.#service.service.events({ ...request, cursor, limit: 1000 })
    expect(page.events.map(shownStored)).toEqual(
      rest.filter(({ segment }) => live.has(segment)).map(shownByModel),
    )
  }
}

function requestOf(operation: IngestOperation, wait: IngestRequest['wait']): IngestRequest {
  const { kind: _kind, lines, key, ...rest } = operation
  const body = toUtf8(lines.join('\n'))
  const fixed = { format: 'ndjson', body, fields: {}, wait, receipts: 'all' } as const
  return { ...rest, ...fixed, ...(key !== undefined && { idempotencyKey: key }) }
}

function told({ outcome, eventId, code, late }: { [Name in keyof Outcome]: Outcome[Name] | undefined }) {
  return [outcome, outcome === 'quarantined' ? code : eventId, late === true]
}

function matches({ type, entityId, source, timeMs }: ModelEvent, filter: EventFilter): boolean {
  return (
    (filter.type === undefined || type === filter.type) &&
    (filter.entityId === undefined || entityId === filter.entityId) &&
    (filter.source === undefined || source === filter.source) &&
    timeMs >= (filter.fromMs ?? Number.NEGATIVE_INFINITY) &&
    timeMs < (filter.untilMs ?? Number.POSITIVE_INFINITY)
  )
}

type Shown = Pick<
  StoredEvent,
  'segmentId' | 'docId' | 'eventId' | 'source' | 'eventTimeMs' | 'type' | 'entityId' | 'late' | 'sha256'
>

function shownStored({
  segmentId,
  docId,
  eventId,
  source,
  eventTimeMs,
  type,
  entityId,
  late,
  sha256,
}: Shown) {
  return [segmentId, docId, eventId, source, eventTimeMs, type, entityId, late, sha256]
}

function shownByModel({ segment, doc, eventId, source, timeMs, type, entityId, late, text }: ModelEvent) {
  return [segment.id, docId('0', doc), eventId, source, timeMs, type, entityId, late, sha256(text)]
}
