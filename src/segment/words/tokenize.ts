// The terms of a text: its words without case and accents; what joints hold together (`ERR_TIMEOUT`, `/api/v1`,
// `a.b@c.de`) whole and in its words; `camelCase` whole and in its parts; and, in scripts without blanks, each two
// neighbouring letters, with the last one alone, so that every letter begins a term. No term holds a NUL, and text that is
// no UTF-8 parts words and does no other harm.
//
//   GET /api/v1/userList  →  get │ api  v1  userlist  user  list  api/v1/userlist
//   東京都               →  東京 京都 都

import { asciiFolded, asciiKinds, type Fold, foldKind, foldOf } from './fold.ts'

/** A longer term is cut there, between two code points. */
export const termBytesMax = 64
/** Terms of a text; what follows is not looked at. */
export const textTermsMax = 65_535
/** Joints in a row: `://` joins, `----` parts. */
const jointsMax = 3
/** Parts of a camelCase word. */
const partsMax = 16

/** What a term is among the terms around it. */
export const termKind = {
  /** a word, an id as a whole, two letters of an unspaced script */
  whole: 0,
  /** of the whole that is told around it */
  piece: 1,
  /** the last letter of an unspaced stretch */
  last: 2,
  /** the only letter of an unspaced stretch */
  alone: 3,
} as const

export interface TermSink {
  /** The term is bytes[start, end), good during the call; `tokenizer` says where it stands. */
  term(bytes: Uint8Array, start: number, end: number, tokenizer: Tokenizer): void
}

export class Tokenizer {
  /** Of the term that is told: a `termKind`, and where it stands in the text, in bytes. */
  kind = 0
  sourceStart = 0
  sourceEnd = 0

  readonly #sink: TermSink
  #termsLeft = 0
  #text: Uint8Array = new Uint8Array(0)

  // What joints hold together, folded. Its first 64 bytes are the whole; a word that begins past them begins there again.
  readonly #folded = new Uint8Array(2 * termBytesMax + 1)
  #wholeStart = 0
  #wholeEnd = 0
  #wholeBytes = 0
  #isCut = false
  #wordCount = 0
  readonly #joints = new Uint8Array(jointsMax)
  #jointCount = 0

  // The word last read, in `folded`, and where its parts begin, there and in the text.
  #wordAt = 0
  #wordBytes = 0
  #wordStart = 0
  #wordEnd = 0
  readonly #partAt = new Uint8Array(partsMax + 1)
  readonly #partStart = new Uint32Array(partsMax + 1)
  #partCount = 0

  /** Where the letter of an unspaced script ends that was last read, with what belongs to it. */
  #letterEnd = 0

  constructor(sink: TermSink) {
    this.#sink = sink
  }

  /** @param text  UTF-8 */
  run(text: Uint8Array): void {
    this.#text = text
    this.#termsLeft = textTermsMax
    let at = 0
    while (at < text.length && this.#termsLeft > 0) {
      const byte = text[at]!
      if (byte < 128) {
        const kind = asciiKinds[byte]!
        if (kind === foldKind.lower || kind === foldKind.upper) at = this.#word(at)
        else {
          if (kind === foldKind.joint) this.#join(byte)
          else this.#endWhole()
          at++
        }
      } else at = this.#beyondAscii(at)
    }
    this.#endWhole()
  }

  #beyondAscii(at: number): number {
    const point = decode(this.#text, at)
    const size = point & 7
    if (point < 0) {
      this.#endWhole()
      return at + 1
    }
    const fold = foldOf(point >>> 3)
    const { kind } = fold
    if (kind === foldKind.lower || kind === foldKind.upper || kind === foldKind.tail) return this.#word(at)
    if (kind === foldKind.none) return at + size
    if (kind === foldKind.joint) {
      this.#join(fold.bytes[0]!)
      return at + size
    }
    this.#endWhole()
    if (kind === foldKind.dense) return this.#dense(at)
    if (kind === foldKind.sign) this.#tell(fold.bytes, 0, fold.bytes.length, termKind.whole, at, at + size)
    return at + size
  }

