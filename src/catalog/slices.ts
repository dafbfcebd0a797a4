// What the writer knows of every segment while it takes batches in: the logical state, a little ahead of what is
// published. It changes only by log frames, in their order, so that replay makes the same of it.

import { assert } from '../base/assert.ts'
import type { Segment } from '../contract/segment.ts'
import { segmentId, sliceName, sliceOf } from '../segment/slice.ts'

/** How a stream cuts its time; it travels in the log frame of each batch. */
export interface SlicePolicy {
  sliceHours: number
  retentionMs: number
}

export type SliceState = { kind: 'live'; segment: Segment } | { kind: 'new' } | { kind: 'evicted' }

export class Slices {
  /** live segments by id; the writer alone changes their counters */
  readonly segments = new Map<string, Segment>()
  /** segments evicted by a frame whose publish is still to come */
  readonly gone = new Map<string, Segment>()
  /** `tenant/stream/slice` → the generation that went last */
  readonly evicted: Map<string, number>
  readonly #byStream = new Map<string, Segment[]>()

  constructor(segments: Iterable<Segment>, evicted: Iterable<readonly [string, number]>) {
    this.evicted = new Map(evicted)
    for (const segment of segments) this.#add(segment)
  }

  /** What an event of that time would meet. */
  at(tenant: string, stream: string, timeMs: number, policy: SlicePolicy): SliceState {
    const live = this.#live(tenant, stream, timeMs)
    if (live) return live.refusals_only ? { kind: 'evicted' } : { kind: 'live', segment: live }
    const slice = sliceName(sliceOf(timeMs, policy.sliceHours))
    return { kind: this.evicted.has(`${tenant}/${stream}/${slice}`) ? 'evicted' : 'new' }
  }

  /** The live segment of that time for events, begun if need be; an evicted slice starts its next generation. */
  ensure(tenant: string, stream: string, timeMs: number, nowMs: number, policy: SlicePolicy): Segment {
    const live = this.#live(tenant, stream, timeMs)
    if (!live) return this.#begin(tenant, stream, timeMs, nowMs, policy)
    live.refusals_only = false
    return live
  }

  /** The live segment of that time for refusals, which find a home even where the slice was evicted. */
  ensureForRefusals(tenant: string, stream: string, nowMs: number, policy: SlicePolicy): Segment {
    const live = this.#live(tenant, stream, nowMs)
    if (live) return live
    const segment = this.#begin(tenant, stream, nowMs, nowMs, policy)
    segment.refusals_only = segment.generation > 0
    return segment
  }

  #live(tenant: string, stream: string, timeMs: number): Segment | undefined {
    return this.#byStream
      .get(`${tenant}/${stream}`)
      ?.find(({ from_ms, until_ms }) => from_ms <= timeMs && timeMs < until_ms)
  }

  #begin(tenant: string, stream: string, timeMs: number, nowMs: number, policy: SlicePolicy): Segment {
    const slice = sliceOf(timeMs, policy.sliceHours)
    const name = sliceName(slice)
    const generation = (this.evicted.get(`${tenant}/${stream}/${name}`) ?? -1) + 1
    const segment: Segment = {
      segment_id: segmentId({ tenant, stream, slice: name, generation }),
      tenant,
      stream,
      from_ms: slice.fromMs,
      until_ms: slice.untilMs,
      generation,
      first_write_ms: nowMs,
      expires_at_ms: Math.max(slice.untilMs, nowMs) + policy.retentionMs,
      doc_next: 0,
      refusal_next: 0,
      event_rows: 0,
      refusal_rows: 0,
      raw_bytes: 0,
      columns: [],
      columns_capped: false,
      refusals_only: false,
      parts: [],
    }
    this.#add(segment)
    return segment
  }

  /** @returns false when there is no such live segment */
  evict(id: string): boolean {
    const segment = this.segments.get(id)
    if (!segment) return false
    this.segments.delete(id)
    this.gone.set(id, segment)
    const siblings = this.#byStream.get(`${segment.tenant}/${segment.stream}`)
    assert(siblings !== undefined, 'a live segment is listed in its stream')
    siblings.splice(siblings.indexOf(segment), 1)
    this.evicted.set(id.slice(0, id.lastIndexOf('/')), segment.generation)
    return true
  }

  countOf(tenant: string): number {
    let count = 0
    for (const segment of this.segments.values()) if (segment.tenant === tenant) count++
    return count
  }

  #add(segment: Segment): void {
    this.segments.set(segment.segment_id, segment)
    const stream = `${segment.tenant}/${segment.stream}`
    const siblings = this.#byStream.get(stream)
    if (siblings) siblings.push(segment)
    else this.#byStream.set(stream, [segment])
  }
}
