// What is known of the values of one field: counts, and a fair sample of the distinct ones. It only gathers; what it means
// is judged elsewhere. Its memory is bounded whatever comes.

import { DistinctSample, type DistinctSnapshot } from './distinct-sample.ts'
import { envelopePart, valueKind } from './observation.ts'
import { readShape, type Shape, seen, shapes } from './value-shape.ts'

/** The first distinct values are kept as they are: the values of a type, and examples. */
const firstValuesMax = 24
const firstValueBytesMax = 80

interface Counts {
  /** events that have it, and the values they have */
  rows: number
  values: number
  bytes: number
  words: number
  flags: number
  /** numbers of JSON, not numbers in quotes */
  numerals: number
  negatives: number
  /** numbers greater than the one before them */
  rising: number
  least: number
  most: number
  last: number
  /** values that were their event's id, type or entity */
  asId: number
  asType: number
  asEntity: number
}

export interface FieldSnapshot {
  path: string
  counts: (number | null)[]
  shapes: number[]
  sample: DistinctSnapshot
  firstValues: string[]
}

const decoder = new TextDecoder()

export class FieldSketch {
  readonly path: string
  readonly counts: Counts = {
    ...{ rows: 0, values: 0, bytes: 0, words: 0, flags: 0, numerals: 0, negatives: 0, rising: 0 },
    ...{ least: Number.POSITIVE_INFINITY, most: Number.NEGATIVE_INFINITY, last: Number.NaN },
    ...{ asId: 0, asType: 0, asEntity: 0 },
  }
  readonly #shapes = new Uint32Array(shapes.length)
  sample = new DistinctSample()
  firstValues: string[] = []

  constructor(path: string) {
    this.path = path
  }

  /** @param bytes  the value is [start, end) */
  add(bytes: Uint8Array, start: number, end: number, { kind, part, hash }: ValueFacts): void {
    const { counts } = this
    counts.values++
    counts.bytes += end - start
    if (part !== envelopePart.none) this.#addPart(part)
    if (this.sample.add(hash) && this.firstValues.length < firstValuesMax)
      this.firstValues.push(decoder.decode(bytes.subarray(start, Math.min(end, start + firstValueBytesMax))))
    if (kind === valueKind.flag) {
      counts.flags++
      return
    }
    readShape(bytes, start, end)
    this.#shapes[seen.shape]!++
    counts.words += seen.words
    if (kind !== valueKind.text) counts.numerals++
    if (shapes[seen.shape] === 'integer' || shapes[seen.shape] === 'number')
      this.#addNumber(bytes, start, end)
  }

  /** Share of the values that look like this. */
  share(shape: Shape): number {
    return this.#shapes[shapes.indexOf(shape)]! / Math.max(1, this.counts.values)
  }

  /** All its values, where they are few enough to be known. */
  get knownValues(): string[] | undefined {
    return this.sample.distinct === this.firstValues.length ? this.firstValues : undefined
  }

  toSnapshot(): FieldSnapshot {
    return {
      path: this.path,
      counts: Object.values(this.counts).map(count => (Number.isFinite(count) ? count : null)),
      shapes: [...this.#shapes],
      sample: this.sample.toSnapshot(),
      firstValues: [...this.firstValues],
    }
  }

  static fromSnapshot(snapshot: FieldSnapshot): FieldSketch {
    const field = new FieldSketch(snapshot.path)
    const names = Object.keys(field.counts) as (keyof Counts)[]
    names.forEach((name, i) => {
      field.counts[name] = snapshot.counts[i] ?? field.counts[name]
    })
    field.#shapes.set(snapshot.shapes)
    field.sample = DistinctSample.fromSnapshot(snapshot.sample)
    field.firstValues = [...snapshot.firstValues]
    return field
  }

  #addPart(part: number): void {
    if (part === envelopePart.id) this.counts.asId++
    else if (part === envelopePart.type) this.counts.asType++
    else this.counts.asEntity++
  }

  #addNumber(bytes: Uint8Array, start: number, end: number): void {
    const { counts } = this
    const value = readDecimal(bytes, start, end)
    if (value < 0) counts.negatives++
    if (value > counts.last) counts.rising++
    counts.last = value
    counts.least = Math.min(counts.least, value)
    counts.most = Math.max(counts.most, value)
  }
}

export interface ValueFacts {
  kind: number
  part: number
  hash: number
}

/** Digits with a sign and a dot, as `readShape` knows them. */
function readDecimal(bytes: Uint8Array, start: number, end: number): number {
  const isNegative = bytes[start] === 45
  let value = 0
  let scale = 0
  for (let i = isNegative ? start + 1 : start; i < end; i++) {
    if (bytes[i] === 46) scale = 1
    else {
      value = value * 10 + bytes[i]! - 48
      scale *= 10
    }
  }
  if (scale > 1) value /= scale
  return isNegative ? -value : value
}
