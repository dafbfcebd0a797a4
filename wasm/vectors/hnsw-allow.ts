// The ids that a filter allows: bits of u32 words, the lowest first, so that id 33 is bit 1 of word 1.

import { setWord } from '../base/words'

export function isAllowed(allow: usize, id: u32): bool {
  return ((load<u8>(allow + <usize>(id >> 3)) >> (<u8>id & 7)) & 1) != 0
}

/** How many of the ids below `idsEnd` are allowed. */
export function countAllowed(allow: usize, idsEnd: u32): u32 {
  let count: u32 = 0
  const words = idsEnd >> 5
  for (let word: usize = 0; word < words; word++) count += popcnt<u32>(load<u32>(allow + (word << 2)))
  const rest = idsEnd & 31
  if (rest > 0) count += popcnt<u32>(load<u32>(allow + ((<usize>words) << 2)) & ((1 << rest) - 1))
  return count
}

/**
 * Writes allowed ids down, as many as there is room for.
 *
 * @param allow  bits, or 0 where all ids are allowed
 * @param to     u32[countMax]
 * @returns how many were written, and above 2^32 the id to go on from
 */
export function listAllowed(allow: usize, from: u32, until: u32, to: usize, countMax: u32): u64 {
  let count: u32 = 0
  let id = from
  while (id < until && count < countMax) {
    if (allow != 0) {
      // what is allowed from `id` to the end of its word
      const bits = load<u32>(allow + ((<usize>(id >> 5)) << 2)) >> (id & 31)
      id = bits == 0 ? (id | 31) + 1 : id + ctz<u32>(bits)
      if (bits == 0 || id >= until) continue
    }
    setWord(to, count, id)
    count++
    id++
  }
  return ((<u64>id) << 32) | <u64>count
}
