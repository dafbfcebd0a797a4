// What is done to published runs in the background, so that nobody who sends or asks waits for it: runs without vectors of
// today's model get them, the newest segments first, and runs are derived again when somebody asks for that. Nothing is
// written down of what is still to do: the manifests say which runs lack what, so a restart finds the same again.

import { seededRandom } from '../base/random.ts'
import type { Catalog, Published } from '../catalog/catalog.ts'
import type { InstalledPack } from '../contract/pack.ts'
import type { Part, Segment } from '../contract/segment.ts'
import type { Metric } from '../contract/service.ts'
import type { Clock } from '../ports/clock.ts'
import { EmbedError } from '../ports/embedder.ts'
import type { Publisher } from './publisher.ts'
import { type DocRange, derivedParts, rederiveRanges } from './rederive-ranges.ts'
import type { Renewed, RenewFailure, Renewing } from './renewing.ts'
import { VectorBacklog } from './vector-backlog.ts'
import { VectorFiller } from './vector-filler.ts'

export interface UpkeepOptions {
  renewing: Renewing
  publisher: Publisher
  catalog: Catalog
  clock: Clock
  /** acknowledged bytes that wait for the pipeline */
  queueBytes: () => number
}

export interface RederiveRequest {
  segmentId: string
  /** the newest of each that read the segment's events, `auto` as one of them */
  packs: InstalledPack[]
  /** reads all of them, instead of the pack that each came with */
  pack?: string
  /** only where a batch could not be read */
  unreadOnly: boolean
}

export interface RederiveOutcome {
  /** events that were read again */
  docs: number
  /** those of them that still can't be read */
  unreadDocs: number
}

export interface UpkeepStats {
  /** runs without vectors of today's model, and of those the ones that are not tried any more until a restart */
  vectorsWaiting: number
  vectorsStuck: number
  /** of the embedder that makes them */
  metrics: Metric[]
}

interface Run {
  segmentId: string
  /** of its texts */
  key: string
}

const runsMax = 10_000
const pauseMs = 1000
const pauseMsMax = 60_000
const triesMax = 3
/** With more than this in the queue the hot path is behind, and what can wait does. */
const busyQueueBytes = 1 << 20
const busyPauseMs = 200

export class Upkeep {
  readonly #options: UpkeepOptions
  readonly #backlog: VectorBacklog<Run>
  readonly #filler: VectorFiller<Run>
  /** keys of texts, by segment */
  readonly #known = new Map<string, Set<string>>()
  readonly #ended = new AbortController()
  /** of the model; undefined before it was asked for, and where texts are not embedded */
  #space: string | undefined
  #isSpaceKnown = false
  #metrics: Metric[] = []

