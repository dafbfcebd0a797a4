// The clusters of each stream: of its texts and of its entities.
//
// They are a function of the batches in their order. So that a restart goes on from there, they are written down with the
// parts whose batches moved them, and the log repeats the rest, as it does for what `auto` knows. An entity's cluster stands
// there too rather than in a part: it changes with every few of its events, and a part never changes.

import { assert } from '../base/assert.ts'
import { CorruptCatalog } from '../catalog/root.ts'
import type { KnownClusters } from '../contract/clusters.ts'
import { BadInput } from '../engine/checks.ts'
import type { KmeansExports } from '../engine/clusters/clusters.ts'
import { FrameReader, FrameWriter } from '../engine/frame.ts'
import { type Kernels, startKernels } from '../engine/kernels.ts'
import { EntityClusterer } from '../pipeline/cluster-entities.ts'
import { TextClusterer } from '../pipeline/cluster-texts.ts'
import type { Prepared } from '../pipeline/index-batch.ts'
import { tellClusters } from '../pipeline/known-clusters.ts'
import type { ObjectStore } from '../ports/object-store.ts'
import type { StreamName } from '../query/open-runs.ts'
import type { CheckedBatch } from '../segment/checked-batch.ts'

export interface ClustersOptions {
  store: ObjectStore
  engineModule: WebAssembly.Module
}

export interface ClustersFile {
  key: string
  bytes: Uint8Array
}

interface OfStream {
  texts: TextClusterer | undefined
  entities: EntityClusterer
  /** of the last batch, and of the last that was written down */
  seq: number
  savedSeq: number
}

const kind = { name: 'ALLUCLS', version: 1 }
/** Streams in memory that the log needs no longer; each takes up to 6 MiB. */
const streamsOpenMax = 64
/** A batch of texts, their centroids and what is computed on the way. */
const kernelBytesMax = 256 << 20

export class Clusters {
  readonly #options: ClustersOptions
  readonly #streams = new Map<string, Promise<OfStream>>()
  /** the one that was used last is the last */
  readonly #opened = new Map<string, OfStream>()
  /** keys of what was written down and not forgotten since, rising */
  #saved: string[] = []
  #kernels: Kernels<KmeansExports> | undefined
  /** what is published covers the log up to here */
  #appliedSeq = 0

  constructor(options: ClustersOptions) {
    this.#options = options
  }

  /** Before the first batch. @param appliedSeq  what is published covers the log up to here */
  begin(appliedSeq: number): void {
    this.#appliedSeq = appliedSeq
  }

