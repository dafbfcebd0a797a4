// A vector index in one instance of the kernels: a graph of small worlds (Malkov, Yashunin 2016) over codes of a byte a
// component, whose candidates are measured again by their f32 vectors. docs/vectors.md tells what it costs and what it finds.

import { type Arena, OutOfMemory, type Region } from '../arena.ts'
import { BadInput, demand, demandWhole } from '../checks.ts'
import { startKernels } from '../kernels.ts'
import type { Work } from '../work.ts'
import { readSaved, type Saved, savedPieces } from './hnsw-file.ts'
import { breadthMax, heapMax, type Layout, layOut, readHead, writeHead } from './hnsw-layout.ts'
import { PieceReader } from './pieces.ts'
import type { Hits, HitsWithin, Metric, SearchOptions, VectorIndex, WithinOptions } from './vector-index.ts'
import { demandVectors, demandWords } from './vectors.ts'

export interface HnswOptions {
  /** 1..4,096 */
  dim: number
  metric: Metric
  /** links of a vector on each level, and twice as many on the lowest: a multiple of 4, 8..64; 16 unless told */
  linksMax?: number
  /** candidates that an insert looks at, 16..256; 100 unless told */
  buildBreadth?: number
  /** of the levels; 1 unless told */
  seed?: number
  /** what the instance may take, at most 4 GiB, which it is unless told */
  memoryBytesMax?: number
}

interface HnswExports {
  hnswStart(head: number): void
  hnswUpperBytes(linksMax: number): number
  hnswInsert(head: number, vectors: number, count: number): void
  hnswNormalise(vector: number, dim: number): void
  hnswSearch(head: number, k: number, breadth: number): number
  hnswSearchAllowed(head: number, k: number, breadth: number, allow: number, workMax: number): number
  hnswCountAllowed(allow: number, idsEnd: number): number
  hnswBeginScan(head: number, limit: number, radius: number): void
  hnswScan(head: number, allow: number, from: number, until: number): void
  hnswEndScan(head: number): number
  hnswIsSound(head: number): number
}

const forms: readonly Metric[] = ['cosine', 'dot', 'l2']
const dimMax = 4096
const memoryBytesLimit = 2 ** 32
/** Ids that one call of a scan goes over. */
const scanIds = 65_536
/** A scan's distances cost about half of a walk's, since it goes through memory in order. */
const scanShare = 0.5
/** Below so many allowed ids for each candidate, a walk without a filter would cost as much as a scan with it. */
const scannedPerCandidate = 16
const f32Max = 3.4028234663852886e38

export class HnswIndex implements VectorIndex {
  readonly dim: number
  readonly metric: Metric
  /** what it was made with */
  readonly options: Required<Omit<HnswOptions, 'memoryBytesMax'>>
  readonly #call: HnswExports
  readonly #arena: Arena
  readonly #layout: Layout
  #blockCount = 0
  #isInserting = false

