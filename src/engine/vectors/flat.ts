// Vectors without an index: rows of f32 as they came, all of them measured. What it finds is what brute force finds, to the
// last bit, and it can be searched between any two appends.

import type { Region } from '../arena.ts'
import { demandWhole } from '../checks.ts'
import { Nearest } from './nearest.ts'
import type { Hits, Metric } from './vector-index.ts'
import {
  candidatesMax,
  demandQuery,
  demandUnits,
  dimMax,
  layRows,
  type VectorMemory,
  vectorBytesOf,
} from './vector-memory.ts'
import { demandVectors, demandWords } from './vectors.ts'

/** About what an extent of rows takes: so small that little is wasted, so large that few are needed. */
const extentBytesAim = 1 << 18

interface FlatOptions {
  dim: number
  metric: Metric
}

interface FlatSearch {
  /** 0..4,096; 10 unless told */
  k?: number
  /** bits of the ids that may be hits */
  allow?: Uint32Array
  /** ids from here on are no hits */
  until?: number
}

export class FlatIndex {
  readonly dim: number
  readonly metric: Metric
  readonly #memory: VectorMemory
  readonly #extents: Region[] = []
  readonly #extentRows: number
  #count = 0

  constructor(memory: VectorMemory, { dim, metric }: FlatOptions) {
    demandWhole('dim', dim, { min: 1, max: dimMax })
    this.dim = dim
    this.metric = metric
    this.#memory = memory
    this.#extentRows = Math.max(1, Math.floor(extentBytesAim / vectorBytesOf(dim)))
  }

  get count(): number {
    return this.#count
  }

  get memoryBytes(): number {
    return this.#extents.reduce((sum, { byteCount }) => sum + byteCount, 0)
  }

  /**
   * @param vectors  f32[n × dim], row by row; finite, under `cosine` of length 1
   * @returns the id of the first
   * @throws BadInput, OutOfMemory before anything is taken in
   */
  append(vectors: Float32Array): number {
    const { dim } = this
    demandVectors('vectors', vectors, this)
    if (this.metric === 'cosine') demandUnits('vectors', vectors, dim)
    const first = this.#count
    const total = vectors.length / dim
    while (this.#extents.length * this.#extentRows < first + total) this.#takeExtent()
    for (let done = 0; done < total; ) {
      const place = this.#count % this.#extentRows
      const step = Math.min(this.#extentRows - place, total - done)
      const extent = this.#extents[Math.floor(this.#count / this.#extentRows)]!
      const rows = this.#memory.arena.f32(extent).subarray((place * vectorBytesOf(dim)) / 4)
      layRows(rows, vectors.subarray(done * dim, (done + step) * dim), dim)
      done += step
      this.#count += step
    }
    return first
  }

  /** @returns the nearest k of what is allowed, or all where there are fewer */
  search(query: Float32Array, { k = 10, allow, until = this.#count }: FlatSearch = {}): Hits {
    demandWhole('k', k, { min: 0, max: candidatesMax })
    demandQuery(query, this)
    const idsEnd = Math.min(until, this.#count)
    if (allow) demandWords(allow, idsEnd)
    const nearest = new Nearest(Math.min(k, idsEnd))
    this.#memory.layQuery(query)
    for (const [i, { at }] of this.#extents.entries()) {
      const first = i * this.#extentRows
      const count = Math.min(this.#extentRows, idsEnd - first)
      if (count <= 0) break
      offerAll(nearest, this.#memory.measureAt(this.metric, this.dim, { at, count }), { first, allow })
    }
    return nearest.hits()
  }

  /** Rows as they came, one after the other. */
  vectors(ids: Uint32Array): Float32Array {
    const { dim } = this
    const rows = new Float32Array(ids.length * dim)
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i]!
      demandWhole('id', id, { min: 0, max: this.#count - 1 })
      const extent = this.#memory.arena.f32(this.#extents[Math.floor(id / this.#extentRows)]!)
      const start = ((id % this.#extentRows) * vectorBytesOf(dim)) / 4
      rows.set(extent.subarray(start, start + dim), i * dim)
    }
    return rows
  }

  /** Lets go of all its memory; it is empty then. */
  free(): void {
    for (const extent of this.#extents) this.#memory.extents.free(extent)
    this.#extents.length = 0
    this.#count = 0
  }

  #takeExtent(): void {
    const byteCount = this.#extentRows * vectorBytesOf(this.dim)
    this.#extents.push(this.#memory.extents.take('rows', byteCount))
  }
}

/** @param rows.allow  bits of ids, of which the distances begin at `first` */
export function offerAll(
  nearest: Nearest,
  distances: Float32Array,
  { first, allow }: { first: number; allow: Uint32Array | undefined },
): void {
  let { bound } = nearest
  for (let i = 0; i < distances.length; i++) {
    const distance = distances[i]!
    if (distance > bound) continue
    const id = first + i
    if (allow && (allow[id >>> 5]! & (1 << (id & 31))) === 0) continue
    nearest.offer(id, distance)
    bound = nearest.bound
  }
}
