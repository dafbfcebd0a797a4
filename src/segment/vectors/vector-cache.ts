// The codes and graphs of sealed runs, in one memory of a fixed size: loaded when they are first asked for, and let go, the
// longest unused first, when others need the room. A search runs from end to end while its run is there, so nothing has to
// be held; and runs are loaded one at a time, so what is being loaded is never more than one.

import { OutOfMemory } from '../../engine/arena.ts'
import { CodedIndex } from '../../engine/vectors/coded.ts'
import { codedBytesOf } from '../../engine/vectors/coded-layout.ts'
import { VectorMemory } from '../../engine/vectors/vector-memory.ts'
import type { VectorsPart } from './vectors-part.ts'

export class VectorCache {
  readonly #module: WebAssembly.Module
  readonly #bytesMax: number
  #memory: VectorMemory | undefined
  /** the longest unused first */
  readonly #held = new Map<VectorsPart, CodedIndex>()
  /** settles when nothing is being loaded */
  #loaded: Promise<unknown> = Promise.resolve()

  /** @param options.bytesMax  of all runs together, at most about 4 GiB */
  constructor({ module, bytesMax }: { module: WebAssembly.Module; bytesMax: number }) {
    this.#module = module
    this.#bytesMax = bytesMax
  }

  /** Made when it is first asked for: who never searches by meaning does without its megabytes. */
  get memory(): VectorMemory {
    this.#memory ??= new VectorMemory(this.#module, { bytesMax: this.#bytesMax })
    return this.#memory
  }

  get heldBytes(): number {
    return this.memory.extents.heldBytes
  }

  get runCount(): number {
    return this.#held.size
  }

  /**
   * @param search  done at once while the index is there; may keep nothing of it
   * @returns undefined when the run alone is more than the cache may hold
   * @throws CorruptPart, StoreError, and whatever `search` throws
   */
  async use<T>(part: VectorsPart, search: (index: CodedIndex) => T): Promise<T | undefined> {
    const held = this.#touch(part)
    if (held) return search(held)
    const turn = this.#loaded.then(async () => {
      const index = this.#touch(part) ?? (await this.#load(part))
      return index && search(index)
    })
    // whoever asked is told what went wrong, and whoever comes next does not mind
    this.#loaded = turn.catch(() => undefined)
    return turn
  }

  /** Lets go of a run that nobody will ask any more. */
  forget(part: VectorsPart): void {
    this.#held.get(part)?.free()
    this.#held.delete(part)
  }

  #touch(part: VectorsPart): CodedIndex | undefined {
    const index = this.#held.get(part)
    if (!index) return undefined
    this.#held.delete(part)
    this.#held.set(part, index)
    return index
  }

  async #load(part: VectorsPart): Promise<CodedIndex | undefined> {
    const index = this.#take(part)
    if (!index) return undefined
    try {
      await part.fill(index)
    } catch (error) {
      index.free()
      throw error
    }
    this.#held.set(part, index)
    return index
  }

  /** Makes room, also where what is free lies in pieces. */
  #take(part: VectorsPart): CodedIndex | undefined {
    if (codedBytesOf(this.memory, part.shape) > this.memory.extents.bytesMax) return undefined
    for (;;) {
      try {
        return new CodedIndex(this.memory, part.shape)
      } catch (error) {
        const [oldest] = this.#held.keys()
        if (!(error instanceof OutOfMemory)) throw error
        if (!oldest) return undefined
        this.forget(oldest)
      }
    }
  }
}
