// A static model as it lies in memory, byte for byte its file: src/engine/embed/model.ts draws it. What the header says of
// a place is counted from the model's first byte.

/** Stands for a word that no pieces of the vocabulary make up. */
export const UNKNOWN: u32 = 0xffff_ffff

// What becomes of a character: the low bits of its entry. The bits above are what to add to it, or where its expansion is.
export const DROPPED: i32 = 0
export const PLAIN: i32 = 2
export const ALONE: i32 = 3
export const SEVERAL: i32 = 4
export const FATE_BITS: i32 = 3
export const FATE_MASK: i32 = 7

const PAGE_BITS: u32 = 7
const PAGE_MASK: u32 = 127

export function dimsOf(model: usize): u32 {
  return load<u32>(model, 16)
}

export function slotMaskOf(model: usize): u32 {
  return load<u32>(model, 24) - 1
}

export function pieceBytesMaxOf(model: usize): u32 {
  return load<u32>(model, 28)
}

export function wordCharsMaxOf(model: usize): u32 {
  return load<u32>(model, 32)
}

/** @returns the row of a token's codes: i8[dims] */
export function rowOf(model: usize, token: u32): usize {
  return model + load<u32>(model, 36) + <usize>token * dimsOf(model)
}

/** 0..32,767 */
export function scaleOf(model: usize, token: u32): i32 {
  return load<u16>(model + load<u32>(model, 40) + ((<usize>token) << 1))
}

/** @returns two words: the hash of a piece, and its token + 1; 0 where the slot is free */
export function slotOf(model: usize, slot: u32): usize {
  return model + load<u32>(model, 44) + ((<usize>slot) << 3)
}

/** Where a piece begins among all pieces, and the one behind it in the next word. */
export function startOf(model: usize, token: u32): usize {
  return model + load<u32>(model, 48) + ((<usize>token) << 2)
}

export function piecesOf(model: usize): usize {
  return model + load<u32>(model, 52)
}

/** The entries of ASCII: the first page is its own. */
export function asciiOf(model: usize): usize {
  return model + load<u32>(model, 60)
}

/** @param point  below 0x110000 */
export function entryOf(model: usize, point: u32): i32 {
  const page: u32 = load<u16>(model + load<u32>(model, 56) + ((<usize>(point >>> PAGE_BITS)) << 1))
  return load<i32>(asciiOf(model) + ((<usize>((page << PAGE_BITS) | (point & PAGE_MASK))) << 2))
}

/** @returns words: how many points, and then each shifted by the fate in its low bits */
export function expansionOf(model: usize, entry: i32): usize {
  return model + load<u32>(model, 64) + ((<usize>(entry >> FATE_BITS)) << 2)
}
