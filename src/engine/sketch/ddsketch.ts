// Quantiles with a relative error that is bounded (Masson, Rim, Lee 2019): values are counted in bins whose borders grow by
// the same factor. Bins are found by the cubic interpolation of the logarithm from the same authors' programs, which takes
// nothing but sums and products, so that every JavaScript engine finds the same bin.

import { demand, demandWhole } from '../checks.ts'
import { FrameReader, FrameWriter } from '../frame.ts'
import { Bins } from './bins.ts'
import { demandCount } from './hash.ts'

export interface DdSketchOptions {
  /** 0.0001..0.5: how far from a quantile an answer may be, as a share of it. Default 0.01 */
  accuracy?: number
  /** 2..65,536: bins for each sign; past them the values nearest 0 share one. Default 2,048: 17 powers of ten at 0.01 */
  binsMax?: number
}

const kind = { name: 'ALLUDDS', version: 1 }
/** Whatever is nearer 0 counts as 0: the least number of full precision. */
const leastMagnitude = 2 ** -1022

export class DdSketch {
  readonly accuracy: number
  readonly binsMax: number
  readonly #positive: Bins
  readonly #negative: Bins
  readonly #binWidth: number
  #zeroCount = 0
  #min = Number.POSITIVE_INFINITY
  #max = Number.NEGATIVE_INFINITY

  /** @throws BadInput for options out of range */
  constructor({ accuracy = 0.01, binsMax = 2048 }: DdSketchOptions = {}) {
    demand(accuracy >= 0.0001 && accuracy <= 0.5, `accuracy is ${accuracy}: expected 0.0001 to 0.5`)
    demandWhole('binsMax', binsMax, { min: 2, max: 65_536 })
    this.accuracy = accuracy
    this.binsMax = binsMax
    this.#positive = new Bins(binsMax)
    this.#negative = new Bins(binsMax)
    this.#binWidth = steepness * logarithmOfGrowth(accuracy)
  }

  /** @throws BadInput for NaN, an infinity, or a count that is no whole number of 1 or more */
  add(value: number, count = 1): void {
    demand(Number.isFinite(value), `value is ${value}: expected a finite number`)
    demandCount(count)
    if (value >= leastMagnitude) this.#positive.add(this.#indexOf(value), count)
    else if (value <= -leastMagnitude) this.#negative.add(this.#indexOf(-value), count)
    else this.#zeroCount += count
    if (value < this.#min) this.#min = value
    if (value > this.#max) this.#max = value
  }

  get count(): number {
    return this.#positive.count + this.#negative.count + this.#zeroCount
  }

  /** Exact; undefined before the first value. */
  get min(): number | undefined {
    return this.count > 0 ? this.#min : undefined
  }

  /** Exact; undefined before the first value. */
  get max(): number | undefined {
    return this.count > 0 ? this.#max : undefined
  }

  /**
   * The value at rank ⌊share × (count − 1)⌋ in rising order, within `accuracy` of it unless its bin was given up.
   *
   * @param share  0..1
   * @returns undefined before the first value
   * @throws BadInput for a share out of range
   */
  quantile(share: number): number | undefined {
    demand(share >= 0 && share <= 1, `share is ${share}: expected 0 to 1`)
    if (this.count === 0) return undefined
    const found = this.#atRank(Math.floor(share * (this.count - 1)))
    return Math.min(this.#max, Math.max(this.#min, found))
  }

  #atRank(rank: number): number {
    if (rank < this.#negative.count)
      return -this.#valueOf(this.#negative.indexAt(this.#negative.count - 1 - rank))
    const above = rank - this.#negative.count - this.#zeroCount
    return above < 0 ? 0 : this.#valueOf(this.#positive.indexAt(above))
  }

  #indexOf(magnitude: number): number {
    return Math.ceil(logarithmOf(magnitude) / this.#binWidth)
  }

  /** Equally far from both borders of the bin, relative to them. */
  #valueOf(index: number): number {
    const low = powerOf((index - 1) * this.#binWidth)
    const high = powerOf(index * this.#binWidth)
    return high === Number.POSITIVE_INFINITY ? low : low * (2 / (1 + low / high))
  }

  /** From here on this is the sketch of both streams. @throws BadInput when the other was made with other options */
  merge(other: DdSketch): void {
    const isLike = other.accuracy === this.accuracy && other.binsMax === this.binsMax
    demand(isLike, 'DDSketches of different accuracy or binsMax do not merge')
    this.#positive.merge(other.#positive)
    this.#negative.merge(other.#negative)
    this.#zeroCount += other.#zeroCount
    this.#min = Math.min(this.#min, other.#min)
    this.#max = Math.max(this.#max, other.#max)
  }

  toBytes(): Uint8Array {
    const frame = new FrameWriter(kind).f64(this.accuracy).u32(this.binsMax)
    frame.f64(this.#zeroCount).f64(this.#min).f64(this.#max)
    this.#positive.write(frame)
    this.#negative.write(frame)
    return frame.finish()
  }

  /** @throws BadInput when the bytes are not what `toBytes` wrote */
  static fromBytes(bytes: Uint8Array): DdSketch {
    const read = new FrameReader(kind, bytes)
    const sketch = new DdSketch({ accuracy: read.f64(), binsMax: read.u32() })
    sketch.#zeroCount = read.f64()
    sketch.#min = read.f64()
    sketch.#max = read.f64()
    sketch.#positive.read(read)
    sketch.#negative.read(read)
    read.end()
    demandWhole('the number of zeros', sketch.#zeroCount, { min: 0, max: Number.MAX_SAFE_INTEGER })
    const { min, max } = sketch
    const hasRange = min === undefined || (Number.isFinite(min) && Number.isFinite(max) && min <= max!)
    demand(hasRange, 'a DDSketch without a range')
    return sketch
  }
}

// log2 between powers of two, as the cubic that is smooth there: P(s) = As³ + Bs² + Cs for 2^e (1 + s).
const A = 6 / 35
const B = -3 / 5
const C = 10 / 7
/** The least of dP / d ln x: bins that much wider in P than in ln x are nowhere wider than they may be. */
const steepness = C

/** ln((1 + a) / (1 − a)) as its series: engines round Math.log each their own way. */
function logarithmOfGrowth(accuracy: number): number {
  let sum = 0
  for (let power = accuracy, i = 1; power > sum * 2 ** -60; power *= accuracy * accuracy, i += 2)
    sum += (2 * power) / i
  return sum
}

const double = new Float64Array(1)
const halves = new Uint32Array(double.buffer)

function logarithmOf(x: number): number {
  double[0] = x
  const exponent = (halves[1]! >>> 20) - 1023
  halves[1] = (halves[1]! & 0x000f_ffff) | 0x3ff0_0000
  const s = double[0]! - 1
  return exponent + ((A * s + B) * s + C) * s
}

/** The inverse, by Newton's steps: P rises everywhere and bends little. */
function powerOf(logarithm: number): number {
  const exponent = Math.floor(logarithm)
  const target = logarithm - exponent
  let s = target
  for (let step = 0; step < 6; step++)
    s -= (((A * s + B) * s + C) * s - target) / ((3 * A * s + 2 * B) * s + C)
  return (1 + s) * 2 ** exponent
}
