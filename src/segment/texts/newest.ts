// The newest of many docs, kept while they pass by: the later event time first, then the higher doc.

export class Newest {
  readonly #docsMax: number
  readonly #timeMsOf: (doc: number) => number
  #docs: number[] = []

  constructor(docsMax: number, timeMsOf: (doc: number) => number) {
    this.#docsMax = docsMax
    this.#timeMsOf = timeMsOf
  }

  add(doc: number): void {
    this.#docs.push(doc)
    if (this.#docs.length >= 2 * this.#docsMax + 64) this.#cut()
  }

  /** @returns newest first */
  take(): number[] {
    this.#cut()
    return this.#docs
  }

  #cut(): void {
    this.#docs.sort((left, right) => this.#timeMsOf(right) - this.#timeMsOf(left) || right - left)
    this.#docs.length = Math.min(this.#docs.length, this.#docsMax)
  }
}
