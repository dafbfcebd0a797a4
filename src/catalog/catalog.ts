// The published state and its next version. One writer owns a catalog; everything it changes becomes visible in one
// step, the writing of a root, or not at all.

import { toUtf8 } from '../base/bytes.ts'
import { crc32c } from '../base/crc32c.ts'
import {
  type ColumnInfo,
  formatVersion,
  type Part,
  type Segment,
  segmentSchema,
} from '../contract/segment.ts'
import { type ObjectStore, StoreError } from '../ports/object-store.ts'
import { manifestKey, putSealed, type Root, readManifest, readNewestRoot, rootKey } from './root.ts'

/** What one publish changes. */
export interface Change {
  appliedSeq: number
  /** new parts of segments, with the segment as the writer knows it, for one that is new */
  added: { segment: Segment; parts: Part[]; columns: ColumnInfo[]; columnsCapped: boolean }[]
  /** parts that took the place of others */
  merged: { segmentId: string; parts: Part[]; replaced: string[] }[]
  evicted: string[]
  /** key of a part of Idempotency-Keys, and the time of its last */
  idempotency?: { key: string; lastMs: number }
  /** parts of Idempotency-Keys whose last is older are forgotten */
  idempotencyFromMs: number
}

/** What readers must know of a publish. */
export interface Published {
  version: number
  appliedSeq: number
  changed: Segment[]
  removed: string[]
}

export class Catalog {
  readonly #store: ObjectStore
  #root: Root
  readonly #segments: Map<string, Segment>

  private constructor(store: ObjectStore, root: Root, segments: Map<string, Segment>) {
    this.#store = store
    this.#root = root
    this.#segments = segments
  }

  /** @param identitySeed  u32 for a store that is new */
  static async open(store: ObjectStore, writer: string, identitySeed: number): Promise<Catalog> {
    const newest = await readNewestRoot(store, writer)
    // A crash may have left a root that can be read and is not durable. Putting it again makes it so, before anything
    // that only the root before it knows is tidied away.
    if (newest) await putSealed(store, rootKey(writer, newest.version), newest)
    const root = newest ?? emptyRoot(writer, identitySeed)
    const segments = new Map<string, Segment>()
    for (const [id, key] of Object.entries(root.segments)) segments.set(id, await readManifest(store, key))
    const catalog = new Catalog(store, root, segments)
    if (root.version === 0)
      await catalog.publish({ appliedSeq: 0, added: [], merged: [], evicted: [], idempotencyFromMs: 0 })
    return catalog
  }

  get root(): Readonly<Root> {
    return this.#root
  }

  get segments(): ReadonlyMap<string, Segment> {
    return this.#segments
  }

