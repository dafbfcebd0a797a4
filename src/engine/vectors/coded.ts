// An index that keeps codes and links alone, a quarter of what vectors take: what it finds are candidates, by the distance
// of their codes, and whoever has the vectors measures them. Without links all codes are looked at; with them a graph that
// HnswIndex made is walked.

import type { Region } from '../arena.ts'
import { demandWhole } from '../checks.ts'
import { type CodedRegions, type CodedShape, takeCoded } from './coded-layout.ts'
import { readHead } from './hnsw-layout.ts'
import type { Hits } from './vector-index.ts'
import { candidatesMax, demandQuery, dimMax, heapMax, type VectorMemory } from './vector-memory.ts'
import { demandWords } from './vectors.ts'

export type CodedPart = 'centre' | 'codes' | 'links' | 'upper'

export interface CandidateOptions {
  /** how many are wanted, 1..4,096 */
  limit: number
  /** candidates that are looked at twice, at least `limit` */
  breadth: number
  /** bits of the ids that may be candidates */
  allow?: Uint32Array
}

/** Ids that one call of a scan goes over. */
const scanIds = 65_536
/** A scan's distances cost about half of a walk's, since it goes through memory in order. */
const scanShare = 0.5
/** Below so many allowed ids for each candidate, a walk without a filter would cost as much as a scan with it. */
const scannedPerCandidate = 16
export class CodedIndex {
  readonly shape: CodedShape
  readonly #memory: VectorMemory
  readonly #extent: Region
  readonly #regions: CodedRegions

  /**
   * An index whose parts are yet to be filled.
   *
   * @throws OutOfMemory when there is no extent for it
   */
  constructor(memory: VectorMemory, shape: CodedShape) {
    demandWhole('dim', shape.dim, { min: 1, max: dimMax })
    this.shape = shape
    this.#memory = memory
    const { extent, regions } = takeCoded(memory, shape)
    this.#extent = extent
    this.#regions = regions
  }

  get memoryBytes(): number {
    return this.#extent.byteCount
  }

  /** A part as it lies in memory: a view, good until the memory grows. */
  part(name: CodedPart): Uint8Array<ArrayBuffer> {
    return this.#memory.arena.u8(this.#regions[name])
  }

  /**
   * @param query  under `cosine` of length 1
   * @returns what is nearest by its codes, distances in the metric's own measure, as near as codes tell. Never fewer than
   * `limit`, or all that are allowed
   */
  candidates(query: Float32Array, { limit, breadth, allow }: CandidateOptions): Hits {
    demandWhole('limit', limit, { min: 1, max: candidatesMax })
    demandWhole('breadth', breadth, { min: limit, max: candidatesMax })
    const allowed = this.#set(query, allow)
    const wanted = Math.min(limit, allowed)
    if (wanted === 0) return this.#hits(0)
    const walked = this.#walk(breadth, allow !== undefined, allowed)
    const found = walked >= wanted ? walked : this.#scan(breadth, allow !== undefined)
    return this.#hits(this.#memory.call.codesRefine(this.#regions.head.at, found, wanted))
  }

  /**
   * All that may be within a distance, as far as codes can tell: no vector that is within is missing.
   *
   * @param bound  a told distance, `cosine` or `l2`
   * @returns ids, rising; undefined where there are more than can be listed
   */
  within(query: Float32Array, bound: number, allow?: Uint32Array): Uint32Array | undefined {
    this.#set(query, allow)
    const { call, scratch } = this.#memory
    const { count, metric } = this.shape
    const head = this.#regions.head.at
    const mask = allow ? this.#regions.allow.at : 0
    call.codesBeginScan(head, heapMax)
    const graphBound = metric === 'l2' ? (bound * bound) / 2 : bound
    for (let from = 0; from < count; ) {
      const until = Math.min(count, from + scanIds)
      from = call.codesListWithin(head, mask, from, until, graphBound) >>> 0
      if (from < until) return undefined
    }
    const words = this.#memory.arena.u32(scratch.heap)
    return Uint32Array.from({ length: this.#read('heapCount') }, (_, i) => words[2 * i]! >>> 1)
  }

  free(): void {
    this.#memory.extents.free(this.#extent)
  }

  /** @returns how many stand in the pool; −1 where a scan is cheaper */
  #walk(breadth: number, hasFilter: boolean, allowed: number): number {
    if (!this.shape.graph) return -1
    const { call } = this.#memory
    const { head, allow } = this.#regions
    if (!hasFilter) return call.codesWalk(head.at, breadth, 0, 0)
    if (allowed <= breadth * scannedPerCandidate) return -1
    return call.codesWalk(head.at, breadth, allow.at, Math.floor(allowed * scanShare))
  }

  /** @returns how many stand in the pool */
  #scan(breadth: number, hasFilter: boolean): number {
    const { call } = this.#memory
    const { count } = this.shape
    const { head, allow } = this.#regions
    call.codesBeginScan(head.at, breadth)
    for (let from = 0; from < count; from += scanIds)
      call.codesScan(head.at, hasFilter ? allow.at : 0, from, Math.min(count, from + scanIds))
    return call.codesEndScan(head.at)
  }

  /** @returns how many ids are allowed */
  #set(query: Float32Array, allow: Uint32Array | undefined): number {
    const { count } = this.shape
    demandQuery(query, this.shape)
    this.#memory.layQuery(query)
    if (!allow) return count
    demandWords(allow, count)
    const region = this.#regions.allow
    this.#memory.arena.u32(region).set(allow.subarray(0, Math.ceil(count / 32)))
    return this.#memory.call.hnswCountAllowed(region.at, count)
  }

  /** The first of the heap. */
  #hits(count: number): Hits {
    const { arena, scratch } = this.#memory
    const words = arena.u32(scratch.heap)
    const [constant] = new Float32Array(Uint32Array.of(this.#read('constant')).buffer)
    const ids = new Uint32Array(count)
    const distances = new Float32Array(count)
    const bits = new Uint32Array(distances.buffer)
    for (let i = 0; i < count; i++) {
      const order = words[2 * i + 1]!
      ids[i] = words[2 * i]! >>> 1
      bits[i] = order >= 0x80000000 ? order ^ 0x80000000 : ~order
      distances[i] = this.#toldDistance(distances[i]!, constant!)
    }
    return { ids, distances }
  }

  /** What a graph distance stands for. */
  #toldDistance(distance: number, constant: number): number {
    if (this.shape.metric === 'dot') return distance - constant
    const least = Math.max(0, distance)
    return this.shape.metric === 'l2' ? Math.sqrt(2 * least) : least
  }

  #read(field: Parameters<typeof readHead>[2]): number {
    return readHead(this.#memory.arena, this.#regions.head, field)
  }
}
