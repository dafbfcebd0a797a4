// Lists of postings: in which events something occurs, and when those were. The newest doc stands first, so that the few
// that an answer cites are read without the rest, and what an older run knows goes behind.
//
//   posting   doc varint │ time varint      of the first: the doc itself, and its time in ms, zigzag
//   posting   doc varint │ time varint      of the others: how far the doc falls, and the time moves, zigzag
//
// Varints hold 7 bits a byte, the lowest first. Docs fall strictly. Times lie within ±2^51 ms.

import { GrowingU8 } from './growing.ts'

/** No posting takes more: 5 bytes of doc, 8 of time. */
export const postingBytesMax = 13

export class PostingWriter {
  readonly bytes = new GrowingU8()
  #doc = 0
  #timeMs = 0
  #isFirst = true

  /** What is added next begins a list. */
  begin(): void {
    this.#isFirst = true
  }

  add(doc: number, timeMs: number): void {
    this.#varint(this.#isFirst ? doc : this.#doc - doc)
    const moved = this.#isFirst ? timeMs : timeMs - this.#timeMs
    this.#varint(moved >= 0 ? moved * 2 : moved * -2 - 1)
    this.#doc = doc
    this.#timeMs = timeMs
    this.#isFirst = false
  }

  /** Goes on with a list written elsewhere, all of whose docs are below those of this one. */
  join(list: Uint8Array): void {
    if (list.length === 0) return
    const reader = new PostingReader()
    reader.open(list, 0, list.length)
    reader.next()
    const rest = reader.position
    this.add(reader.doc, reader.timeMs)
    this.bytes.append(list.subarray(rest))
    while (reader.next());
    this.#doc = reader.doc
    this.#timeMs = reader.timeMs
  }

  #varint(value: number): void {
    let rest = value
    while (rest >= 0x80) {
      this.bytes.push((rest % 0x80) | 0x80)
      rest = Math.floor(rest / 0x80)
    }
    this.bytes.push(rest)
  }
}

/** Reads one list after another without garbage. */
export class PostingReader {
  doc = 0
  timeMs = 0
  position = 0
  #bytes: Uint8Array = new Uint8Array(0)
  #end = 0
  #isFirst = true

  open(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = bytes
    this.position = start
    this.#end = end
    this.#isFirst = true
  }

  /** @returns false behind the last; then doc and time stay those of the last */
  next(): boolean {
    if (this.position >= this.#end) return false
    const doc = this.#varint()
    const zigzag = this.#varint()
    const moved = zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2
    this.doc = this.#isFirst ? doc : this.doc - doc
    this.timeMs = this.#isFirst ? moved : this.timeMs + moved
    this.#isFirst = false
    return true
  }

  #varint(): number {
    const bytes = this.#bytes
    let byte = bytes[this.position++]!
    if (byte < 0x80) return byte
    let value = byte & 0x7f
    let shift = 7
    do {
      byte = bytes[this.position++]!
      // above 28 bits shifting would overflow
      value += shift < 28 ? (byte & 0x7f) << shift : (byte & 0x7f) * 2 ** shift
      shift += 7
    } while (byte >= 0x80)
    return value
  }
}