  /** @returns the new version, and the keys that nothing refers to from it on */
  async publish(change: Change): Promise<{ published: Published; garbage: string[] }> {
    const version = this.#root.version + 1
    const next: Root = {
      ...this.#root,
      version,
      applied_seq: change.appliedSeq,
      segments: { ...this.#root.segments },
      evicted: { ...this.#root.evicted },
    }
    const garbage: string[] = this.#root.version > 0 ? [rootKey(next.writer, this.#root.version)] : []
    const changed = [
      ...change.added.map(added => this.#withAdded(added)),
      ...change.merged.map(merged => this.#withMerged(merged, garbage)),
    ].map(segment => segmentSchema.parse(segment)) // a manifest has one order of fields, made anew or read from a file
    for (const segment of changed) {
      const key = manifestKey(segment.segment_id, `${version}-${contentName(segment)}`)
      await putSealed(this.#store, key, segment)
      const before = next.segments[segment.segment_id]
      if (before !== undefined) garbage.push(before)
      next.segments[segment.segment_id] = key
    }
    const removed = change.evicted.filter(id => this.#evict(id, next, garbage))
    next.idempotency = [
      ...next.idempotency,
      ...(change.idempotency ? [{ key: change.idempotency.key, last_ms: change.idempotency.lastMs }] : []),
    ]
    const kept = next.idempotency.filter(({ last_ms }) => last_ms >= change.idempotencyFromMs)
    garbage.push(...next.idempotency.filter(part => !kept.includes(part)).map(({ key }) => key))
    next.idempotency = kept
    await this.#commit(next)
    for (const segment of changed) this.#segments.set(segment.segment_id, segment)
    for (const id of removed) this.#segments.delete(id)
    return {
      published: {
        version,
        appliedSeq: change.appliedSeq,
        changed: changed.filter(({ segment_id }) => !removed.includes(segment_id)),
        removed,
      },
      garbage,
    }
  }

  /** Objects of this writer that its root does not refer to: what a crash left between a write and its publish, or before an unlink. */
  async *orphans(): AsyncIterable<string> {
    const { writer, version, segments, idempotency } = this.#root
    const known = new Set([
      rootKey(writer, version),
      ...Object.values(segments),
      ...idempotency.map(({ key }) => key),
    ])
    for (const { parts } of this.#segments.values()) for (const { key } of parts) known.add(key)
    for await (const { key } of this.#store.list('')) if (!known.has(key) && !isKeptElsewhere(key)) yield key
  }

  async #commit(next: Root): Promise<void> {
    const key = rootKey(next.writer, next.version)
    if ((await putSealed(this.#store, key, next)) === 'exists') {
      throw new StoreError('catalog', 'publish', key, {
        reason: 'another process has published this version; only one may write',
      })
    }
    this.#root = next
  }

  #withAdded({ segment, parts, columns, columnsCapped }: Change['added'][number]): Segment {
    const before = this.#segments.get(segment.segment_id) ?? {
      ...segment,
      doc_next: 0,
      refusal_next: 0,
      event_rows: 0,
      refusal_rows: 0,
      raw_bytes: 0,
      parts: [],
    }
    const events = parts.find(({ role }) => role === 'events')
    const refusals = parts.find(({ role }) => role === 'refusals')
    return {
      ...before,
      refusals_only: before.generation > 0 && before.event_rows === 0 && !events,
      doc_next: events ? events.doc_last + 1 : before.doc_next,
      refusal_next: refusals ? Math.max(before.refusal_next, refusals.doc_last + 1) : before.refusal_next,
      event_rows: before.event_rows + (events?.rows ?? 0),
      refusal_rows: Math.max(before.refusal_rows, refusals ? refusals.doc_last + 1 : 0),
      raw_bytes: before.raw_bytes + (events?.raw_bytes ?? 0),
      columns,
      columns_capped: before.columns_capped || columnsCapped,
      parts: [...before.parts, ...parts],
    }
  }

  #withMerged({ segmentId, parts, replaced }: Change['merged'][number], garbage: string[]): Segment {
    const before = this.#segments.get(segmentId)!
    garbage.push(...replaced)
    const kept = before.parts.filter(({ key }) => !replaced.includes(key))
    return { ...before, parts: [...kept, ...parts].sort((left, right) => left.seq_first - right.seq_first) }
  }

  #evict(id: string, next: Root, garbage: string[]): boolean {
    const manifest = next.segments[id]
    const segment = this.#segments.get(id)
    const slash = id.lastIndexOf('/')
    next.evicted[id.slice(0, slash)] = Number(id.slice(slash + 1))
    delete next.segments[id]
    if (manifest !== undefined) garbage.push(manifest)
    garbage.push(...(segment?.parts ?? []).map(({ key }) => key))
    return segment !== undefined
  }
}

/** Packs, clusters and what `auto` knows have an owner of their own. Keys of segments have a name more. */
function isKeptElsewhere(key: string): boolean {
  return /^(packs|auto|clusters)\/[^/]+\/[^/]+\/[^/]+$/.test(key)
}

function emptyRoot(writer: string, identitySeed: number): Root {
  return {
    format: formatVersion,
    version: 0,
    writer,
    applied_seq: 0,
    identity_seed: identitySeed >>> 0,
    segments: {},
    evicted: {},
    idempotency: [],
  }
}

/** Distinguishes manifests that a crash left behind from those of the same version that were published. */
function contentName(segment: Segment): string {
  return crc32c(toUtf8(JSON.stringify(segment)))
    .toString(16)
    .padStart(8, '0')
}
