// The file of a static embedding model. It is made by models/make/ and lies in memory as it lies on disk, so that loading is
// one copy. Little end first; what is a place is counted from the file's first byte, on a multiple of 64.
//
//    0  ascii[8]  "ALLUEMB "                    ┐
//    8  u32       version, 1                    │ a frame's head, see frame.ts
//   12  u32       CRC-32C of the rest           ┘
//   16  u32       dims, a multiple of 64
//   20  u32       tokens
//   24  u32       slots, a power of two
//   28  u32       bytes of the longest piece
//   32  u32       characters that a word may have, 100 as BERT has it; a longer one is unknown
//   36  u32[8]    places of the sections below, in their order
//   68  u32       bytes of the file
//   72  utf8[32]  the model's name, padded with NUL
//  104  u8[32]    SHA-256 of all bytes from 192 on: with the name, the model's id
//  136            zeros, to 192
//
//  codes       i8[tokens × dims]  what a token means, a row each, −127..127
//  scales      u16[tokens]        what its row is multiplied with, 0..32,767
//  slots       u32[slots × 2]     FNV-1a hash of a piece, its token + 1; 0 is free. From slot (h ^ h >>> 16) on
//  starts      u32[tokens + 1]    where each piece begins in
//  pieces      utf8[]             the vocabulary's texts; "##" before what goes on within a word
//  pages       u16[8,704]         of each 128 characters of Unicode, which page of
//  entries     i32[pages × 128]   what becomes of a character: its fate in three bits; above them, what to add to it, or
//                                 for several characters their place in
//  expansions  u32[]              how many, then each
//
// Fates: 0 dropped, 1 white space, 2 part of a word, 3 a word of its own, 4 several that are parts of a word.

import { demand, demandWhole } from '../checks.ts'
import { FrameReader } from '../frame.ts'

export interface EmbedModel {
  /** its name and the beginning of its hash: vectors compare where this is the same */
  id: string
  dims: number
  tokenCount: number
  /** characters that a word may have */
  wordCharsMax: number
  bytes: Uint8Array
}

const kind = { name: 'ALLUEMB', version: 1 }
const headBytes = 192
const nameBytes = 32
const idHashBytes = 6
/** Components that the kernel sums at a time. */
const blockDims = 64
const dimsMax = 4096
const tokensLimit = 1 << 20
const wordCharsLimit = 1000
const pageCount = 0x110000 / 128

/** @throws BadInput when the bytes are no model, of another version, damaged, or say what can't be */
export function readEmbedModel(bytes: Uint8Array): EmbedModel {
  const read = new FrameReader(kind, bytes)
  const head = {
    dims: read.u32(),
    tokenCount: read.u32(),
    slotCount: read.u32(),
    pieceBytesMax: read.u32(),
    wordCharsMax: read.u32(),
  }
  const places = Array.from({ length: 8 }, () => read.u32())
  demand(read.u32() === bytes.length, 'the model states another size than it has')
  const name = new TextDecoder().decode(read.bytes(nameBytes)).replace(/\0+$/, '')
  const hash = Array.from(read.bytes(idHashBytes), byte => byte.toString(16).padStart(2, '0')).join('')
  demandSound(head, places, bytes.length)
  const { dims, tokenCount, wordCharsMax } = head
  return { id: `${name}@${hash}`, dims, tokenCount, wordCharsMax, bytes }
}

interface Head {
  dims: number
  tokenCount: number
  slotCount: number
  pieceBytesMax: number
  wordCharsMax: number
}

/** The checksum says that the file is as it was made; this, that what it says of its own sizes fits. */
function demandSound(head: Head, places: readonly number[], byteCount: number): void {
  const { dims, tokenCount, slotCount, pieceBytesMax, wordCharsMax } = head
  demandWhole("the model's dims", dims, { min: blockDims, max: dimsMax })
  demand(dims % blockDims === 0, `the model's dims are ${dims}: expected a multiple of ${blockDims}`)
  demandWhole("the model's tokens", tokenCount, { min: 1, max: tokensLimit })
  demandWhole("the model's slots", slotCount, { min: tokenCount + 1, max: 4 * tokensLimit })
  demand(Number.isInteger(Math.log2(slotCount)), "the model's slots are no power of two")
  demandWhole("the model's longest piece", pieceBytesMax, { min: 1, max: byteCount })
  demandWhole("the model's longest word", wordCharsMax, { min: 1, max: wordCharsLimit })
  const least = [
    tokenCount * dims,
    2 * tokenCount,
    8 * slotCount,
    4 * (tokenCount + 1),
    1,
    2 * pageCount,
    512,
    0,
  ]
  places.forEach((place, section) => {
    const end = places[section + 1] ?? byteCount
    const fits = place % 64 === 0 && place >= headBytes && place + least[section]! <= end && end <= byteCount
    demand(fits, `section ${section} of the model does not fit in its file`)
  })
}
