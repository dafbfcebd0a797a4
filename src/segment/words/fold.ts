// What a code point is to words, and how it is written in them: without case, without diacritics, in its plain form
// (NFKD, Unicode Annex 15). The runtime's own Unicode data decides, so two runtimes can differ only in code points that
// one of them does not know yet.

/** What a code point does to the words around it. */
export const foldKind = {
  /** it parts words */
  gap: 0,
  /** a part of a word: a letter without case or in lower case, or a digit */
  lower: 1,
  /** a letter that was in upper case */
  upper: 2,
  /** it parts words, and joins them into an id, a path, an address */
  joint: 3,
  /** it leaves no trace: accents, joiners, directions */
  none: 4,
  /** it belongs to what stands before it: vowel signs, voicing */
  tail: 5,
  /** a letter of a script that writes no blanks between words */
  dense: 6,
  /** a word by itself: an emoji, a symbol */
  sign: 7,
} as const

export interface Fold {
  kind: number
  /** UTF-8 */
  bytes: Uint8Array
}

const { gap, lower, upper, joint, none, tail, dense, sign } = foldKind
const joints = "-_./\\:@#+=&?%~'"

/** u8[128] each: kinds of ASCII, and how it is written in words */
export const asciiKinds = new Uint8Array(128)
export const asciiFolded = Uint8Array.from({ length: 128 }, (_, byte) => byte)
for (let byte = 0; byte < 128; byte++) {
  const char = String.fromCharCode(byte)
  if (/[a-z0-9]/.test(char)) asciiKinds[byte] = lower
  if (/[A-Z]/.test(char)) asciiKinds[byte] = upper
  if (joints.includes(char)) asciiKinds[byte] = joint
  asciiFolded[byte] = char.toLowerCase().charCodeAt(0)
}

/** Folds that are remembered; a power of two. Whoever writes in more scripts at once pays for it in time alone. */
const foldsMax = 1 << 14
const knownPoints = new Int32Array(foldsMax).fill(-1)
const knownFolds: Fold[] = []

export function foldOf(codePoint: number): Fold {
  const slot = codePoint & (foldsMax - 1)
  if (knownPoints[slot] === codePoint) return knownFolds[slot]!
  const fold = computeFold(codePoint)
  knownPoints[slot] = codePoint
  knownFolds[slot] = fold
  return fold
}

const encoder = new TextEncoder()
const nothing = new Uint8Array(0)
/** By their blocks, since Unicode's own list of emoji has shrunk before. */
const symbol = /^[™℠\u2600-\u27bf\u{1f000}-\u{1faff}]$/u
const invisible = /^[\p{Cf}\p{Emoji_Modifier}]$/u
/** Hangul that follows the first letter of its syllable. */
const hangulTail = /^[\u1160-\u11ff\ud7b0-\ud7ff]$/
const unspaced =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Script=Yi}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}ー]/u
/** Marks that can be left out and the word still be read; the voicing of kana and the vowels of India can't. */
const diacritic =
  /(?![\u3099\u309a])(?=\p{M})[\p{Script=Inherited}\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}]/gu

function computeFold(codePoint: number): Fold {
  const char = String.fromCodePoint(codePoint)
  if (invisible.test(char)) return { kind: none, bytes: nothing }
  if (symbol.test(char)) return { kind: sign, bytes: encoder.encode(char) }
  const plain = plainForm(char)
  if (plain === '') return { kind: /^\p{M}$/u.test(char) ? none : gap, bytes: nothing }
  if (plain.length === 1 && joints.includes(plain)) return { kind: joint, bytes: encoder.encode(plain) }
  const word = plain.replaceAll(/[^\p{L}\p{N}\p{M}]/gu, '')
  return word === ''
    ? { kind: gap, bytes: nothing }
    : { kind: kindOf(char, word), bytes: encoder.encode(word) }
}

function kindOf(char: string, word: string): number {
  if (hangulTail.test(word) || /^\p{M}/u.test(word)) return tail
  if (unspaced.test(word) && /^\p{L}/u.test(word)) return dense
  return /^[\p{Lu}\p{Lt}]$/u.test(char) ? upper : lower
}

/** Letters that Unicode takes for letters of their own, as they are typed where the keyboard has none. */
const typedAs = new Map(
  Object.entries({
    æ: 'ae',
    œ: 'oe',
    ø: 'o',
    đ: 'd',
    ð: 'd',
    ł: 'l',
    þ: 'th',
    ħ: 'h',
    '’': "'",
    '‐': '-',
    '‑': '-',
  }),
)

function plainForm(char: string): string {
  let plain = ''
  // there and back, since some letters have one capital in common: ß and ss, ς and σ
  for (const part of char.normalize('NFKD').replaceAll(diacritic, ''))
    for (const letter of part.toUpperCase()) plain += letter.toLowerCase()
  return typedAs.get(plain) ?? plain.normalize('NFKD').replaceAll(diacritic, '')
}
