// One index over several instances, since a WASM memory ends at 4 GiB. Shards are filled one after the other; ids go on from
// shard to shard; a search asks all of them and merges what they find.

import { OutOfMemory } from '../arena.ts'
import { demand, demandWhole } from '../checks.ts'
import type { Work } from '../work.ts'
import { HnswIndex, type HnswOptions } from './hnsw.ts'
import { heapMax } from './hnsw-layout.ts'
import { PieceReader } from './pieces.ts'
import type { Hits, HitsWithin, Metric, SearchOptions, VectorIndex, WithinOptions } from './vector-index.ts'
import { demandVectors, demandWords } from './vectors.ts'

export interface ShardedOptions extends Omit<HnswOptions, 'memoryBytesMax'> {
  /** what each instance may take, at most 4 GiB, which it is unless told */
  shardBytesMax?: number
  /** instances, 1..256; 16 unless told */
  shardsMax?: number
}

interface Shard {
  index: HnswIndex
  /** the id of its first vector, a multiple of 32 */
  first: number
}

const shardsLimit = 256
const shardsUsual = 16
const magic = 'ALLUSHRD'
const version = 1
const headBytes = 16

export class ShardedIndex implements VectorIndex {
  readonly dim: number
  readonly metric: Metric
  readonly #module: WebAssembly.Module
  readonly #options: ShardedOptions
  readonly #shards: Shard[] = []

  /** @throws OutOfMemory when `shardBytesMax` has no room for a block of vectors */
  constructor(module: WebAssembly.Module, options: ShardedOptions) {
    const { shardsMax = shardsUsual, dim, metric } = options
    demandWhole('shardsMax', shardsMax, { min: 1, max: shardsLimit })
    this.dim = dim
    this.metric = metric
    this.#module = module
    this.#options = { ...options, shardsMax }
    this.#add(new HnswIndex(module, this.#shardOptions))
  }

