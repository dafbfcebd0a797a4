// The NDJSON being written: chunks with a bound over all. Whatever is written is counted exactly before it is written,
// so the bound is met to the byte and a hostile value is never copied only to be thrown away.

import { tooLarge } from './budget.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
/** Chunks double from the first to the second of these; a longer value gets a chunk of its own length. */
const chunkBytesMin = 16 * 1024
const chunkBytesMax = 4 * 1024 * 1024
const HEX = '0123456789abcdef'
const BASE64 = new TextEncoder().encode('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')
/** The letter after the backslash of JSON's short escapes, by byte. */
const SHORT_ESCAPES = new Map([
  [0x08, 'b'],
  [0x09, 't'],
  [0x0a, 'n'],
  [0x0c, 'f'],
  [0x0d, 'r'],
  [QUOTE, '"'],
  [BACKSLASH, '\\'],
])
const ESCAPED = escapeTable()

/** Values in rows that know how to write themselves. */
export interface Column {
  length: number
  /** @param row  0 ≤ row < length */
  write(out: NdjsonWriter, row: number): void
  isNull(row: number): boolean
}

export class NdjsonWriter {
  readonly #bytesMax: number
  readonly #full: Uint8Array[] = []
  #fullBytes = 0
  #chunk: Uint8Array
  /** of the chunk, up to here */
  #at = 0

  /** @param bytesMax  what may be written in all; more throws Refused `body_too_large` */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
    this.#chunk = new Uint8Array(Math.min(chunkBytesMin, bytesMax))
  }

  get length(): number {
    return this.#fullBytes + this.#at
  }

  byte(code: number): void {
    this.#reserve(1)
    this.#chunk[this.#at++] = code
  }

  /** Text that is ASCII and needs no escape: numbers, times, `null`. */
  ascii(text: string): void {
    this.#reserve(text.length)
    const bytes = this.#chunk
    let at = this.#at
    for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i)
    this.#at = at
  }

  /** Bytes that are JSON already. */
  raw(source: Uint8Array, start: number, end: number): void {
    const byteCount = end - start
    this.#reserve(byteCount)
    // A call into the engine costs more than copying a few bytes by hand.
    if (byteCount > 48) this.#chunk.set(source.subarray(start, end), this.#at)
    else for (let i = 0; i < byteCount; i++) this.#chunk[this.#at + i] = source[start + i]!
    this.#at += byteCount
  }

  /** @param value  whole, |value| ≤ 2^53 */
  integer(value: number): void {
    if (value < 0 || value > 999_999_999) {
      this.ascii(String(value))
      return
    }
    let digitCount = 1
    for (let power = 10; value >= power; power *= 10) digitCount++
    this.digits(value, digitCount)
  }

  /** `value` in exactly `digitCount` digits, zeros before it. */
  digits(value: number, digitCount: number): void {
    this.#reserve(digitCount)
    let rest = value
    for (let at = this.#at + digitCount - 1; at >= this.#at; at--) {
      const next = Math.floor(rest / 10)
      this.#chunk[at] = 48 + (rest - next * 10)
      rest = next
    }
    this.#at += digitCount
  }

  /**
   * A JSON string of UTF-8 bytes. Quotes, backslashes and control characters are escaped; nothing else is looked at:
   * bytes that are not UTF-8 go through as they are, so that the check of each event can quarantine that one event.
   */
  string(source: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start + 2)
    const bytes = this.#chunk
    let at = this.#at
    bytes[at++] = QUOTE
    for (let i = start; i < end; i++) {
      const code = source[i]!
      if (ESCAPED[code] !== undefined) {
        this.#at = at
        this.#escapedString(source, i, end)
        return
      }
      bytes[at++] = code
    }
    bytes[at++] = QUOTE
    this.#at = at
  }

  /** The rest of a string that needs escapes, the opening quote being written. */
  #escapedString(source: Uint8Array, start: number, end: number): void {
    let byteCount = end - start + 1
    for (let i = start; i < end; i++) {
      const escaped = ESCAPED[source[i]!]
      if (escaped !== undefined) byteCount += escaped.length - 1
    }
    this.#reserve(byteCount)
    const bytes = this.#chunk
    let at = this.#at
    for (let i = start; i < end; i++) {
      const code = source[i]!
      const escaped = ESCAPED[code]
      if (escaped === undefined) bytes[at++] = code
      else for (let j = 0; j < escaped.length; j++) bytes[at++] = escaped.charCodeAt(j)
    }
    bytes[at++] = QUOTE
    this.#at = at
  }

  /** Any bytes as a JSON string of base64 (RFC 4648 §4, padded). */
  base64(source: Uint8Array, start: number, end: number): void {
    this.#reserve(Math.ceil((end - start) / 3) * 4 + 2)
    const bytes = this.#chunk
    let at = this.#at
    bytes[at++] = QUOTE
    for (let i = start; i < end; i += 3) {
      const present = Math.min(3, end - i)
      const word =
        (source[i]! << 16) | ((present > 1 ? source[i + 1]! : 0) << 8) | (present > 2 ? source[i + 2]! : 0)
      bytes[at++] = BASE64[word >> 18]!
      bytes[at++] = BASE64[(word >> 12) & 63]!
      bytes[at++] = present > 1 ? BASE64[(word >> 6) & 63]! : 0x3d
      bytes[at++] = present > 2 ? BASE64[word & 63]! : 0x3d
    }
    bytes[at++] = QUOTE
    this.#at = at
  }

  /** What was written, in a buffer of its own. */
  finish(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.length)
    let at = 0
    for (const chunk of this.#full) {
      bytes.set(chunk, at)
      at += chunk.length
    }
    bytes.set(this.#chunk.subarray(0, this.#at), at)
    return bytes
  }

  #reserve(byteCount: number): void {
    if (this.#at + byteCount > this.#chunk.length) this.#nextChunk(byteCount)
  }

  #nextChunk(byteCount: number): void {
    const left = this.#bytesMax - this.length
    if (byteCount > left) throw tooLarge(this.#bytesMax)
    this.#full.push(this.#chunk.subarray(0, this.#at))
    this.#fullBytes += this.#at
    const doubled = Math.min(chunkBytesMax, Math.max(chunkBytesMin, this.#chunk.length * 2))
    this.#chunk = new Uint8Array(Math.min(left, Math.max(byteCount, doubled)))
    this.#at = 0
  }
}

function escapeTable(): (string | undefined)[] {
  return Array.from({ length: 256 }, (_, code) => {
    const letter = SHORT_ESCAPES.get(code)
    if (letter !== undefined) return `\\${letter}`
    return code < 0x20 ? `\\u00${HEX[code >> 4]}${HEX[code & 15]}` : undefined
  })
}
