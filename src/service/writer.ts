// The one writer of a store. Frames go in, in log order; out come final outcomes at once, parts and publishes later.
//
//   apply(frame) ─▶ accept (decode, check, dedupe) ─▶ answer
//                       └─▶ queue ─▶ pipeline ─▶ open chunk ─▶ sealer ─▶ publish ─▶ log release
//
// Its state is a function of the frames alone: whatever a clock or a load decided stands in a frame's header.

import type { Published } from '../catalog/catalog.ts'
import { Catalog } from '../catalog/catalog.ts'
import { Slices } from '../catalog/slices.ts'
import { TenantIdentities } from '../catalog/tenant-identities.ts'
import type { CatalogVersion } from '../catalog/version.ts'
import type { BatchHeader, EvictHeader, RepairHeader, SealHeader } from '../contract/frames.ts'
import { Refused } from '../contract/refused.ts'
import type { ScanBounds, Scanner } from '../engine/tape/scan.ts'
import { accept, type IntakeState } from '../ingest/accept.ts'
import { intakeOfBatch } from '../ingest/intake.ts'
import { answerOf } from '../ingest/receipts.ts'
import { repair } from '../ingest/repair.ts'
import { runPipeline } from '../pipeline/pipeline.ts'
import { Queue } from '../pipeline/queue.ts'
import type { Clock } from '../ports/clock.ts'
import type { Frame } from '../ports/log.ts'
import type { ObjectStore } from '../ports/object-store.ts'
import type { CheckedBatch } from '../segment/checked-batch.ts'
import { type Chunk, openChunk } from '../segment/chunk.ts'
import type { Indexing } from './indexing.ts'
import { type KeyRecord, keyRecord, PendingKeys, readKeys } from './key-records.ts'
import type { Merging } from './merger.ts'
import { OpenView } from './open-view.ts'
import { type Cut, Publisher } from './publisher.ts'
import type { Renewing } from './renewing.ts'
import type { Sealing } from './sealer.ts'
import { type RederiveOutcome, type RederiveRequest, Upkeep } from './upkeep.ts'
import type { Applied, WriterStats, Writing } from './writing.ts'

export interface WriterOptions {
  store: ObjectStore
  createScanner: (bounds: ScanBounds) => Scanner
  sealing: Sealing
  indexing: Indexing
  merging: Merging
  renewing: Renewing
  clock: Clock
  /** name of this writer in keys and doc ids */
  writer: string
  /** u32 for a store that is new */
  identitySeed: number
  columnsMax: number
  runsMax: number
  idempotencyMs: number
  onPublish: (published: Published) => void
  /** Resolves when nobody reads a version before this one any more. */
  whenReleased: (version: number) => Promise<void>
  /** Told when the queue has grown or shrunk. */
  onQueue: (bytes: number) => void
  /** The state can't be kept true any more: the process must stop. */
  onFatal: (error: unknown) => void
}

/** Batches that pass the pipeline at once: the next is on its way to the indexer while it has this one. */
const passingMax = 4

/** A batch, the end of a chunk, or someone who waits for all before them. */
type Queued = { checked: CheckedBatch; chunk: Chunk } | { cut: Cut } | { passed: () => void }

export class Writer implements Writing {
  readonly #options: WriterOptions
  readonly #catalog: Catalog
  readonly #slices: Slices
  readonly #identities: TenantIdentities
  readonly #publisher: Publisher
  readonly #upkeep: Upkeep
  readonly #keys = new PendingKeys()
  readonly #queue = new Queue<Queued>()
  readonly #passing: Promise<void>[] = []
  /** the last one takes what is accepted; the others are being sealed */
  readonly #chunks: Chunk[]
  readonly view: OpenView
  #scanner: { bounds: ScanBounds; scanner: Scanner } | undefined
  #accepting: Promise<unknown> = Promise.resolve()
  #pumping: Promise<void> | undefined

