// From a closed chunk to a published version, one after the other and in order. Packing the next chunk may begin while
// this one is being published; a chunk behind that waits, and with it the queue.

import type { Catalog, Published } from '../catalog/catalog.ts'
import type { Slices } from '../catalog/slices.ts'
import type { TenantIdentities } from '../catalog/tenant-identities.ts'
import type { ColumnInfo, Part, Segment } from '../contract/segment.ts'
import type { ObjectStore } from '../ports/object-store.ts'
import type { CheckedBatch } from '../segment/checked-batch.ts'
import type { Chunk } from '../segment/chunk.ts'
import { type IdsIndex, openIds } from '../segment/ids.ts'
import type { Indexing } from './indexing.ts'
import type { PendingKeys } from './key-records.ts'
import { planMerge } from './merge-plan.ts'
import type { Merging } from './merger.ts'
import type { SealedSegment, Sealing } from './sealer.ts'

export interface PublisherOptions {
  store: ObjectStore
  writer: string
  sealing: Sealing
  indexing: Indexing
  merging: Merging
  catalog: Catalog
  slices: Slices
  identities: TenantIdentities
  keys: PendingKeys
  columnsMax: number
  runsMax: number
  idempotencyMs: number
  /** Called in the same turn in which the chunk is no longer open and the new version counts. */
  onVisible: (published: Published, chunk: Chunk | undefined) => void
  /** Resolves when nobody reads a version before this one any more. */
  whenReleased: (version: number) => Promise<void>
  onFatal: (error: unknown) => void
}

/** Parts in the place of others. */
export interface Replacement {
  segmentId: string
  parts: Part[]
  standing: readonly string[]
  replacedIn: (segment: Segment) => string[]
}

/** A chunk that is cut: everything up to this frame. */
export interface Cut {
  chunk: Chunk
  seq: number
  evicted: string[]
  timeMs: number
}

export class Publisher {
  readonly #options: PublisherOptions
  /** what the last seal made of each segment's columns, ahead of the catalog */
  readonly #columns = new Map<string, ColumnInfo[]>()
  #sealing: Promise<SealedSegment[]> = Promise.resolve([])
  #publishing: Promise<void> = Promise.resolve()
  #merging: Promise<void> | undefined
  #stopped = false
  /** keys of parts that were found damaged */
  readonly #aside = new Set<string>()
  /** keys of parts that something else than a merge is made of at the moment, and by how many */
  readonly #held = new Map<string, number>()

  constructor(options: PublisherOptions) {
    this.#options = options
    for (const { segment_id, columns } of options.catalog.segments.values())
      this.#columns.set(segment_id, columns)
  }

