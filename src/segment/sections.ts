// The file format of parts that are no Parquet: named sections of numbers or bytes, back to back, and a directory at the
// end, so that a file can be written without knowing what follows, and read section by section, range by range.
//
//   "ALVS" version u32 │ section │ section │ … │ directory, JSON │ directory bytes u32 │ "ALVS"
//
// Sections begin at multiples of 8 and hold little-endian numbers.

import { assert } from '../base/assert.ts'
import { fromUtf8, toUtf8 } from '../base/bytes.ts'
import type { CheckedFile } from './checked.ts'

const magic = toUtf8('ALVS')
const sectionsVersion = 1
const headBytes = 8
const tailBytes = 8
const alignBytes = 8

const elements = {
  u8: Uint8Array,
  u16: Uint16Array,
  u32: Uint32Array,
  i32: Int32Array,
  f32: Float32Array,
  f64: Float64Array,
  u64: BigUint64Array,
} as const
export type Element = keyof typeof elements
/** What is read, in memory of its own. */
export type Numbers<E extends Element> = InstanceType<(typeof elements)[E]>
/** What is written, wherever it lies. */
interface Written {
  u8: Uint8Array
  u16: Uint16Array
  u32: Uint32Array
  i32: Int32Array
  f32: Float32Array
  f64: Float64Array
  u64: BigUint64Array
}

/** Plain data about the file as a whole, kept in its directory. */
export type SectionsHead = Record<string, unknown>

interface Entry {
  name: string
  element: Element
  at: number
  count: number
}

/** Writes a file piece by piece: whoever calls hands the pieces on, in order. */
export class SectionWriter {
  readonly #entries: Entry[] = []
  #at = headBytes

  begin(): Uint8Array {
    const head = new Uint8Array(headBytes)
    head.set(magic)
    new DataView(head.buffer).setUint32(4, sectionsVersion, true)
    return head
  }

  /** A section that is at hand as a whole. The pieces are views of `numbers`. */
  section<E extends Element>(name: string, element: E, numbers: Written[E]): Uint8Array[] {
    const { buffer, byteOffset, byteLength } = numbers
    return this.streamed(name, element, [new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength)])
  }

  /** A section in pieces of any length. */
  streamed(name: string, element: Element, pieces: readonly Uint8Array[]): Uint8Array[] {
    const byteCount = pieces.reduce((sum, { length }) => sum + length, 0)
    return [...pieces, this.end(name, element, byteCount)]
  }

  /** The end of a section whose pieces were handed on already: what fills it up to the next. */
  end(name: string, element: Element, byteCount: number): Uint8Array {
    assert(!this.#entries.some(entry => entry.name === name), 'a section is written once')
    const { BYTES_PER_ELEMENT } = elements[element]
    assert(byteCount % BYTES_PER_ELEMENT === 0, 'a section of whole numbers')
    this.#entries.push({ name, element, at: this.#at, count: byteCount / BYTES_PER_ELEMENT })
    const padded = Math.ceil(byteCount / alignBytes) * alignBytes
    this.#at += padded
    return new Uint8Array(padded - byteCount)
  }

  finish(head: SectionsHead): Uint8Array {
    const directory = toUtf8(JSON.stringify({ head, sections: this.#entries }))
    const tail = new Uint8Array(directory.length + tailBytes)
    tail.set(directory)
    new DataView(tail.buffer).setUint32(directory.length, directory.length, true)
    tail.set(magic, directory.length + 4)
    return tail
  }
}

/** A file whose sections are all at hand. */
export function writeSections(
  head: SectionsHead,
  sections: readonly { [E in Element]: { name: string; element: E; numbers: Written[E] } }[Element][],
): Uint8Array[] {
  const writer = new SectionWriter()
  const pieces = [writer.begin()]
  for (const { name, element, numbers } of sections)
    pieces.push(...writer.section(name, element, numbers as Written[typeof element]))
  pieces.push(writer.finish(head))
  return pieces
}

export class Sections {
  readonly head: SectionsHead
  readonly #file: CheckedFile
  readonly #entries: ReadonlyMap<string, Entry>

  private constructor(file: CheckedFile, head: SectionsHead, entries: readonly Entry[]) {
    this.#file = file
    this.head = head
    this.#entries = new Map(entries.map(entry => [entry.name, entry]))
  }

  /** @throws CorruptPart when a block of the directory is bad, AssertionError when it is no such file */
  static async open(file: CheckedFile): Promise<Sections> {
    const end = file.byteLength
    const tail = await file.slice(end - tailBytes, end)
    const directoryBytes = new DataView(tail).getUint32(0, true)
    assert(fromUtf8(new Uint8Array(tail, 4)) === 'ALVS', 'a file of sections')
    const start = end - tailBytes - directoryBytes
    const text = fromUtf8(new Uint8Array(await file.slice(start, end - tailBytes)))
    const { head, sections } = JSON.parse(text) as { head: SectionsHead; sections: Entry[] }
    return new Sections(file, head, sections)
  }

  has(name: string): boolean {
    return this.#entries.has(name)
  }

  /** Numbers in a section. */
  count(name: string): number {
    return this.#entry(name).count
  }

  /**
   * Numbers [from, until) of a section; all of them unless told. They own their memory, but for
   * bytes of a file that is held in memory, which are a view.
   *
   * @throws CorruptPart
   */
  async read<E extends Element>(name: string, element: E, from = 0, until?: number): Promise<Numbers<E>> {
    const entry = this.#entry(name)
    assert(entry.element === element, `section ${name} holds ${entry.element}`)
    const { BYTES_PER_ELEMENT: bytes } = elements[element]
    const end = until ?? entry.count
    assert(from <= end && end <= entry.count, 'a range within its section')
    const [fileStart, fileEnd] = [entry.at + from * bytes, entry.at + end * bytes]
    if (element === 'u8' && this.#file.view) return this.#file.view(fileStart, fileEnd) as Numbers<E>
    return new elements[element](await this.#file.slice(fileStart, fileEnd)) as Numbers<E>
  }

  #entry(name: string): Entry {
    const entry = this.#entries.get(name)
    assert(entry, `the file has a section ${name}`)
    return entry
  }
}
