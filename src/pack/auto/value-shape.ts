// What a value looks like, told in one pass over its bytes: an email address, a number, some words. It looks at form alone
// and knows no names.

export const shapes = [
  ...['integer', 'number', 'uuid', 'hash', 'email', 'ip', 'url', 'path', 'time'],
  ...['coded', 'word', 'token', 'phrase', 'prose'],
] as const
export type Shape = (typeof shapes)[number]

/** Words from which on a value is prose. */
const proseWords = 4
/** Letters of scripts that write no blanks between words, for each word; a title of ten is still a phrase. */
const lettersPerWord = 4
/** What a value is shows early on; the rest of a long one is not read. */
const readBytesMax = 512
const hashCharsMin = 16

/** What the last call of `readShape` found, overwritten by the next: nothing is allocated for a value. */
export const seen = { shape: 0, words: 0 }

const number = Object.fromEntries(shapes.map((shape, i) => [shape, i])) as Record<Shape, number>

const char = { blank: 32, hash: 35, minus: 45, dot: 46, slash: 47, colon: 58, at: 64, underscore: 95 }

/** @param bytes  the value is [start, end), not empty */
export function readShape(bytes: Uint8Array, start: number, end: number): void {
  let digits = 0
  let letters = 0
  let hexLetters = 0
  let minuses = 0
  let dots = 0
  let slashes = 0
  let colons = 0
  let ats = 0
  let blanks = 0
  let wide = 0
  let words = 0
  let isInWord = false
  const until = Math.min(end, start + readBytesMax)
  for (let i = start; i < until; i++) {
    const byte = bytes[i]!
    if (byte <= char.blank) {
      blanks++
      isInWord = false
      continue
    }
    if (!isInWord) words++
    isInWord = true
    if (byte >= 48 && byte <= 57) {
      digits++
      continue
    }
    const lower = byte | 32
    if (lower >= 97 && lower <= 122) {
      letters++
      if (lower <= 102) hexLetters++
    } else if (byte >= 0xe3 && byte <= 0xed) wide++
    else if (byte === char.minus) minuses++
    else if (byte === char.dot) dots++
    else if (byte === char.slash) slashes++
    else if (byte === char.colon) colons++
    else if (byte === char.at) ats++
  }
  const size = until - start
  words = Math.max(words, Math.round(wide / lettersPerWord))
  seen.words = words
  seen.shape = number[shapeOf()]

  function shapeOf(): Shape {
    const isSigned = bytes[start] === char.minus
    const others = size - digits - (isSigned ? 1 : 0)
    if (digits > 0 && others === 0) return 'integer'
    if (digits > 0 && others === 1 && dots === 1) return 'number'
    if (digits >= 8 && isTime(bytes, start, size)) return 'time'
    if (blanks === 0) {
      if (ats === 1 && dots > 0 && slashes === 0) return 'email'
      if (size === 36 && minuses === 4 && digits + hexLetters === 32) return 'uuid'
      if (size >= hashCharsMin && digits + hexLetters === size && letters === hexLetters) return 'hash'
      if (dots === 3 && digits + dots === size && digits >= 4 && digits <= 12) return 'ip'
      if (colons >= 2 && digits + hexLetters + colons === size && letters === hexLetters) return 'ip'
      if (slashes >= 2 && colons >= 1 && hasScheme(bytes, start, until)) return 'url'
      if (bytes[start] === char.slash) return 'path'
      if (digits > 0 && isCoded(bytes, start, until)) return 'coded'
      if (letters === size) return 'word'
      return words >= proseWords ? 'prose' : words > 1 ? 'phrase' : 'token'
    }
    return words >= proseWords ? 'prose' : 'phrase'
  }
}

/** 2026-01-31, and whatever follows: 2026-01-31T10:00:00Z, 2026-01-31 10:00 */
function isTime(bytes: Uint8Array, start: number, size: number): boolean {
  if (size < 10 || size > 35) return false
  const isDigit = (at: number) => bytes[start + at]! >= 48 && bytes[start + at]! <= 57
  const separator = bytes[start + 4]
  if (separator !== char.minus && separator !== char.slash) return false
  return isDigit(0) && isDigit(1) && isDigit(2) && isDigit(3) && isDigit(5) && bytes[start + 7] === separator
}

function hasScheme(bytes: Uint8Array, start: number, end: number): boolean {
  const until = Math.min(end - 2, start + 12)
  for (let i = start + 1; i < until; i++) {
    if (bytes[i] === char.colon) return bytes[i + 1] === char.slash && bytes[i + 2] === char.slash
  }
  return false
}

/** `usr_12`, `ORD-1009`, `T1009`, `M1AZW`: a letter first, then letters, digits and the signs that part them. */
function isCoded(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start]! | 32
  if (first < 97 || first > 122) return false
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!
    const lower = byte | 32
    const isLetter = lower >= 97 && lower <= 122
    const isDigit = byte >= 48 && byte <= 57
    const isSign =
      byte === char.minus || byte === char.underscore || byte === char.hash || byte === char.colon
    if (!isLetter && !isDigit && !isSign) return false
  }
  return true
}