  /** Resolves when packing has begun, which is when the chunk before has been packed. */
  async seal(cut: Cut): Promise<void> {
    await this.#sealing
    this.#sealing = this.#makeParts(cut)
    const sealed = this.#sealing
    this.#publishing = Promise.all([sealed, this.#publishing]).then(([segments]) =>
      this.#publish(cut, segments),
    )
    this.#publishing.catch(error => this.#fail(error))
    sealed.then(
      segments => this.#keepColumns(segments),
      () => undefined,
    ) // its failure is told by the publish that waits for it
  }

  /** The sealer and the indexer make their parts side by side. */
  async #makeParts({ chunk, seq, evicted }: Cut): Promise<SealedSegment[]> {
    const { sealing, indexing, columnsMax } = this.#options
    const segmentIds = new Set(chunk.batches.flatMap(segmentsOfBatch))
    const span = { chunk: chunk.number, seqFirst: chunk.seqFirst, seqLast: seq, skip: evicted }
    const [sealed, indexed] = await Promise.all([
      sealing.seal({
        ...span,
        columns: Object.fromEntries([...segmentIds].map(id => [id, this.#columns.get(id) ?? []])),
        columnsMax,
      }),
      indexing.seal(span),
    ])
    return sealed.map(segment => {
      const more = indexed.find(({ segmentId }) => segmentId === segment.segmentId)
      return { ...segment, parts: [...segment.parts, ...(more?.parts ?? [])] }
    })
  }

  /** Resolves when everything cut so far is published. */
  async settled(): Promise<void> {
    await this.#publishing
  }

  /** Whether parts are being merged: what can wait should. */
  get isMerging(): boolean {
    return this.#merging !== undefined
  }

  /** Parts that must not be merged until they are let go. */
  hold(keys: readonly string[]): () => void {
    for (const key of keys) this.#held.set(key, (this.#held.get(key) ?? 0) + 1)
    return () => {
      for (const key of keys) {
        const left = this.#held.get(key)! - 1
        if (left === 0) this.#held.delete(key)
        else this.#held.set(key, left)
      }
      this.#mergeNext()
    }
  }

  /** A part that was found damaged: nothing merges across it. */
  setAside(key: string): void {
    this.#aside.add(key)
  }

  /**
   * Publishes parts in the place of others, in one step, when the publishes before are done.
   *
   * @param replacement.standing     keys of parts that they were made of
   * @param replacement.replacedIn   those whose place they take, as the segment is then
   * @returns false when one of the standing is gone: then the parts are deleted, and nothing has changed
   */
  async replace({ segmentId, parts, standing, replacedIn }: Replacement): Promise<boolean> {
    const publish = this.#publishing.then(async () => {
      const segment = this.#options.catalog.segments.get(segmentId)
      if (!segment || this.#stopped || !this.#stand(segmentId, standing)) {
        await this.#options.store.delete(parts.map(({ key }) => key))
        return false
      }
      const { published, garbage } = await this.#swap(segmentId, parts, replacedIn(segment))
      this.#finish(published, garbage, undefined)
      return true
    })
    this.#publishing = publish.then(() => undefined)
    this.#publishing.catch(error => this.#fail(error))
    return publish
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#publishing
    await this.#merging
  }

  async #publish(cut: Cut, sealed: SealedSegment[]): Promise<void> {
    const { catalog, slices, store, writer, keys, idempotencyMs } = this.#options
    const indexes = await openIndexes(sealed, store)
    const idempotency = await keys.write(store, writer, cut.seq)
    const { published, garbage } = await catalog.publish({
      appliedSeq: cut.seq,
      added: sealed.flatMap(({ segmentId, ...made }) => {
        const segment = slices.segments.get(segmentId) ?? slices.gone.get(segmentId)
        return segment ? [{ segment, ...made }] : []
      }),
      merged: [],
      evicted: cut.evicted,
      ...(idempotency && { idempotency }),
      idempotencyFromMs: cut.timeMs - idempotencyMs,
    })
    for (const { segmentId, index } of indexes) {
      if (slices.segments.has(segmentId))
        this.#options.identities.ofSegment(segmentId).addSealed(segmentId, index)
    }
    for (const [, identities] of this.#options.identities.all) identities.dropChunk(cut.chunk.number)
    for (const id of cut.evicted) {
      this.#columns.delete(id)
      slices.gone.delete(id)
    }
    this.#finish(published, garbage, cut.chunk)
    this.#mergeNext()
  }

  #finish(published: Published, garbage: string[], chunk: Chunk | undefined): void {
    this.#options.onVisible(published, chunk)
    // A merge that runs may be reading what this publish has done without.
    const released = this.#options.whenReleased(published.version)
    if (chunk)
      released.then(() => this.#options.indexing.drop(chunk.number)).catch(error => this.#fail(error))
    Promise.all([released, this.#merging])
      .then(() => this.#options.store.delete(garbage))
      .catch(error => this.#fail(error))
  }

  #keepColumns(segments: readonly SealedSegment[]): void {
    for (const { segmentId, columns } of segments) this.#columns.set(segmentId, columns)
  }

  /** Merges the runs of one segment at a time, while nothing waits to be sealed. */
  #mergeNext(): void {
    if (this.#merging || this.#stopped) return
    const segments = this.#options.catalog.segments.values()
    const plan = planMerge(segments, this.#options.runsMax, new Set([...this.#aside, ...this.#held.keys()]))
    if (!plan) return
    this.#merging = this.#merge(plan)
      .catch(error => this.#fail(error))
      .finally(() => {
        this.#merging = undefined
        this.#mergeNext()
      })
  }

  async #merge(plan: NonNullable<ReturnType<typeof planMerge>>): Promise<void> {
    const { parts, damaged } = await this.#options.merging.merge(plan)
    if (damaged !== undefined) {
      this.#aside.add(damaged)
      return
    }
    const replaced = [...plan.parts, ...plan.beside.flat()].map(({ key }) => key)
    const ids = parts.find(({ role }) => role === 'ids')
    const index =
      ids && (await openIds(ids.key, (key, start, end) => this.#options.store.getRange(key, start, end)))
    const publish = this.#publishing.then(async () => {
      if (!this.#stand(plan.segmentId, replaced))
        return this.#options.store.delete(parts.map(({ key }) => key))
      const { published, garbage } = await this.#swap(plan.segmentId, parts, replaced)
      if (index && this.#options.slices.segments.has(plan.segmentId))
        this.#options.identities
          .ofSegment(plan.segmentId)
          .replaceSealed(plan.segmentId, new Set(replaced), index)
      this.#finish(published, garbage, undefined)
    })
    this.#publishing = publish
    await publish
  }

  /** Parts for others of one segment, in one step. */
  #swap(segmentId: string, parts: Part[], replaced: string[]) {
    const { catalog } = this.#options
    return catalog.publish({
      appliedSeq: catalog.root.applied_seq,
      added: [],
      merged: [{ segmentId, parts, replaced }],
      evicted: [],
      idempotencyFromMs: 0,
    })
  }

  #stand(segmentId: string, keys: readonly string[]): boolean {
    const parts = new Set(this.#options.catalog.segments.get(segmentId)?.parts.map(({ key }) => key))
    return keys.every(key => parts.has(key))
  }

  #fail(error: unknown): void {
    this.#stopped = true
    this.#options.onFatal(error)
  }
}

/** Also those that get refusals or resolutions alone. */
function segmentsOfBatch({ segmentIds, refused, resolved }: CheckedBatch): string[] {
  return [...segmentIds, ...[...refused, ...resolved].map(({ segmentId }) => segmentId)]
}

async function openIndexes(
  sealed: readonly SealedSegment[],
  store: ObjectStore,
): Promise<{ segmentId: string; index: IdsIndex }[]> {
  const indexes = []
  for (const { segmentId, parts } of sealed) {
    for (const { role, key } of parts) {
      if (role === 'ids')
        indexes.push({
          segmentId,
          index: await openIds(key, (k, start, end) => store.getRange(k, start, end)),
        })
    }
  }
  return indexes
}