  /**
   * @param module  dist/wasm/engine.wasm or engine-relaxed.wasm, compiled; the index has an instance of it to itself
   * @throws OutOfMemory when `memoryBytesMax` has no room for a block of vectors
   */
  constructor(module: WebAssembly.Module, options: HnswOptions) {
    const { dim, metric, linksMax = 16, buildBreadth = 100, seed = 1 } = options
    const { memoryBytesMax = memoryBytesLimit } = options
    demandWhole('dim', dim, { min: 1, max: dimMax })
    demand(forms.includes(metric), `metric is ${metric}: expected ${forms.join(', ')}`)
    demandWhole('linksMax', linksMax, { min: 8, max: 64 })
    demand(linksMax % 4 === 0, `linksMax is ${linksMax}: expected a multiple of 4`)
    demandWhole('buildBreadth', buildBreadth, { min: 16, max: 256 })
    demandWhole('seed', seed, { min: 0, max: 2 ** 32 - 1 })
    demandWhole('memoryBytesMax', memoryBytesMax, { min: 0, max: memoryBytesLimit })
    const { call, arena } = startKernels<HnswExports>(module, { memoryBytesMax })
    this.dim = dim
    this.metric = metric
    this.options = { dim, metric, linksMax, buildBreadth, seed }
    this.#call = call
    this.#arena = arena
    const groupBytes = call.hnswUpperBytes(linksMax)
    this.#layout = layOut(arena, { dim, linksMax }, { memoryBytesMax, groupBytes })
    this.#write('form', forms.indexOf(metric))
    this.#write('buildBreadth', buildBreadth)
    this.#write('seed', seed)
    call.hnswStart(this.#head)
  }

  /**
   * An index as it was saved.
   *
   * @param pieces  what `save` gave, cut anywhere
   * @throws BadInput when they are not an index, of another version, or damaged
   * @throws OutOfMemory when it doesn't fit
   */
  static load(
    module: WebAssembly.Module,
    pieces: Iterable<Uint8Array>,
    options: { memoryBytesMax?: number } = {},
  ): HnswIndex {
    const reader = new PieceReader(pieces)
    const index = HnswIndex.read(module, reader, options)
    reader.demandEnd()
    return index
  }

  /** The same where more may follow. */
  static read(
    module: WebAssembly.Module,
    reader: PieceReader,
    options: { memoryBytesMax?: number } = {},
  ): HnswIndex {
    let index: HnswIndex | undefined
    readSaved(reader, ({ form, ...shape }, count) => {
      demandWhole('form', form, { min: 0, max: forms.length - 1 })
      index = new HnswIndex(module, { ...shape, metric: forms[form]!, ...options })
      while (index.#blockCount * index.#layout.strides.blockIds < count) index.#takeBlocks()
      return index.#saved
    })
    const isSound = index && index.#call.hnswIsSound(index.#head) === 1
    if (!index || !isSound) throw new BadInput('damaged: its links lead astray')
    return index
  }

  get count(): number {
    return readHead(this.#arena, this.#layout.head, 'count')
  }

  get memoryBytes(): number {
    return this.#arena.heldBytes
  }

  insert(vectors: Float32Array): Work<number> {
    demandVectors('vectors', vectors, this)
    return this.#insert(vectors)
  }

  search(query: Float32Array, options: SearchOptions = {}): Hits {
    const { k = 10, breadth = 128, allow, exact = false } = options
    demandWhole('k', k, { min: 0, max: breadthMax })
    demandWhole('breadth', breadth, { min: 1, max: breadthMax })
    this.#setQuery(query)
    const allowed = this.#setAllowed(allow)
    const wanted = Math.min(k, allowed)
    if (wanted === 0) return this.#hits(this.#layout.hits, 0)
    const found = exact ? -1 : this.#walk({ k: wanted, breadth: Math.max(k, breadth), allow, allowed })
    if (found === wanted) return this.#hits(this.#layout.hits, found)
    return this.#hits(this.#layout.heap, this.#scan(wanted, f32Max, allow))
  }

  within(query: Float32Array, options: WithinOptions): HitsWithin {
    const { radius, hitsMax = heapMax, allow, exact = true } = options
    demand(Number.isFinite(radius), `radius is ${radius}: expected a finite number`)
    demandWhole('hitsMax', hitsMax, { min: 1, max: heapMax })
    if (!exact) {
      const hits = this.#withinWalk(query, options)
      if (hits) return hits
    }
    this.#setQuery(query)
    this.#setAllowed(allow)
    const found = this.#scan(hitsMax, this.#rankOf(radius), allow)
    return { ...this.#hits(this.#layout.heap, found), capped: this.#read('isCapped') === 1 }
  }

  neighbours(id: number, options: WithinOptions): HitsWithin {
    return this.within(this.vector(id), options)
  }

  vector(id: number): Float32Array {
    demandWhole('id', id, { min: 0, max: this.count - 1 })
    const { blocks, strides } = this.#layout
    const { blockIds, blockBytes, vectorBytes } = strides
    const block = blocks + Math.floor(id / blockIds) * blockBytes
    const at = block + blockBytes - (blockIds - (id % blockIds)) * vectorBytes
    return this.#arena.f32({ name: 'vector', at, byteCount: this.dim * 4 }).slice()
  }

  save(): Generator<Uint8Array> {
    demand(!this.#isInserting, 'the index is saved between two inserts')
    return savedPieces(this.#saved)
  }

  *#insert(vectors: Float32Array): Work<number> {
    demand(!this.#isInserting, 'another insert is at work')
    this.#isInserting = true
    try {
      const { staging, strides } = this.#layout
      const first = this.count
      const total = vectors.length / this.dim
      const stepMax = Math.floor(staging.byteCount / (4 * this.dim))
      for (let done = 0; done < total; ) {
        const room = this.#blockCount * strides.blockIds - this.count
        if (room === 0) this.#takeBlocks()
        const step = Math.min(stepMax, total - done, room || strides.blockIds)
        const part = vectors.subarray(done * this.dim, (done + step) * this.dim)
        this.#arena.f32(staging).set(part)
        this.#call.hnswInsert(this.#head, staging.at, step)
        done += step
        yield { step: 'insert', share: done / total }
      }
      return first
    } finally {
      this.#isInserting = false
    }
  }

  /** Takes an eighth more than there is, since a memory that grows often has V8 collect its whole heap as often. */
  #takeBlocks(): void {
    const { strides, idsMax } = this.#layout
    const left = idsMax / strides.blockIds - this.#blockCount
    if (left === 0) throw new OutOfMemory('a block of vectors', strides.blockBytes, this.memoryBytes)
    const taken = Math.min(left, 1 + (this.#blockCount >>> 3))
    this.#arena.take(`blocks from ${this.#blockCount} on`, taken * strides.blockBytes)
    this.#blockCount += taken
  }

  /** @returns how many hits were found; −1 where a scan is cheaper */
  #walk(wanted: { k: number; breadth: number; allow: Uint32Array | undefined; allowed: number }): number {
    const { k, breadth, allow, allowed } = wanted
    if (this.#read('linked') === 0) return -1
    if (!allow) return this.#call.hnswSearch(this.#head, k, breadth)
    if (allowed <= breadth * scannedPerCandidate) return -1
    const workMax = Math.floor(allowed * scanShare)
    return this.#call.hnswSearchAllowed(this.#head, k, breadth, this.#layout.allow.at, workMax)
  }

  /** Twice as broad until it reaches past the radius; undefined where it never does. */
  #withinWalk(
    query: Float32Array,
    { radius, hitsMax = heapMax, allow }: WithinOptions,
  ): HitsWithin | undefined {
    for (let k = 64; k <= breadthMax; k *= 4) {
      const { ids, distances } = this.search(query, { k, breadth: k, ...(allow ? { allow } : {}) })
      const past = distances.findIndex(distance => distance > radius)
      const reached = past < 0 ? ids.length : past
      if (past < 0 && ids.length === k && reached < hitsMax) continue
      const kept = Math.min(reached, hitsMax)
      return { ids: ids.slice(0, kept), distances: distances.slice(0, kept), capped: reached > hitsMax }
    }
    return undefined
  }

  /** @returns how many hits stand in the heap */
  #scan(limit: number, radius: number, allow: Uint32Array | undefined): number {
    const { count } = this
    this.#call.hnswBeginScan(this.#head, limit, radius)
    for (let from = 0; from < count; from += scanIds)
      this.#call.hnswScan(
        this.#head,
        allow ? this.#layout.allow.at : 0,
        from,
        Math.min(count, from + scanIds),
      )
    return this.#call.hnswEndScan(this.#head)
  }

  #setQuery(query: Float32Array): void {
    demand(query.length === this.dim, `query has ${query.length} components: expected ${this.dim}`)
    demandVectors('query', query, this)
    const { query: region } = this.#layout
    this.#arena.f32(region).set(query)
    if (this.metric === 'cosine') this.#call.hnswNormalise(region.at, this.dim)
  }

  /** @returns how many ids are allowed */
  #setAllowed(allow: Uint32Array | undefined): number {
    const { count } = this
    if (!allow) return count
    demandWords(allow, count)
    this.#arena.u32(this.#layout.allow).set(allow.subarray(0, Math.ceil(count / 32)))
    return this.#call.hnswCountAllowed(this.#layout.allow.at, count)
  }

  #rankOf(radius: number): number {
    if (this.metric !== 'l2') return radius
    return radius < 0 ? -1 : radius * radius
  }

  #hits(keys: Region, count: number): Hits {
    const words = this.#arena.u32(keys)
    const ids = new Uint32Array(count)
    const distances = new Float32Array(count)
    const bits = new Uint32Array(distances.buffer)
    for (let i = 0; i < count; i++) {
      const order = words[2 * i + 1]!
      ids[i] = words[2 * i]! >>> 1
      bits[i] = order >= 0x80000000 ? order ^ 0x80000000 : ~order
      if (this.metric === 'l2') distances[i] = Math.sqrt(distances[i]!)
    }
    return { ids, distances }
  }

  get #saved(): Saved {
    return { arena: this.#arena, layout: this.#layout }
  }

  get #head(): number {
    return this.#layout.head.at
  }

  #read(field: Parameters<typeof readHead>[2]): number {
    return readHead(this.#arena, this.#layout.head, field)
  }

  #write(field: Parameters<typeof readHead>[2], value: number): void {
    writeHead(this.#arena, this.#layout.head, field, value)
  }
}
