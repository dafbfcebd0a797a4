// The vectors of a run that is still open: searched as they came, all of them, so that every answer is exact.

import { assert } from '../../base/assert.ts'
import { FlatIndex } from '../../engine/vectors/flat.ts'
import { demandQuery, type VectorMemory } from '../../engine/vectors/vector-memory.ts'
import { FilledTexts, spreadRows } from './filled-texts.ts'
import {
  breadthUsual,
  demandNearest,
  kUsual,
  measuredOf,
  type NearestOptions,
  type Space,
  type TextHits,
  textHits,
  type VectorsRun,
} from './run.ts'
import { writeVectors } from './write-vectors.ts'

export class OpenVectors implements VectorsRun {
  readonly space: Space
  readonly #memory: VectorMemory
  readonly #index: FlatIndex
  readonly #filled = new FilledTexts()

  /** @param memory  of which it takes extents until it is freed; open runs of a thread share one */
  constructor(memory: VectorMemory, space: Space) {
    this.space = space
    this.#memory = memory
    this.#index = new FlatIndex(memory, { dim: space.dims, metric: space.metric })
  }

  get count(): number {
    return this.#filled.textCount
  }

  /** What it takes of the memory. */
  get memoryBytes(): number {
    return this.#index.memoryBytes
  }

  /**
   * The next texts.
   *
   * @param vectors  f32[texts × dims], under `cosine` of length 1; anything where `empty` says so
   * @param empty    u8[texts]: 1 for a text that has no vector
   * @throws BadInput, OutOfMemory; nothing is taken in then
   */
  append(vectors: Float32Array, empty: Uint8Array = new Uint8Array(vectors.length / this.space.dims)): void {
    const { dims } = this.space
    assert(vectors.length === empty.length * dims, 'a vector for each text')
    const kept = empty.includes(1) ? withoutEmpty(vectors, empty, dims) : vectors
    this.#index.append(kept)
    for (let text = 0; text < empty.length; text++) this.#filled.add(empty[text] === 0)
  }

  async nearest(query: Float32Array, options: NearestOptions = {}): Promise<TextHits> {
    return this.#search(query, options, k => k)
  }

  async candidates(query: Float32Array, options: NearestOptions = {}): Promise<TextHits> {
    return this.#search(query, options, measuredOf)
  }

  async measure(query: Float32Array, texts: Uint32Array): Promise<Float32Array> {
    demandQuery(query, { dim: this.space.dims, metric: this.space.metric })
    const { rows, at } = this.#filled.rowsOf(texts)
    const found = this.#memory.measure(this.space.metric, query, this.#index.vectors(rows))
    return spreadRows(found, { at, count: texts.length, width: 1, rest: Infinity })
  }

  async vectorsOf(texts: Uint32Array): Promise<Float32Array> {
    const { rows, at } = this.#filled.rowsOf(texts)
    const found = this.#index.vectors(rows)
    return spreadRows(found, { at, count: texts.length, width: this.space.dims, rest: 0 })
  }

  /**
   * The run as a part. What is appended meanwhile is not in it.
   *
   * @returns pieces that own their memory
   */
  write(): Uint8Array[] {
    const rowsOf = (from: number, until: number) =>
      this.#index.vectors(Uint32Array.from({ length: until - from }, (_, i) => from + i))
    return writeVectors({ space: this.space, filled: this.#filled, rowsOf }, this.#memory)
  }

  /** Lets go of its memory; it is not to be asked any more. */
  free(): void {
    this.#index.free()
  }

  #search(query: Float32Array, options: NearestOptions, limitOf: (k: number) => number): TextHits {
    const { k = kUsual, breadth = breadthUsual, allow, textUntil = Infinity } = options
    demandNearest({ k, breadth })
    const rows = allow && this.#filled.allowedRows(this.#bitsOfAll(allow, textUntil))
    const until = this.#filled.rowsBefore(textUntil)
    const hits = this.#index.search(query, { k: limitOf(k), until, ...(rows ? { allow: rows } : {}) })
    return textHits(hits, row => this.#filled.textOf(row))
  }

  /** The run grows between two questions of one search, so bits that were made by the first may end at `textUntil`. */
  #bitsOfAll(bits: Uint32Array, textUntil: number): Uint32Array {
    assert(bits.length * 32 >= Math.min(this.count, textUntil), 'a bit for each text')
    if (bits.length * 32 >= this.count) return bits
    const all = new Uint32Array((this.count + 31) >>> 5)
    all.set(bits)
    return all
  }
}

function withoutEmpty(vectors: Float32Array, empty: Uint8Array, dims: number): Float32Array {
  const kept = new Float32Array(vectors.length)
  let at = 0
  for (let text = 0; text < empty.length; text++) {
    if (empty[text] !== 0) continue
    kept.set(vectors.subarray(text * dims, (text + 1) * dims), at)
    at += dims
  }
  return kept.subarray(0, at)
}
