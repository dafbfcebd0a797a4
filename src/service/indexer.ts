// The indexer: makes of each batch what it says and mentions, beside the writer, and keeps it open for questions until what
// it was sealed as can be asked instead.
//
//   add ─▶ prepare (may fail, and is tried again) ─▶ index (one turn) ─▶ shown by the writer
//   seal ─▶ parts of each open run

import { assert } from '../base/assert.ts'
import { CorruptCatalog } from '../catalog/root.ts'
import type { KnownClusters } from '../contract/clusters.ts'
import { VectorMemory } from '../engine/vectors/vector-memory.ts'
import { finishInTurns } from '../engine/work.ts'
import type { Explanation } from '../pack/auto/explain.ts'
import { indexBatch, type Prepared, prepareBatch, unread } from '../pipeline/index-batch.ts'
import { eventsOf, filterRun, valuesOf } from '../pipeline/open-events.ts'
import { OpenRun } from '../pipeline/open-run.ts'
import { sealingRun } from '../pipeline/seal-run.ts'
import type { Clock } from '../ports/clock.ts'
import type { Embedder } from '../ports/embedder.ts'
import { type ObjectStore, StoreError } from '../ports/object-store.ts'
import { countValues } from '../query/filter/count-values.ts'
import { compileFilter } from '../query/filter/predicate.ts'
import type { OpenPlace, OpenRunInfo, OpenRuns, Rooms, StreamName } from '../query/open-runs.ts'
import type { CheckedBatch } from '../segment/checked-batch.ts'
import { OpenGraph } from '../segment/graph/open-graph.ts'
import { parseSegmentId } from '../segment/slice.ts'
import { OpenVectors } from '../segment/vectors/open-vectors.ts'
import { OpenWords } from '../segment/words/open.ts'
import { Clusters } from './clusters.ts'
import type { IndexedSegment, Indexing, IndexRequest, IndexStats } from './indexing.ts'
import type { Plans } from './plans.ts'
import { writePart } from './write-part.ts'

export interface IndexerOptions {
  store: ObjectStore
  clock: Clock
  engineModule: WebAssembly.Module
  plans: Plans
  /** between two steps of long work: resolves when whoever asks has had a turn */
  pause: () => Promise<void>
  /** undefined where vectors follow later; made when the first text comes */
  embedder: () => Promise<Embedder | undefined>
  /** Told of a batch that could not be read: its events are stored, and can't be found but by their fields. */
  onDeadLetter: (batch: CheckedBatch, error: unknown) => void
  /** The disk failed where nobody waits: the process must stop. */
  onFatal: (error: unknown) => void
}

/** Vectors of all open runs together. */
const openVectorBytesMax = 1 << 30
const triesMax = 4
const firstPauseMs = 50

export class Indexer implements Indexing, OpenRuns {
  readonly #options: IndexerOptions
  readonly #clusters: Clusters
  /** of all open runs; made for the first */
  #vectorMemory: VectorMemory | undefined
  /** by chunk, by segment */
  readonly #chunks = new Map<number, Map<string, OpenRun>>()
  #adding: Promise<unknown> = Promise.resolve()
  /** of chunks that are sealed: the last log sequence */
  readonly #seqLast = new Map<number, number>()
  /** of the runs that are no longer here */
  readonly #past: IndexStats = { texts: 0, distinctTexts: 0 }

  constructor(options: IndexerOptions) {
    this.#options = options
    this.#clusters = new Clusters(options)
  }

  begin(appliedSeq: number): void {
    this.#options.plans.begin(appliedSeq)
    this.#clusters.begin(appliedSeq)
  }

