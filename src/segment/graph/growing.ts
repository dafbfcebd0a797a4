// Columns that grow at their end while they are filled. They come in three kinds and not more, since V8 compiles what touches
// up to four kinds of arrays for each of them, and what touches more for none.

interface Numbers {
  [i: number]: number
  readonly length: number
  readonly byteLength: number
  set(values: ArrayLike<number>, at?: number): void
  subarray(start: number, end: number): Numbers
  slice(start: number, end: number): Numbers
}

const capacityMin = 64

class Growing<T extends Numbers> {
  /** count of numbers */
  length = 0
  #numbers: T
  readonly #make: new (
    length: number,
  ) => T

  constructor(make: new (length: number) => T) {
    this.#make = make
    this.#numbers = new make(capacityMin)
  }

  get byteCount(): number {
    return this.#numbers.byteLength
  }

  push(value: number): void {
    if (this.length === this.#numbers.length) this.#reserve(this.length + 1)
    this.#numbers[this.length++] = value
  }

  append(values: ArrayLike<number>): void {
    if (this.length + values.length > this.#numbers.length) this.#reserve(this.length + values.length)
    this.#numbers.set(values, this.length)
    this.length += values.length
  }

  at(i: number): number {
    return this.#numbers[i]!
  }

  set(i: number, value: number): void {
    this.#numbers[i] = value
  }

  /** A view of all of it, good until it grows. */
  view(): T {
    return this.#numbers.subarray(0, this.length) as T
  }

  /** All of it as a copy; empty afterwards. */
  take(): T {
    const taken = this.#numbers.slice(0, this.length) as T
    this.length = 0
    return taken
  }

  #reserve(lengthMin: number): void {
    const larger = new this.#make(Math.max(lengthMin, this.#numbers.length * 2))
    larger.set(this.view())
    this.#numbers = larger
  }
}

export class GrowingU8 extends Growing<Uint8Array> {
  constructor() {
    super(Uint8Array)
  }
}

export class GrowingU32 extends Growing<Uint32Array> {
  constructor() {
    super(Uint32Array)
  }
}

export class GrowingF64 extends Growing<Float64Array> {
  constructor() {
    super(Float64Array)
  }
}
