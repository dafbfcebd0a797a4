// What the texts of a stream are about, as it flows: their vectors move a model, and each gets its cluster at that moment.
// A text counts once a batch, however many of its events say it, so that a template does not outweigh what people write.

import { fromUtf8, toUtf8 } from '../base/bytes.ts'
import type { KmeansExports } from '../engine/clusters/clusters.ts'
import { FrameReader, FrameWriter } from '../engine/frame.ts'
import type { Kernels } from '../engine/kernels.ts'
import { noCluster, type TextClusters, withoutClusters } from '../segment/texts/clusters.ts'
import { ClusterModel } from './cluster-model.ts'
import type { Vectors } from './index-batch.ts'

const textClustersMax = 32
const halfLifeTexts = 1 << 18
const kind = { name: 'ALLUCLT', version: 1 }

export class TextClusterer {
  /** the embedder's id: vectors of two can't be compared */
  readonly space: string
  readonly model: ClusterModel

  private constructor(space: string, model: ClusterModel) {
    this.space = space
    this.model = model
  }

  static start(space: string, dims: number): TextClusterer {
    const options = { clusterCount: textClustersMax, dims, halfLifeRows: halfLifeTexts }
    return new TextClusterer(space, ClusterModel.start(options))
  }

  /** @param vectors  of the batch's distinct texts, row by row */
  add(kernels: Kernels<KmeansExports>, { vectors, empty, dims }: Vectors): TextClusters {
    const spoken = spokenRows(empty)
    const told = withoutClusters(empty.length)
    const clusters = this.model.add(kernels, rowsOf(vectors, spoken, dims))
    for (const [i, text] of spoken.entries()) {
      if (clusters[i] === noCluster) continue
      told.clusters[text] = clusters[i]!
      told.steps[text] = this.model.step
    }
    return told
  }

  toBytes(): Uint8Array {
    const [space, model] = [toUtf8(this.space), this.model.toBytes()]
    return new FrameWriter(kind).u32(space.length).bytes(space).u32(model.length).bytes(model).finish()
  }

  static fromBytes(bytes: Uint8Array): TextClusterer {
    const read = new FrameReader(kind, bytes)
    const space = fromUtf8(read.bytes(read.u32()))
    const model = ClusterModel.fromBytes(read.bytes(read.u32()))
    read.end()
    return new TextClusterer(space, model)
  }
}

function spokenRows(empty: Uint8Array): Uint32Array {
  const rows = new Uint32Array(empty.length)
  let count = 0
  for (let row = 0; row < empty.length; row++) if (empty[row] === 0) rows[count++] = row
  return rows.subarray(0, count)
}

function rowsOf(vectors: Float32Array, rows: Uint32Array, dims: number): Float32Array {
  if (rows.length * dims === vectors.length) return vectors
  const values = new Float32Array(rows.length * dims)
  for (const [i, row] of rows.entries()) values.set(vectors.subarray(row * dims, (row + 1) * dims), i * dims)
  return values
}
