// The vectors of a sealed run. Its codes, and its graph where it has one, come into the cache when they are first asked for;
// the vectors themselves stay in the file, and only those of the best candidates are read.

import { offerAll } from '../../engine/vectors/flat.ts'
import { Nearest } from '../../engine/vectors/nearest.ts'
import type { Hits } from '../../engine/vectors/vector-index.ts'
import { demandQuery, unitSlack } from '../../engine/vectors/vector-memory.ts'
import type { CheckedFile } from '../checked.ts'
import { spreadRows } from './filled-texts.ts'
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
import type { VectorCache } from './vector-cache.ts'
import { VectorsPart } from './vectors-part.ts'

/** More rows than this are read in order, not one by one. */
const pickedRowsMax = 2048

/** What is looked for, in rows. */
interface Question {
  query: Float32Array
  k: number
  breadth: number
  allow: Uint32Array | undefined
}

export class SealedVectors implements VectorsRun {
  readonly #part: VectorsPart
  readonly #cache: VectorCache

  private constructor(part: VectorsPart, cache: VectorCache) {
    this.#part = part
    this.#cache = cache
  }

  /** @throws CorruptPart */
  static async open(file: CheckedFile, cache: VectorCache): Promise<SealedVectors> {
    return new SealedVectors(await VectorsPart.open(file), cache)
  }

  get space(): Space {
    return this.#part.space
  }

  get count(): number {
    return this.#part.filled.textCount
  }

  async nearest(query: Float32Array, options: NearestOptions = {}): Promise<TextHits> {
    const question = this.#question(query, options)
    return this.#told(options.exact ? await this.#exact(question) : await this.#approximate(question))
  }

  async candidates(query: Float32Array, options: NearestOptions = {}): Promise<TextHits> {
    const question = this.#question(query, options)
    return this.#told(
      (await this.#candidates(question)) ?? (await this.#scanFile(question, measuredOf(question.k))),
    )
  }

  async measure(query: Float32Array, texts: Uint32Array): Promise<Float32Array> {
    demandQuery(query, { dim: this.space.dims, metric: this.space.metric })
    const { rows, at } = this.#part.filled.rowsOf(texts)
    const found = await this.#measureRows(query, rows)
    return spreadRows(found, { at, count: texts.length, width: 1, rest: Infinity })
  }

  async vectorsOf(texts: Uint32Array): Promise<Float32Array> {
    const { rows, at } = this.#part.filled.rowsOf(texts)
    const found = await this.#part.pick(rows)
    return spreadRows(found, { at, count: texts.length, width: this.space.dims, rest: 0 })
  }

  /** Lets the cache have its room. It can still be asked, and is loaded again then. */
  forget(): void {
    this.#cache.forget(this.#part)
  }

  async #approximate(question: Question): Promise<Hits> {
    const found = await this.#candidates(question)
    return found ? this.#bestOf(question, found.ids) : this.#scanFile(question, question.k)
  }

  async #candidates({ query, k, breadth, allow }: Question): Promise<Hits | undefined> {
    const limit = measuredOf(k)
    const options = { limit, breadth: Math.max(breadth, limit), ...(allow ? { allow } : {}) }
    return this.#cache.use(this.#part, index => index.candidates(query, options))
  }

  /**
   * The k-th best of the candidates bounds what can be among the best, and codes tell what can't be. So it finds what
   * measuring all would, and reads a few.
   */
  async #exact(question: Question): Promise<Hits> {
    const { query, k, allow } = question
    const { metric, dims } = this.space
    const found = metric === 'dot' ? undefined : await this.#candidates(question)
    if (!found) return this.#scanFile(question, k)
    const best = await this.#bestOf(question, found.ids)
    // fewer candidates than were asked for are all there are
    if (found.ids.length < measuredOf(k)) return best
    const bound = best.distances.at(-1)!
    const rounding = (dims + 16) * 2 ** -23
    const reach = metric === 'cosine' ? bound + unitSlack + rounding : bound * (1 + rounding)
    const within = await this.#cache.use(this.#part, index => index.within(query, reach, allow))
    if (!within || within.length > pickedRowsMax) return this.#scanFile(question, k)
    return this.#bestOf(question, within)
  }

  async #bestOf({ query, k }: Question, rows: Uint32Array): Promise<Hits> {
    const distances = await this.#measureRows(query, rows)
    const nearest = new Nearest(Math.min(k, rows.length))
    for (let i = 0; i < rows.length; i++) nearest.offer(rows[i]!, distances[i]!)
    return nearest.hits()
  }

  async #measureRows(query: Float32Array, rows: Uint32Array): Promise<Float32Array> {
    return this.#cache.memory.measure(this.space.metric, query, await this.#part.pick(rows))
  }

  /** Measures all rows in their order, a piece of the file at a time. */
  async #scanFile({ query, allow }: Question, k: number): Promise<Hits> {
    const { rowCount } = this.#part.filled
    const { pieceRows } = this.#part
    const nearest = new Nearest(Math.min(k, rowCount))
    for (let first = 0; first < rowCount; first += pieceRows) {
      const rows = await this.#part.rows(first, Math.min(rowCount, first + pieceRows))
      const distances = this.#cache.memory.measure(this.space.metric, query, rows)
      offerAll(nearest, distances, { first, allow })
    }
    return nearest.hits()
  }

  #question(query: Float32Array, options: NearestOptions): Question {
    const { k = kUsual, breadth = breadthUsual, allow, textUntil } = options
    demandNearest({ k, breadth })
    demandQuery(query, { dim: this.space.dims, metric: this.space.metric })
    return { query, k, breadth, allow: this.#part.filled.allowedRows(allow, textUntil) }
  }

  #told(hits: Hits): TextHits {
    return textHits(hits, row => this.#part.filled.textOf(row))
  }
}
