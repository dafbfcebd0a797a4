// One instance of the kernels for the vectors of many runs: extents that hold them, taken and freed as runs come and go, and
// what a search needs while it runs, which all of them share. So hundreds of small runs cost one memory, and its budget is
// one number.

import type { Arena, Region } from '../arena.ts'
import { BadInput, demand, demandFinite, demandWhole } from '../checks.ts'
import { startKernels } from '../kernels.ts'
import { Extents } from './extents.ts'
import type { Metric } from './vector-index.ts'

interface VectorExports {
  distanceSteady(form: number, query: number, rows: number, rowBytes: number, count: number, to: number): void
  codesWrite(head: number, vectors: number, count: number, rows: number): void
  codesWalk(head: number, breadth: number, allow: number, workMax: number): number
  codesBeginScan(head: number, limit: number): void
  codesScan(head: number, allow: number, from: number, until: number): void
  codesListWithin(head: number, allow: number, from: number, until: number, bound: number): number
  codesEndScan(head: number): number
  codesRefine(head: number, count: number, limit: number): number
  hnswStart(head: number): void
  hnswUpperBytes(linksMax: number): number
  hnswCountAllowed(allow: number, idsEnd: number): number
}

export const metrics: readonly Metric[] = ['cosine', 'dot', 'l2']
export const dimMax = 4096
/** Candidates of a search. */
export const candidatesMax = 4096
/** What a walk among allowed ids keeps open, and what a listing holds. */
export const heapMax = 65_536
const stagingBytes = 1 << 20
/** More than the fields of a head take: see hnsw-layout.ts. */
export const headBytes = 256
/** The shortest row there is. */
const rowBytesMin = 16
/** What one memory has room for beside `Scratch`. */
const bytesLimit = 2 ** 32 - 2 ** 23
/** How far the square of a length may be from 1. */
export const unitSlack = 1e-4

/** Regions of whichever call runs. */
interface Scratch {
  /** f32[dimMax] each */
  query: Region
  shifted: Region
  queryRow: Region
  queryProbe: Region
  pool: Region
  heap: Region
  near: Region
  choices: Region
  /** rows on their way in */
  staging: Region
  /** f32, a distance for each row of the staging */
  distances: Region
  /** rows of codes on their way out, as many as rows in the staging; their head and their centre */
  coded: Region
  codedHead: Region
  codedCentre: Region
}

export class VectorMemory {
  readonly call: VectorExports
  readonly arena: Arena
  readonly extents: Extents
  readonly scratch: Scratch

  /**
   * @param module            dist/wasm/engine.wasm or engine-relaxed.wasm, compiled
   * @param options.bytesMax  what the vectors may take; about 4.5 MiB more are taken for what searches need
   */
  constructor(module: WebAssembly.Module, { bytesMax }: { bytesMax: number }) {
    demandWhole('bytesMax', bytesMax, { min: 0, max: bytesLimit })
    const { call, arena } = startKernels<VectorExports>(module)
    this.call = call
    this.arena = arena
    this.scratch = takeScratch(arena)
    this.extents = new Extents(arena, bytesMax)
  }

  /**
   * Distances as they are told: equal bits for equal vectors, in whatever run and binary. The order of the sums is that of
   * wasm/vectors/steady-rows.ts.
   *
   * @param query  f32[dim]; under `cosine` of length 1, as the rows
   * @param rows   f32[n × dim]
   * @returns f32[n]
   */
  measure(metric: Metric, query: Float32Array, rows: Float32Array): Float32Array {
    const dim = query.length
    demandWhole('the length of the query', dim, { min: 1, max: dimMax })
    demand(rows.length % dim === 0, `rows have ${rows.length} components: expected a multiple of ${dim}`)
    const count = rows.length / dim
    const found = new Float32Array(count)
    this.layQuery(query)
    const stepMax = this.stagedMax(dim)
    for (let from = 0; from < count; from += stepMax) {
      const step = Math.min(stepMax, count - from)
      this.stage(rows.subarray(from * dim, (from + step) * dim), dim)
      found.set(this.measureAt(metric, dim, { at: this.scratch.staging.at, count: step }), from)
    }
    return found
  }

