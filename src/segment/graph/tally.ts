// Adding up what events say of one thing, newest doc first, and laying it down as a row of columns.

import { ExactSum } from './exact-sum.ts'
import { GrowingF64, GrowingU32 } from './growing.ts'
import type { Facts, GraphScope } from './run.ts'

/** All events there are. */
export const wholeScope: GraphScope = {
  fromMs: Number.NEGATIVE_INFINITY,
  untilMs: Number.POSITIVE_INFINITY,
  docUntil: Number.POSITIVE_INFINITY,
}

/** Facts, and the weights of edges, row by row. A row is written by `add`, event by event, and closed by `end`. */
export class Tally {
  readonly #fromMs: number
  readonly #untilMs: number
  readonly #docUntil: number
  readonly #evidenceMax: number
  readonly #counts = new GrowingU32()
  readonly #firsts = new GrowingF64()
  readonly #lasts = new GrowingF64()
  readonly #evidenceAt = new GrowingU32()
  readonly #evidenceDoc = new GrowingU32()
  readonly #evidenceMs = new GrowingF64()
  readonly #weightAt = new GrowingU32()
  readonly #weights = new GrowingF64()
  readonly #sum = new ExactSum()
  /** Weights of 1, which is what most events weigh. */
  #ones = 0
  #count = 0
  #firstMs = Number.POSITIVE_INFINITY
  #lastMs = Number.NEGATIVE_INFINITY

  constructor({ fromMs, untilMs, docUntil }: GraphScope, evidenceMax: number) {
    this.#fromMs = fromMs
    this.#untilMs = untilMs
    this.#docUntil = docUntil
    this.#evidenceMax = evidenceMax
    this.#evidenceAt.push(0)
    this.#weightAt.push(0)
  }

  /** Events in the row so far. */
  get count(): number {
    return this.#count
  }

  /** The next event of the row, with a lower doc than the one before; one out of the scope changes nothing. */
  add(doc: number, timeMs: number, weight: number): void {
    if (timeMs < this.#fromMs || timeMs >= this.#untilMs || doc >= this.#docUntil) return
    if (this.#count < this.#evidenceMax) this.cite(doc, timeMs)
    this.#count++
    if (timeMs < this.#firstMs) this.#firstMs = timeMs
    if (timeMs > this.#lastMs) this.#lastMs = timeMs
    if (weight === 1) this.#ones++
    else this.#sum.add(weight)
  }

  /** A doc of the row, where the rest of it is known already. */
  cite(doc: number, timeMs: number): void {
    this.#evidenceDoc.push(doc)
    this.#evidenceMs.push(timeMs)
  }

  /** Closes a row. */
  end(): void {
    if (this.#ones > 0) this.#sum.addParts([this.#ones])
    const weights = this.#sum.takeParts()
    if (this.#count === 0) this.endAs({ count: 0, firstMs: 0, lastMs: 0, weights })
    else this.endAs({ count: this.#count, firstMs: this.#firstMs, lastMs: this.#lastMs, weights })
    this.#ones = 0
    this.#count = 0
    this.#firstMs = Number.POSITIVE_INFINITY
    this.#lastMs = Number.NEGATIVE_INFINITY
  }

  /** Closes a row that was added up before. */
  endAs(row: { count: number; firstMs: number; lastMs: number; weights: ArrayLike<number> }): void {
    this.#counts.push(row.count)
    this.#firsts.push(row.firstMs)
    this.#lasts.push(row.lastMs)
    this.#evidenceAt.push(this.#evidenceDoc.length)
    this.#weights.append(row.weights)
    this.#weightAt.push(this.#weights.length)
  }

  facts(): Facts {
    return {
      count: this.#counts.take(),
      firstMs: this.#firsts.take(),
      lastMs: this.#lasts.take(),
      evidenceAt: this.#evidenceAt.take(),
      evidenceDoc: this.#evidenceDoc.take(),
      evidenceMs: this.#evidenceMs.take(),
    }
  }

  weights(): { weightAt: Uint32Array; weights: Float64Array } {
    return { weightAt: this.#weightAt.take(), weights: this.#weights.take() }
  }
}
