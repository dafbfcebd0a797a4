// WordPiece (Schuster, Nakajima 2012) as BERT has it: text is folded character by character, cut into words at white space
// and around punctuation, and each word into the longest pieces that the vocabulary has, from its front to its end. A word
// that can't be cut so is one unknown token. One loop reads a text once; what a character becomes is the model's to say.
//
// Scratch holds the word that is being read, in UTF-8, and behind it the hashes of its beginnings.

import { readPoint, writePoint } from '../base/utf8'
import { setWord, word } from '../base/words'
import {
  ALONE,
  asciiOf,
  DROPPED,
  entryOf,
  expansionOf,
  FATE_BITS,
  FATE_MASK,
  PLAIN,
  pieceBytesMaxOf,
  piecesOf,
  SEVERAL,
  slotMaskOf,
  slotOf,
  startOf,
  UNKNOWN,
  wordCharsMaxOf,
} from './model'

// FNV-1a (Fowler, Noll, Vo 1991); what goes on within a word is written "##…" in the vocabulary
const HASH_START: u32 = 0x811c9dc5
const HASH_PRIME: u32 = 0x01000193
const HASH_GOES_ON: u32 = (((HASH_START ^ 0x23) * HASH_PRIME) ^ 0x23) * HASH_PRIME
const GOES_ON_BYTES: u32 = 2

/** A character of a word takes so many bytes at most. */
const CHAR_BYTES: u32 = 4

/** @returns bytes of scratch: a word one character over its bound, and a hash for each of its bytes */
export function scratchBytes(model: usize): u32 {
  const wordBytes = CHAR_BYTES * (wordCharsMaxOf(model) + 2)
  return wordBytes + 4 * (wordBytes + 1)
}

/**
 * @param from, until  a text's bytes; what is not UTF-8 is left out
 * @param tokens       u32[tokensMax + wordCharsMax], filled with tokens or UNKNOWN
 * @returns how many, at most tokensMax
 */
export function tokenize(
  model: usize,
  from: usize,
  until: usize,
  tokens: usize,
  tokensMax: u32,
  scratch: usize,
): u32 {
  const ascii = asciiOf(model)
  const charsMax = wordCharsMaxOf(model)
  let count: u32 = 0
  let bytes: u32 = 0
  let chars: u32 = 0
  let hash = HASH_START
  while (from < until && count < tokensMax) {
    let point: u32 = load<u8>(from)
    let entry: i32
    if (point < 0x80) {
      entry = load<i32>(ascii + ((<usize>point) << 2))
      from++
    } else {
      const read = readPoint(from, until)
      point = <u32>read
      from += <usize>(read >>> 32)
      entry = entryOf(model, point)
    }
    const fate = entry & FATE_MASK
    if (fate === PLAIN) {
      chars++
      if (chars > charsMax) continue
      point += entry >> FATE_BITS
      if (point < 0x80) {
        store<u8>(scratch + bytes, point)
        hash = (hash ^ point) * HASH_PRIME
        bytes++
      } else {
        const end = bytes + <u32>writePoint(scratch + bytes, point)
        hash = hashOf(hash, scratch + bytes, scratch + end)
        bytes = end
      }
    } else if (fate === SEVERAL) {
      // syllables of Korean, and a few signs: all of them are plain
      const expansion = expansionOf(model, entry)
      const pointCount = load<u32>(expansion)
      for (let i: u32 = 1; i <= pointCount; i++) {
        chars++
        if (chars > charsMax) break
        const end = bytes + <u32>writePoint(scratch + bytes, word(expansion, i))
        hash = hashOf(hash, scratch + bytes, scratch + end)
        bytes = end
      }
    } else if (fate !== DROPPED) {
      if (chars !== 0) count = cut(model, scratch, bytes, chars, hash, tokens, count)
      bytes = 0
      chars = 0
      hash = HASH_START
      if (fate === ALONE) {
        bytes = <u32>writePoint(scratch, point + (entry >> FATE_BITS))
        const alone = hashOf(HASH_START, scratch, scratch + bytes)
        count = cut(model, scratch, bytes, 1, alone, tokens, count)
        bytes = 0
      }
    }
  }
  if (chars !== 0 && count < tokensMax) count = cut(model, scratch, bytes, chars, hash, tokens, count)
  return min(count, tokensMax)
}

/** Cuts a word into pieces behind `count` tokens. @returns how many there are then */
function cut(model: usize, text: usize, bytes: u32, chars: u32, hash: u32, tokens: usize, count: u32): u32 {
  if (chars > wordCharsMaxOf(model)) {
    setWord(tokens, count, UNKNOWN)
    return count + 1
  }
  const whole = find(model, text, bytes, hash, 0)
  if (whole !== UNKNOWN) {
    setWord(tokens, count, whole)
    return count + 1
  }
  const hashes = text + CHAR_BYTES * (wordCharsMaxOf(model) + 2)
  let start: u32 = 0
  let filled = count
  while (start < bytes) {
    const mark = start === 0 ? 0 : GOES_ON_BYTES
    const longest = min(bytes - start, pieceBytesMaxOf(model))
    let piece = UNKNOWN
    let length = hashBeginnings(text + start, longest, start === 0 ? HASH_START : HASH_GOES_ON, hashes)
    for (; length > 0; length--) {
      if (start + length < bytes && !isFirstByte(text + start + length)) continue
      piece = find(model, text + start, length, word(hashes, length), mark)
      if (piece !== UNKNOWN) break
    }
    if (piece === UNKNOWN) {
      setWord(tokens, count, UNKNOWN)
      return count + 1
    }
    setWord(tokens, filled, piece)
    filled++
    start += length
  }
  return filled
}

function hashBeginnings(text: usize, bytes: u32, hash: u32, hashes: usize): u32 {
  for (let i: u32 = 0; i < bytes; i++) {
    hash = (hash ^ load<u8>(text + i)) * HASH_PRIME
    setWord(hashes, i + 1, hash)
  }
  return bytes
}

function hashOf(hash: u32, from: usize, until: usize): u32 {
  for (; from < until; from++) hash = (hash ^ load<u8>(from)) * HASH_PRIME
  return hash
}

function isFirstByte(at: usize): bool {
  return (load<u8>(at) & 0xc0) !== 0x80
}

/** @param mark  bytes of the piece in the vocabulary that stand before its text. @returns the token, or UNKNOWN */
function find(model: usize, text: usize, bytes: u32, hash: u32, mark: u32): u32 {
  const mask = slotMaskOf(model)
  let slot = (hash ^ (hash >>> 16)) & mask
  let next: u32 = load<u32>(slotOf(model, slot), 4)
  while (next !== 0) {
    if (load<u32>(slotOf(model, slot)) === hash && isPiece(model, next - 1, text, bytes, mark))
      return next - 1
    slot = (slot + 1) & mask
    next = load<u32>(slotOf(model, slot), 4)
  }
  return UNKNOWN
}

function isPiece(model: usize, token: u32, text: usize, bytes: u32, mark: u32): bool {
  const span = startOf(model, token)
  const start: u32 = load<u32>(span)
  if (load<u32>(span, 4) - start !== bytes + mark) return false
  const piece = piecesOf(model) + start + mark
  for (let i: u32 = 0; i < bytes; i++) {
    if (load<u8>(text + i) !== load<u8>(piece + i)) return false
  }
  return true
}