  /** @returns a view of the distances of rows that lie in this memory to the query that was laid; good until the next call */
  measureAt(metric: Metric, dim: number, rows: { at: number; count: number }): Float32Array {
    const { query, distances } = this.scratch
    const form = metrics.indexOf(metric)
    this.call.distanceSteady(form, query.at, rows.at, vectorBytesOf(dim), rows.count, distances.at)
    return this.arena.f32(distances).subarray(0, rows.count)
  }

  layQuery(query: Float32Array): void {
    this.arena.f32(this.scratch.query).fill(0).set(query)
    this.wipeShifted()
  }

  /** Codes are made of whole sixteens: what vectors of other dims left behind the last component would come into them. */
  wipeShifted(): void {
    this.arena.f32(this.scratch.shifted).fill(0)
  }

  /** Rows that one `stage` takes. */
  stagedMax(dim: number): number {
    return Math.floor(stagingBytes / vectorBytesOf(dim))
  }

  /** Lays rows into the staging, each padded with zeros to a multiple of 16 bytes. */
  stage(rows: Float32Array, dim: number): void {
    layRows(this.arena.f32(this.scratch.staging), rows, dim)
  }
}

export function vectorBytesOf(dim: number): number {
  return Math.ceil(dim / 4) * 16
}

/** @throws BadInput unless a query can be compared with vectors of this kind; a zero query has no direction */
export function demandQuery(query: Float32Array, { dim, metric }: { dim: number; metric: Metric }): void {
  demand(query.length === dim, `query has ${query.length} components: expected ${dim}`)
  demandFinite('query', query)
  if (metric === 'cosine') demandUnits('query', query, dim)
}

/** @throws BadInput unless every row has length 1 */
export function demandUnits(name: string, rows: Float32Array, dim: number): void {
  for (let start = 0; start < rows.length; start += dim) {
    let square = 0
    for (let i = start; i < start + dim; i++) square += rows[i]! * rows[i]!
    if (!(Math.abs(square - 1) <= unitSlack))
      throw new BadInput(`${name}, row ${start / dim}: its length is ${Math.sqrt(square)}, expected 1`)
  }
}

/** Lays rows one after the other, each padded with zeros to a multiple of 16 bytes. */
export function layRows(to: Float32Array, rows: Float32Array, dim: number): void {
  const stride = vectorBytesOf(dim) / 4
  if (stride === dim) {
    to.set(rows)
    return
  }
  const count = rows.length / dim
  for (let row = 0; row < count; row++) {
    to.set(rows.subarray(row * dim, (row + 1) * dim), row * stride)
    to.fill(0, row * stride + dim, (row + 1) * stride)
  }
}

/** @throws OutOfMemory */
function takeScratch(arena: Arena): Scratch {
  const keysBytes = (candidatesMax + 8) * 8
  return {
    query: arena.take('query', dimMax * 4),
    shifted: arena.take('shifted', dimMax * 4),
    queryRow: arena.take('query row', dimMax + 32),
    queryProbe: arena.take('query probe', dimMax * 2 + 64),
    pool: arena.take('pool', keysBytes),
    heap: arena.take('heap', (heapMax + 8) * 8),
    // 272 ids with their rows and distances, and 264 keys thrice
    near: arena.take('near', 3328),
    choices: arena.take('choices', 5376),
    staging: arena.take('staging', stagingBytes),
    distances: arena.take('distances', (stagingBytes / rowBytesMin) * 4),
    // a row of codes is at most twice as long as its vector
    coded: arena.take('coded rows', stagingBytes * 2),
    codedHead: arena.take('head of coded rows', headBytes),
    codedCentre: arena.take('centre of coded rows', dimMax * 4),
  }
}
