// Distinct byte strings, numbered in the order in which they first came. Open addressing over one growing buffer: no
// string is made, and nothing is allocated for what is known already.

import type { TextColumn } from './text-column.ts'

const emptySlot = -1

export class ByteTable {
  #slots = new Int32Array(64).fill(emptySlot)
  #hashes = new Uint32Array(32)
  #offsets = new Uint32Array(33)
  #data = new Uint8Array(1024)
  #count = 0

  get count(): number {
    return this.#count
  }

  /** What it takes of memory. */
  get byteCount(): number {
    return 4 * (this.#slots.length + this.#hashes.length + this.#offsets.length) + this.#data.length
  }

  /** @returns the number of bytes[start, end), which is `count` as it was before where they are new */
  add(bytes: Uint8Array, start = 0, end = bytes.length): number {
    const hash = hashOf(bytes, start, end)
    const slot = this.#slotOf(hash, bytes, start, end)
    const known = this.#slots[slot]!
    if (known !== emptySlot) return known
    const id = this.#append(hash, bytes, start, end)
    this.#slots[slot] = id
    if (this.#count * 2 > this.#slots.length) this.#rehash()
    return id
  }

  /** @returns -1 where bytes[start, end) are none of the strings */
  find(bytes: Uint8Array, start = 0, end = bytes.length): number {
    return this.#slots[this.#slotOf(hashOf(bytes, start, end), bytes, start, end)]!
  }

  /** A view that is good until the next `add`. */
  at(id: number): Uint8Array {
    return this.#data.subarray(this.#offsets[id]!, this.#offsets[id + 1]!)
  }

  /** Strings from `first` on, as a copy. */
  column(first = 0): TextColumn {
    const start = this.#offsets[first]!
    const offsets = this.#offsets.slice(first, this.#count + 1)
    for (let i = 0; i < offsets.length; i++) offsets[i]! -= start
    return { data: this.#data.slice(start, this.#offsets[this.#count]!), offsets }
  }

  #slotOf(hash: number, bytes: Uint8Array, start: number, end: number): number {
    const mask = this.#slots.length - 1
    let slot = hash & mask
    for (;;) {
      const id = this.#slots[slot]!
      if (id === emptySlot || (this.#hashes[id] === hash && this.#equals(id, bytes, start, end))) return slot
      slot = (slot + 1) & mask
    }
  }

  #equals(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    const at = this.#offsets[id]!
    if (this.#offsets[id + 1]! - at !== end - start) return false
    for (let i = start; i < end; i++) if (this.#data[at + i - start] !== bytes[i]) return false
    return true
  }

  #append(hash: number, bytes: Uint8Array, start: number, end: number): number {
    const id = this.#count++
    const from = this.#offsets[id]!
    const until = from + end - start
    if (until > this.#data.length) this.#data = grown(this.#data, until)
    if (id + 1 >= this.#offsets.length) this.#offsets = grown(this.#offsets, id + 2)
    if (id >= this.#hashes.length) this.#hashes = grown(this.#hashes, id + 1)
    for (let i = start; i < end; i++) this.#data[from + i - start] = bytes[i]!
    this.#offsets[id + 1] = until
    this.#hashes[id] = hash
    return id
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2).fill(emptySlot)
    const mask = slots.length - 1
    for (let id = 0; id < this.#count; id++) {
      let slot = this.#hashes[id]! & mask
      while (slots[slot] !== emptySlot) slot = (slot + 1) & mask
      slots[slot] = id
    }
    this.#slots = slots
  }
}

/** FNV-1a (Fowler, Noll, Vo) with the end of MurmurHash3, since its low bits alone choose a slot. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

function grown<T extends Uint8Array | Uint32Array>(array: T, lengthMin: number): T {
  const larger = new (array.constructor as { new (length: number): T })(Math.max(lengthMin, array.length * 2))
  larger.set(array)
  return larger
}
