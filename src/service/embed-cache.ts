// Vectors of texts that were embedded lately, around any embedder: a text that comes again in another batch, run or
// segment is not embedded again.
//
// Two generations stand in for a list of what was used last: what is used moves into the young one, and when that is full, it becomes the old one and the old one goes as a whole. So nothing is made for a text that is known, and
// what goes is always among the half that was used longest ago.

import { assert } from '../base/assert.ts'
import { ByteTable } from '../base/byte-table.ts'
import { type TextColumn, textCountOf } from '../base/text-column.ts'
import type { Embedded, Embedder } from '../ports/embedder.ts'

/** Longer texts come again too seldom for the bytes that they would take. */
const textBytesMax = 4096

export class EmbedCache implements Embedder {
  readonly id: string
  readonly dims: number
  readonly batchTextsMax: number
  readonly #embedder: Embedder
  readonly #generationBytesMax: number
  #young: Generation
  #old: Generation
  #hits = 0
  #misses = 0

  /** @param bytesMax  texts, vectors and what finds them */
  constructor(embedder: Embedder, { bytesMax }: { bytesMax: number }) {
    this.id = embedder.id
    this.dims = embedder.dims
    this.batchTextsMax = embedder.batchTextsMax
    this.#embedder = embedder
    // Columns grow by doubling, so a generation may have twice its mark, and there are two.
    this.#generationBytesMax = bytesMax / 4
    this.#young = new Generation(this.dims)
    this.#old = new Generation(this.dims)
  }

  /** Texts answered from memory, and by the embedder. */
  get counts(): { hits: number; misses: number; bytes: number } {
    return {
      hits: this.#hits,
      misses: this.#misses,
      bytes: this.#young.byteCount + this.#old.byteCount,
    }
  }

  /** As the embedder does; `tokenCount` counts what it read now. */
  async embed(texts: TextColumn, options: { signal?: AbortSignal } = {}): Promise<Embedded> {
    const count = textCountOf(texts)
    assert(count <= this.batchTextsMax, 'no more texts than a call takes')
    options.signal?.throwIfAborted()
    const { dims } = this
    const answer = { vectors: new Float32Array(count * dims), empty: new Uint8Array(count), tokenCount: 0 }
    const asked = this.#recall(texts, answer)
    this.#hits += count - asked.length
    this.#misses += asked.length
    if (asked.length === 0) return answer
    const { vectors, empty, tokenCount } = await this.#embedder.embed(chosen(texts, asked), options)
    for (const [i, text] of asked.entries()) {
      const vector = vectors.subarray(i * dims, (i + 1) * dims)
      answer.vectors.set(vector, text * dims)
      answer.empty[text] = empty[i]!
      this.#keep(texts, text, { vector, isEmpty: empty[i] === 1 })
    }
    return { ...answer, tokenCount }
  }

  /** Fills in what is known. @returns the texts that are not */
  #recall({ data, offsets }: TextColumn, { vectors, empty }: Embedded): number[] {
    const unknown: number[] = []
    const { dims } = this
    for (let text = 0; text < empty.length; text++) {
      const [start, end] = [offsets[text]!, offsets[text + 1]!]
      const young = this.#young.find(data, start, end)
      const from = young < 0 ? this.#old : this.#young
      const id = young < 0 ? this.#old.find(data, start, end) : young
      if (id < 0) {
        unknown.push(text)
        continue
      }
      const vector = from.vectorAt(id)
      vectors.set(vector, text * dims)
      empty[text] = Number(from.isEmpty(id))
      if (young < 0) this.#keep({ data, offsets }, text, { vector, isEmpty: from.isEmpty(id) })
    }
    return unknown
  }

  #keep({ data, offsets }: TextColumn, text: number, meaning: Meaning): void {
    const [start, end] = [offsets[text]!, offsets[text + 1]!]
    if (end - start > textBytesMax) return
    if (this.#young.byteCount > this.#generationBytesMax) {
      this.#old = this.#young
      this.#young = new Generation(this.dims)
    }
    this.#young.add(data, start, end, meaning)
  }
}

interface Meaning {
  vector: Float32Array
  isEmpty: boolean
}

/** Texts and their vectors, more of them and never fewer. */
class Generation {
  readonly #dims: number
  readonly #texts = new ByteTable()
  /** f32[count × dims], with room for more */
  #vectors: Float32Array
  #empty = new Uint8Array(16)

  constructor(dims: number) {
    this.#dims = dims
    this.#vectors = new Float32Array(16 * dims)
  }

  get byteCount(): number {
    return this.#texts.byteCount + this.#vectors.byteLength + this.#empty.length
  }

  find(data: Uint8Array, start: number, end: number): number {
    return this.#texts.find(data, start, end)
  }

  /** A view that is good until the next `add`. */
  vectorAt(id: number): Float32Array {
    return this.#vectors.subarray(id * this.#dims, (id + 1) * this.#dims)
  }

  isEmpty(id: number): boolean {
    return this.#empty[id] === 1
  }

  add(data: Uint8Array, start: number, end: number, { vector, isEmpty }: Meaning): void {
    const id = this.#texts.add(data, start, end)
    if (id === this.#empty.length) this.#grow()
    this.#vectors.set(vector, id * this.#dims)
    this.#empty[id] = Number(isEmpty)
  }

  #grow(): void {
    const vectors = new Float32Array(2 * this.#vectors.length)
    vectors.set(this.#vectors)
    this.#vectors = vectors
    const empty = new Uint8Array(2 * this.#empty.length)
    empty.set(this.#empty)
    this.#empty = empty
  }
}

/** Some of the texts, as a column of their own. */
function chosen({ data, offsets }: TextColumn, texts: readonly number[]): TextColumn {
  const starts = new Uint32Array(texts.length + 1)
  for (const [i, text] of texts.entries()) starts[i + 1] = starts[i]! + offsets[text + 1]! - offsets[text]!
  const copied = new Uint8Array(starts[texts.length]!)
  for (const [i, text] of texts.entries())
    copied.set(data.subarray(offsets[text]!, offsets[text + 1]!), starts[i]!)
  return { data: copied, offsets: starts }
}
