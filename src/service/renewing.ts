// What makes parts of runs anew, beside the merger: vectors of texts that have none of today's model, and everything that
// is derived from events whose pack has changed. It only writes parts; whether they take the place of others is the
// writer's to say. What fails is told as a value, since an error that crosses threads forgets of which kind it is.

import { textCountOf } from '../base/text-column.ts'
import type { EmbedderConfig } from '../contract/embedder.ts'
import type { InstalledPack } from '../contract/pack.ts'
import type { Part, Segment } from '../contract/segment.ts'
import type { Metric } from '../contract/service.ts'
import { type ScanBounds, Scanner } from '../engine/tape/scan.ts'
import { VectorMemory } from '../engine/vectors/vector-memory.ts'
import { compilePack } from '../pack/compile.ts'
import type { Plan } from '../pack/plan.ts'
import { rederive } from '../pipeline/rederive.ts'
import { sealRun } from '../pipeline/seal-run.ts'
import type { Clock } from '../ports/clock.ts'
import type { Codec } from '../ports/codec.ts'
import { type Embedder, EmbedError } from '../ports/embedder.ts'
import type { ObjectStore } from '../ports/object-store.ts'
import { CorruptPart, openChecked } from '../segment/checked.ts'
import type { CheckedBatch } from '../segment/checked-batch.ts'
import { makePart } from '../segment/part.ts'
import { PartFiles } from '../segment/part-files.ts'
import { textSlices } from '../segment/texts/text-slices.ts'
import { OpenVectors } from '../segment/vectors/open-vectors.ts'
import { withGraph } from '../segment/vectors/with-graph.ts'
import { EmbedCache } from './embed-cache.ts'
import { EmbedMeters } from './embed-meters.ts'
import { autoName } from './pack-choice.ts'
import type { DocRange } from './rederive-ranges.ts'
import { writePart } from './write-part.ts'

export interface EmbedTask {
  segmentId: string
  texts: Part
  /** keys of the vectors that it has of another model */
  replaced: string[]
}

export interface RederiveTask {
  segment: Pick<Segment, 'segment_id' | 'tenant' | 'stream' | 'parts'>
  range: DocRange
  /** the newest of each that may be asked for, `auto` as one of them */
  packs: InstalledPack[]
  /** reads all events, instead of the pack that each came with */
  pack?: string
}

/** What was made; where something failed, nothing. */
export interface Renewed {
  parts: Part[]
  unreadDocs: number
  failed?: RenewFailure
  /** of the embedder, up to now */
  metrics: Metric[]
}

export interface RenewFailure {
  message: string
  isTransient: boolean
  retryMs?: number | undefined
  /** key of a part that is not what was written */
  damaged?: string
}

/** As the writer sees it, wherever it runs. */
export interface Renewing {
  /** Opens the embedder. @returns no id where texts are not embedded */
  space(): Promise<{ id?: string; failed?: RenewFailure }>
  /** Resolves when the vectors are durable, or when they can't be made. */
  embed(task: EmbedTask): Promise<Renewed>
  /** Resolves when all parts are durable, or when they can't be made. */
  rederive(task: RederiveTask): Promise<Renewed>
}

/** What takes longer than the events themselves must not hold them up: their vectors follow. */
export function embedsInHotPath({ kind }: EmbedderConfig): boolean {
  return kind === 'static'
}

export interface RenewerOptions {
  store: ObjectStore
  codec: Codec
  clock: Clock
  engineModule: WebAssembly.Module
  embedder: () => Promise<Embedder | undefined>
  /** whether what is derived is embedded with it, or its vectors follow */
  embedsAtOnce: boolean
  eventBytesMax: number
}

/** Vectors of one run, and of texts that were embedded lately. */
const vectorBytesMax = 1 << 30
const cacheBytesMax = 64 << 20
const blockCacheBytesMax = 8 << 20
/** Texts of one call of the embedder, and about as many bytes as one is given. */
const sliceTextsMax = 1024
const sliceBytes = 1 << 20

export class Renewer implements Renewing {
  readonly #options: RenewerOptions
  readonly #meters: EmbedMeters
  #memory: VectorMemory | undefined
  #embedder: Promise<Embedder | undefined> | undefined

  constructor(options: RenewerOptions) {
    this.#options = options
    this.#meters = new EmbedMeters(options.clock)
  }

  async space(): Promise<{ id?: string; failed?: RenewFailure }> {
    try {
      const embedder = await this.#open()
      return embedder ? { id: embedder.id } : {}
    } catch (error) {
      return { failed: failureOf(error) }
    }
  }

