// Sections of files, read page by page where numbers of them are wanted, and kept under one budget for all files of a
// reader. What a call got stays its own, however much is let go of meanwhile.

import type { Numbers, Sections } from '../sections.ts'

/** Bytes that are read and kept at once. */
const pageBytes = 16 * 1024
/** Pages that lie side by side and are read in one go. */
const stretchPagesMax = 64

const arrays = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array, f64: Float64Array } as const
export type PagedElement = keyof typeof arrays

interface Page {
  slots: (Page | undefined)[]
  number: number
  numbers: Numbers<PagedElement>
  wasUsed: boolean
}

/** Pages by second chance (Corbató 1968): the oldest goes unless it was used since it last was the oldest. */
export class PageCache {
  readonly #bytesMax: number
  readonly #pages = new Set<Page>()
  #heldBytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get heldBytes(): number {
    return this.#heldBytes
  }

  put(page: Page): void {
    if (page.slots[page.number] !== undefined) return
    page.slots[page.number] = page
    this.#pages.add(page)
    this.#heldBytes += page.numbers.byteLength
    for (const oldest of this.#pages) {
      if (this.#heldBytes <= this.#bytesMax) return
      this.#pages.delete(oldest)
      if (oldest.wasUsed) {
        oldest.wasUsed = false
        this.#pages.add(oldest)
      } else this.#forget(oldest)
    }
  }

  /** Lets go of what was kept of a file that is not read any more. */
  drop(slots: readonly (Page | undefined)[]): void {
    for (const page of slots) {
      if (page === undefined) continue
      this.#pages.delete(page)
      this.#forget(page)
    }
  }

  #forget(page: Page): void {
    page.slots[page.number] = undefined
    this.#heldBytes -= page.numbers.byteLength
  }
}

/** Shorter stretches are copied number by number, which is faster than to make a view of them. */
const copyMin = 32

/** Stretches [from[i], until[i]) of a section. */
export interface Stretches {
  from: ArrayLike<number>
  until: ArrayLike<number>
}

/** One section. */
export class PagedSection<E extends PagedElement> {
  readonly #sections: Sections
  readonly #name: string
  readonly #element: E
  readonly #cache: PageCache
  readonly #slots: (Page | undefined)[] = []
  readonly #perPage: number

  constructor(sections: Sections, name: string, element: E, cache: PageCache) {
    this.#sections = sections
    this.#name = name
    this.#element = element
    this.#cache = cache
    this.#perPage = pageBytes / arrays[element].BYTES_PER_ELEMENT
  }

  /** Lets go of what is kept of it. */
  drop(): void {
    this.#cache.drop(this.#slots)
  }

  /** @returns the number at each index. @throws CorruptPart */
  async at(indexes: ArrayLike<number>): Promise<Numbers<E>> {
    const pages = new HeldPages(this.#slots)
    for (let i = 0; i < indexes.length; i++) pages.want(this.#pageOf(indexes[i]!))
    await this.#readMissing(pages)
    const out = this.#array(indexes.length)
    for (let i = 0; i < indexes.length; i++)
      out[i] = pages.get(this.#pageOf(indexes[i]!))[indexes[i]! % this.#perPage]!
    return out
  }

  /** @returns the numbers of all stretches, one behind the other. @throws CorruptPart */
  async stretches({ from, until }: Stretches): Promise<Numbers<E>> {
    const pages = new HeldPages(this.#slots)
    let length = 0
    for (let i = 0; i < from.length; i++) {
      if (from[i]! >= until[i]!) continue
      length += until[i]! - from[i]!
      const last = this.#pageOf(until[i]! - 1)
      for (let page = this.#pageOf(from[i]!); page <= last; page++) pages.want(page)
    }
    await this.#readMissing(pages)
    const out = this.#array(length)
    let filled = 0
    for (let i = 0; i < from.length; i++) {
      for (let at = from[i]!; at < until[i]!; ) {
        const numbers = pages.get(this.#pageOf(at))
        const start = at % this.#perPage
        const end = Math.min(this.#perPage, start + until[i]! - at)
        if (end - start < copyMin) for (let j = start; j < end; j++) out[filled + j - start] = numbers[j]!
        else out.set(numbers.subarray(start, end), filled)
        filled += end - start
        at += end - start
      }
    }
    return out
  }

  #pageOf(index: number): number {
    return Math.floor(index / this.#perPage)
  }

  #array(length: number): Numbers<E> {
    return new arrays[this.#element](length) as Numbers<E>
  }

  async #readMissing(pages: HeldPages): Promise<void> {
    const missing = pages.missing.sort((left, right) => left - right)
    const reads: Promise<void>[] = []
    for (let i = 0; i < missing.length; ) {
      let end = i + 1
      while (end < missing.length && end - i < stretchPagesMax && missing[end] === missing[end - 1]! + 1)
        end++
      reads.push(this.#read(missing[i]!, missing[end - 1]! + 1, pages))
      i = end
    }
    await Promise.all(reads)
  }

  async #read(first: number, until: number, pages: HeldPages): Promise<void> {
    const per = this.#perPage
    const end = Math.min(until * per, this.#sections.count(this.#name))
    const numbers = await this.#sections.read(this.#name, this.#element, first * per, end)
    for (let page = first; page < until; page++) {
      const start = (page - first) * per
      const own = numbers.slice(start, start + per) as Numbers<E>
      pages.set(page, own)
      this.#cache.put({ slots: this.#slots, number: page, numbers: own, wasUsed: false })
    }
  }
}

/** The pages that one call needs. */
class HeldPages {
  readonly missing: number[] = []
  readonly #slots: readonly (Page | undefined)[]
  readonly #held = new Map<number, Numbers<PagedElement> | undefined>()
  /** Neighbours in a call mostly lie on one page. */
  #wanted = -1
  #got = -1
  #last: Numbers<PagedElement> = new Uint8Array(0)

  constructor(slots: readonly (Page | undefined)[]) {
    this.#slots = slots
  }

  want(number: number): void {
    if (number === this.#wanted) return
    this.#wanted = number
    if (this.#held.has(number)) return
    const page = this.#slots[number]
    if (page === undefined) this.missing.push(number)
    else page.wasUsed = true
    this.#held.set(number, page?.numbers)
  }

  set(number: number, numbers: Numbers<PagedElement>): void {
    this.#held.set(number, numbers)
  }

  get(number: number): Numbers<PagedElement> {
    if (number !== this.#got) {
      this.#got = number
      this.#last = this.#held.get(number)!
    }
    return this.#last
  }
}
