// The clusters of a stream of vectors, however small the batches are that bring them: the first rows wait until there are
// enough to seed every cluster, and have none until then. From there on each row gets its cluster as it comes.

import type { KmeansExports } from '../engine/clusters/clusters.ts'
import { KmeansStream } from '../engine/clusters/kmeans-stream.ts'
import { FrameReader, FrameWriter } from '../engine/frame.ts'
import type { Kernels } from '../engine/kernels.ts'
import { noCluster } from '../segment/texts/clusters.ts'

export interface ClusterModelOptions {
  clusterCount: number
  dims: number
  /** after so many rows a row counts half */
  halfLifeRows: number
}

const kind = { name: 'ALLUCLM', version: 1 }
/** Rows for each cluster before there are clusters. */
const seedRowsPerCluster = 8
/** What the kernels take at once. */
const addRowsMax = 8192

export class ClusterModel {
  readonly #stream: KmeansStream
  /** f32: rows that wait */
  #waiting: Float32Array
  #step: number

  private constructor(stream: KmeansStream, waiting: Float32Array, step: number) {
    this.#stream = stream
    this.#waiting = waiting
    this.#step = step
  }

  static start({ clusterCount, dims, halfLifeRows }: ClusterModelOptions): ClusterModel {
    const stream = new KmeansStream({ clusterCount, dim: dims, metric: 'cosine', halfLifeRows })
    return new ClusterModel(stream, new Float32Array(0), 0)
  }

  /** Times that it has moved: its version. */
  get step(): number {
    return this.#step
  }

  get dims(): number {
    return this.#stream.options.dim
  }

  /** f32[clusters × dims]; empty while rows wait. */
  get centroids(): Float32Array {
    return this.#stream.centroids
  }

  /**
   * @param values  f32[rows × dims], none of them zeros alone
   * @returns u16[rows]: clusters, or noCluster for all of them
   */
  add(kernels: Kernels<KmeansExports>, values: Float32Array): Uint16Array {
    const rowCount = values.length / this.dims
    if (rowCount === 0) return new Uint16Array(0)
    if (this.#step > 0) return this.#move(kernels, values)
    const all = new Float32Array(this.#waiting.length + values.length)
    all.set(this.#waiting)
    all.set(values, this.#waiting.length)
    this.#waiting = all
    const allCount = all.length / this.dims
    if (allCount < this.#stream.options.clusterCount * seedRowsPerCluster)
      return new Uint16Array(rowCount).fill(noCluster)
    this.#waiting = new Float32Array(0)
    return this.#move(kernels, all).slice(allCount - rowCount)
  }

  #move(kernels: Kernels<KmeansExports>, values: Float32Array): Uint16Array {
    const { dims } = this
    const rowCount = values.length / dims
    const clusters = new Uint16Array(rowCount)
    for (let from = 0; from < rowCount; from += addRowsMax) {
      const rows = values.subarray(from * dims, (from + addRowsMax) * dims)
      clusters.set(this.#stream.add(kernels, { values: rows, dim: dims }), from)
    }
    this.#step++
    return clusters
  }

  toBytes(): Uint8Array {
    const stream = this.#stream.toBytes()
    return new FrameWriter(kind)
      .f64(this.#step)
      .u32(this.#waiting.length)
      .array(this.#waiting)
      .u32(stream.length)
      .bytes(stream)
      .finish()
  }

  /** @throws BadInput when the bytes are not what `toBytes` wrote */
  static fromBytes(bytes: Uint8Array): ClusterModel {
    const read = new FrameReader(kind, bytes)
    const step = read.f64()
    const waiting = read.f32s(read.u32())
    const stream = KmeansStream.fromBytes(read.bytes(read.u32()))
    read.end()
    return new ClusterModel(stream, waiting, step)
  }
}