  private constructor(options: WriterOptions, catalog: Catalog, identities: TenantIdentities) {
    const { segments, root } = catalog
    this.#options = options
    this.#catalog = catalog
    this.#identities = identities
    this.#slices = new Slices(
      [...segments.values()].map(segment => ({ ...segment })),
      Object.entries(root.evicted),
    )
    this.#chunks = [openChunk(1, root.applied_seq + 1)]
    this.view = new OpenView(options.writer, this.#chunks, this.#slices, identities, root)
    this.#publisher = new Publisher({
      ...options,
      catalog,
      slices: this.#slices,
      identities,
      keys: this.#keys,
      onVisible: (published, chunk) => this.#show(published, chunk),
    })
    this.#upkeep = new Upkeep({
      ...options,
      catalog,
      publisher: this.#publisher,
      queueBytes: () => this.#queue.bytes,
    })
    this.#upkeep.start()
  }

  static async open(options: WriterOptions): Promise<Writer> {
    const catalog = await Catalog.open(options.store, options.writer, options.identitySeed)
    const orphans: string[] = []
    for await (const key of catalog.orphans()) orphans.push(key)
    await options.store.delete(orphans)
    options.indexing.begin(catalog.root.applied_seq)
    return new Writer(options, catalog, await TenantIdentities.open(catalog.segments.values(), options.store))
  }

  get writer(): string {
    return this.#options.writer
  }

  async appliedSeq(): Promise<number> {
    return this.#catalog.root.applied_seq
  }

  /** What readers begin with. */
  get published(): CatalogVersion {
    const { version, applied_seq } = this.#catalog.root
    return { version, appliedSeq: applied_seq, segments: new Map(this.#catalog.segments) }
  }

  /** Keys that were answered before the last publish and are still remembered. */
  async rememberedKeys(): Promise<KeyRecord[]> {
    const records: KeyRecord[] = []
    for await (const record of readKeys(this.#options.store, this.#catalog.root.idempotency))
      records.push(record)
    return records
  }

  /**
   * The outcome of a frame, which is final. Frames come in rising seq, each once; a failure is fatal to the writer.
   */
  apply(frame: Frame): Promise<Applied> {
    const applied = this.#accepting.then(() => this.#apply(frame))
    this.#accepting = applied.catch(error => this.#options.onFatal(error))
    return applied
  }

  /** Resolves when everything applied so far has passed the pipeline and readers see it. */
  async indexed(): Promise<void> {
    await this.#accepting
    // What comes after this call is not waited for, so that a queue that never runs dry holds nobody up.
    await new Promise<void>(resolve => {
      this.#queue.push({ passed: resolve }, 0)
      this.#pump()
    })
  }

  /** Resolves when everything cut so far is published. */
  async settled(): Promise<void> {
    await this.indexed()
    await this.#publisher.settled()
  }

  /** Derives what is published of a segment again. */
  async rederive(request: RederiveRequest): Promise<RederiveOutcome> {
    return this.#upkeep.rederive(request)
  }

  async stop(): Promise<void> {
    await this.#upkeep.stop()
    await this.settled()
    await this.#publisher.stop()
  }

  async stats(): Promise<WriterStats> {
    const { root, segments } = this.#catalog
    const parts = [...segments.values()].flatMap(segment => segment.parts)
    return {
      queueBytes: this.#queue.bytes,
      queueLength: this.#queue.length,
      indexedSeq: this.view.seq,
      publishedSeq: root.applied_seq,
      publishedVersion: root.version,
      segmentCount: this.#slices.segments.size,
      partCount: parts.length,
      partBytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
      identities: this.#identities.size,
      unreadDocs: parts.reduce((sum, { unread_docs = 0 }) => sum + unread_docs, 0),
      upkeep: this.#upkeep.stats(),
      indexed: await this.#options.indexing.stats(),
    }
  }

  async expired(nowMs: number): Promise<string[]> {
    return [...this.#slices.segments.values()]
      .filter(({ expires_at_ms }) => expires_at_ms <= nowMs)
      .map(({ segment_id }) => segment_id)
  }

  async storedBytes(): Promise<[string, number][]> {
    const stored = new Map<string, number>()
    for (const { tenant, raw_bytes } of this.#slices.segments.values())
      stored.set(tenant, (stored.get(tenant) ?? 0) + raw_bytes)
    return [...stored]
  }

  async #apply(frame: Frame): Promise<Applied> {
    this.#chunk.seqLast = frame.seq
    switch (frame.kind) {
      case 'batch':
        return this.#applyBatch(frame.seq, frame.header as unknown as BatchHeader, frame.body)
      case 'repair':
        return this.#applyRepair(frame.seq, frame.header as unknown as RepairHeader, frame.body)
      case 'evict':
        return this.#applyEvict(frame.seq, frame.header as unknown as EvictHeader)
      case 'seal':
        this.#cut(frame.seq, (frame.header as unknown as SealHeader).time_ms, [])
        return { kind: 'seal' }
    }
  }

  async #applyBatch(seq: number, header: BatchHeader, body: Uint8Array): Promise<Applied> {
    try {
      const intake = intakeOfBatch(this.#options.writer, seq, header, body, this.#scannerOf(header))
      const accepted = await accept(intake, this.#stateOf(header.tenant))
      this.#enqueue(accepted.checked)
      const answer = answerOf(accepted, this.#options.writer, header.receipts)
      const record = keyRecord(header, answer)
      if (record) this.#keys.add(seq, record)
      return { kind: 'batch', answer, record }
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return { kind: 'refused', code: error.code, message: error.message } // nothing was taken in; the frame counts for nothing
    }
  }

  async #applyRepair(seq: number, header: RepairHeader, body: Uint8Array): Promise<Applied> {
    const task = { writer: this.#options.writer, seq, header, body, scanner: this.#scannerOf(header) }
    const { checked, answer } = await repair(task, this.#stateOf(header.tenant))
    this.#enqueue(checked)
    return { kind: 'repair', answer }
  }

  #applyEvict(seq: number, { segment_ids, time_ms }: EvictHeader): Applied {
    const evicted = segment_ids.filter(id => this.#slices.evict(id))
    for (const id of evicted)
      this.#identities.ofSegment(id).dropSegment(id, place => this.view.segmentAt(place) === id)
    this.#cut(seq, time_ms, evicted)
    return { kind: 'evict', evicted }
  }

  #scannerOf({ policy }: BatchHeader | RepairHeader): Scanner {
    const bounds = { eventBytesMax: policy.event_bytes_max, eventDepthMax: policy.event_depth_max }
    const kept = this.#scanner
    if (
      kept?.bounds.eventBytesMax === bounds.eventBytesMax &&
      kept.bounds.eventDepthMax === bounds.eventDepthMax
    )
      return kept.scanner
    const scanner = this.#options.createScanner(bounds)
    this.#scanner = { bounds, scanner }
    return scanner
  }

  #stateOf(tenant: string): IntakeState {
    return {
      slices: this.#slices,
      identities: this.#identities.of(tenant),
      identitySeed: this.#catalog.root.identity_seed,
      chunk: this.#chunk.number,
      batchIndex: this.#chunk.batches.length,
      readIds: this.#identities.read,
    }
  }

  get #chunk(): Chunk {
    return this.#chunks[this.#chunks.length - 1]!
  }

  #enqueue(checked: CheckedBatch): void {
    this.#chunk.batches.push(checked)
    this.#queue.push({ checked, chunk: this.#chunk }, checked.bytes)
    this.#options.onQueue(this.#queue.bytes)
    this.#pump()
  }

  /** Ends the open chunk at this frame and begins the next. */
  #cut(seq: number, timeMs: number, evicted: string[]): void {
    const chunk = this.#chunk
    this.#chunks.push(openChunk(chunk.number + 1, seq + 1))
    this.#queue.push({ cut: { chunk, seq, evicted, timeMs } }, 0)
    this.#pump()
  }

  #pump(): void {
    this.#pumping ??= this.#drain()
      .catch(error => this.#options.onFatal(error))
      .finally(() => {
        this.#pumping = undefined
        if (this.#queue.length > 0) this.#pump()
      })
  }

  async #drain(): Promise<void> {
    for (let item = this.#queue.shift(); item; item = this.#queue.shift()) {
      if ('checked' in item) {
        if (this.#passing.length >= passingMax) await this.#passing.shift()
        this.#passing.push(this.#pass(item.checked, item.chunk))
      } else {
        await this.#passed()
        if ('cut' in item) {
          await this.#publisher.seal(item.cut)
          this.view.seq = item.cut.seq
        } else item.passed()
      }
      this.#options.onQueue(this.#queue.bytes)
    }
    await this.#passed()
  }

  #pass(checked: CheckedBatch, chunk: Chunk): Promise<void> {
    const { sealing, indexing } = this.#options
    const passing = runPipeline(checked, {
      chunk,
      pack: (number, batch) => sealing.add(number, batch),
      index: (number, batch) => indexing.add(number, batch),
      onShown: ({ batch }) => {
        this.view.seq = batch.seq
      },
    })
    passing.catch(() => undefined) // told when it is waited for
    return passing
  }

  async #passed(): Promise<void> {
    while (this.#passing.length > 0) await this.#passing.shift()
  }

  #show(published: Published, chunk: Chunk | undefined): void {
    if (chunk) this.#chunks.splice(this.#chunks.indexOf(chunk), 1)
    this.view.version = published.version
    this.#options.onPublish(published)
    this.#upkeep.note(published)
  }
}