  /**
   * An index as it was saved.
   *
   * @param pieces  what `save` gave, cut anywhere
   * @throws BadInput when they are not an index, of another version, or damaged
   * @throws OutOfMemory when a shard doesn't fit
   */
  static load(
    module: WebAssembly.Module,
    pieces: Iterable<Uint8Array>,
    bounds: Pick<ShardedOptions, 'shardBytesMax' | 'shardsMax'> = {},
  ): ShardedIndex {
    const reader = new PieceReader(pieces)
    const shardCount = shardCountOf(reader.take(headBytes))
    const first = HnswIndex.read(module, reader, boundsOf(bounds))
    const index = new ShardedIndex(module, { ...first.options, ...bounds })
    index.#shards.length = 0
    index.#add(first)
    while (index.#shards.length < shardCount) index.#add(HnswIndex.read(module, reader, boundsOf(bounds)))
    reader.demandEnd()
    return index
  }

  get count(): number {
    const last = this.#shards.at(-1)
    return last ? last.first + last.index.count : 0
  }

  get memoryBytes(): number {
    return this.#shards.reduce((sum, { index }) => sum + index.memoryBytes, 0)
  }

  insert(vectors: Float32Array): Work<number> {
    demandVectors('vectors', vectors, this)
    return this.#insert(vectors)
  }

  search(query: Float32Array, options: SearchOptions = {}): Hits {
    const parts = this.#ask(options.allow, (index, allow) => index.search(query, { ...options, ...allow }))
    return merged(parts, options.k ?? 10)
  }

  within(query: Float32Array, options: WithinOptions): HitsWithin {
    const { hitsMax = heapMax } = options
    const parts = this.#ask(options.allow, (index, allow) => index.within(query, { ...options, ...allow }))
    const found = parts.reduce((sum, { ids }) => sum + ids.length, 0)
    return { ...merged(parts, hitsMax), capped: found > hitsMax || parts.some(({ capped }) => capped) }
  }

  neighbours(id: number, options: WithinOptions): HitsWithin {
    return this.within(this.vector(id), options)
  }

  vector(id: number): Float32Array {
    demandWhole('id', id, { min: 0, max: this.count - 1 })
    const { index, first } = this.#shards.findLast(shard => shard.first <= id)!
    return index.vector(id - first)
  }

  /** 'ALLUSHRD', version u32, shards u32; then each shard as it saves itself. */
  *save(): Generator<Uint8Array> {
    const head = new Uint8Array(headBytes)
    for (let i = 0; i < magic.length; i++) head[i] = magic.charCodeAt(i)
    const view = new DataView(head.buffer)
    view.setUint32(8, version, true)
    view.setUint32(12, this.#shards.length, true)
    yield head
    for (const { index } of this.#shards) yield* index.save()
  }

  *#insert(vectors: Float32Array): Work<number> {
    const first = this.count
    const total = vectors.length
    for (let done = 0; done < total; ) {
      const { index } = this.#shards.at(-1)!
      const before = index.count
      try {
        for (const { share } of index.insert(vectors.subarray(done)))
          yield { step: 'insert', share: (done + share * (total - done)) / total }
        done = total
      } catch (error) {
        const isLast = this.#shards.length === this.#options.shardsMax
        if (!(error instanceof OutOfMemory) || isLast) throw error
        done += (index.count - before) * this.dim
        this.#add(new HnswIndex(this.#module, this.#shardOptions))
      }
    }
    return first
  }

  /** A shard is full at the end of a block, so that ids of the next start with a word of a filter. */
  #add(index: HnswIndex): void {
    demand(this.count % 32 === 0, 'a shard that is not the last ends within a word of ids')
    demand(index.dim === this.dim && index.metric === this.metric, 'a shard of another shape')
    this.#shards.push({ index, first: this.count })
  }

  /** Asks every shard, with what a filter says of its ids. @returns what they found, by the ids of the whole */
  #ask<Found extends Hits>(
    allow: Uint32Array | undefined,
    ask: (index: HnswIndex, allow: { allow?: Uint32Array }) => Found,
  ): Found[] {
    if (allow) demandWords(allow, this.count)
    return this.#shards.map(({ index, first }) => {
      const found = ask(index, allow ? { allow: allow.subarray(first / 32) } : {})
      for (let i = 0; i < found.ids.length; i++) found.ids[i]! += first
      return found
    })
  }

  get #shardOptions(): HnswOptions {
    const { shardBytesMax: _, shardsMax: __, ...options } = this.#options
    return { ...options, ...boundsOf(this.#options) }
  }
}

/** The nearest of all, in order; of equal distances the lower id first, as in each part. */
function merged(parts: readonly Hits[], countMax: number): Hits {
  const count = Math.min(
    countMax,
    parts.reduce((sum, { ids }) => sum + ids.length, 0),
  )
  const next = parts.map(() => 0)
  const hits = { ids: new Uint32Array(count), distances: new Float32Array(count) }
  for (let i = 0; i < count; i++) {
    let nearest = -1
    for (const [part, { distances }] of parts.entries()) {
      if (next[part]! === distances.length) continue
      if (nearest < 0 || distances[next[part]!]! < parts[nearest]!.distances[next[nearest]!]!) nearest = part
    }
    const at = next[nearest]!++
    hits.ids[i] = parts[nearest]!.ids[at]!
    hits.distances[i] = parts[nearest]!.distances[at]!
  }
  return hits
}

function boundsOf({ shardBytesMax }: { shardBytesMax?: number }): { memoryBytesMax?: number } {
  return shardBytesMax === undefined ? {} : { memoryBytesMax: shardBytesMax }
}

function shardCountOf(head: Uint8Array<ArrayBuffer>): number {
  const view = new DataView(head.buffer)
  demand(String.fromCharCode(...head.subarray(0, 8)) === magic, 'not a sharded index')
  demand(view.getUint32(8, true) === version, `a sharded index of version ${view.getUint32(8, true)}`)
  const count = view.getUint32(12, true)
  demandWhole('the number of shards', count, { min: 1, max: shardsLimit })
  return count
}
