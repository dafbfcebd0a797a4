// A term's postings as bytes: how far each text is from the one before, all of them, and then those few texts that hold the
// term more than once, by their position in the list:
//
//   text − text before │ … │ position − position before, count │ …
//
// as LEB128. The first of each kind is told from 0. Apart they are read without a guess at what comes next.

import type { Postings } from './run.ts'

/** Bytes that are written one after another. */
export class ByteSink {
  #bytes: Uint8Array
  #length = 0

  constructor(capacity = 1024) {
    this.#bytes = new Uint8Array(capacity)
  }

  get length(): number {
    return this.#length
  }

  /** LEB128. @param number  u32 */
  varint(number: number): void {
    this.#reserve(5)
    let left = number
    while (left > 127) {
      this.#bytes[this.#length++] = left | 128
      left >>>= 7
    }
    this.#bytes[this.#length++] = left
  }

  bytes(bytes: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start)
    for (let i = start; i < end; i++) this.#bytes[this.#length++] = bytes[i]!
  }

  /** What was written since, as a copy. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length)
    this.#length = 0
    return taken
  }

  #reserve(byteCount: number): void {
    if (this.#length + byteCount <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + byteCount))
    larger.set(this.#bytes)
    this.#bytes = larger
  }
}

export function encodePostings(sink: ByteSink, { texts, counts }: Postings): void {
  let before = 0
  for (let i = 0; i < texts.length; i++) {
    sink.varint(texts[i]! - before)
    before = texts[i]!
  }
  let position = 0
  for (let i = 0; i < counts.length; i++) {
    if (counts[i] === 1) continue
    sink.varint(i - position)
    sink.varint(counts[i]!)
    position = i
  }
}

export function newPostings(textCount: number): Postings {
  return { texts: new Uint32Array(textCount), counts: new Uint16Array(textCount) }
}

/** @param into  room for all of them. @returns a view of it */
export function decodePostings(
  bytes: Uint8Array,
  textCount: number,
  into = newPostings(textCount),
): Postings {
  const texts = into.texts.subarray(0, textCount)
  const counts = into.counts.subarray(0, textCount).fill(1)
  let at = 0
  let text = 0
  for (let i = 0; i < textCount; i++) {
    let byte = bytes[at++]!
    let distance = byte & 127
    for (let shift = 7; byte > 127; shift += 7) {
      byte = bytes[at++]!
      distance |= (byte & 127) << shift
    }
    texts[i] = text += distance
  }
  decodeCounts(bytes, at, counts)
  return { texts, counts }
}

function decodeCounts(bytes: Uint8Array, start: number, counts: Uint16Array): void {
  let at = start
  let position = 0
  while (at < bytes.length) {
    let byte = bytes[at++]!
    let distance = byte & 127
    for (let shift = 7; byte > 127; shift += 7) {
      byte = bytes[at++]!
      distance |= (byte & 127) << shift
    }
    byte = bytes[at++]!
    let count = byte & 127
    for (let shift = 7; byte > 127; shift += 7) {
      byte = bytes[at++]!
      count |= (byte & 127) << shift
    }
    counts[(position += distance)] = count
  }
}
