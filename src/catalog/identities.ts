// Exactly once: which ids the live segments hold. Those of unsealed events stand in tables in memory; those of sealed
// ones behind a filter each, and what a filter takes for present is looked up in its part.

import { assert } from '../base/assert.ts'
import { CorruptIds, findDocs, type IdsIndex, maybeHas, type ReadRange } from '../segment/ids.ts'

/** Where an event lies: a batch that is not sealed yet, and its row. */
export interface OpenPlace {
  chunk: number
  batch: number
  row: number
}

const WORDS = 6 // h0 h1 h2 h3 batch row
const FREE = 0xffffffff

/** Ids of the unsealed events of one tenant in one chunk: open addressing, at most half full. */
export class IdTable {
  #slots: Uint32Array
  #count = 0

  /** @param slotCount  a power of two; the table grows as it must */
  constructor(slotCount = 1024) {
    this.#slots = new Uint32Array(slotCount * WORDS).fill(FREE)
  }

  get slotCount(): number {
    return this.#slots.length / WORDS
  }

  /** @returns false when the identity is there already */
  add(identity: Uint32Array, at: number, batch: number, row: number): boolean {
    if (this.#count * 2 >= this.#slots.length / WORDS) this.#grow()
    const slot = this.#find(identity, at)
    if (this.#slots[slot + 4] !== FREE) return false
    this.#slots.set(identity.subarray(at, at + 4), slot)
    this.#slots[slot + 4] = batch
    this.#slots[slot + 5] = row
    this.#count++
    return true
  }

  has(identity: Uint32Array, at: number): boolean {
    return this.#slots[this.#find(identity, at) + 4] !== FREE
  }

  /** Places of an event id, whatever its source. */
  places(h0: number, h1: number): { batch: number; row: number }[] {
    const found = []
    for (let slot = this.#first(h0); this.#slots[slot + 4] !== FREE; slot = this.#next(slot)) {
      if (this.#slots[slot] === h0 && this.#slots[slot + 1] === h1) {
        found.push({ batch: this.#slots[slot + 4]!, row: this.#slots[slot + 5]! })
      }
    }
    return found
  }

  /** The same table without the rows that `isGone` names. */
  without(isGone: (batch: number, row: number) => boolean): IdTable {
    const kept = new IdTable()
    for (let slot = 0; slot < this.#slots.length; slot += WORDS) {
      const batch = this.#slots[slot + 4]!
      const row = this.#slots[slot + 5]!
      if (batch !== FREE && !isGone(batch, row)) kept.add(this.#slots, slot, batch, row)
    }
    return kept
  }

  #find(identity: Uint32Array, at: number): number {
    const slots = this.#slots
    let slot = this.#first(identity[at]!)
    while (
      slots[slot + 4] !== FREE &&
      (slots[slot] !== identity[at] ||
        slots[slot + 1] !== identity[at + 1] ||
        slots[slot + 2] !== identity[at + 2] ||
        slots[slot + 3] !== identity[at + 3])
    ) {
      slot = this.#next(slot)
    }
    return slot
  }

  #first(h0: number): number {
    return (h0 & (this.#slots.length / WORDS - 1)) * WORDS
  }

  #next(slot: number): number {
    return slot + WORDS === this.#slots.length ? 0 : slot + WORDS
  }

  #grow(): void {
    const before = this.#slots
    this.#slots = new Uint32Array(before.length * 2).fill(FREE)
    for (let slot = 0; slot < before.length; slot += WORDS) {
      if (before[slot + 4] !== FREE)
        this.#slots.set(before.subarray(slot, slot + WORDS), this.#find(before, slot))
    }
  }
}

/** All ids of one tenant. */
export class Identities {
  /** by chunk number */
  readonly #open = new Map<number, IdTable>()
  /** by segment id */
  readonly #sealed = new Map<string, IdsIndex[]>()
  /** keys of damaged parts, whose ids can't be told any more */
  readonly #aside = new Set<string>()
  /** indexes in whose place a merge has put another: their parts may be gone */
  readonly #replaced = new WeakSet<IdsIndex>()
  /** rises with every index that comes */
  #sealedChanges = 0

  /** false when a damaged part has been set aside: a repeated event may then be taken for a new one */
  get exact(): boolean {
    return this.#aside.size === 0
  }

  setAside(key: string): void {
    this.#aside.add(key)
  }

  /** @returns false when the identity is in the open chunks already */
  addOpen(chunk: number, identity: Uint32Array, at: number, batch: number, row: number): boolean {
    for (const [number, table] of this.#open) if (number !== chunk && table.has(identity, at)) return false
    let table = this.#open.get(chunk)
    if (!table) this.#open.set(chunk, (table = new IdTable(this.#slotCountBefore())))
    return table.add(identity, at, batch, row)
  }

  /** A chunk is likely to hold as much as the one before. */
  #slotCountBefore(): number | undefined {
    return [...this.#open.values()].at(-1)?.slotCount
  }

  /**
   * Which of many identities sealed segments hold. Filters are asked one after the other for all of them, so that their
   * cache misses overlap.
   * @param identities  u32[count × 4]
   * @param asked       u8[count], 1 where the question stands
   * @param use         gets u8[count], 1 where a sealed segment holds it, in the turn in which that is known: while a
   *                    page is read, a publish may take ids from the open tables and put them behind a new filter
   */
  async whenSealedAreKnown<Answer>(
    identities: Uint32Array,
    asked: Uint8Array,
    read: ReadRange,
    use: (held: Uint8Array) => Answer,
  ): Promise<Answer> {
    const held = new Uint8Array(asked.length)
    const done = new Set<IdsIndex>()
    let changes: number
    do {
      changes = this.#sealedChanges
      for (const index of [...this.#sealed.values()].flat()) {
        if (done.has(index)) continue
        done.add(index)
        for (const i of possiblyHeld(index, identities, asked, held)) {
          const docs = await this.#docsOf(index, identities.subarray(i * 4, i * 4 + 4), read)
          if (docs.length > 0) held[i] = 1
        }
      }
    } while (changes !== this.#sealedChanges)
    return use(held)
  }

  /** Where sealed segments hold an event id, whatever its source. */
  async findSealed(h0: number, h1: number, read: ReadRange): Promise<{ segmentId: string; doc: number }[]> {
    const found: { segmentId: string; doc: number }[] = []
    for (const [segmentId, indexes] of [...this.#sealed]) {
      for (const index of indexes) {
        if (!maybeHas(index, h0, h1)) continue
        for (const doc of await this.#docsOf(index, Uint32Array.of(h0, h1), read))
          found.push({ segmentId, doc })
      }
    }
    return found
  }

  async #docsOf(index: IdsIndex, identity: Uint32Array, read: ReadRange): Promise<number[]> {
    try {
      return this.#aside.has(index.key) ? [] : await findDocs(index, identity, read)
    } catch (error) {
      if (this.#replaced.has(index)) return [] // its part went with a merge, and the one in its place is asked as well
      if (!(error instanceof CorruptIds)) throw error
      this.setAside(index.key)
      return []
    }
  }

  findOpen(h0: number, h1: number): OpenPlace[] {
    return [...this.#open].flatMap(([chunk, table]) =>
      table.places(h0, h1).map(place => ({ chunk, ...place })),
    )
  }

  addSealed(segmentId: string, index: IdsIndex): void {
    this.#sealed.set(segmentId, [...(this.#sealed.get(segmentId) ?? []), index])
    this.#sealedChanges++
  }

  /** A merge: one index in the place of several. */
  replaceSealed(segmentId: string, keys: ReadonlySet<string>, index: IdsIndex): void {
    const indexes = this.#sealed.get(segmentId)
    assert(indexes, 'a merged segment has indexes')
    for (const before of indexes) if (keys.has(before.key)) this.#replaced.add(before)
    this.#sealed.set(segmentId, [index, ...indexes.filter(before => !this.#replaced.has(before))])
    this.#sealedChanges++
  }

  dropChunk(chunk: number): void {
    this.#open.delete(chunk)
  }

  /** @param isOpenRow  whether an unsealed row belongs to the segment */
  dropSegment(segmentId: string, isOpenRow: (place: OpenPlace) => boolean): void {
    this.#sealed.delete(segmentId)
    for (const [chunk, table] of this.#open) {
      this.#open.set(
        chunk,
        table.without((batch, row) => isOpenRow({ chunk, batch, row })),
      )
    }
  }

  /** Bytes of memory and events behind filters. */
  get sealedSize(): { bytes: number; events: number } {
    let bytes = 0
    let events = 0
    for (const indexes of this.#sealed.values()) {
      for (const index of indexes) {
        bytes += index.filter.byteLength + index.fences.byteLength
        events += index.entryCount
      }
    }
    return { bytes, events }
  }
}

/** Those asked about, and not found yet, that the filter takes for present. */
function possiblyHeld(
  index: IdsIndex,
  identities: Uint32Array,
  asked: Uint8Array,
  held: Uint8Array,
): number[] {
  const found: number[] = []
  for (let i = 0; i < asked.length; i++) {
    if (asked[i] && !held[i] && maybeHas(index, identities[i * 4]!, identities[i * 4 + 1]!)) found.push(i)
  }
  return found
}
