// Vectors as rows of codes, a byte a component: what CodedIndex searches. A row says the same in every binary.

import { demandWhole } from '../checks.ts'
import { writeHead } from './hnsw-layout.ts'
import type { Metric } from './vector-index.ts'
import { metrics, type VectorMemory, vectorBytesOf } from './vector-memory.ts'

/** Vectors whose mean is the centre. */
export const centreRows = 256

export class RowCoder {
  /** of one call of `encode` */
  readonly rowsMax: number
  readonly #memory: VectorMemory
  readonly #dim: number
  readonly #metric: Metric
  readonly #centre: Float32Array

  /** @param centre  f32[codeBytes], of which codes tell how vectors differ */
  constructor(
    memory: VectorMemory,
    { dim, metric, centre }: { dim: number; metric: Metric; centre: Float32Array },
  ) {
    this.rowsMax = memory.stagedMax(dim)
    this.#memory = memory
    this.#dim = dim
    this.#metric = metric
    this.#centre = centre
  }

  /** @param vectors  f32[n × dim]. @returns u8[n × rowBytes] */
  encode(vectors: Float32Array): Uint8Array {
    const { arena, scratch, call } = this.#memory
    const count = vectors.length / this.#dim
    demandWhole('the count of rows', count, { min: 0, max: this.rowsMax })
    this.#writeHead()
    arena.f32(scratch.codedCentre).set(this.#centre)
    this.#memory.stage(vectors, this.#dim)
    this.#memory.wipeShifted()
    const rows = arena.u8({ ...scratch.coded, byteCount: count * rowBytesOf(this.#dim) })
    rows.fill(0)
    call.codesWrite(scratch.codedHead.at, scratch.staging.at, count, scratch.coded.at)
    return rows.slice()
  }

  #writeHead(): void {
    const { arena, scratch } = this.#memory
    const dim = this.#dim
    const fields = {
      dim,
      form: metrics.indexOf(this.#metric),
      codeBytes: codeBytesOf(dim),
      rowBytes: rowBytesOf(dim),
      vectorBytes: vectorBytesOf(dim),
      centre: scratch.codedCentre.at,
      shifted: scratch.shifted.at,
    } as const
    for (const [field, value] of Object.entries(fields))
      writeHead(arena, scratch.codedHead, field as keyof typeof fields, value)
  }
}

/** The mean of the first vectors, so that an offset which all share costs no precision. @returns f32[codeBytes] */
export function centreOf(vectors: Float32Array, dim: number): Float32Array {
  const centre = new Float32Array(codeBytesOf(dim))
  const count = Math.min(centreRows, vectors.length / dim)
  for (let i = 0; i < dim && count > 0; i++) {
    let sum = 0
    for (let row = 0; row < count; row++) sum += vectors[row * dim + i]!
    centre[i] = sum / count
  }
  return centre
}

export function codeBytesOf(dim: number): number {
  return Math.ceil(dim / 16) * 16
}

/** Codes, and what is known of them: see wasm/vectors/hnsw-index.ts. */
export function rowBytesOf(dim: number): number {
  return Math.ceil((codeBytesOf(dim) + 16) / 32) * 32
}