  #join(byte: number): void {
    if (this.#wordCount === 0) return
    if (this.#jointCount === jointsMax) this.#endWhole()
    else this.#joints[this.#jointCount++] = byte
  }

  /** Reads the word that begins at `start`. @returns its end */
  #word(start: number): number {
    this.#beginWord(start)
    const text = this.#text
    const folded = this.#folded
    const wordAt = this.#wordAt
    const cut = wordAt + termBytesMax
    let end = wordAt
    let at = start
    let isFull = false
    /** Letters in upper case that stand right before; -1 when a lower one does, or a digit. */
    let uppers = 0
    let letterAt = end
    let letterStart = at
    while (at < text.length) {
      const byte = text[at]!
      let kind: number
      let size = 1
      let fold: Fold | undefined
      if (byte < 128) kind = asciiKinds[byte]!
      else {
        const point = decode(text, at)
        if (point < 0) break
        size = point & 7
        fold = foldOf(point >>> 3)
        kind = fold.kind
        if (kind === foldKind.none) {
          at += size
          continue
        }
      }
      if (kind === foldKind.upper) {
        if (uppers < 0) {
          this.#part(end, at)
          uppers = 0
        }
        uppers++
      } else if (kind === foldKind.lower) {
        if (uppers > 1) this.#part(letterAt, letterStart)
        uppers = -1
      } else if (kind !== foldKind.tail) break
      letterAt = end
      letterStart = at
      at += size
      const byteCount = fold === undefined ? 1 : fold.bytes.length
      if (isFull || end + byteCount > cut) {
        isFull = true
        continue
      }
      if (fold === undefined) folded[end++] = asciiFolded[byte]!
      else for (let i = 0; i < byteCount; i++) folded[end++] = fold.bytes[i]!
      if (!this.#isCut) this.#extendWhole(end)
    }
    if (isFull) this.#isCut = true
    this.#wordBytes = end - wordAt
    this.#wordStart = start
    this.#wordEnd = at
    this.#wholeEnd = at
    if (++this.#wordCount > 1) this.#tellWord(termKind.piece)
    return at
  }

  #beginWord(start: number): void {
    if (this.#wordCount === 0) {
      this.#wholeStart = start
      this.#wholeBytes = 0
      this.#isCut = false
      this.#wordAt = 0
    } else {
      // the first word is a piece as soon as there is a second one
      if (this.#wordCount === 1) this.#tellWord(termKind.piece)
      let at = this.#wordAt + this.#wordBytes
      for (let i = 0; i < this.#jointCount && at < termBytesMax; i++) this.#folded[at++] = this.#joints[i]!
      if (!this.#isCut) this.#extendWhole(at)
      this.#wordAt = Math.min(at, termBytesMax)
    }
    this.#jointCount = 0
    this.#partCount = 0
  }

  #extendWhole(end: number): void {
    if (end <= termBytesMax) this.#wholeBytes = end
    else this.#isCut = true
  }

  #part(at: number, start: number): void {
    if (this.#partCount === partsMax) return
    this.#partAt[this.#partCount] = at
    this.#partStart[this.#partCount++] = start
  }

  #endWhole(): void {
    if (this.#wordCount === 1) this.#tellWord(termKind.whole)
    if (this.#wordCount > 1)
      this.#tell(this.#folded, 0, this.#wholeBytes, termKind.whole, this.#wholeStart, this.#wholeEnd)
    this.#wordCount = 0
    this.#jointCount = 0
  }

  /** The word, and its parts of two bytes and more. */
  #tellWord(kind: number): void {
    const end = this.#wordAt + this.#wordBytes
    this.#tell(this.#folded, this.#wordAt, end, kind, this.#wordStart, this.#wordEnd)
    if (this.#partCount === 0) return
    let partAt = this.#wordAt
    let partStart = this.#wordStart
    this.#partAt[this.#partCount] = end
    this.#partStart[this.#partCount] = this.#wordEnd
    for (let i = 0; i <= this.#partCount; i++) {
      const nextAt = this.#partAt[i]!
      const nextStart = this.#partStart[i]!
      if (nextAt - partAt > 1) this.#tell(this.#folded, partAt, nextAt, termKind.piece, partStart, nextStart)
      partAt = nextAt
      partStart = nextStart
    }
  }

  /** Each two neighbouring letters of the unspaced stretch that begins at `start`. @returns its end */
  #dense(start: number): number {
    const text = this.#text
    let at = start
    let letterCount = 0
    let previousBytes = 0
    let previousStart = start
    while (at < text.length) {
      const fold = this.#foldAt(at)
      if (fold?.kind !== foldKind.dense) break
      const letterStart = at
      const letterBytes = this.#letter(previousBytes, at)
      at = this.#letterEnd
      const end = previousBytes + letterBytes
      if (++letterCount > 1) this.#tell(this.#folded, 0, end, termKind.whole, previousStart, at)
      this.#folded.copyWithin(0, previousBytes, end)
      previousBytes = letterBytes
      previousStart = letterStart
    }
    const kind = letterCount > 1 ? termKind.last : termKind.alone
    this.#tell(this.#folded, 0, previousBytes, kind, previousStart, at)
    return at
  }

  /** Reads the letter at `start`, and what belongs to it, to `folded`. @returns its bytes there, half a term at most */
  #letter(foldedAt: number, start: number): number {
    let at = start
    let byteCount = 0
    for (;;) {
      const fold = this.#foldAt(at)
      const belongs = fold !== undefined && (fold.kind === foldKind.tail || fold.kind === foldKind.none)
      if (at > start && !belongs) break
      const { bytes } = fold!
      if (byteCount + bytes.length <= termBytesMax / 2) {
        this.#folded.set(bytes, foldedAt + byteCount)
        byteCount += bytes.length
      }
      at += decode(this.#text, at) & 7
    }
    this.#letterEnd = at
    return byteCount
  }

  /** @returns undefined in ASCII, at the end, and where the bytes are no UTF-8 */
  #foldAt(at: number): Fold | undefined {
    if (at >= this.#text.length || this.#text[at]! < 128) return undefined
    const point = decode(this.#text, at)
    return point < 0 ? undefined : foldOf(point >>> 3)
  }

  #tell(
    bytes: Uint8Array,
    start: number,
    end: number,
    kind: number,
    sourceStart: number,
    sourceEnd: number,
  ): void {
    if (this.#termsLeft === 0 || start === end) return
    this.#termsLeft--
    this.kind = kind
    this.sourceStart = sourceStart
    this.sourceEnd = sourceEnd
    this.#sink.term(bytes, start, end, this)
  }
}

/** The code point beyond ASCII at `at`. @returns code point × 8 + its bytes, -1 where the bytes are no UTF-8 */
function decode(text: Uint8Array, at: number): number {
  const first = text[at]!
  const second = text[at + 1] ?? 0
  if (first < 0xc2 || first > 0xf4 || (second & 0xc0) !== 0x80) return -1
  if (first < 0xe0) return (((first & 0x1f) << 6) | (second & 0x3f)) * 8 + 2
  const third = text[at + 2] ?? 0
  if ((third & 0xc0) !== 0x80) return -1
  if (first < 0xf0) {
    const point = ((first & 0xf) << 12) | ((second & 0x3f) << 6) | (third & 0x3f)
    return point < 0x800 || (point >= 0xd800 && point < 0xe000) ? -1 : point * 8 + 3
  }
  const fourth = text[at + 3] ?? 0
  const point = ((first & 7) << 18) | ((second & 0x3f) << 12) | ((third & 0x3f) << 6) | (fourth & 0x3f)
  return (fourth & 0xc0) !== 0x80 || point < 0x10000 || point > 0x10ffff ? -1 : point * 8 + 4
}
