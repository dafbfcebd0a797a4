// What a service should answer, told by a model so small that it is plainly right: a list of events, a list of refusals,
// and the segments that hold them. It knows nothing of bytes, batches in flight, parts or logs.

import { createHash } from 'node:crypto'
import type { RefusalCode } from '../../src/contract/refusal.ts'
import { hourMs, type IngestOperation } from './operations.ts'

export interface ModelEvent {
  segment: ModelSegment
  doc: number
  eventId: string
  source: string
  timeMs: number
  type: string | null
  entityId: string | null
  late: boolean
  text: string
}

export interface ModelRefusal {
  segment: ModelSegment
  sequence: number
  source: string
  code: RefusalCode
  text: string
  resolution: { outcome: 'accepted' | 'duplicate'; eventId: string } | undefined
}

export interface ModelSegment {
  id: string
  tenant: string
  stream: string
  slice: string
  generation: number
  untilMs: number
  expiresMs: number
  refusalsOnly: boolean
  docs: number
  refusals: number
  rawBytes: number
}

export interface Outcome {
  outcome: 'accepted' | 'duplicate' | 'quarantined'
  eventId?: string
  code?: RefusalCode
  late?: boolean
}

interface Place {
  tenant: string
  stream: string
  nowMs: number
  reopen: boolean
}

const dayMs = 24 * hourMs
const lateMs = 2 * hourMs
const futureMs = 24 * hourMs
const rememberedMs = 24 * hourMs

export class Model {
  readonly #retentionMs: number
  readonly #events: ModelEvent[] = []
  readonly #refusals: ModelRefusal[] = []
  #segments: ModelSegment[] = []
  readonly #evicted = new Map<string, number>()
  readonly #keys = new Map<string, { request: string; timeMs: number; outcomes: Outcome[] }>()

  constructor(retentionMs: number) {
    this.#retentionMs = retentionMs
  }