  add(chunk: number, batch: CheckedBatch): Promise<void> {
    const added = this.#adding.then(async () => {
      const embedder = await this.#options.embedder()
      const runOf = (segmentId: string, docFirst: number) =>
        this.#runOf({ chunk, segmentId }, docFirst, embedder)
      const prepared = await this.#prepare(batch, embedder)
      indexBatch(batch, await this.#clusters.add(batch, prepared, embedder?.id), runOf)
    })
    this.#adding = added.catch(() => undefined) // told to the one who adds
    return added
  }

  async seal({ chunk, seqFirst, seqLast, skip }: IndexRequest): Promise<IndexedSegment[]> {
    await this.#adding
    this.#seqLast.set(chunk, seqLast)
    const { plans } = this.#options
    const snapshots = plans.snapshots()
    const clusters = this.#clusters.snapshots()
    const sealed: IndexedSegment[] = []
    for (const [segmentId, run] of this.#chunks.get(chunk) ?? []) {
      if (skip.includes(segmentId)) continue
      const { pause } = this.#options
      const parts = await finishInTurns(sealingRun(run, { seqFirst, seqLast }), { pause })
      await Promise.all(parts.map(part => writePart(this.#options.store, part)))
      sealed.push({ segmentId, parts: parts.map(({ part }) => part) })
    }
    await plans.save(snapshots)
    await this.#clusters.save(clusters)
    return sealed
  }

  drop(chunk: number): void {
    for (const run of this.#chunks.get(chunk)?.values() ?? []) {
      countTexts(this.#past, run)
      run.free()
    }
    this.#chunks.delete(chunk)
    const seqLast = this.#seqLast.get(chunk)
    this.#seqLast.delete(chunk)
    if (seqLast === undefined) return
    for (const known of [this.#options.plans, this.#clusters])
      known.forget(seqLast).catch(error => this.#options.onFatal(error))
  }

  async stats(): Promise<IndexStats> {
    const stats = { ...this.#past }
    for (const runs of this.#chunks.values()) for (const run of runs.values()) countTexts(stats, run)
    return stats
  }

  async list({ tenant, stream, chunks, seq }: Parameters<OpenRuns['list']>[0]): Promise<OpenRunInfo[]> {
    return chunks.flatMap(chunk =>
      [...(this.#chunks.get(chunk) ?? [])].flatMap(([segmentId, run]) => {
        const name = parseSegmentId(segmentId)!
        const shown = name.tenant === tenant && name.stream === stream ? run.at(seq) : undefined
        if (!shown) return []
        const { docUntil, textUntil } = shown
        const space = run.vectors?.space.id
        const { firstMs, lastMs } = run.texts.shapeNow()
        return [{ chunk, segmentId, docUntil, textUntil, firstMs, lastMs, space, packs: [...run.packs] }]
      }),
    )
  }

  async clusters(stream: StreamName, entity?: string): Promise<KnownClusters> {
    return this.#clusters.tell(stream, entity)
  }

  async autoPack({ tenant, stream }: StreamName): Promise<Explanation> {
    return (await this.#options.plans.auto(tenant, stream)).explain()
  }

  async ask(place: OpenPlace, room: keyof Rooms, question: string, args: unknown[]): Promise<unknown> {
    const run = this.#chunks.get(place.chunk)?.get(place.segmentId)
    assert(run, 'a run is open while a query asks it')
    const asked = roomOf(run, place, room) as unknown as Record<
      string,
      (...args: unknown[]) => Promise<unknown>
    >
    return asked[question]!(...args)
  }

  /** What the world makes fail is tried again; a batch that fails to the end is shown without what it says. */
  async #prepare(batch: CheckedBatch, embedder: Embedder | undefined): Promise<Prepared> {
    const { plans, clock, onDeadLetter } = this.#options
    for (let tries = 1; ; tries++) {
      try {
        return await prepareBatch(batch, { planOf: of => plans.planOf(of), embedder })
      } catch (error) {
        // the disk, or what was written there: it would fail for every batch that comes
        if (error instanceof StoreError || error instanceof CorruptCatalog) throw error
        if (tries === triesMax) {
          onDeadLetter(batch, error)
          return unread(batch)
        }
        await new Promise<void>(resolve => clock.after(firstPauseMs * 2 ** (tries - 1), resolve))
      }
    }
  }

  #runOf(
    { chunk, segmentId }: Pick<OpenPlace, 'chunk' | 'segmentId'>,
    docFirst: number,
    embedder: Embedder | undefined,
  ): OpenRun {
    const runs = this.#chunks.get(chunk) ?? new Map<string, OpenRun>()
    this.#chunks.set(chunk, runs)
    let run = runs.get(segmentId)
    if (!run) runs.set(segmentId, (run = new OpenRun(segmentId, docFirst, this.#openVectors(embedder))))
    return run
  }

  #openVectors(embedder: Embedder | undefined): OpenVectors | undefined {
    if (!embedder) return undefined
    const { engineModule } = this.#options
    this.#vectorMemory ??= new VectorMemory(engineModule, { bytesMax: openVectorBytesMax })
    return new OpenVectors(this.#vectorMemory, { id: embedder.id, dims: embedder.dims, metric: 'cosine' })
  }
}

function countTexts(stats: IndexStats, { texts }: OpenRun): void {
  stats.texts += texts.spokenCount
  stats.distinctTexts += texts.textCount
}

function roomOf(run: OpenRun, { docUntil, textUntil }: OpenPlace, room: keyof Rooms): Rooms[keyof Rooms] {
  switch (room) {
    case 'texts':
      return run.texts
    case 'words':
      return new OpenWords(run.words, {
        textUntil,
        docsOf: text => run.texts.countBelow(text, docUntil),
      })
    case 'vectors':
      return run.vectors!
    case 'graph':
      return new OpenGraph(run.graph)
    case 'events':
      return {
        events: async docs => eventsOf(run, docs),
        filter: async filter => filterRun(run, compileFilter(filter)),
        countValues: async (path, bits) => countValues(valuesOf(run, path, bits)),
      }
  }
}