  embed(task: EmbedTask): Promise<Renewed> {
    return this.#told(async () => {
      const embedder = await this.#open()
      return { parts: embedder ? [await this.#vectorsOf(task, embedder)] : [], unreadDocs: 0 }
    })
  }

  rederive(task: RederiveTask): Promise<Renewed> {
    return this.#told(() => this.#rederive(task))
  }

  async #rederive({
    segment,
    range,
    ...reading
  }: RederiveTask): Promise<Pick<Renewed, 'parts' | 'unreadDocs'>> {
    const { store, codec, engineModule, embedsAtOnce, eventBytesMax } = this.#options
    const tools = {
      files: new PartFiles(store, codec, blockCacheBytesMax),
      scanner: new Scanner(engineModule, rereadBounds(eventBytesMax)),
      planOf: plansOf(reading),
      embedder: embedsAtOnce ? await this.#open() : undefined,
      openVectors: (embedder: Embedder) => this.#openVectors(embedder),
    }
    const parts: Part[] = []
    let unreadDocs = 0
    for await (const { run, ...seqs } of rederive({ segment, ...range }, tools)) {
      try {
        const sealed = sealRun(run, { ...seqs, inputs: range.standing })
        for (const part of sealed) await writePart(store, part)
        parts.push(...sealed.map(({ part }) => part))
        unreadDocs += run.unreadDocs
      } finally {
        run.free()
      }
    }
    return { parts, unreadDocs }
  }

  async #vectorsOf({ segmentId, texts, replaced }: EmbedTask, embedder: Embedder): Promise<Part> {
    const { store, engineModule } = this.#options
    const vectors = this.#openVectors(embedder)
    try {
      const textsMax = Math.min(sliceTextsMax, embedder.batchTextsMax)
      for await (const slice of textSlices(openChecked(store, texts), { textsMax, bytes: sliceBytes })) {
        const embedded = await embedder.embed(slice)
        vectors.append(embedded.vectors.slice(0, textCountOf(slice) * embedder.dims), embedded.empty)
      }
      const { doc_first, doc_last, seq_first, seq_last, time_min, time_max, rows } = texts
      const sealed = makePart(
        {
          ...{ segmentId, role: 'vectors', rows, space: embedder.id, raw_bytes: 0 },
          ...{ doc_first, doc_last, seq_first, seq_last, time_min, time_max },
          inputs: [texts.key, ...replaced],
        },
        await withGraph(vectors.write(), { textCount: rows, module: engineModule }),
      )
      await writePart(store, sealed)
      return sealed.part
    } finally {
      vectors.free()
    }
  }

  #openVectors({ id, dims }: Embedder): OpenVectors {
    this.#memory ??= new VectorMemory(this.#options.engineModule, { bytesMax: vectorBytesMax })
    return new OpenVectors(this.#memory, { id, dims, metric: 'cosine' })
  }

  #open(): Promise<Embedder | undefined> {
    if (!this.#embedder) {
      const opening = this.#options
        .embedder()
        .then(opened => opened && new EmbedCache(this.#meters.watch(opened), { bytesMax: cacheBytesMax }))
      opening.catch(() => {
        this.#embedder = undefined // told to whoever asked; the next may have more luck
      })
      this.#embedder = opening
    }
    return this.#embedder
  }

  async #told(make: () => Promise<Pick<Renewed, 'parts' | 'unreadDocs'>>): Promise<Renewed> {
    try {
      return { ...(await make()), metrics: this.#meters.metrics() }
    } catch (error) {
      return { parts: [], unreadDocs: 0, failed: failureOf(error), metrics: this.#meters.metrics() }
    }
  }
}

/** Deeper than any event may be configured to be, so that whatever was accepted once can be read. */
function rereadBounds(eventBytesMax: number): ScanBounds {
  return { eventBytesMax, eventDepthMax: 256 }
}

/** Each pack is compiled when it is first asked for. */
function plansOf({ packs, pack: told }: Pick<RederiveTask, 'packs' | 'pack'>) {
  const plans = new Map<string, Plan>()
  return async ({ batch }: CheckedBatch) => {
    const name = told ?? batch.pack?.name ?? autoName
    const pack = packs.find(({ pack }) => pack === name)
    let plan = plans.get(name)
    if (pack && !plan) plans.set(name, (plan = compilePack(pack)))
    return plan
  }
}

function failureOf(error: unknown): RenewFailure {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof EmbedError) return { message, isTransient: error.isTransient, retryMs: error.retryMs }
  if (error instanceof CorruptPart) return { message, isTransient: false, damaged: error.key }
  return { message, isTransient: false }
}