  /**
   * Each batch once, in log order.
   *
   * @returns the same with the clusters of its texts
   */
  async add(batch: CheckedBatch, prepared: Prepared, space: string | undefined): Promise<Prepared> {
    const name = `${batch.tenant}/${batch.stream}`
    const known = await this.#of(name)
    this.#touch(name, known)
    const kernels = (this.#kernels ??= startKernels<KmeansExports>(this.#options.engineModule, {
      memoryBytesMax: kernelBytesMax,
    }))
    known.seq = batch.batch.seq
    known.entities.add(kernels, batch)
    const { vectors } = prepared
    if (!vectors || space === undefined) return prepared
    if (known.texts?.space !== space) known.texts = TextClusterer.start(space, vectors.dims)
    return { ...prepared, clusters: known.texts.add(kernels, vectors) }
  }

  /** What is known of a stream, and of one of its entities. */
  async tell({ tenant, stream }: StreamName, entity?: string): Promise<KnownClusters> {
    const { texts, entities } = await this.#of(`${tenant}/${stream}`)
    return tellClusters(texts, entities, entity)
  }

  /** What is known now and not written down; to be saved before the log lets go of the batches behind it. */
  snapshots(): ClustersFile[] {
    const moved = [...this.#opened].filter(([, { seq, savedSeq }]) => seq > savedSeq)
    return moved.map(([name, known]) => {
      known.savedSeq = known.seq
      return { key: snapshotKey(name, known.seq), bytes: toBytes(known) }
    })
  }

  async save(snapshots: readonly ClustersFile[]): Promise<void> {
    for (const { key, bytes } of snapshots) {
      await this.#options.store.put(key, [bytes])
      this.#saved.push(key)
    }
  }

  /** The log up to there is let go: no restart needs what was written down before the newest that it covers. */
  async forget(publishedSeq: number): Promise<void> {
    this.#appliedSeq = publishedSeq
    const newest = new Map<string, string>()
    for (const key of this.#saved) if (seqOf(key) <= publishedSeq) newest.set(nameOf(key), key)
    const past = this.#saved.filter(key => seqOf(key) < seqOf(newest.get(nameOf(key)) ?? key))
    this.#saved = this.#saved.filter(key => !past.includes(key))
    for (const [name, { seq }] of this.#opened) {
      if (this.#opened.size <= streamsOpenMax) break
      if (seq <= publishedSeq) this.#close(name)
    }
    await this.#options.store.delete(past)
  }

  /** What is written down can be read again. */
  #close(name: string): void {
    this.#opened.delete(name)
    this.#streams.delete(name)
  }

  /** The stream is the one that was used last. */
  #touch(name: string, known: OfStream): void {
    this.#opened.delete(name)
    this.#opened.set(name, known)
    this.#streams.set(name, Promise.resolve(known))
  }

  #of(name: string): Promise<OfStream> {
    let known = this.#streams.get(name)
    if (!known) {
      known = this.#open(name)
      this.#streams.set(name, known)
      known.then(
        opened => this.#opened.set(name, opened),
        () => this.#streams.delete(name),
      )
    }
    return known
  }

  async #open(name: string): Promise<OfStream> {
    const { store } = this.#options
    const keys: string[] = []
    for await (const { key } of store.list(`clusters/${name}/`))
      if (seqOf(key) <= this.#appliedSeq) keys.push(key)
    const newest = keys.pop()
    await store.delete(keys)
    if (newest === undefined)
      return { texts: undefined, entities: EntityClusterer.start(), seq: 0, savedSeq: 0 }
    this.#saved.push(newest)
    const bytes = await store.get(newest)
    assert(bytes, 'a snapshot that is listed is there')
    return { ...opened(newest, bytes), seq: seqOf(newest), savedSeq: seqOf(newest) }
  }
}

function toBytes({ texts, entities }: OfStream): Uint8Array {
  const frame = new FrameWriter(kind)
  for (const part of [texts?.toBytes() ?? new Uint8Array(0), entities.toBytes()])
    frame.u32(part.length).bytes(part)
  return frame.finish()
}

/** @throws CorruptCatalog when they are not what was written */
function opened(key: string, bytes: Uint8Array): Pick<OfStream, 'texts' | 'entities'> {
  try {
    return fromBytes(bytes)
  } catch (cause) {
    if (!(cause instanceof BadInput)) throw cause
    throw new CorruptCatalog(`${key}: ${cause.message}. Restore it from a backup; nothing was changed.`, {
      cause,
    })
  }
}

/** @throws BadInput */
function fromBytes(bytes: Uint8Array): Pick<OfStream, 'texts' | 'entities'> {
  const read = new FrameReader(kind, bytes)
  const [texts, entities] = [read.bytes(read.u32()), read.bytes(read.u32())]
  read.end()
  return {
    texts: texts.length === 0 ? undefined : TextClusterer.fromBytes(texts),
    entities: EntityClusterer.fromBytes(entities),
  }
}

function snapshotKey(name: string, seq: number): string {
  return `clusters/${name}/${String(seq).padStart(12, '0')}.bin`
}

function nameOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/'))
}

function seqOf(key: string): number {
  return Number(key.slice(key.lastIndexOf('/') + 1, -'.bin'.length))
}