  /** @param batchId  as the service named the batch, for ids that events lack. @returns 'conflict' for a key used otherwise */
  ingest(
    operation: IngestOperation,
    nowMs: number,
    batchId: string,
  ): { outcomes: Outcome[]; replayed: boolean } | 'conflict' {
    const { tenant, stream, lines, reopen, key, file } = operation
    const known = key === undefined ? undefined : this.#keys.get(`${tenant} ${key}`)
    if (known && known.timeMs + rememberedMs > nowMs) {
      return known.request === requestOf(operation)
        ? { outcomes: known.outcomes, replayed: true }
        : 'conflict'
    }
    const place = { tenant, stream, nowMs, reopen }
    const source = operation.source ?? 'default'
    const checked = lines.map((text, position) => {
      const derivedId = file ? `${file.hash}-${file.firstRow + position}` : `${batchId}-${position}`
      return { text, ...this.#check(text, place, derivedId, source) }
    })
    const outcomes = checked.map(one => ('code' in one ? quarantined(one.code) : this.#accept(one, place)))
    for (const one of checked)
      if ('code' in one) this.#refuse({ text: one.text, code: one.code, source }, place)
    if (key !== undefined)
      this.#keys.set(`${tenant} ${key}`, { request: requestOf(operation), timeMs: nowMs, outcomes })
    return { outcomes, replayed: false }
  }

  /** Tries all open refusals of a stream again, with a patch over those that are objects. */
  repair(
    { tenant, stream, nowMs }: Omit<Place, 'reopen'>,
    patch: Record<string, unknown>,
    batchId: string,
  ): Outcome[] {
    const place = { tenant, stream, nowMs, reopen: false }
    const tried = this.refusals(tenant, stream).filter(({ resolution }) => !resolution)
    const checked = tried.map((refusal, position) => {
      const text = patchedText(refusal.text, patch)
      return { text, ...this.#check(text, place, `${batchId}-${position}`, refusal.source) }
    })
    const outcomes = checked.map(one => ('code' in one ? quarantined(one.code) : this.#accept(one, place)))
    for (const [i, { outcome, eventId }] of outcomes.entries())
      if (outcome !== 'quarantined') tried[i]!.resolution = { outcome, eventId: eventId! }
    return outcomes
  }

  evict(segmentId: string): void {
    const segment = this.#segments.find(({ id }) => id === segmentId)!
    this.#segments = this.#segments.filter(one => one !== segment)
    this.#evicted.set(sliceKey(segment), segment.generation)
  }

  expired(nowMs: number): string[] {
    return this.#segments.filter(({ expiresMs }) => expiresMs <= nowMs).map(({ id }) => id)
  }

  segments(tenant: string): ModelSegment[] {
    return this.#segments.filter(segment => segment.tenant === tenant).sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  /** By slice and generation, then in the order in which they came. */
  events(tenant: string, stream: string): ModelEvent[] {
    const found = this.#events.filter(({ segment }) => this.#isLive(segment, tenant, stream))
    return found.sort((a, b) => compare(a.segment, b.segment) || a.doc - b.doc)
  }

  refusals(tenant: string, stream: string): ModelRefusal[] {
    const found = this.#refusals.filter(({ segment }) => this.#isLive(segment, tenant, stream))
    return found.sort((a, b) => compare(a.segment, b.segment) || a.sequence - b.sequence)
  }

  #isLive(segment: ModelSegment, tenant: string, stream: string): boolean {
    return segment.tenant === tenant && segment.stream === stream && this.#segments.includes(segment)
  }

  #check(text: string, place: Place, derivedId: string, batchSource: string) {
    const event = parsed(text)
    if (event === undefined) return { code: 'malformed_json' as const }
    if (typeof event !== 'object' || event === null || Array.isArray(event))
      return { code: 'not_an_object' as const }
    const { id, time, type, user_id, source } = event as Record<string, unknown>
    if (Array.isArray(id) || typeof id === 'boolean') return { code: 'bad_id' as const }
    const timeMs = timeOf(time, place.nowMs)
    if (Number.isNaN(timeMs)) return { code: 'bad_time' as const }
    if (timeMs > place.nowMs + futureMs) return { code: 'future_time' as const }
    if (!place.reopen && this.#isClosed(place, timeMs)) return { code: 'expired' as const }
    return {
      timeMs,
      eventId: textOf(id) ?? derivedId,
      type: textOf(type) ?? null,
      entityId: textOf(user_id) ?? null,
      source: textOf(source) ?? batchSource,
    }
  }

  #isClosed({ tenant, stream }: Place, timeMs: number): boolean {
    const live = this.#at(tenant, stream, timeMs)
    return live ? live.refusalsOnly : this.#evicted.has(sliceKey({ tenant, stream, slice: sliceOf(timeMs) }))
  }

  #accept(
    event: Pick<ModelEvent, 'eventId' | 'source' | 'timeMs' | 'type' | 'entityId' | 'text'>,
    place: Place,
  ): Outcome {
    const { eventId, source, timeMs } = event
    const isKnown = this.#events.some(
      one =>
        one.eventId === eventId &&
        one.source === source &&
        one.segment.tenant === place.tenant &&
        this.#segments.includes(one.segment),
    )
    if (isKnown) return { outcome: 'duplicate', eventId }
    const segment = this.#at(place.tenant, place.stream, timeMs) ?? this.#begin(place, timeMs)
    segment.refusalsOnly = false
    segment.rawBytes += Buffer.byteLength(event.text)
    const late = place.nowMs > segment.untilMs + lateMs
    this.#events.push({ ...event, segment, doc: segment.docs++, late })
    return { outcome: 'accepted', eventId, late }
  }

  #refuse({ text, code, source }: Pick<ModelRefusal, 'text' | 'code' | 'source'>, place: Place): void {
    let segment = this.#at(place.tenant, place.stream, place.nowMs)
    if (!segment) {
      segment = this.#begin(place, place.nowMs)
      segment.refusalsOnly = segment.generation > 0
    }
    this.#refusals.push({ text, code, source, segment, sequence: segment.refusals++, resolution: undefined })
  }

  #at(tenant: string, stream: string, timeMs: number): ModelSegment | undefined {
    const key = sliceKey({ tenant, stream, slice: sliceOf(timeMs) })
    return this.#segments.find(segment => sliceKey(segment) === key)
  }

  #begin({ tenant, stream, nowMs }: Place, timeMs: number): ModelSegment {
    const slice = sliceOf(timeMs)
    const untilMs = Date.parse(`${slice}T00:00:00Z`) + dayMs
    const generation = (this.#evicted.get(sliceKey({ tenant, stream, slice })) ?? -1) + 1
    const segment: ModelSegment = {
      id: `${tenant}/${stream}/${slice}/${generation}`,
      tenant,
      stream,
      slice,
      generation,
      untilMs,
      expiresMs: Math.max(untilMs, nowMs) + this.#retentionMs,
      refusalsOnly: false,
      docs: 0,
      refusals: 0,
      rawBytes: 0,
    }
    this.#segments.push(segment)
    return segment
  }
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function quarantined(code: RefusalCode): Outcome {
  return { outcome: 'quarantined', code }
}

function requestOf({ tenant: _tenant, key: _key, ...request }: IngestOperation): string {
  return JSON.stringify(request)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // no JSON text means undefined
  }
}

/** A string, or a number as it would be written; what says nothing is as good as missing. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'number'
    ? String(value)
    : typeof value === 'string' && value !== ''
      ? value
      : undefined
}

function timeOf(time: unknown, nowMs: number): number {
  if (time === undefined || time === null) return nowMs
  return typeof time === 'number' ? time : Date.parse(time as string)
}

function patchedText(text: string, patch: Record<string, unknown>): string {
  const event = parsed(text)
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return text
  const merged: Record<string, unknown> = { ...event, ...patch }
  for (const [name, value] of Object.entries(patch)) if (value === null) delete merged[name]
  // Numbers keep the digits that they came with, which a double would not.
  return JSON.stringify(merged)
    .replace('"n":12345678901234567000', '"n":12345678901234567890')
    .replace('"n":2.5', '"n":2.50')
}

function sliceOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10)
}

function sliceKey({ tenant, stream, slice }: Pick<ModelSegment, 'tenant' | 'stream' | 'slice'>): string {
  return `${tenant}/${stream}/${slice}`
}

function compare(a: ModelSegment, b: ModelSegment): number {
  return a.slice === b.slice ? a.generation - b.generation : a.slice < b.slice ? -1 : 1
}