  constructor(options: UpkeepOptions) {
    this.#options = options
    const random = seededRandom(options.clock.nowMs())
    this.#backlog = new VectorBacklog({ runsMax, pauseMs, pauseMsMax, triesMax, random })
    this.#filler = new VectorFiller({
      backlog: this.#backlog,
      clock: options.clock,
      fill: (run, signal) => this.#fill(run, signal),
      refill: async () => this.#noteAll(),
      onFailure: () => undefined, // counted among the metrics of the embedder
    })
  }

  /** Begins with what the manifests show. */
  start(): void {
    this.#noteAll()
    this.#filler.wake()
  }

  note({ changed, removed }: Published): void {
    for (const id of removed) this.#forget(id)
    for (const segment of changed) this.#note(segment)
    this.#filler.wake()
  }

  /**
   * Derives a segment's events again, range by range. What is published stays so when a later range fails.
   *
   * @throws Error that says why a range could not be read
   */
  async rederive({ segmentId, unreadOnly, ...reading }: RederiveRequest): Promise<RederiveOutcome> {
    const outcome: RederiveOutcome = { docs: 0, unreadDocs: 0 }
    const docUntil = this.#options.catalog.segments.get(segmentId)?.doc_next ?? 0
    let drops = 0
    for (let doc = 0; doc < docUntil; ) {
      await this.#calm(this.#ended.signal)
      const segment = this.#options.catalog.segments.get(segmentId)
      const range = segment && rederiveRanges(segment).find(({ docLast }) => docLast >= doc)
      if (!range) break
      const isDue = range.unreadDocs > 0 || (!unreadOnly && !isOfToday(range, reading.packs))
      const renewed = isDue ? await this.#rederive(segment, range, reading) : undefined
      if (renewed === 'dropped' && ++drops <= triesMax) continue
      if (renewed === 'dropped') throw new Error(`${segmentId} has changed each time that it was read`)
      outcome.docs += renewed ? range.docLast + 1 - range.docFirst : 0
      outcome.unreadDocs += renewed?.unreadDocs ?? 0
      doc = range.docLast + 1
    }
    return outcome
  }

  stats(): UpkeepStats {
    let vectorsWaiting = 0
    for (const segment of this.#options.catalog.segments.values())
      for (const part of segment.parts)
        if (part.role === 'texts' && this.#lacksVectors(part, segment)) vectorsWaiting++
    return { vectorsWaiting, vectorsStuck: this.#backlog.counts.stuck, metrics: this.#metrics }
  }

  /** Gives up what is under way. */
  async stop(): Promise<void> {
    this.#ended.abort(stopping)
    await this.#filler.stop()
  }

  #noteAll(): void {
    const segments = [...this.#options.catalog.segments.values()]
    for (const segment of segments.sort((left, right) => right.from_ms - left.from_ms)) this.#note(segment)
  }

  #note(segment: Segment): void {
    const texts = segment.parts.filter(({ role }) => role === 'texts')
    const keys = new Set(texts.map(({ key }) => key))
    for (const key of this.#known.get(segment.segment_id) ?? []) if (!keys.has(key)) this.#backlog.remove(key)
    this.#known.set(segment.segment_id, keys)
    for (const part of texts) {
      const { key } = part
      if (this.#mayLackVectors(part, segment)) this.#backlog.add(key, { segmentId: segment.segment_id, key })
    }
  }

  #forget(segmentId: string): void {
    for (const key of this.#known.get(segmentId) ?? []) this.#backlog.remove(key)
    this.#known.delete(segmentId)
  }

  #mayLackVectors(texts: Part, segment: Segment): boolean {
    return !this.#isSpaceKnown || this.#lacksVectors(texts, segment)
  }

  #lacksVectors(texts: Part, segment: Segment): boolean {
    const vectors = vectorsOf(texts, segment)
    if (!this.#isSpaceKnown) return vectors.length === 0
    return this.#space !== undefined && !vectors.some(({ space }) => space === this.#space)
  }

  /** @throws EmbedError */
  async #fill({ segmentId, key }: Run, signal: AbortSignal): Promise<void> {
    await this.#calm(signal)
    await this.#learnSpace(signal)
    const { catalog, publisher, renewing } = this.#options
    const segment = catalog.segments.get(segmentId)
    const texts = segment?.parts.find(part => part.key === key)
    if (!texts || !this.#lacksVectors(texts, segment!)) return
    const replacedIn = (now: Segment) => vectorsOf(texts, now).map(part => part.key)
    const release = publisher.hold([key])
    try {
      const task = { segmentId, texts, replaced: replacedIn(segment!) }
      const { parts, failed } = this.#counted(await unlessAborted(renewing.embed(task), signal))
      if (failed && this.#stands(segmentId, [key])) throw this.#failure(failed)
      if (!failed) await publisher.replace({ segmentId, parts, standing: [key], replacedIn })
    } finally {
      release()
    }
  }

  async #rederive(
    segment: Segment,
    range: DocRange,
    reading: Pick<RederiveRequest, 'packs' | 'pack'>,
  ): Promise<Pick<Renewed, 'unreadDocs'> | 'dropped'> {
    const { publisher, renewing } = this.#options
    const { segment_id, tenant, stream, parts } = segment
    const read = parts.filter(
      ({ doc_first, doc_last, role }) =>
        (role === 'events' || role === 'raw') && doc_first <= range.docLast && doc_last >= range.docFirst,
    )
    // What is read must stay until it has been read, and what is replaced must not be merged with others meanwhile.
    const release = publisher.hold([...range.standing, ...read.map(({ key }) => key)])
    try {
      const task = { segment: { segment_id, tenant, stream, parts: read }, range, ...reading }
      const renewed = this.#counted(await unlessAborted(renewing.rederive(task), this.#ended.signal))
      if (renewed.failed && this.#stands(segment_id, range.standing)) throw this.#failure(renewed.failed)
      if (renewed.failed) return 'dropped'
      const isPublished = await publisher.replace({
        segmentId: segment_id,
        parts: renewed.parts,
        standing: range.standing,
        replacedIn: now => derivedParts(now, range).map(({ key }) => key),
      })
      return isPublished ? renewed : 'dropped'
    } finally {
      release()
    }
  }

  /** Resolves when nothing that matters more is under way. */
  async #calm(signal: AbortSignal): Promise<void> {
    const { publisher, queueBytes, clock } = this.#options
    signal.throwIfAborted()
    while (publisher.isMerging || queueBytes() > busyQueueBytes) {
      const pause = new Promise<void>(resolve => clock.after(busyPauseMs, resolve))
      await unlessAborted(pause, signal)
    }
  }

  async #learnSpace(signal: AbortSignal): Promise<void> {
    if (this.#isSpaceKnown) return
    const { id, failed } = await unlessAborted(this.#options.renewing.space(), signal)
    if (failed) throw this.#failure(failed)
    this.#space = id
    this.#isSpaceKnown = true
  }

  #counted(renewed: Renewed): Renewed {
    this.#metrics = renewed.metrics
    return renewed
  }

  /** What was evicted or replaced while it was read is no failure. */
  #stands(segmentId: string, keys: readonly string[]): boolean {
    const parts = this.#options.catalog.segments.get(segmentId)?.parts ?? []
    return keys.every(key => parts.some(part => part.key === key))
  }

  #failure({ message, isTransient, retryMs, damaged }: RenewFailure): Error {
    if (damaged !== undefined) this.#options.publisher.setAside(damaged)
    return isTransient
      ? new EmbedError(this.#space ?? '', message, { isTransient, retryMs })
      : new Error(message)
  }
}

const stopping = new Error('the service is stopping')

/** Vectors that stand for the same docs as the texts. */
function vectorsOf({ doc_first, doc_last }: Part, { parts }: Segment): Part[] {
  return parts.filter(
    part => part.role === 'vectors' && part.doc_first === doc_first && part.doc_last === doc_last,
  )
}

/** Read by the newest of each pack already: deriving it again would make the same. */
function isOfToday({ packs }: DocRange, newest: readonly InstalledPack[]): boolean {
  const names = new Set(newest.map(({ pack, version }) => `${pack}@${version}`))
  return packs.length > 0 && packs.every(name => names.has(name))
}

async function unlessAborted<Value>(under: Promise<Value>, signal: AbortSignal): Promise<Value> {
  signal.throwIfAborted()
  let stop: () => void = () => undefined
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([under, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
