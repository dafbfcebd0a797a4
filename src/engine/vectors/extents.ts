// Ranges of one instance's memory that come and go in any order, where an arena's regions are a stack. First fit, the lowest
// first, and neighbours that are free become one: the same takes and frees always end at the same addresses.

import { assert } from '../../base/assert.ts'
import { type Arena, OutOfMemory, type Region } from '../arena.ts'

/** What is taken of the arena at once, so that the memory grows rarely. */
const growthBytes = 1 << 20
const alignBytes = 64

interface Gap {
  at: number
  byteCount: number
}

export class Extents {
  readonly bytesMax: number
  readonly #arena: Arena
  /** free ranges, the lowest first */
  readonly #gaps: Gap[] = []
  readonly #start: number
  #grownBytes = 0
  #heldBytes = 0

  /**
   * From now on the arena's regions above are these extents: nothing else may be kept above them.
   *
   * @param bytesMax  of all extents together
   */
  constructor(arena: Arena, bytesMax: number) {
    this.#arena = arena
    this.bytesMax = bytesMax
    this.#start = arena.heldBytes
  }

  get heldBytes(): number {
    return this.#heldBytes
  }

  /**
   * Bytes as they happen to be. Views of the memory are detached when it grows for it.
   *
   * @throws OutOfMemory when no gap is as large; nothing has changed then
   */
  take(name: string, byteCount: number): Region {
    const needed = Math.ceil(byteCount / alignBytes) * alignBytes
    let index = this.#gaps.findIndex(gap => gap.byteCount >= needed)
    if (index < 0) index = this.#grow(name, needed)
    const gap = this.#gaps[index]!
    const region = { name, at: gap.at, byteCount: needed }
    gap.at += needed
    gap.byteCount -= needed
    if (gap.byteCount === 0) this.#gaps.splice(index, 1)
    this.#heldBytes += needed
    return region
  }

  free({ at, byteCount }: Region): void {
    let index = this.#gaps.findIndex(gap => gap.at > at)
    if (index < 0) index = this.#gaps.length
    const below = this.#gaps[index - 1]
    const above = this.#gaps[index]
    assert(!below || below.at + below.byteCount <= at, 'an extent is freed once')
    assert(!above || at + byteCount <= above.at, 'an extent is freed once')
    this.#gaps.splice(index, 0, { at, byteCount })
    this.#join(index)
    this.#join(index - 1)
    this.#heldBytes -= byteCount
  }

  /** Makes the last gap large enough. @returns its index */
  #grow(name: string, needed: number): number {
    const last = this.#gaps.at(-1)
    const end = this.#start + this.#grownBytes
    const reaches = last !== undefined && last.at + last.byteCount === end
    const missing = needed - (reaches ? last.byteCount : 0)
    const left = this.bytesMax - this.#grownBytes
    if (missing > left) throw new OutOfMemory(name, needed, this.#heldBytes)
    const grown = Math.min(left, Math.max(missing, growthBytes))
    const region = this.#arena.take('extents', Math.floor(grown / alignBytes) * alignBytes)
    assert(region.at === end, 'extents that lie back to back')
    this.#grownBytes += region.byteCount
    if (reaches) last.byteCount += region.byteCount
    else this.#gaps.push({ at: region.at, byteCount: region.byteCount })
    return this.#gaps.length - 1
  }

  #join(index: number): void {
    const gap = this.#gaps[index]
    const next = this.#gaps[index + 1]
    if (!gap || !next || gap.at + gap.byteCount !== next.at) return
    gap.byteCount += next.byteCount
    this.#gaps.splice(index + 1, 1)
  }
}
