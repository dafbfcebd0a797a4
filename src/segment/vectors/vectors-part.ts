// The part of a run's vectors, opened: what of it is small is read, the rest lies in the file until somebody wants it.

import { assert } from '../../base/assert.ts'
import type { CodedIndex, CodedPart } from '../../engine/vectors/coded.ts'
import type { CodedShape } from '../../engine/vectors/coded-layout.ts'
import type { CheckedFile } from '../checked.ts'
import { Sections } from '../sections.ts'
import { FilledTexts } from './filled-texts.ts'
import type { Space } from './run.ts'
import { bytesOf, savedShapeIn, type VectorsHead } from './write-vectors.ts'

/** What is read at once where much is read. */
const pieceBytes = 1 << 22

export class VectorsPart {
  readonly space: Space
  readonly filled: FilledTexts
  readonly head: VectorsHead
  readonly #sections: Sections

  private constructor(sections: Sections, filled: FilledTexts) {
    this.head = sections.head as unknown as VectorsHead
    const { space, dims, metric } = this.head
    this.space = { id: space, dims, metric }
    this.filled = filled
    this.#sections = sections
    assert(sections.count('vectors') === filled.rowCount * dims, 'a row for each text that has a vector')
  }

  /** @throws CorruptPart */
  static async open(file: CheckedFile): Promise<VectorsPart> {
    const sections = await Sections.open(file)
    const words = await sections.read('filled', 'u32')
    const { texts } = sections.head as unknown as VectorsHead
    return new VectorsPart(sections, FilledTexts.of(words, texts))
  }

  /** Of its index in memory. */
  get shape(): CodedShape {
    const { dims: dim, metric, graph } = this.head
    const shape = { dim, metric, count: this.filled.rowCount }
    return graph ? { ...shape, graph: savedShapeIn(graph) } : shape
  }

  /** Rows that are read at once where all are. */
  get pieceRows(): number {
    return Math.max(1, Math.floor(pieceBytes / (4 * this.space.dims)))
  }

  /** f32[(until − from) × dims] @throws CorruptPart */
  async rows(from: number, until: number): Promise<Float32Array> {
    const { dims } = this.space
    return this.#sections.read('vectors', 'f32', from * dims, until * dims)
  }

  /** Rows that lie anywhere. f32[rows × dims] @throws CorruptPart */
  async pick(rows: Uint32Array): Promise<Float32Array> {
    const { dims } = this.space
    const picked = new Float32Array(rows.length * dims)
    const { pieceRows } = this
    for (let from = 0; from < rows.length; from += pieceRows) {
      const some = Array.from(rows.subarray(from, from + pieceRows))
      const found = await Promise.all(some.map(row => this.rows(row, row + 1)))
      for (const [i, vector] of found.entries()) picked.set(vector, (from + i) * dims)
    }
    return picked
  }

  /** Fills an index of this shape. @throws CorruptPart */
  async fill(index: CodedIndex): Promise<void> {
    const centre = await this.#sections.read('centre', 'f32')
    index.part('centre').set(bytesOf(centre))
    const parts: CodedPart[] = this.head.graph ? ['codes', 'links', 'upper'] : ['codes']
    for (const part of parts) {
      const byteCount = this.#sections.count(part)
      assert(byteCount === index.part(part).length, `as many bytes of ${part} as rows have`)
      for (let from = 0; from < byteCount; from += pieceBytes) {
        const piece = await this.#sections.read(part, 'u8', from, Math.min(byteCount, from + pieceBytes))
        index.part(part).set(piece, from)
      }
    }
  }

  /** A part of the graph as a whole. @throws CorruptPart */
  async graphPart(part: CodedPart): Promise<Uint8Array> {
    if (part === 'centre') return bytesOf(await this.#sections.read('centre', 'f32'))
    return this.#sections.read(part, 'u8')
  }
}
