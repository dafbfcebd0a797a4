// From a closed chunk to a published version, one after the other and in order. Packing the next chunk may begin while
// this one is being published; a chunk behind that waits, and with it the queue.

import type { Catalog, Published } from '../catalog/catalog.ts'
import type { Slices } from '../catalog/slices.ts'
import type { TenantIdentities } from '../catalog/tenant-identities.ts'
import type { ColumnInfo } from '../contract/segment.ts'
import type { ObjectStore } from '../ports/object-store.ts'
import type { CheckedBatch } from '../segment/checked-batch.ts'
import type { Chunk } from '../segment/chunk.ts'
import { type IdsIndex, openIds } from '../segment/ids.ts'
import type { PendingKeys } from './key-records.ts'
import { planMerge } from './merge-plan.ts'
import type { Merging } from './merger.ts'
import type { SealedSegment, Sealing } from './sealer.ts'

export interface PublisherOptions {
  store: ObjectStore
  writer: string
  sealing: Sealing
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
  /** keys of parts that a merge found damaged */
  readonly #aside = new Set<string>()

  constructor(options: PublisherOptions) {
    this.#options = options
    for (const { segment_id, columns } of options.catalog.segments.values())
      this.#columns.set(segment_id, columns)
  }

  /** Resolves when packing has begun, which is when the chunk before has been packed. */
  async seal(cut: Cut): Promise<void> {
    await this.#sealing
    const { sealing, columnsMax } = this.#options
    const segmentIds = new Set(cut.chunk.batches.flatMap(segmentsOfBatch))
    this.#sealing = sealing.seal({
      chunk: cut.chunk.number,
      seqFirst: cut.chunk.seqFirst,
      seqLast: cut.seq,
      columns: Object.fromEntries([...segmentIds].map(id => [id, this.#columns.get(id) ?? []])),
      columnsMax,
      skip: cut.evicted,
    })
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

  /** Resolves when everything cut so far is published. */
  async settled(): Promise<void> {
    await this.#publishing
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
    Promise.all([this.#options.whenReleased(published.version), this.#merging])
      .then(() => this.#options.store.delete(garbage))
      .catch(error => this.#fail(error))
  }

  #keepColumns(segments: readonly SealedSegment[]): void {
    for (const { segmentId, columns } of segments) this.#columns.set(segmentId, columns)
  }

  /** Merges the runs of one segment at a time, while nothing waits to be sealed. */
  #mergeNext(): void {
    if (this.#merging || this.#stopped) return
    const plan = planMerge(this.#options.catalog.segments.values(), this.#options.runsMax, this.#aside)
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
    const replaced = plan.parts.map(({ key }) => key)
    const ids = parts.find(({ role }) => role === 'ids')
    const index =
      ids && (await openIds(ids.key, (key, start, end) => this.#options.store.getRange(key, start, end)))
    const publish = this.#publishing.then(async () => {
      if (!this.#options.catalog.segments.has(plan.segmentId))
        return this.#options.store.delete(parts.map(({ key }) => key))
      const { published, garbage } = await this.#options.catalog.publish({
        appliedSeq: this.#options.catalog.root.applied_seq,
        added: [],
        merged: [{ segmentId: plan.segmentId, parts, replaced }],
        evicted: [],
        idempotencyFromMs: 0,
      })
      if (index && this.#options.slices.segments.has(plan.segmentId))
        this.#options.identities
          .ofSegment(plan.segmentId)
          .replaceSealed(plan.segmentId, new Set(replaced), index)
      this.#finish(published, garbage, undefined)
    })
    this.#publishing = publish
    await publish
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
