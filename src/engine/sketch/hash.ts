// What all sketches of items do with an item first.

import { type Hash128, murmur3x128 } from '../../base/murmur3.ts'
import { demandWhole } from '../checks.ts'

/** The hash of the item that was hashed last. */
const words: Hash128 = new Uint32Array(4)

/** @returns four words that scatter evenly; good until the next call */
export function hashItem(item: Uint8Array, seed: number): Hash128 {
  murmur3x128(item, 0, item.length, seed, words)
  return words
}

/** @throws BadInput unless `seed` is a u32 */
export function demandSeed(seed: number): void {
  demandWhole('seed', seed, { min: 0, max: 0xffff_ffff })
}

/** What a bulk load may say it stands for. @throws BadInput unless `count` is a whole number, 1 or more */
export function demandCount(count: number): void {
  demandWhole('count', count, { min: 1, max: Number.MAX_SAFE_INTEGER })
}
