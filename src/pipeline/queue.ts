// Between the receipt and the pipeline: what was answered and waits. Bounded in bytes by its owner, who stops intake
// above the mark; the queue itself never drops and never refuses.

export class Queue<Item> {
  /** those before the head are gone, and let go of */
  readonly #items: ({ item: Item; bytes: number } | undefined)[] = []
  #head = 0
  #bytes = 0

  push(item: Item, bytes: number): void {
    this.#items.push({ item, bytes })
    this.#bytes += bytes
  }

  /** @returns undefined when it is empty */
  shift(): Item | undefined {
    const entry = this.#items[this.#head]
    if (!entry) return undefined
    this.#items[this.#head++] = undefined
    this.#bytes -= entry.bytes
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items.splice(0, this.#head)
      this.#head = 0
    }
    return entry.item
  }

  get bytes(): number {
    return this.#bytes
  }

  get length(): number {
    return this.#items.length - this.#head
  }
}
